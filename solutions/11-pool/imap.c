/* SPDX-License-Identifier: MIT */
/*
 * imap: a window that moves over the input.
 *
 * Each chunk is a result of its own. The reader asks for results; when there is none, or the
 * window is half empty, he fills it from the input. So the input is read by one thread, the
 * reader's, never under the lock, and never further than the window reaches.
 *
 * Invariants: ahead counts chunks that were given out and not read; the line holds, in order,
 * those that may be read: of imap all, of imap_unordered those that are done.
 * Handout: labs/11-pool/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "parts.h"

struct mp_imap {
	//{
	atomic_int references; /* the user's, and each result's that may ring */
	struct bell bell;

	/* set before the first chunk, then read-only */
	struct mp_pool *pool;
	mp_task *f;
	const char *name;
	bool ordered;
	size_t chunksize, window;

	/* the reader's */
	struct mp_input input;
	int input_error;	/* 1: there is more; 0: it is over; or how it failed */
	struct mp_value *items; /* of the chunk that is being read */
	size_t at;
	size_t ahead;
	struct mp_result **window_of; /* all that are ahead; NULL where there is room */
	char *why;

	/* hold the pool's lock */
	struct mp_result *first, *last; /* the line */
					//}
};

//{
static void
line_up(struct mp_imap *it, struct mp_result *r)
{
	r->next_in_stream = NULL;
	if (it->first)
		it->last->next_in_stream = r;
	else
		it->first = r;
	it->last = r;
}

/* Up to a chunk of items from the input. */
static int
pull(struct mp_imap *it, struct mp_value **out)
{
	struct mp_value *list = mp_list(), *item;
	int error = list ? 0 : -ENOMEM;

	while (!error && it->input_error == 1 && mp_value_len(list) < it->chunksize) {
		item = NULL;
		it->input_error = it->input.next(it->input.arg, &item);
		if (it->input_error == 1)
			error = mp_list_append(list, item);
		else
			mp_value_free(item);
	}
	if (error) {
		mp_value_free(list);
		return error;
	}
	*out = list;
	return 0;
}

static void
enter(struct mp_imap *it, struct mp_result *r)
{
	size_t i = 0;

	pthread_mutex_lock(&it->pool->lock);
	while (it->window_of[i])
		i++;
	it->window_of[i] = r;
	it->ahead++;
	r->stream = r->reader = it;
	atomic_fetch_add(&it->references, 1);
	r->bell = &it->bell;
	if (it->ordered)
		line_up(it, r);
	pthread_mutex_unlock(&it->pool->lock);
}

/* A chunk that cannot be sent has failed, in its place. */
static void
fail_chunk(struct mp_result *r, int error)
{
	const char *why = mp_error_text(error);

	pthread_mutex_lock(&r->pool->lock);
	mp__result_deliver(r, 0, error, why, strlen(why));
	pthread_mutex_unlock(&r->pool->lock);
}

/* One more chunk into the window. */
static int
feed(struct mp_imap *it)
{
	struct mp_value *items;
	struct mp_result *r;
	struct task *t = NULL;
	int error = pull(it, &items);

	if (error)
		return error;
	size_t n = mp_value_len(items);
	error = n ? mp__result_new(&r, it->pool, n, n, NULL) : 0;
	if (n && !error) {
		enter(it, r);
		error = mp__pool_chunk(&t, r, 0, VALUES, it->f, it->name, items, 0, n);
		if (!error)
			error = mp__pool_submit(it->pool, r, t, t);
		if (error)
			fail_chunk(r, error);
		error = 0;
	}
	mp_value_free(items);
	return error;
}

static int
fill(struct mp_imap *it)
{
	int error = 0;

	while (!error && it->input_error == 1 && it->ahead < it->window)
		error = feed(it);
	return error;
}

/* The first in the line, if it is done. */
static struct mp_result *
take(struct mp_imap *it)
{
	pthread_mutex_lock(&it->pool->lock);
	struct mp_result *r = it->first && !it->first->left ? it->first : NULL;
	for (size_t i = 0; r && i < it->window; i++)
		if (it->window_of[i] == r)
			it->window_of[i] = NULL;
	if (r) {
		it->first = r->next_in_stream;
		it->ahead--;
		r->stream = NULL;
	}
	pthread_mutex_unlock(&it->pool->lock);
	return r;
}

static struct mp_result *
await(struct mp_imap *it, int64_t deadline)
{
	struct mp_result *r;
	int error = 0;

	while (!(r = take(it)) && !error) {
		unsigned heard = mp__bell_listen(&it->bell);
		r = take(it);
		if (!r)
			error = mp__bell_sleep(&it->bell, heard, deadline);
		mp__bell_leave(&it->bell);
		if (r)
			break;
	}
	return r;
}

static int
complain(struct mp_imap *it, int error, const char *why)
{
	free(it->why);
	it->why = strdup(why);
	return error;
}

/* The next chunk to read from. */
static int
turn_page(struct mp_imap *it, int64_t deadline)
{
	mp_value_free(it->items);
	it->items = NULL;
	it->at = 0;
	struct mp_result *r = take(it);
	if (!r || it->ahead <= it->window / 2) {
		int error = fill(it);
		if (error && !r)
			return error;
	}
	if (!r && it->ahead == 0) {
		int error = it->input_error;
		it->input_error = 0;
		return error < 0 ? complain(it, error, mp_error_text(error)) : MP_STOP;
	}
	if (!r && !(r = await(it, deadline)))
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
	    .window = o->buffersize ? o->buffersize : 4 * (size_t)pool->processes,
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
	error = fill(it);
	if (error)
		mp_imap_free(it);
	else
		*out = it;
	return error;
}
//}

void
mp__imap_unref(struct mp_imap *it)
{
	/* pool.4: the bell stays for the last who rings it. */
	//{
	if (atomic_fetch_sub(&it->references, 1) == 1)
		free(it);
	//}
}

void
mp__imap_done(struct mp_result *r)
{
	/* pool.4: a chunk is done; of imap_unordered it may be read from now on. */
	//{
	if (r->stream && !r->stream->ordered)
		line_up(r->stream, r);
	//}
}

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

//{
/* Of the queue, what is for this reader. */
static void
withdraw(struct mp_imap *it)
{
	struct task **t = &it->pool->queue;
	struct task *kept = NULL;

	while (*t) {
		struct task *task = *t;
		if (task->result->stream != it) {
			kept = task;
			t = &task->next;
			continue;
		}
		*t = task->next;
		it->pool->given -= task->items;
		mp_result_free(task->result);
		free(task);
	}
	it->pool->last = kept;
}
//}

void
mp_imap_free(struct mp_imap *it)
{
	/* pool.4: nobody reads any more: withdraw what waits, let go of what runs. */
	//{
	if (!it)
		return;
	pthread_mutex_lock(&it->pool->lock);
	withdraw(it);
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
