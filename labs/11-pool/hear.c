/* SPDX-License-Identifier: MIT */
/*
 * What workers say: small answers lie on the desk, large ones come through the pipe, and so do
 * "ready" and "look at my desk".
 *
 * A worker may be killed in the middle of a word. On the desk nothing is said until the slot's
 * word says DONE; of the pipe, half an answer is no answer. And a worker may run wild and
 * write what it likes: nothing that it says is believed before it has been compared with what
 * it was asked. Handout: labs/11-pool/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "parts.h"

#include <mp/todo.h>

int
mp__pool_look(struct mp_pool *pool, struct worker *w)
{
	/* pool.2: answers on the desk, the oldest first. */
	mp_todo("pool.2");
}

int
mp__pool_look_around(struct mp_pool *pool)
{
	/* pool.2: at the desks of all who have something to do. */
	mp_todo("pool.2");
}

bool
mp__pool_is_busy(struct mp_pool *pool)
{
	/* pool.2: are many answers to come: has a worker more than one task in hand? */
	mp_todo("pool.2");
}

int
mp__pool_hear(struct mp_pool *pool, struct worker *w)
{
	/* pool.2: read what is in the pipe, without waiting; then look at the desk. */
	mp_todo("pool.2");
}
