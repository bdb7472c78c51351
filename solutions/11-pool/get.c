/* SPDX-License-Identifier: MIT */
/*
 * What is got out of a result: wait until it is ready, then its value, or how it failed.
 *
 * The value is made of the parts by the first who gets it, in his own thread, so that a large
 * result keeps nobody else waiting. Handout: labs/11-pool/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <unistd.h>

#include <mp/deadline.h>
#include <mp/internal.h>

#include "parts.h"

//{
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

/* Make the value. Of two threads that do so at once, one has worked in vain. */
static int
make_value(struct mp_result *r, struct mp_value **out)
{
	struct mp_value *list = mp_list();
	int error = list ? 0 : -ENOMEM;

	for (size_t i = 0; i < r->count && !error; i++)
		error = mp__loads_onto(list, r->parts[i].data, r->parts[i].size);
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
mp_result_wait(struct mp_result *r, double timeout)
{
	/* pool.2: until nothing is left, or the deadline. In a callback nobody would end it. */
	//{
	int64_t deadline = mp_deadline(timeout);

	if (r->pool->owner != getpid())
		return MP_NOT_PARENT;
	if (timeout > 0 && r->left && pthread_equal(pthread_self(), r->pool->supervisor))
		return -EDEADLK;
	if (timeout > 0 && r->left)
		mp__ear_wait(r, deadline);
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
