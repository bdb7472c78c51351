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
#include <mp/todo.h>

#include "hall.h"

struct mp_barrier {
	/* yours */
};

int
mp_barrier_new(
    struct mp_barrier **out, int parties, int (*action)(void *arg), void *arg, double timeout)
{
	/* sync.4: a lock, and a hall in shared memory. */
	mp_todo("sync.4");
}

struct mp_barrier *
mp_barrier_ref(struct mp_barrier *barrier)
{
	/* sync.4: one more owner of the handle. */
	mp_todo("sync.4");
}

void
mp_barrier_free(struct mp_barrier *barrier)
{
	/* sync.4: the last one retires, and gives the memory back. */
	mp_todo("sync.4");
}

int
mp_barrier_wait(struct mp_barrier *barrier, double timeout)
{
	/*
	 * sync.4: take a seat. Not the last: wait until you are told. The last: the action, then
	 * tell all that they may go. Your number is how many were here before you.
	 */
	mp_todo("sync.4");
}

int
mp_barrier_enlist(struct mp_barrier *barrier)
{
	/* sync.5: a seat that is yours until you retire, or die. */
	mp_todo("sync.5");
}

void
mp_barrier_retire(struct mp_barrier *barrier)
{
	/* sync.5: and get up from it. */
	mp_todo("sync.5");
}

void
mp_barrier_abort(struct mp_barrier *barrier)
{
	/* sync.5: break it. */
	mp_todo("sync.5");
}

void
mp_barrier_reset(struct mp_barrier *barrier)
{
	/* sync.5: who is here is told; the dead are forgotten. */
	mp_todo("sync.5");
}

int
mp_barrier_parties(const struct mp_barrier *barrier)
{
	/* sync.4: how many are needed. */
	mp_todo("sync.4");
}

int
mp_barrier_n_waiting(const struct mp_barrier *barrier)
{
	/* sync.4: how many are here. */
	mp_todo("sync.4");
}

bool
mp_barrier_broken(const struct mp_barrier *barrier)
{
	/* sync.4: whether it is broken; a death that nobody has noticed yet, too. */
	mp_todo("sync.4");
}

static int
barrier_reduce(void *object, struct mp_value **state)
{
	/* sync.4: where the hall lies, the lock, the numbers. An action means nothing elsewhere. */
	mp_todo("sync.4");
}

static int
barrier_rebuild(const struct mp_value *state, void **object)
{
	/* sync.4: a handle on the same hall. */
	mp_todo("sync.4");
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
