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

//{
enum { PATIENCE = 16 };

static void
init_local(struct mp_queue *q)
{
	pthread_condattr_t attributes;

	pthread_mutex_init(&q->mutex, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&q->idle, &attributes);
	pthread_condattr_destroy(&attributes);
	q->last = &q->first;
	q->references = 1;
}

void
mp__queue_release(struct mp_queue *q)
{
	mp__queue_strike(q);
	mp__ring_release(&q->ring);
	pthread_cond_destroy(&q->idle);
	pthread_mutex_destroy(&q->mutex);
	free(q);
}

/* Once: in the ring 0, kept 0, RING_NO_ROOM; or MP_FULL and *rung, or another error. */
static int
offer_once(struct mp_queue *q, const void *data, size_t size, enum mp__offer how, uint32_t *rung)
{
	pthread_mutex_lock(&q->mutex);
	int result =
	    q->closed ? MP_CLOSED
		      : mp__ring_offer(&q->ring, data, size, q->first ? OFFER_BEHIND : how, rung);
	if (result == RING_WAITS) {
		result = mp__queue_keep(q, data, size);
		if (result)
			mp__ring_withdraw(&q->ring);
	}
	pthread_mutex_unlock(&q->mutex);
	return result;
}

/*
 * Where somebody gets, there is room again in a moment: give the processor away a few times
 * before the message is copied for the feeder, and memory grows.
 */
static int
offer(struct mp_queue *q, const void *data, size_t size, uint32_t *rung)
{
	int result = RING_NO_ROOM;

	for (int i = 0; i < PATIENCE && result == RING_NO_ROOM; i++) {
		if (i > 0)
			sched_yield();
		result = offer_once(q, data, size, OFFER_NOW, rung);
	}
	if (result == RING_NO_ROOM)
		result = offer_once(q, data, size, OFFER_OR_WAIT, rung);
	return result;
}

static bool
is_closed(struct mp_queue *q)
{
	pthread_mutex_lock(&q->mutex);
	bool closed = q->closed;
	pthread_mutex_unlock(&q->mutex);
	return closed;
}

int
mp__queue_from(const struct mp__ring *ring, struct mp_queue **out)
{
	struct mp_queue *q = calloc(1, sizeof(*q));

	if (!q)
		return -ENOMEM;
	q->ring = *ring;
	init_local(q);
	int error = mp__queue_enlist(q);
	if (error)
		free(q);
	else
		*out = q;
	return error;
}
//}

int
mp_queue_new(struct mp_queue **out, size_t capacity)
{
	/* queue.3: the ring, which is shared; and what is this process's own. */
	//{
	struct mp__ring ring;

	int error = mp__ring_new(&ring, capacity);
	if (error)
		return error;
	error = mp__queue_from(&ring, out);
	if (error)
		mp__ring_release(&ring);
	return error;
	//}
}

struct mp_queue *
mp_queue_ref(struct mp_queue *q)
{
	/* queue.3: one more owner. */
	//{
	atomic_fetch_add(&q->references, 1);
	return q;
	//}
}

void
mp_queue_free(struct mp_queue *q)
{
	/* queue.3: one owner fewer; the last one lets the ring go. A feeder is an owner. */
	//{
	if (q && atomic_fetch_sub(&q->references, 1) == 1)
		mp__queue_release(q);
	//}
}

int
mp_queue_put_bytes(struct mp_queue *q, const void *data, size_t size, double timeout)
{
	/*
	 * queue.3: offer it until there is a slot, or the time is up. What has a slot and finds
	 * no room is kept for the feeder (queue.4).
	 */
	//{
	int64_t deadline = mp_deadline(timeout), nap = MP__NAP;
	uint32_t rung;
	int error = mp__queue_flush_at_exit();

	if (error)
		return error;
	while ((error = offer(q, data, size, &rung)) == MP_FULL && timeout > 0)
		if (mp__ring_sleep(&q->ring.pages->room, rung, deadline, &nap) == MP_TIMEOUT)
			return MP_FULL;
	return error;
	//}
}

int
mp__queue_get_bytes(struct mp_queue *q, void **data, size_t *size, double timeout,
    int (*taking)(void *arg), void *arg)
{
	/* queue.3: from the ring, unless this process has closed the queue. */
	//{
	if (is_closed(q))
		return MP_CLOSED;
	return mp__ring_receive(&q->ring, data, size, mp_deadline(timeout), taking, arg);
	//}
}

int
mp_queue_get_bytes(struct mp_queue *q, void **data, size_t *size, double timeout)
{
	/* queue.3: the same, and nobody wants to be told. */
	//{
	return mp__queue_get_bytes(q, data, size, timeout, NULL, NULL);
	//}
}

size_t
mp_queue_qsize(const struct mp_queue *q)
{
	/* queue.3: what can be got now. */
	//{
	return mp__ring_count(&q->ring);
	//}
}

bool
mp_queue_empty(const struct mp_queue *q)
{
	/* queue.3: the same number. */
	//{
	return mp__ring_count(&q->ring) == 0;
	//}
}

bool
mp_queue_full(struct mp_queue *q)
{
	/* queue.3: the bound is for what is in the ring and what waits in producers that live. */
	//{
	mp__ring_hold(&q->ring);
	bool full = mp__ring_full(&q->ring);
	mp__ring_let_go(&q->ring);
	return full;
	//}
}

int
mp__queue_look(struct mp_queue *q, int (*look)(size_t untaken, size_t lost, void *arg), void *arg)
{
	/* queue.3: first bury the dead, so that what waited in them is lost and not waiting. */
	//{
	struct mp__pages *pages = q->ring.pages;

	mp__ring_hold(&q->ring);
	mp__ring_bury(&q->ring);
	size_t untaken = mp__ring_count(&q->ring) + (size_t)mp__roll_total(&pages->waiting);
	int result = look(untaken, pages->lost, arg);
	mp__ring_let_go(&q->ring);
	return result;
	//}
}

void *
mp__queue_beside(struct mp_queue *q)
{
	/* queue.3: in the pages of the ring, for stage 10. */
	//{
	return q->ring.pages->beside;
	//}
}

void
mp__queue_note(struct mp_queue *q, const _Atomic uint32_t *bell, const struct mp__roll *roll)
{
	/* queue.3: so that procsmith can tell who waits for whom. Doing nothing is right, too. */
	//{
	mp__ring_note_tasks(q->ring.pages, bell, roll);
	//}
}
