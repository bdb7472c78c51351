/* SPDX-License-Identifier: MIT */
/*
 * A queue as a value: for a child that is being started, and for nobody else.
 *
 * All of a queue that others need is in its memory, so a descriptor of that says everything.
 * Descriptors go to a child at its birth: hence "only through inheritance".
 *
 * Handout: labs/09-queue/README.md
 */
#include <errno.h>
#include <stdlib.h>

#include <mp/todo.h>
#include <mp/value.h>

#include "object.h"

static int
queue_reduce(void *q, struct mp_value **state)
{
	/* queue.6: its memory, if there is a child on its way who can have it. */
	mp_todo("queue.6");
}

static int
queue_rebuild(const struct mp_value *state, void **q)
{
	/* queue.6: map the memory; what is this process's own begins empty. */
	mp_todo("queue.6");
}

static void
queue_ref(void *q)
{
	/* queue.6: the value is an owner. */
	mp_todo("queue.6");
}

static int
simple_reduce(void *q, struct mp_value **state)
{
	/* queue.6: its memory, if there is a child on its way who can have it. */
	mp_todo("queue.6");
}

static int
simple_rebuild(const struct mp_value *state, void **q)
{
	/* queue.6: map the memory. */
	mp_todo("queue.6");
}

static void
simple_ref(void *q)
{
	/* queue.6: the value is an owner. */
	mp_todo("queue.6");
}

static void
queue_unref(void *q)
{
	mp_queue_free(q);
}

static void
simple_unref(void *q)
{
	mp_simple_queue_free(q);
}

const struct mp_class mp_queue_class = {
    "Queue", queue_reduce, queue_rebuild, queue_ref, queue_unref};
MP_REGISTER_CLASS(mp_queue_class);

const struct mp_class mp_simple_queue_class = {
    "SimpleQueue", simple_reduce, simple_rebuild, simple_ref, simple_unref};
MP_REGISTER_CLASS(mp_simple_queue_class);
