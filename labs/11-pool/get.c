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
#include <mp/todo.h>

#include "parts.h"

int
mp_result_wait(struct mp_result *r, double timeout)
{
	/* pool.2: until nothing is left, or the deadline. In a callback nobody would end it. */
	mp_todo("pool.2");
}

int
mp_result_get(struct mp_result *r, double timeout, struct mp_value **value)
{
	/* pool.2: wait; then the first error, or the value. */
	mp_todo("pool.2");
}

int
mp_result_ready(struct mp_result *r)
{
	/* pool.2: is nothing left? */
	mp_todo("pool.2");
}

int
mp_result_successful(struct mp_result *r)
{
	/* pool.2: only of one that is ready. */
	mp_todo("pool.2");
}

const char *
mp_result_why(struct mp_result *r)
{
	/* pool.5: the words that came with the first failure. */
	mp_todo("pool.5");
}

int
mp_result_item(struct mp_result *r, size_t i)
{
	/* pool.5: how the chunk of that item ended. */
	mp_todo("pool.5");
}
