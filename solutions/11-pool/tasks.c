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

#include "parts.h"

struct task *
mp__task_new(struct mp_result *r, size_t part, size_t items, enum kind kind, void (*function)(void),
    const char *name, const void *rest, size_t size)
{
	/* pool.1: an order, the function's name if it needs one, and the rest; in one piece. */
	//{
	size_t length = name ? strlen(name) + 1 : 0;
	size_t whole = sizeof(struct order) + length + size;
	struct task *t = malloc(sizeof(*t) + whole);

	if (!t)
		return NULL;
	*t =
	    (struct task){.result = mp__result_ref(r), .part = part, .items = items, .size = whole};
	struct order order = {.size = length + size,
	    .function = name ? 0 : (uint64_t)(uintptr_t)function,
	    .kind = kind,
	    .name = (uint32_t)length};
	memcpy(t->message, &order, sizeof(order));
	memcpy(t->message + sizeof(order), length ? name : "", length);
	memcpy(t->message + sizeof(order) + length, rest, size);
	return t;
	//}
}

void
mp__tasks_drop(struct task *first)
{
	/* pool.2: a list of tasks that were never given to the pool. */
	//{
	while (first) {
		struct task *next = first->next;
		mp_result_free(first->result);
		free(first);
		first = next;
	}
	//}
}

int
mp__pool_function(struct mp_pool *pool, void (*function)(void), const char **name)
{
	/* pool.1: a worker that is a copy of us finds it at its address: NULL; another program
	 * by its name. */
	//{
	*name = pool->by_name ? mp__task_name(function) : NULL;
	return pool->by_name && !*name ? MP_NOT_REGISTERED : 0;
	//}
}

int
mp__pool_submit(struct mp_pool *pool, struct mp_result *r, struct task *first, struct task *last)
{
	/*
	 * pool.2: all of these tasks, or none: then they are still the caller's. They are dealt
	 * out here and now: a worker that waits begins before we return. A result of no tasks
	 * is finished.
	 */
	//{
	if (pool->owner != getpid())
		return MP_NOT_PARENT;
	pthread_mutex_lock(&pool->lock);
	int error = mp__pool_open(pool);
	if (!error && first) {
		mp__pool_enqueue(pool, first, last);
		mp__pool_dispatch(pool);
	} else if (!error && r->left == 0) {
		mp__result_finish(r);
	}
	pthread_mutex_unlock(&pool->lock);
	return error;
	//}
}

int
mp__pool_chunk(struct task **out, struct mp_result *r, size_t part, enum kind kind, mp_task *f,
    const char *name, const struct mp_value *items, size_t from, size_t n)
{
	/* pool.3: a task of the n items from there on: their list, pickled. */
	//{
	void *data = NULL;
	size_t size = 0;
	int error = mp__dumps_slice(items, from, n, &data, &size);

	if (error)
		return error;
	*out = mp__task_new(r, part, n, kind, (void (*)(void))f, name, data, size);
	free(data);
	return *out ? 0 : -ENOMEM;
	//}
}
