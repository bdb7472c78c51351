/* SPDX-License-Identifier: MIT */
/*
 * All pools of this process: so that one who leaves ends them before anything else is ended.
 *
 * The list's lock may be held by another thread at the moment of a fork: fork waits for it, and
 * the child, who inherits the list, leaves alone what it does not own.
 * Handout: labs/11-pool/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <unistd.h>

#include <mp/reap.h>
#include <mp/todo.h>

#include "parts.h"

int
mp__list_add(struct mp_pool *pool)
{
	/* pool.7: enter it, and see to it, once in each process, that leaving terminates all. */
	mp_todo("pool.7");
}

void
mp__list_remove(struct mp_pool *pool)
{
	/* pool.7: strike it out; absent is fine. */
	mp_todo("pool.7");
}
