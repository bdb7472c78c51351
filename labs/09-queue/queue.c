/* SPDX-License-Identifier: MIT */
/*
 * The queue: made, put into, got from, counted.
 *
 * put offers a message to the ring, which takes it, or says that it must wait (then it is
 * kept for the feeder), or that there are as many as there may be (then put sleeps and offers
 * it again). Nothing is counted here: the ring knows.
 *
 * Handout: labs/09-queue/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdlib.h>

#include "object.h"

#include <mp/todo.h>

int
mp_queue_new(struct mp_queue **out, size_t capacity)
{
	/* queue.3: the ring, which is shared; and what is this process's own. */
	mp_todo("queue.3");
}

struct mp_queue *
mp_queue_ref(struct mp_queue *q)
{
	/* queue.3: one more owner. */
	mp_todo("queue.3");
}

void
mp_queue_free(struct mp_queue *q)
{
	/* queue.3: one owner fewer; the last one lets the ring go. A feeder is an owner. */
	mp_todo("queue.3");
}

int
mp_queue_put_bytes(struct mp_queue *q, const void *data, size_t size, double timeout)
{
	/*
	 * queue.3: offer it until there is a slot, or the time is up. What has a slot and finds
	 * no room is kept for the feeder (queue.4).
	 */
	mp_todo("queue.3");
}

int
mp__queue_get_bytes(struct mp_queue *q, void **data, size_t *size, double timeout,
    int (*taking)(void *arg), void *arg)
{
	/* queue.3: from the ring, unless this process has closed the queue. */
	mp_todo("queue.3");
}

int
mp_queue_get_bytes(struct mp_queue *q, void **data, size_t *size, double timeout)
{
	/* queue.3: the same, and nobody wants to be told. */
	mp_todo("queue.3");
}

size_t
mp_queue_qsize(const struct mp_queue *q)
{
	/* queue.3: what can be got now. */
	mp_todo("queue.3");
}

bool
mp_queue_empty(const struct mp_queue *q)
{
	/* queue.3: the same number. */
	mp_todo("queue.3");
}

bool
mp_queue_full(struct mp_queue *q)
{
	/* queue.3: the bound is for what is in the ring and what waits in producers that live. */
	mp_todo("queue.3");
}

int
mp__queue_look(struct mp_queue *q, int (*look)(size_t untaken, size_t lost, void *arg), void *arg)
{
	/* queue.3: first bury the dead, so that what waited in them is lost and not waiting. */
	mp_todo("queue.3");
}

void *
mp__queue_beside(struct mp_queue *q)
{
	/* queue.3: in the pages of the ring, for stage 10. */
	mp_todo("queue.3");
}

void
mp__queue_note(struct mp_queue *q, const _Atomic uint32_t *bell, const struct mp__roll *roll)
{
	/* queue.3: so that procsmith can tell who waits for whom; nothing else needs it. */
	mp_todo("queue.3");
}
