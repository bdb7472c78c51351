/* SPDX-License-Identifier: MIT */
/*
 * Barrier: a lock, and a hall with seats.
 *
 * Everything changes under the lock, which survives its owner. Who comes takes a seat; the
 * last one tells every seat that it may go. So each reads its own fate in its own seat: a
 * slow one cannot be told what the next pass has decided.
 *
 * Invariant: a seat whose owner is dead while HERE, or while enlisted, breaks the barrier.
 *
 * Handout: labs/07-sync/README.md
 */
#include <errno.h>
#include <stdlib.h>

#include <mp/lock.h>

#include "hall.h"

struct mp_barrier {
	//{
	struct mp_lock *lock;
	struct hall *hall; /* shared; changed under the lock */
	int parties;
	int (*action)(void *arg);
	void *arg;
	double timeout;
	atomic_int references; /* in this process */
			       //}
};

//{
static bool
is_broken(const struct hall *hall)
{
	return atomic_load(&hall->generation) & BROKEN;
}

/* If somebody was killed in there, nobody knows how far it came. */
static void
enter(struct mp_barrier *b)
{
	if (mp_lock_acquire(b->lock, MP_FOREVER) == MP_OWNER_DIED)
		mp__hall_break(b->hall);
}

static void
leave(struct mp_barrier *b)
{
	(void)!mp_lock_release(b->lock);
}

/* Is it for us to break it? The kernel tells a death to one: it must do so even if it is told
 * itself that it may go, for the others sleep. */
static bool
must_break(struct hall *hall, struct mp__badge *seat, int64_t deadline)
{
	return !is_broken(hall) &&
	       (mp__hall_death(hall) || (mp__hall_state(seat) == HERE && mp_now() >= deadline));
}

/* Here, and asleep, until told; if the time is up, or one has died: break it. */
static uint32_t
wait_here(struct mp_barrier *b, struct mp__badge *seat, int64_t deadline)
{
	for (;;) {
		uint32_t generation = atomic_load(&b->hall->generation);
		if (must_break(b->hall, seat, deadline)) {
			enter(b);
			if (must_break(b->hall, seat, deadline))
				mp__hall_break(b->hall);
			leave(b);
			continue;
		}
		if (mp__hall_state(seat) != HERE)
			return mp__hall_state(seat);
		if (generation & BROKEN)
			return BROKE;
		mp__hall_sleep(b->hall, seat, generation, deadline);
	}
}

/* With a new hall and lock, or with those that came; they are this one's then. */
static int
make(struct mp_barrier **out, struct mp_barrier like)
{
	struct mp_barrier *b = malloc(sizeof(*b));

	if (!b)
		return -ENOMEM;
	*b = like;
	b->references = 1;
	*out = b;
	return 0;
}

static int
make_new(struct mp_barrier **out, struct mp_barrier like)
{
	void *memory;
	int error = mp_rlock_new(&like.lock);

	if (error)
		return error;
	error = mp__shared_new(&memory, sizeof(*like.hall));
	if (!error) {
		like.hall = memory;
		mp__shared_note(memory, MP__BARRIER, sizeof(*like.hall), NULL);
		error = make(out, like);
		if (error)
			mp__shared_free(memory);
	}
	if (error)
		mp_lock_free(like.lock);
	return error;
}
//}

int
mp_barrier_new(
    struct mp_barrier **out, int parties, int (*action)(void *arg), void *arg, double timeout)
{
	/* sync.4: a lock, and a hall in shared memory. */
	//{
	if (parties < 1 || parties > MP_BARRIER_MOST)
		return MP_INVALID;
	return make_new(
	    out, (struct mp_barrier){
		     .parties = parties, .action = action, .arg = arg, .timeout = timeout});
	//}
}

struct mp_barrier *
mp_barrier_ref(struct mp_barrier *barrier)
{
	/* sync.4: one more owner of the handle. */
	//{
	atomic_fetch_add(&barrier->references, 1);
	return barrier;
	//}
}

void
mp_barrier_free(struct mp_barrier *barrier)
{
	/* sync.4: the last one retires, and gives the memory back. */
	//{
	if (!barrier || atomic_fetch_sub(&barrier->references, 1) > 1)
		return;
	mp_barrier_retire(barrier);
	mp_lock_free(barrier->lock);
	mp__shared_free(barrier->hall);
	free(barrier);
	//}
}

int
mp_barrier_wait(struct mp_barrier *barrier, double timeout)
{
	/*
	 * sync.4: take a seat. Not the last: wait until you are told. The last: the action, then
	 * tell all that they may go. Your number is how many were here before you.
	 */
	//{
	struct hall *hall = barrier->hall;
	int64_t deadline = mp_deadline(timeout == MP_BARRIER_TIMEOUT ? barrier->timeout : timeout);

	struct mp__badge *seat = mp__hall_sit(hall);
	if (!seat)
		return MP_BROKEN_BARRIER;
	enter(barrier);
	if (mp__hall_death(hall))
		mp__hall_break(hall);
	int number = mp__hall_waiting(hall);
	uint32_t fate = is_broken(hall) ? BROKE : HERE;
	if (fate == HERE)
		mp__hall_become(seat, HERE);
	if (fate == HERE && number + 1 == barrier->parties) {
		if (barrier->action && barrier->action(barrier->arg))
			mp__hall_break(hall);
		else
			mp__hall_tell(hall, PASSED, seat);
	}
	leave(barrier);
	if (fate == HERE)
		fate = wait_here(barrier, seat, deadline);
	mp__hall_rise(seat);
	return fate == PASSED ? number : MP_BROKEN_BARRIER;
	//}
}

int
mp_barrier_enlist(struct mp_barrier *barrier)
{
	/* sync.5: a seat that is yours until you retire, or die. */
	//{
	struct mp__badge *seat = mp__hall_sit(barrier->hall);

	if (!seat)
		return -EAGAIN;
	mp__hall_become(seat, MEMBER);
	return 0;
	//}
}

void
mp_barrier_retire(struct mp_barrier *barrier)
{
	/* sync.5: and get up from it. */
	//{
	mp__hall_leave(barrier->hall);
	//}
}

void
mp_barrier_abort(struct mp_barrier *barrier)
{
	/* sync.5: break it. */
	//{
	enter(barrier);
	mp__hall_break(barrier->hall);
	leave(barrier);
	//}
}

void
mp_barrier_reset(struct mp_barrier *barrier)
{
	/* sync.5: who is here is told; the dead are forgotten. */
	//{
	struct hall *hall = barrier->hall;

	enter(barrier);
	mp__hall_break(hall);
	mp__hall_tell(hall, BROKE, NULL);
	mp__hall_renew(hall);
	leave(barrier);
	//}
}

int
mp_barrier_parties(const struct mp_barrier *barrier)
{
	/* sync.4: how many are needed. */
	//{
	return barrier->parties;
	//}
}

int
mp_barrier_n_waiting(const struct mp_barrier *barrier)
{
	/* sync.4: how many are here. */
	//{
	return mp__hall_waiting(barrier->hall);
	//}
}

bool
mp_barrier_broken(const struct mp_barrier *barrier)
{
	/* sync.4: whether it is broken; a death that nobody has noticed yet, too. */
	//{
	return is_broken(barrier->hall) || mp__hall_death(barrier->hall);
	//}
}

static int
barrier_reduce(void *object, struct mp_value **state)
{
	/* sync.4: where the hall lies, the lock, the numbers. An action means nothing elsewhere. */
	//{
	const struct mp_barrier *barrier = object;
	struct mp_value *place;
	int error = barrier->action ? MP_NOT_PICKLABLE : mp__shared_send(barrier->hall, &place);

	if (error)
		return error;
	*state = mp_tuple(place, mp_object(&mp_lock_class, barrier->lock), mp_int(barrier->parties),
	    mp_float(barrier->timeout));
	return *state ? 0 : -ENOMEM;
	//}
}

static int
barrier_rebuild(const struct mp_value *state, void **object)
{
	/* sync.4: a handle on the same hall. */
	//{
	struct mp_lock *lock = mp_value_object(mp_value_at(state, 1), &mp_lock_class);
	struct mp_barrier like = {.lock = lock};
	int64_t parties;
	void *hall;

	if (!lock || mp_value_int(mp_value_at(state, 2), &parties) || parties < 1 ||
	    parties > MP_BARRIER_MOST || mp_value_float(mp_value_at(state, 3), &like.timeout))
		return MP_KIND;
	int error = mp__shared_receive(mp_value_at(state, 0), sizeof(*like.hall), &hall);
	if (error)
		return error;
	like.parties = (int)parties;
	like.hall = hall;
	error = make((struct mp_barrier **)object, like);
	if (error)
		mp__shared_free(hall);
	else
		(void)mp_lock_ref(lock);
	return error;
	//}
}

static void
barrier_ref(void *object)
{
	(void)mp_barrier_ref(object);
}

static void
barrier_unref(void *object)
{
	mp_barrier_free(object);
}

const struct mp_class mp_barrier_class = {
    "Barrier", barrier_reduce, barrier_rebuild, barrier_ref, barrier_unref};
MP_REGISTER_CLASS(mp_barrier_class);
