/* SPDX-License-Identifier: MIT */
/*
 * Who does what: the queue, and the hands of the workers.
 *
 * Each worker has a few tasks in hand, so that it need not wait for us between two of them.
 * What it has not begun can be taken back, and given to one who has nothing to do: the offer
 * on its desk is withdrawn by the same compare-and-swap with which the worker would accept
 * it, so exactly one of the two gets the task.
 *
 * Invariants: all of this under the pool's lock, by whichever thread has news. A task is in
 * the queue, or in one hand, or delivered. Handout: labs/11-pool/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "parts.h"

#include <mp/todo.h>

void
mp__pool_requeue(struct mp_pool *pool, struct task *t)
{
	/* pool.6: to the front: it was there before. */
	mp_todo("pool.6");
}

void
mp__pool_enqueue(struct mp_pool *pool, struct task *first, struct task *last)
{
	/* pool.2: a list of tasks, at the end of the queue. */
	mp_todo("pool.2");
}

void
mp__pool_dispatch(struct mp_pool *pool)
{
	/* pool.2: from the queue into hands, evenly; then write each worker's orders at once. */
	mp_todo("pool.2");
}

void
mp__pool_dismiss(struct mp_pool *pool, struct worker *w)
{
	/* pool.7: an order that is no task: leave. */
	mp_todo("pool.7");
}

void
mp__pool_end(struct mp_pool *pool, struct task *t, int error, const void *data, size_t size)
{
	/* pool.2: a task has ended, well or not: its result is told, and the task is no more. */
	mp_todo("pool.2");
}
