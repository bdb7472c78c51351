/* SPDX-License-Identifier: MIT */
/*
 * Calls made into tasks: apply, map, starmap.
 *
 * Everything is encoded here, in the caller's thread, before the pool hears of it: so what
 * cannot be encoded fails where it was asked for, and the arguments are the caller's again.
 *
 * Handout: labs/11-pool/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <mp/pickle.h>

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
	 * pool.2: all tasks of one result, or none: when the pool takes none, they are dropped.
	 * They are dealt out here and now: a worker that waits begins before we return. A
	 * result of nothing is finished.
	 */
	//{
	if (pool->owner != getpid()) {
		mp__tasks_drop(first);
		return MP_NOT_PARENT;
	}
	pthread_mutex_lock(&pool->lock);
	int error = mp__pool_open(pool);
	if (!error && first) {
		mp__pool_enqueue(pool, first, last);
		pool->given += r->items;
		mp__pool_dispatch(pool);
	} else if (!error && r->left == 0) {
		mp__result_finish(r);
	}
	pthread_mutex_unlock(&pool->lock);
	if (error)
		mp__tasks_drop(first);
	return error;
	//}
}

int
mp__pool_chunk(struct task **out, struct mp_result *r, size_t part, enum kind kind, mp_task *f,
    const char *name, const struct mp_value *items, size_t from, size_t n)
{
	/* pool.3: a task of the n items from there on: their list, pickled. */
	//{
	struct mp_value *list = mp_list();
	void *data = NULL;
	size_t size = 0;
	int error = list ? 0 : -ENOMEM;

	for (size_t i = from; i < from + n && !error; i++)
		error = mp_list_append(list, mp_value_ref(mp_value_at(items, i)));
	if (!error)
		error = mp_pickle_dumps(list, &data, &size, NULL);
	mp_value_free(list);
	if (error)
		return error;
	*out = mp__task_new(r, part, n, kind, (void (*)(void))f, name, data, size);
	free(data);
	return *out ? 0 : -ENOMEM;
	//}
}

//{
static int
is_sequence(const struct mp_value *v)
{
	return mp_value_kind(v) == MP_LIST || mp_value_kind(v) == MP_TUPLE;
}

/* What each call gets must be a tuple of arguments. */
static int
check(const struct mp_value *items, enum kind kind)
{
	if (!items)
		return -EINVAL;
	if (!is_sequence(items))
		return MP_KIND;
	for (size_t i = 0; kind == TUPLES && i < mp_value_len(items); i++)
		if (mp_value_kind(mp_value_at(items, i)) != MP_TUPLE)
			return MP_KIND;
	return 0;
}

/* Divided so that each worker gets four chunks, or a little less. */
static size_t
default_chunksize(const struct mp_pool *pool, size_t items)
{
	size_t chunks = 4 * (size_t)pool->processes;

	return items ? (items - 1) / chunks + 1 : 1;
}

static int
make_tasks(struct mp_pool *pool, struct mp_result *r, enum kind kind, mp_task *f,
    const struct mp_value *items, struct task **first, struct task **last)
{
	struct task **end = first;
	const char *name;
	int error = mp__pool_function(pool, (void (*)(void))f, &name);

	*last = NULL;
	for (size_t part = 0; part < r->count && !error; part++) {
		size_t from = part * r->chunksize, n = r->items - from;
		if (n > r->chunksize)
			n = r->chunksize;
		error = mp__pool_chunk(end, r, part, kind, f, name, items, from, n);
		if (!error) {
			*last = *end;
			end = &(*end)->next;
		}
	}
	return error;
}

static int
give(struct mp_pool *pool, mp_task *f, const struct mp_value *items, enum kind kind, bool single,
    size_t chunksize, const struct mp_callbacks *callbacks, struct mp_result **out)
{
	struct task *first = NULL, *last;
	struct mp_result *r;
	int error = check(items, kind);

	if (error)
		return error;
	if (!chunksize)
		chunksize = default_chunksize(pool, mp_value_len(items));
	error = mp__result_new(&r, pool, mp_value_len(items), chunksize, callbacks);
	if (error)
		return error;
	r->single = single;
	error = make_tasks(pool, r, kind, f, items, &first, &last);
	if (error)
		mp__tasks_drop(first);
	else
		error = mp__pool_submit(pool, r, first, last);
	if (error || !out)
		mp_result_free(r);
	else
		*out = r;
	return error;
}

/* The form that waits, of one that does not. */
static int
finish(struct mp_result *r, struct mp_value **value)
{
	int error = mp_result_get(r, MP_FOREVER, value);

	mp_result_free(r);
	return error;
}
//}

int
mp_pool_apply(struct mp_pool *pool, mp_task *f, struct mp_value *args, struct mp_value **value)
{
	/* pool.1: as apply_async, and wait. */
	//{
	struct mp_result *r;
	int error = mp_pool_apply_async(pool, f, args, NULL, &r);

	return error ? error : finish(r, value);
	//}
}

int
mp_pool_apply_async(struct mp_pool *pool, mp_task *f, struct mp_value *args,
    const struct mp_callbacks *callbacks, struct mp_result **out)
{
	/* pool.2: starmap of one tuple; the value is its only result. */
	//{
	if (!args)
		return -EINVAL;
	struct mp_value *items = mp_tuple(mp_value_ref(args));
	if (!items)
		return -ENOMEM;
	int error = give(pool, f, items, TUPLES, true, 1, callbacks, out);
	mp_value_free(items);
	return error;
	//}
}

int
mp_pool_map(struct mp_pool *pool, mp_task *f, struct mp_value *items, size_t chunksize,
    struct mp_value **value)
{
	/* pool.3: as map_async, and wait. */
	//{
	struct mp_result *r;
	int error = mp_pool_map_async(pool, f, items, chunksize, NULL, &r);

	return error ? error : finish(r, value);
	//}
}

int
mp_pool_map_async(struct mp_pool *pool, mp_task *f, struct mp_value *items, size_t chunksize,
    const struct mp_callbacks *callbacks, struct mp_result **out)
{
	/* pool.3: each item is made a tuple, in the worker. */
	//{
	return give(pool, f, items, VALUES, false, chunksize, callbacks, out);
	//}
}

int
mp_pool_starmap(struct mp_pool *pool, mp_task *f, struct mp_value *items, size_t chunksize,
    struct mp_value **value)
{
	/* pool.3: as starmap_async, and wait. */
	//{
	struct mp_result *r;
	int error = mp_pool_starmap_async(pool, f, items, chunksize, NULL, &r);

	return error ? error : finish(r, value);
	//}
}

int
mp_pool_starmap_async(struct mp_pool *pool, mp_task *f, struct mp_value *items, size_t chunksize,
    const struct mp_callbacks *callbacks, struct mp_result **out)
{
	/* pool.3: each item is a tuple already. */
	//{
	return give(pool, f, items, TUPLES, false, chunksize, callbacks, out);
	//}
}
