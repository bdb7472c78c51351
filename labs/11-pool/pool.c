/* SPDX-License-Identifier: MIT */
/*
 * The pool: how it is made, and how long it lives.
 *
 * It lives as long as somebody holds it: its owner, its supervisor, and every result.
 *
 * Invariants: a forked child has a copy of its parent's pools, and may do nothing with it.
 * Handout: labs/11-pool/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <mp/context.h>
#include <mp/io.h>
#include <mp/todo.h>
#include <mp/value.h>

#include "parts.h"

int
mp_cpus(void)
{
	/* pool.1: the affinity mask, not what the machine has. */
	mp_todo("pool.1");
}

struct mp_pool *
mp__pool_ref(struct mp_pool *pool)
{
	/* pool.1: one more who needs it. */
	mp_todo("pool.1");
}

void
mp__pool_unref(struct mp_pool *pool)
{
	/* pool.1: the last one frees. Not in a forked child: the locks are as the fork found them. */
	mp_todo("pool.1");
}

void
mp__pool_wake(struct mp_pool *pool)
{
	/* pool.2: so that the supervisor has a turn now. */
	mp_todo("pool.2");
}

int
mp__pool_open(struct mp_pool *pool)
{
	/* pool.2: may a task be given to it? */
	mp_todo("pool.2");
}

int
mp_pool_new(struct mp_pool **out, int processes, const struct mp_pool_options *options)
{
	/* pool.1: the object, the memory that all see, the supervisor; it starts the workers. */
	mp_todo("pool.1");
}
