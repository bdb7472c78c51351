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

#include <mp/value.h>

#include "object.h"

//{
/* The state is (index,): the child's descriptor. */
static int
send_ring(const struct mp__ring *ring, struct mp_value **state)
{
	int index = mp__spawning_fd(ring->fd);

	if (index < 0)
		return index;
	*state = mp_tuple(mp_int(index));
	return *state ? 0 : -ENOMEM;
}

static int
receive_ring(const struct mp_value *state, struct mp__ring *ring)
{
	int64_t index;
	int error = mp_value_int(mp_value_at(state, 0), &index);

	if (error)
		return error;
	int fd = mp__spawned_fd((int)index);
	return fd < 0 ? fd : mp__ring_map(ring, fd);
}
//}

static int
queue_reduce(void *q, struct mp_value **state)
{
	/* queue.6: its memory, if there is a child on its way who can have it. */
	//{
	return send_ring(&((struct mp_queue *)q)->ring, state);
	//}
}

static int
queue_rebuild(const struct mp_value *state, void **q)
{
	/* queue.6: map the memory; what is this process's own begins empty. */
	//{
	struct mp__ring ring;
	int error = receive_ring(state, &ring);

	if (error)
		return error;
	error = mp__queue_from(&ring, (struct mp_queue **)q);
	if (error)
		mp__ring_release(&ring);
	return error;
	//}
}

static void
queue_ref(void *q)
{
	/* queue.6: the value is an owner. */
	//{
	mp_queue_ref(q);
	//}
}

static int
simple_reduce(void *q, struct mp_value **state)
{
	/* queue.6: its memory, if there is a child on its way who can have it. */
	//{
	return send_ring(mp__simple_queue_ring(q), state);
	//}
}

static int
simple_rebuild(const struct mp_value *state, void **q)
{
	/* queue.6: map the memory. */
	//{
	struct mp__ring ring;
	int error = receive_ring(state, &ring);

	if (error)
		return error;
	error = mp__simple_queue_from(&ring, (struct mp_simple_queue **)q);
	if (error)
		mp__ring_release(&ring);
	return error;
	//}
}

static void
simple_ref(void *q)
{
	/* queue.6: the value is an owner. */
	//{
	mp_simple_queue_ref(q);
	//}
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
