/* SPDX-License-Identifier: MIT */
/*
 * SimpleQueue: the ring, and nothing else.
 *
 * Handout: labs/09-queue/README.md
 */
#include <errno.h>
#include <stdlib.h>

#include <mp/simple_queue.h>
#include <mp/todo.h>

#include "object.h"

struct mp_simple_queue {
	/* yours */
};

int
mp_simple_queue_new(struct mp_simple_queue **out)
{
	/* queue.1: memory shared with the children to come, and a lock in it. */
	mp_todo("queue.1");
}

struct mp_simple_queue *
mp_simple_queue_ref(struct mp_simple_queue *q)
{
	/* queue.1: one more owner. */
	mp_todo("queue.1");
}

void
mp_simple_queue_free(struct mp_simple_queue *q)
{
	/* queue.1: one owner fewer; the last one lets go of the memory. */
	mp_todo("queue.1");
}

int
mp_simple_queue_put_bytes(struct mp_simple_queue *q, const void *data, size_t size)
{
	/*
	 * queue.1: wait for room; write the message where nobody looks yet; wake who waits for
	 * one; then make it visible, by one store. What never has room goes in pieces (queue.2).
	 */
	mp_todo("queue.1");
}

int
mp_simple_queue_get_bytes(struct mp_simple_queue *q, void **data, size_t *size)
{
	/* queue.1: wait for a message; copy it; wake who waits for room; then give the room back. */
	mp_todo("queue.1");
}

int
mp_simple_queue_empty(const struct mp_simple_queue *q)
{
	/* queue.1: is there nothing between head and tail? */
	mp_todo("queue.1");
}

void
mp_simple_queue_close(struct mp_simple_queue *q)
{
	/* queue.1: for this process. */
	mp_todo("queue.1");
}
