/* SPDX-License-Identifier: MIT */
/*
 * SimpleQueue: the ring, and nothing else.
 *
 * Handout: labs/09-queue/README.md
 */
#include <errno.h>
#include <stdlib.h>

#include <mp/simple_queue.h>

#include "object.h"

struct mp_simple_queue {
	//{
	struct mp__ring ring; /* shared */

	/* this process only */
	atomic_int references;
	atomic_bool closed;
	//}
};

//{
_Static_assert(MP_QUEUE_ROOM == RING_ROOM, "the contract says how much fits");

int
mp__simple_queue_from(const struct mp__ring *ring, struct mp_simple_queue **out)
{
	struct mp_simple_queue *q = calloc(1, sizeof(*q));

	if (!q)
		return -ENOMEM;
	q->ring = *ring;
	q->references = 1;
	*out = q;
	return 0;
}

const struct mp__ring *
mp__simple_queue_ring(const struct mp_simple_queue *q)
{
	return &q->ring;
}
//}

int
mp_simple_queue_new(struct mp_simple_queue **out)
{
	/* queue.1: memory shared with the children to come, and a lock in it. */
	//{
	struct mp__ring ring;

	int error = mp__ring_new(&ring, 0);
	if (error)
		return error;
	error = mp__simple_queue_from(&ring, out);
	if (error)
		mp__ring_release(&ring);
	return error;
	//}
}

struct mp_simple_queue *
mp_simple_queue_ref(struct mp_simple_queue *q)
{
	/* queue.1: one more owner. */
	//{
	atomic_fetch_add(&q->references, 1);
	return q;
	//}
}

void
mp_simple_queue_free(struct mp_simple_queue *q)
{
	/* queue.1: one owner fewer; the last one lets go of the memory. */
	//{
	if (!q || atomic_fetch_sub(&q->references, 1) != 1)
		return;
	mp__ring_release(&q->ring);
	free(q);
	//}
}

int
mp_simple_queue_put_bytes(struct mp_simple_queue *q, const void *data, size_t size)
{
	/*
	 * queue.1: wait for room; write the message where nobody looks yet; wake who waits for
	 * one; then make it visible, by one store. What never has room goes in pieces (queue.2).
	 */
	//{
	if (q->closed)
		return MP_HANDLE_CLOSED;
	mp__ring_send(&q->ring, data, size, false);
	return 0;
	//}
}

int
mp_simple_queue_get_bytes(struct mp_simple_queue *q, void **data, size_t *size)
{
	/* queue.1: wait for a message; copy it; wake who waits for room; then give the room back. */
	//{
	if (q->closed)
		return MP_HANDLE_CLOSED;
	return mp__ring_receive(&q->ring, data, size, MP_NEVER, NULL, NULL);
	//}
}

int
mp_simple_queue_empty(const struct mp_simple_queue *q)
{
	/* queue.1: is there nothing between head and tail? */
	//{
	return q->closed ? MP_HANDLE_CLOSED : mp__ring_count(&q->ring) == 0;
	//}
}

void
mp_simple_queue_close(struct mp_simple_queue *q)
{
	/* queue.1: for this process. */
	//{
	q->closed = true;
	//}
}
