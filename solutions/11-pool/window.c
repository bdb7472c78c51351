/* SPDX-License-Identifier: MIT */
/*
 * The window of an imap: from the input into tasks, and back out of them.
 *
 * Each chunk is a result of its own. Those who are ahead of the reader stand in the window; those
 * that may be read stand in the line. Both have an end: so nobody is ever far ahead.
 *
 * Handout: labs/11-pool/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>

#include "window.h"

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

/* One more chunk into the window, and a task made of it; none at the end of the input. */
static int
feed(struct mp_imap *it, struct task **task)
{
	struct mp_value *items;
	struct mp_result *r;
	int error = pull(it, &items);

	if (error)
		return error;
	size_t n = mp_value_len(items);
	error = n ? mp__result_new(&r, it->pool, n, n, NULL) : 0;
	if (n && !error) {
		enter(it, r);
		error = mp__pool_chunk(task, r, 0, VALUES, it->f, it->name, items, 0, n);
		if (error)
			fail_chunk(r, error);
		error = 0;
	}
	mp_value_free(items);
	return error;
}

/* Tasks that the pool does not take have failed, each in its place. */
static void
submit(struct mp_imap *it, struct task *first, struct task *last)
{
	int error = mp__pool_submit(it->pool, NULL, first, last);

	if (!error)
		return;
	for (struct task *t = first; t; t = t->next)
		fail_chunk(t->result, error);
	mp__tasks_drop(first);
}
//}

int
mp__imap_fill(struct mp_imap *it)
{
	/* pool.4: as much of the input as the window has room for; all of it at once. */
	//{
	struct task *first = NULL, **end = &first, *last = NULL;
	int error = 0;

	while (!error && it->input_error == 1 && it->ahead < it->window) {
		error = feed(it, end);
		if (*end) {
			last = *end;
			end = &last->next;
		}
	}
	if (first)
		submit(it, first, last);
	return error;
	//}
}

struct mp_result *
mp__imap_take(struct mp_imap *it)
{
	/* pool.4: the first in the line, if it is done; it leaves the window. */
	//{
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
	//}
}

struct mp_result *
mp__imap_await(struct mp_imap *it, int64_t deadline)
{
	/* pool.4: take, or wait until there is one; NULL: not in time. */
	//{
	struct mp_result *r = NULL;
	int error = 0;

	while (!r && !error) {
		unsigned heard = mp__bell_listen(&it->bell);
		if (!(r = mp__imap_take(it)))
			error = mp__bell_sleep(&it->bell, heard, deadline);
		mp__bell_leave(&it->bell);
	}
	return r ? r : mp__imap_take(it);
	//}
}

void
mp__imap_withdraw(struct mp_imap *it)
{
	/* pool.4: of the queue, what is for this reader. Hold the lock. */
	//{
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
	//}
}

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
