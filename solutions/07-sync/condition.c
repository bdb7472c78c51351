/* SPDX-License-Identifier: MIT */
/*
 * Condition: a room with seats, and a bell at each.
 *
 * Who waits takes a seat while it holds the lock, gives the lock back, and sleeps at the
 * seat's bell. Who notifies holds the lock, and rings the bells of those who have sat longest.
 *
 * Invariants: seats are taken, given back and rung by the owner of the lock; only death takes
 * somebody out of a seat without it, and the kernel marks that (a seat is a badge). A bell
 * rings once, and nobody else sleeps there: so nothing need be handed from one to the other.
 *
 * Handout: labs/07-sync/README.md
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include <mp/condition.h>
#include <mp/futex.h>
#include <mp/internal.h>

//{
enum { NOBODY, SITTING }; /* the high half of a seat's word */

#define RUNG UINT32_C(0x80000000) /* of a bell; its lower 30 bits stay 0: see mp__will */

struct room {
	/* hold the condition's lock */
	uint64_t arrivals;
	int used; /* no seat from here on was ever taken */
	struct mp__badge seat[MP_CONDITION_SEATS];
};
//}

struct mp_condition {
	//{
	struct mp_lock *lock;
	struct room *room;     /* shared */
	atomic_int references; /* in this process */
			       //}
};

//{
static bool
is_taken(struct mp__badge *seat)
{
	return atomic_load(&seat->word) & MP__OWNER;
}

/* Sit down; hold the lock. NULL: no seat is free. */
static struct mp__badge *
sit_down(struct room *room)
{
	for (int i = 0; i < MP_CONDITION_SEATS; i++) {
		struct mp__badge *seat = &room->seat[i];
		uint64_t word = atomic_load(&seat->word);
		if (word & MP__OWNER)
			continue;
		seat->mark = MP__BADGE;
		atomic_store(&seat->bell, 0);
		if (!mp__badge_take(seat, &word, SITTING))
			continue;
		seat->extra = ++room->arrivals;
		if (room->used <= i)
			room->used = i + 1;
		return seat;
	}
	return NULL;
}

/* The seat of the one who has waited longest, is alive, and has not been rung for. */
static struct mp__badge *
longest(struct room *room)
{
	struct mp__badge *first = NULL;

	for (int i = 0; i < room->used; i++) {
		struct mp__badge *seat = &room->seat[i];
		if (is_taken(seat) && !atomic_load(&seat->bell) &&
		    (!first || seat->extra < first->extra))
			first = seat;
	}
	return first;
}

/* Ring, and wake. If we are killed in between, the kernel wakes for us. */
static void
ring(struct mp__badge *seat)
{
	mp__will(&seat->bell);
	atomic_store(&seat->bell, RUNG);
	mp_futex_wake(&seat->bell, 1);
	mp__will_done();
}

/* A room in that memory, which is this one's then, and a lock: that one, or a new one. */
static int
make(struct mp_condition **out, void *memory, struct mp_lock *lock)
{
	struct mp_condition *c = malloc(sizeof(*c));

	if (!c)
		return -ENOMEM;
	*c = (struct mp_condition){.room = memory, .references = 1};
	int error = lock ? 0 : mp_rlock_new(&c->lock);
	if (error) {
		free(c);
		return error;
	}
	if (lock)
		c->lock = mp_lock_ref(lock);
	*out = c;
	return 0;
}
//}

int
mp_condition_new(struct mp_condition **out, struct mp_lock *lock)
{
	/* sync.1: a room in shared memory (mp__shared_new), all zero: every seat is free. */
	//{
	void *memory;
	int error = mp__shared_new(&memory, sizeof(struct room));

	if (error)
		return error;
	mp__shared_note(memory, MP__CONDITION, sizeof(struct room), NULL);
	error = make(out, memory, lock);
	if (error)
		mp__shared_free(memory);
	return error;
	//}
}

struct mp_condition *
mp_condition_ref(struct mp_condition *c)
{
	/* sync.1: one more owner of the handle. */
	//{
	atomic_fetch_add(&c->references, 1);
	return c;
	//}
}

void
mp_condition_free(struct mp_condition *c)
{
	/* sync.1: the last one gives back the room, and its reference on the lock. */
	//{
	if (!c || atomic_fetch_sub(&c->references, 1) > 1)
		return;
	mp_lock_free(c->lock);
	mp__shared_free(c->room);
	free(c);
	//}
}

struct mp_lock *
mp_condition_lock(const struct mp_condition *c)
{
	/* sync.1: borrowed. */
	//{
	return c->lock;
	//}
}

int
mp_condition_acquire(struct mp_condition *c, double timeout)
{
	/* sync.1: the lock's. */
	//{
	return mp_lock_acquire(c->lock, timeout);
	//}
}

int
mp_condition_release(struct mp_condition *c)
{
	/* sync.1: the lock's. */
	//{
	return mp_lock_release(c->lock);
	//}
}

int
mp_condition_wait(struct mp_condition *c, double timeout)
{
	/*
	 * sync.1: a seat first, then the lock back, then sleep: who notifies after you gave the
	 * lock back finds you in your seat. Then the lock again, and the answer.
	 */
	//{
	int64_t deadline = mp_deadline(timeout);

	if (!mp_lock_is_mine(c->lock))
		return MP_NOT_OWNER;
	struct mp__badge *seat = sit_down(c->room);
	if (!seat)
		return -EAGAIN;
	int depth = mp_lock_release_all(c->lock);
	while (!atomic_load(&seat->bell) && mp_futex_wait(&seat->bell, 0, deadline) == 0)
		;
	int error = mp_lock_acquire_depth(c->lock, depth);
	bool rung = atomic_load(&seat->bell); /* perhaps only while we waited for the lock */
	(void)mp__badge_drop(seat, SITTING, NOBODY);
	return error ? error : rung ? 0 : MP_TIMEOUT;
	//}
}

int
mp_condition_wait_for(
    struct mp_condition *c, bool (*predicate)(void *arg), void *arg, double timeout)
{
	/* sync.2: while, not if; one deadline for all the waits; the predicate has the last word. */
	//{
	int64_t deadline = mp_deadline(timeout);

	if (!mp_lock_is_mine(c->lock))
		return MP_NOT_OWNER;
	while (!predicate(arg)) {
		int error = mp_condition_wait(c, mp_deadline_left(deadline));
		if (error == MP_TIMEOUT)
			return predicate(arg) ? 0 : error;
		if (error)
			return error;
	}
	return 0;
	//}
}

int
mp_condition_notify(struct mp_condition *c, int n)
{
	/* sync.1: ring for the n that have waited longest; the dead do not count. */
	//{
	struct mp__badge *seat;
	int rung = 0;

	if (!mp_lock_is_mine(c->lock))
		return MP_NOT_OWNER;
	while (rung < n && (seat = longest(c->room))) {
		ring(seat);
		rung += is_taken(seat); /* or it has died meanwhile: then for the next */
	}
	return rung;
	//}
}

int
mp_condition_notify_all(struct mp_condition *c)
{
	/* sync.1: for all. */
	//{
	return mp_condition_notify(c, INT_MAX);
	//}
}

static int
condition_reduce(void *object, struct mp_value **state)
{
	/* sync.1: where the room lies, and the lock. */
	//{
	const struct mp_condition *c = object;
	struct mp_value *place;
	int error = mp__shared_send(c->room, &place);

	if (error)
		return error;
	*state = mp_tuple(place, mp_object(&mp_lock_class, c->lock));
	return *state ? 0 : -ENOMEM;
	//}
}

static int
condition_rebuild(const struct mp_value *state, void **object)
{
	/* sync.1: a handle on the same room. */
	//{
	struct mp_lock *lock = mp_value_object(mp_value_at(state, 1), &mp_lock_class);
	void *memory;
	int error = lock ? mp__shared_receive(mp_value_at(state, 0), sizeof(struct room), &memory)
			 : MP_KIND;

	if (error)
		return error;
	error = make((struct mp_condition **)object, memory, lock);
	if (error)
		mp__shared_free(memory);
	return error;
	//}
}

static void
condition_ref(void *object)
{
	(void)mp_condition_ref(object);
}

static void
condition_unref(void *object)
{
	mp_condition_free(object);
}

const struct mp_class mp_condition_class = {
    "Condition", condition_reduce, condition_rebuild, condition_ref, condition_unref};
MP_REGISTER_CLASS(mp_condition_class);
