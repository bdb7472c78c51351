/* SPDX-License-Identifier: MIT */
/*
 * Tasks over raw memory: an order says where the items are, and nothing else is sent.
 *
 * An array that the workers cannot see is copied into memory that they can, and copied back
 * part by part, as the parts are done. Handout: labs/11-pool/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "parts.h"

//{
struct arrays {
	const char *in;
	char *out;
	size_t in_size, out_size, n;
};

/* Where the workers find the arrays; copies are made where they must be. */
static int
place(struct mp_pool *pool, struct mp_result *r, struct arrays *a)
{
	size_t in = a->in_size * a->n, out = a->out_size * a->n;
	bool see_in = !in || mp__memory_holds(pool, a->in, in);
	bool see_out = !out || mp__memory_holds(pool, a->out, out);

	pthread_mutex_lock(&pool->lock);
	if (!see_in)
		r->copy_in = mp__memory_take(pool, in);
	if (!see_out)
		r->copy_out = mp__memory_take(pool, out);
	bool placed = (see_in || r->copy_in) && (see_out || r->copy_out);
	pthread_mutex_unlock(&pool->lock);
	if (!placed)
		return -ENOMEM;
	r->out = a->out;
	if (!see_in)
		a->in = memcpy(r->copy_in, a->in, in);
	if (!see_out)
		a->out = r->copy_out;
	return 0;
}

/* Offsets: the mapping may be at another address in a worker. Of what has no size: 0. */
static uint64_t
offset(const struct mp_pool *pool, const char *array, size_t size, size_t item)
{
	return size ? (uint64_t)(array - pool->memory) + item * size : 0;
}

static int
make_tasks(struct mp_pool *pool, struct mp_result *r, const struct arrays *a, mp_bytes_task *f,
    struct task **first, struct task **last)
{
	struct task **end = first;
	const char *name;
	int error = mp__pool_function(pool, (void (*)(void))f, &name);

	*last = NULL;
	for (size_t part = 0; part < r->count && !error; part++) {
		size_t from = part * r->chunksize, n = a->n - from;
		if (n > r->chunksize)
			n = r->chunksize;
		struct piece piece = {offset(pool, a->in, a->in_size, from),
		    offset(pool, a->out, a->out_size, from), n};
		*end =
		    mp__task_new(r, part, n, BYTES, (void (*)(void))f, name, &piece, sizeof(piece));
		if (!*end)
			return -ENOMEM;
		*last = *end;
		end = &(*end)->next;
	}
	return error;
}

static void
unplace(struct mp_pool *pool, struct mp_result *r)
{
	pthread_mutex_lock(&pool->lock);
	mp__memory_give(pool, r->copy_in);
	mp__memory_give(pool, r->copy_out);
	r->copy_in = r->copy_out = NULL;
	pthread_mutex_unlock(&pool->lock);
}

static bool
too_large(size_t a, size_t b)
{
	size_t product;

	return __builtin_mul_overflow(a, b, &product);
}
//}

int
mp_pool_map_bytes_async(struct mp_pool *pool, mp_bytes_task *f, const void *in, size_t in_size,
    void *out, size_t out_size, size_t n, size_t chunksize, const struct mp_callbacks *callbacks,
    struct mp_result **result)
{
	/* pool.8: place the arrays, make a task of each chunk, submit. */
	//{
	struct arrays a = {in, out, in_size, out_size, n};
	struct task *first = NULL, *last;
	struct mp_result *r;

	if (pool->owner != getpid())
		return MP_NOT_PARENT;
	if (too_large(in_size, n) || too_large(out_size, n))
		return -ENOMEM;
	if (!chunksize)
		chunksize = n ? (n - 1) / (4 * (size_t)pool->processes) + 1 : 1;
	int error = mp__result_new(&r, pool, n, chunksize, callbacks);
	if (error)
		return error;
	r->bytes = true;
	r->in_size = in_size;
	r->out_size = out_size;
	error = place(pool, r, &a);
	if (!error)
		error = make_tasks(pool, r, &a, f, &first, &last);
	if (!error)
		error = mp__pool_submit(pool, r, first, last);
	if (error)
		mp__tasks_drop(first);
	if (error)
		unplace(pool, r);
	if (error || !result)
		mp_result_free(r);
	else
		*result = r;
	return error;
	//}
}

int
mp_pool_map_bytes(struct mp_pool *pool, mp_bytes_task *f, const void *in, size_t in_size, void *out,
    size_t out_size, size_t n, size_t chunksize)
{
	/* pool.8: the same, and wait. */
	//{
	struct mp_result *r;
	int error =
	    mp_pool_map_bytes_async(pool, f, in, in_size, out, out_size, n, chunksize, NULL, &r);

	if (error)
		return error;
	error = mp_result_get(r, MP_FOREVER, NULL);
	mp_result_free(r);
	return error;
	//}
}
