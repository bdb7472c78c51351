/* SPDX-License-Identifier: MIT */
/*
 * A result: parts that come one by one in any order, and one moment at which all are there.
 *
 * The supervisor only keeps what comes, as it is: bytes. The value is made of them by the
 * first who gets it, in his own thread, so that a large result keeps nobody else waiting.
 *
 * Invariants: left is the number of parts that have not come; at 0, and only then, the result is
 * ready, and nothing of it changes but value. Handout: labs/11-pool/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <mp/pickle.h>

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

static int
wait_ready(struct mp_result *r, int64_t deadline)
{
	int error = 0;

	while (r->left && !error) {
		unsigned heard = mp__bell_listen(&r->own);
		if (r->left)
			error = mp__bell_sleep(&r->own, heard, deadline);
		mp__bell_leave(&r->own);
	}
	return r->left ? MP_TIMEOUT : 0;
}

/* The items of one part, at the end of a list. */
static int
add_part(struct mp_value *list, const struct part *part)
{
	struct mp_value *items;
	int error = mp_pickle_loads(part->data, part->size, &items);

	for (size_t i = 0; !error && i < mp_value_len(items); i++)
		error = mp_list_append(list, mp_value_ref(mp_value_at(items, i)));
	if (!error)
		mp_value_free(items);
	return error;
}

/* Make the value. Of two threads that do so at once, one has worked in vain. */
static int
make_value(struct mp_result *r, struct mp_value **out)
{
	struct mp_value *list = mp_list();
	int error = list ? 0 : -ENOMEM;

	for (size_t i = 0; i < r->count && !error; i++)
		error = add_part(list, &r->parts[i]);
	if (!error && r->single && mp_value_len(list) != 1)
		error = MP_NOT_ENCODED;
	if (error) {
		mp_value_free(list);
		return error;
	}
	*out = list;
	if (r->single) {
		*out = mp_value_ref(mp_value_at(list, 0));
		mp_value_free(list);
	}
	return 0;
}

static int
get_value(struct mp_result *r, struct mp_value **out)
{
	struct mp_value *made = NULL, *there = r->value;

	if (!there) {
		int error = make_value(r, &made);
		if (error)
			return error;
		if (atomic_compare_exchange_strong(&r->value, &there, made))
			there = made;
		else
			mp_value_free(made);
	}
	*out = mp_value_ref(there);
	return 0;
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
	r->count = r->left = count;
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
	 * supervisor, without the lock, and so are the callbacks called.
	 */
	//{
	struct mp_pool *pool = r->pool;

	mp__memory_give(pool, r->copy_in);
	mp__memory_give(pool, r->copy_out);
	r->copy_in = r->copy_out = NULL;
	mp__imap_done(r);
	r->next_call = NULL;
	if (pool->calls)
		pool->last_call->next_call = r;
	else
		pool->calls = r;
	pool->last_call = mp__result_ref(r);
	r->left = 0;
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

int
mp_result_wait(struct mp_result *r, double timeout)
{
	/* pool.2: until nothing is left, or the deadline. In a callback nobody would end it. */
	//{
	int64_t deadline = mp_deadline(timeout);

	if (r->pool->owner != getpid())
		return MP_NOT_PARENT;
	if (timeout > 0 && r->left && pthread_equal(pthread_self(), r->pool->supervisor))
		return -EDEADLK;
	return wait_ready(r, deadline);
	//}
}

int
mp_result_get(struct mp_result *r, double timeout, struct mp_value **value)
{
	/* pool.2: wait; then the first error, or the value. */
	//{
	int error = mp_result_wait(r, timeout);

	if (!error)
		error = r->error;
	return error || !value || r->bytes ? error : get_value(r, value);
	//}
}

int
mp_result_ready(struct mp_result *r)
{
	/* pool.2: is nothing left? */
	//{
	return mp_result_wait(r, 0) == 0;
	//}
}

int
mp_result_successful(struct mp_result *r)
{
	/* pool.2: only of one that is ready. */
	//{
	return mp_result_ready(r) ? r->error == 0 : MP_NOT_READY;
	//}
}

const char *
mp_result_why(struct mp_result *r)
{
	/* pool.5: the words that came with the first failure. */
	//{
	return mp_result_ready(r) && r->why ? r->why : "";
	//}
}

int
mp_result_item(struct mp_result *r, size_t i)
{
	/* pool.5: how the chunk of that item ended. */
	//{
	if (i >= r->items)
		return MP_INVALID;
	return mp_result_ready(r) ? r->parts[i / r->chunksize].error : MP_NOT_READY;
	//}
}
