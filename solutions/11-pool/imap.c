/* SPDX-License-Identifier: MIT */
/*
 * imap as its reader sees it: an item of this chunk, or the first of the next.
 *
 * The reader asks for results; when there is none, or the window is half empty, he fills it from
 * the input. So the input is read by one thread, the reader's, never under the lock, and never
 * further than the window reaches.
 *
 * Handout: labs/11-pool/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "window.h"

//{
static int
complain(struct mp_imap *it, int error, const char *why)
{
	free(it->why);
	it->why = strdup(why);
	return error;
}

/* To fill it by halves means to wake workers half as often, or less; but none may be idle. */
static bool
wants_more(const struct mp_imap *it)
{
	return it->ahead <= it->window / 2 || it->ahead < (size_t)it->pool->processes;
}

/* The next chunk to read from. */
static int
turn_page(struct mp_imap *it, int64_t deadline)
{
	mp_value_free(it->items);
	it->items = NULL;
	it->at = 0;
	struct mp_result *r = mp__imap_take(it);
	if (wants_more(it)) {
		int error = mp__imap_fill(it);
		if (error && !r)
			return error;
	}
	if (!r && it->ahead == 0) {
		int error = it->input_error;
		it->input_error = 0;
		return error < 0 ? complain(it, error, mp_error_text(error)) : MP_STOP;
	}
	if (!r && !(r = mp__imap_await(it, deadline)))
		return MP_TIMEOUT;
	int error = mp_result_get(r, 0, &it->items);
	if (error)
		complain(it, error, mp_result_why(r));
	mp_result_free(r);
	return error;
}

static int
begin(struct mp_pool *pool, mp_task *f, struct mp_input input,
    const struct mp_imap_options *options, bool ordered, struct mp_imap **out)
{
	static const struct mp_imap_options defaults;
	const struct mp_imap_options *o = options ? options : &defaults;
	struct mp_imap *it = calloc(1, sizeof(*it));
	const char *name = NULL;

	if (!it)
		return -ENOMEM;
	*it = (struct mp_imap){
	    .references = 1,
	    .pool = pool,
	    .f = f,
	    .ordered = ordered,
	    .chunksize = o->chunksize ? o->chunksize : 1,
	    .window = o->buffersize ? o->buffersize : 16 * (size_t)pool->processes,
	    .input = input,
	    .input_error = 1,
	};
	int error = mp__pool_function(pool, (void (*)(void))f, &name);
	it->name = name;
	it->window_of = calloc(it->window, sizeof(struct mp_result *));
	if (!error && !it->window_of)
		error = -ENOMEM;
	pthread_mutex_lock(&pool->lock);
	if (!error)
		error = pool->owner == getpid() ? mp__pool_open(pool) : MP_NOT_PARENT;
	pthread_mutex_unlock(&pool->lock);
	if (error) {
		free(it->window_of);
		free(it);
		return error;
	}
	mp__pool_ref(pool);
	error = mp__imap_fill(it);
	if (error)
		mp_imap_free(it);
	else
		*out = it;
	return error;
}
//}

int
mp_pool_imap(struct mp_pool *pool, mp_task *f, struct mp_input input,
    const struct mp_imap_options *options, struct mp_imap **out)
{
	/* pool.4: the line is in the order of the input. */
	//{
	return begin(pool, f, input, options, true, out);
	//}
}

int
mp_pool_imap_unordered(struct mp_pool *pool, mp_task *f, struct mp_input input,
    const struct mp_imap_options *options, struct mp_imap **out)
{
	/* pool.4: the line is in the order in which chunks are done. */
	//{
	return begin(pool, f, input, options, false, out);
	//}
}

int
mp_imap_next(struct mp_imap *it, double timeout, struct mp_value **value)
{
	/* pool.4: an item of this chunk, or the first of the next. */
	//{
	int64_t deadline = mp_deadline(timeout);

	while (!it->items || it->at == mp_value_len(it->items)) {
		int error = turn_page(it, deadline);
		if (error)
			return error;
	}
	*value = mp_value_ref(mp_value_at(it->items, it->at++));
	return 0;
	//}
}

const char *
mp_imap_why(struct mp_imap *it)
{
	/* pool.4: the last complaint. */
	//{
	return it->why ? it->why : "";
	//}
}

void
mp_imap_free(struct mp_imap *it)
{
	/* pool.4: nobody reads any more: withdraw what waits, let go of what runs. */
	//{
	if (!it)
		return;
	pthread_mutex_lock(&it->pool->lock);
	mp__imap_withdraw(it);
	for (size_t i = 0; i < it->window; i++) {
		struct mp_result *r = it->window_of[i];
		if (!r)
			continue;
		r->stream = NULL;
		mp_result_free(r);
	}
	mp__pool_wake(it->pool);
	pthread_mutex_unlock(&it->pool->lock);
	mp_value_free(it->items);
	mp__pool_unref(it->pool);
	free(it->window_of);
	free(it->why);
	mp__imap_unref(it);
	//}
}
