/* SPDX-License-Identifier: MIT */
/*
 * A result: parts that come one by one in any order, and one moment at which all are there.
 *
 * The supervisor only keeps what comes, as it is: bytes (get.c makes the value).
 *
 * Invariants: left is the number of parts that have not come; at 0, and only then, the result is
 * ready, and nothing of it changes but value. Handout: labs/11-pool/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "parts.h"

//{
static void
destroy(struct mp_result *r)
{
	for (size_t i = 0; i < r->count; i++)
		free(r->parts[i].data);
	mp_value_free(r->value);
	free(r->why);
	if (r->reader)
		mp__imap_unref(r->reader);
	mp__pool_unref(r->pool);
	free(r);
}

/* What an array outside of the shared memory wants copied back; the copies are given back. */
static void
copy_back(struct mp_result *r, size_t part)
{
	size_t from = part * r->chunksize * r->out_size;
	size_t size = r->chunksize * r->out_size;

	if (size > r->items * r->out_size - from)
		size = r->items * r->out_size - from;
	if (r->copy_out && size)
		memcpy(r->out + from, r->copy_out + from, size);
}

static size_t
items_of(const struct mp_result *r, size_t part)
{
	size_t from = part * r->chunksize;

	return r->items - from < r->chunksize ? r->items - from : r->chunksize;
}
//}

int
mp__result_new(struct mp_result **out, struct mp_pool *pool, size_t items, size_t chunksize,
    const struct mp_callbacks *callbacks)
{
	/* pool.2: one reference, for the caller; a part for each chunk. */
	//{
	size_t count = items ? (items - 1) / chunksize + 1 : 0;
	struct mp_result *r = calloc(1, sizeof(*r) + count * sizeof(struct part));

	if (!r)
		return -ENOMEM;
	r->references = 1;
	r->pool = mp__pool_ref(pool);
	r->items = items;
	r->chunksize = chunksize;
	r->count = count;
	r->left = count;
	if (callbacks)
		r->callbacks = *callbacks;
	r->bell = &r->own;
	*out = r;
	return 0;
	//}
}

struct mp_result *
mp__result_ref(struct mp_result *r)
{
	/* pool.2: one more who needs it. */
	//{
	atomic_fetch_add(&r->references, 1);
	return r;
	//}
}

void
mp_result_free(struct mp_result *r)
{
	/* pool.2: the last one frees. */
	//{
	if (r && atomic_fetch_sub(&r->references, 1) == 1)
		destroy(r);
	//}
}

void
mp__result_finish(struct mp_result *r)
{
	/*
	 * pool.2: all parts are there. It is ready from now on; who waits is woken by the
	 * supervisor, without the lock, and so are the callbacks called. The ear knows at once.
	 */
	//{
	struct mp_pool *pool = r->pool;

	mp__memory_give(pool, r->copy_in);
	mp__memory_give(pool, r->copy_out);
	r->copy_in = r->copy_out = NULL;
	mp__imap_done(r);
	r->left = 0;
	if (pool->ear == r) {
		mp__ear_ring(pool->wall);
		if (!r->callbacks.done && !r->callbacks.failed) {
			mp__bell_ring(r->bell);
			return;
		}
	}
	r->next_call = NULL;
	if (pool->calls)
		pool->last_call->next_call = r;
	else
		pool->calls = r;
	pool->last_call = mp__result_ref(r);
	if (!pthread_equal(pthread_self(), pool->supervisor))
		mp__pool_wake(pool);
	//}
}

void
mp__result_deliver(struct mp_result *r, size_t part, int error, const void *data, size_t size)
{
	/* pool.2: one part has come, or has failed. The first failure is the result's. */
	//{
	struct part *p = &r->parts[part];

	if (!error && size && !(p->data = malloc(size)))
		error = -ENOMEM;
	if (p->data) {
		memcpy(p->data, data, size);
		p->size = size;
	}
	if (!error)
		copy_back(r, part);
	p->error = error;
	if (error && !r->error) {
		r->error = error;
		r->why = strndup(size ? data : mp_error_text(error), size ? size : SIZE_MAX);
	}
	r->ended += items_of(r, part);
	if (r->left == 1)
		mp__result_finish(r);
	else
		r->left--;
	//}
}

void
mp__result_call(struct mp_result *r)
{
	/* pool.2: in the supervisor, without the lock: ring, and call one of the two. */
	//{
	const struct mp_callbacks *c = &r->callbacks;
	struct mp_value *value = NULL;

	mp__bell_ring(r->bell);
	if (!c->done && !c->failed)
		return;
	int error = mp_result_get(r, 0, r->bytes ? NULL : &value);

	if (error && c->failed)
		c->failed(c->arg, error, mp_result_why(r));
	if (!error && c->done)
		c->done(c->arg, value);
	mp_value_free(value);
	//}
}
