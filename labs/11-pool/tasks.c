/* SPDX-License-Identifier: MIT */
/*
 * Tasks: made, given to the pool, dropped.
 *
 * A task is one piece of memory: who it is for, and the very bytes that the worker will read.
 *
 * Handout: labs/11-pool/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <mp/internal.h>
#include <mp/todo.h>

#include "parts.h"

struct task *
mp__task_new(struct mp_result *r, size_t part, size_t items, enum kind kind, void (*function)(void),
    const char *name, const void *rest, size_t size)
{
	/* pool.1: an order, the function's name if it needs one, and the rest; in one piece. */
	mp_todo("pool.1");
}

void
mp__tasks_drop(struct task *first)
{
	/* pool.2: a list of tasks that were never given to the pool. */
	mp_todo("pool.2");
}

int
mp__pool_function(struct mp_pool *pool, void (*function)(void), const char **name)
{
	/* pool.1: a worker that is a copy of us finds it at its address: NULL; another program
	 * by its name. */
	mp_todo("pool.1");
}

int
mp__pool_submit(struct mp_pool *pool, struct mp_result *r, struct task *first, struct task *last)
{
	/*
	 * pool.2: all of these tasks, or none: then they are still the caller's. They are dealt
	 * out here and now: a worker that waits begins before we return. A result of no tasks
	 * is finished.
	 */
	mp_todo("pool.2");
}

int
mp__pool_chunk(struct task **out, struct mp_result *r, size_t part, enum kind kind, mp_task *f,
    const char *name, const struct mp_value *items, size_t from, size_t n)
{
	/* pool.3: a task of the n items from there on: their list, pickled. */
	mp_todo("pool.3");
}
