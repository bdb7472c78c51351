/* SPDX-License-Identifier: MIT */
/*
 * Messages through the ring: whole ones by one store, longer ones in pieces, by two
 * processes that are there at the same time.
 *
 * While a message goes in pieces, nobody else may put (sender) or get (receiver): the names
 * of the two stand in shared memory, so that those who wait can see whether they are dead.
 * If the sender dies, the receiver is told. If the receiver dies, the message is lost with
 * it: the next one passes over what is left.
 *
 * Handout: labs/09-queue/README.md
 */
#include <errno.h>
#include <stdlib.h>

#include "ring.h"

//{
struct sending {
	const char *data;
	size_t size, done;
	bool begun;
};

struct receiving {
	char *data;
	size_t size, done;
	bool begun;
	int (*taking)(void *arg);
	void *arg;
};

static void
nobody(struct mp__who *who)
{
	atomic_store(&who->pid, 0);
}

/* Hold the lock. Somebody else's message is under way, and will come to its end. */
static bool
is_busy(struct mp__who *who)
{
	if (who->pid == 0)
		return false;
	if (!mp__who_is_dead(who))
		return true;
	nobody(who);
	return false;
}

static bool
can_put(struct mp__ring *ring, size_t size)
{
	return !is_busy(&ring->pages->sender) && mp__ring_need(size) <= mp__ring_free(ring);
}

static void
put_whole(struct mp__ring *ring, const void *data, size_t size)
{
	mp__ring_write(ring,
	    (struct mp__record){.size = (uint32_t)size, .kind = WHOLE, .total = size}, data, 1);
}

/* How much of it to put now: 0, if it is not worth it. */
static size_t
piece(const struct mp__ring *ring, size_t rest)
{
	size_t most = mp__ring_free(ring);

	if (most < mp__ring_need(rest) && most < RING_PIECE)
		return 0;
	most -= sizeof(struct mp__record);
	return rest < most ? rest : most;
}

/* Hold the lock. Put the next piece; true: it was the last. */
static bool
put_piece(struct mp__ring *ring, struct sending *s)
{
	struct mp__pages *pages = ring->pages;

	if (!s->begun && is_busy(&pages->sender))
		return false;
	size_t size = piece(ring, s->size - s->done);
	if (size == 0)
		return false;
	if (!s->begun) {
		atomic_store(&pages->sending, s->size);
		mp__who_am_i(&pages->sender);
	}
	mp__ring_write(ring,
	    (struct mp__record){
		.size = (uint32_t)size, .kind = s->begun ? NEXT : FIRST, .total = s->size},
	    s->data + s->done, !s->begun);
	s->begun = true;
	s->done += size;
	if (s->done < s->size)
		return false;
	mp__ring_wake(&pages->room); /* who waits to be the next sender */
	nobody(&pages->sender);
	return true;
}

/* Hold the lock. Go on; true: all of it is in. */
static bool
put_some(struct mp__ring *ring, struct sending *s)
{
	if (s->size > RING_WHOLE)
		return put_piece(ring, s);
	if (!can_put(ring, s->size))
		return false;
	put_whole(ring, s->data, s->size);
	return true;
}

void
mp__ring_send(struct mp__ring *ring, const void *data, size_t size, bool waiting)
{
	struct sending s = {.data = data, .size = size};
	struct mp__pages *pages = ring->pages;
	int64_t nap = MP__NAP;

	for (;;) {
		mp__ring_hold(ring);
		bool begun = s.begun, done = put_some(ring, &s);
		if (waiting && (done || s.begun > begun)) {
			(void)!mp__roll_add(&pages->waiting, -1);
			waiting = false;
		}
		uint32_t rung = done ? 0 : mp__ring_await(&pages->room);
		bool watch = !s.begun && pages->sender.pid;
		mp__ring_let_go(ring);
		if (done)
			return;
		(void)!mp__ring_sleep(&pages->room, rung, MP_NEVER, watch ? &nap : NULL);
	}
}

void
mp__ring_bury(struct mp__ring *ring)
{
	ring->pages->lost += (uint64_t)mp__roll_bury(&ring->pages->waiting);
}

bool
mp__ring_full(struct mp__ring *ring)
{
	struct mp__pages *pages = ring->pages;

	if (!pages->capacity)
		return false;
	size_t waiting = (size_t)mp__roll_total(&pages->waiting);
	if (mp__ring_count(ring) + waiting < pages->capacity)
		return false;
	if (waiting == 0)
		return true;
	mp__ring_bury(ring);
	waiting = (size_t)mp__roll_total(&pages->waiting);
	return mp__ring_count(ring) + waiting >= pages->capacity;
}

int
mp__ring_offer(
    struct mp__ring *ring, const void *data, size_t size, enum mp__offer how, uint32_t *rung)
{
	int result = RING_WAITS;

	mp__ring_hold(ring);
	if (mp__ring_full(ring)) {
		result = MP_FULL;
	} else if (how != OFFER_BEHIND && size <= RING_WHOLE && can_put(ring, size)) {
		put_whole(ring, data, size);
		result = RING_IN;
	} else if (how == OFFER_NOW && size <= RING_WHOLE) {
		result = RING_NO_ROOM;
	} else if (mp__roll_add(&ring->pages->waiting, 1)) {
		result = MP_FULL; /* too many processes wait already */
	}
	if (result == MP_FULL)
		*rung = mp__ring_await(&ring->pages->room);
	mp__ring_let_go(ring);
	return result;
}

void
mp__ring_withdraw(struct mp__ring *ring)
{
	mp__ring_hold(ring);
	mp__ring_wake(&ring->pages->room);
	(void)!mp__roll_add(&ring->pages->waiting, -1);
	mp__ring_let_go(ring);
}

/* --- receiving ------------------------------------------------------------------------------ */

enum { NOT_YET = 1 };

/* Hold the lock. The message will not be completed. */
static int
give_up(struct mp__ring *ring, struct receiving *r)
{
	mp__ring_wake(&ring->pages->more); /* who waits to be the next receiver */
	nobody(&ring->pages->receiver);
	free(r->data);
	r->data = NULL;
	return MP_SENDER_DIED;
}

/* Hold the lock. Begin with a message: 0, or -ENOMEM, or what the caller's taking says. */
static int
begin(struct mp__ring *ring, struct receiving *r, const struct mp__record *record)
{
	if (!(r->data = malloc(record->total + 1)))
		return -ENOMEM;
	int error = r->taking ? r->taking(r->arg) : 0;
	if (error) {
		free(r->data);
		return error;
	}
	r->data[record->total] = '\0';
	r->size = record->total;
	r->begun = true;
	if (record->kind == FIRST)
		mp__who_am_i(&ring->pages->receiver);
	return 0;
}

/* Hold the lock. Take the record at the head: 0, NOT_YET more will come, or an error. */
static int
take(struct mp__ring *ring, struct receiving *r, const struct mp__record *record)
{
	int error = r->begun ? 0 : begin(ring, r, record);

	if (error)
		return error;
	mp__ring_read(ring, r->data + r->done, record->size);
	r->done += record->size;
	bool complete = r->done == r->size;
	if (complete && record->kind == NEXT) {
		mp__ring_wake(&ring->pages->more);
		nobody(&ring->pages->receiver);
	}
	return complete ? 0 : NOT_YET;
}

/* Hold the lock. Take what is there: 0 the message is complete, NOT_YET, or an error. */
static int
get_some(struct mp__ring *ring, struct receiving *r)
{
	struct mp__pages *pages = ring->pages;
	int result = NOT_YET;

	if (!r->begun && is_busy(&pages->receiver))
		return NOT_YET;
	while (result == NOT_YET && !mp__ring_empty(ring)) {
		struct mp__record record = mp__ring_peek(ring);
		if (r->begun && record.kind != NEXT)
			return give_up(ring, r);
		if (r->begun || record.kind != NEXT) {
			result = take(ring, r, &record);
			if (result < 0)
				return result;
		}
		mp__ring_pass(ring, &record);
	}
	if (result == NOT_YET && r->begun && !is_busy(&pages->sender))
		return give_up(ring, r);
	return result;
}

int
mp__ring_receive(struct mp__ring *ring, void **data, size_t *size, int64_t deadline,
    int (*taking)(void *arg), void *arg)
{
	struct receiving r = {.taking = taking, .arg = arg};
	struct mp__pages *pages = ring->pages;
	int64_t nap = MP__NAP;
	int result = NOT_YET;

	for (;;) {
		mp__ring_hold(ring);
		result = get_some(ring, &r);
		uint32_t rung = result == NOT_YET ? mp__ring_await(&pages->more) : 0;
		bool watch = pages->receiver.pid;
		/* A message is there, behind one that somebody is just receiving. */
		bool blocked = !r.begun && mp__ring_count(ring) > 0;
		mp__ring_let_go(ring);
		if (result != NOT_YET)
			break;
		int64_t until = r.begun || blocked ? MP_NEVER : deadline;
		if (mp__ring_sleep(&pages->more, rung, until, watch ? &nap : NULL) == MP_TIMEOUT)
			return MP_EMPTY;
	}
	if (result == 0) {
		*data = r.data;
		*size = r.size;
	}
	return result;
}
//}
