/* SPDX-License-Identifier: MIT */
/*
 * The calls: apply, map, starmap, each made into a result and its tasks.
 *
 * Everything is encoded here, in the caller's thread, before the pool hears of it: so what
 * cannot be encoded fails where it was asked for, and the arguments are the caller's again.
 *
 * Handout: labs/11-pool/README.md
 */
#define _GNU_SOURCE
#include <errno.h>

#include "parts.h"

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
	if (!error)
		error = mp__pool_submit(pool, r, first, last);
	if (error)
		mp__tasks_drop(first);
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
