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
#include <mp/todo.h>

struct mp_condition {
	/* yours */
};

int
mp_condition_new(struct mp_condition **out, struct mp_lock *lock)
{
	/* sync.1: a room in shared memory (mp__shared_new), all zero: every seat is free. */
	mp_todo("sync.1");
}

struct mp_condition *
mp_condition_ref(struct mp_condition *c)
{
	/* sync.1: one more owner of the handle. */
	mp_todo("sync.1");
}

void
mp_condition_free(struct mp_condition *c)
{
	/* sync.1: the last one gives back the room, and its reference on the lock. */
	mp_todo("sync.1");
}

struct mp_lock *
mp_condition_lock(const struct mp_condition *c)
{
	/* sync.1: borrowed. */
	mp_todo("sync.1");
}

int
mp_condition_acquire(struct mp_condition *c, double timeout)
{
	/* sync.1: the lock's. */
	mp_todo("sync.1");
}

int
mp_condition_release(struct mp_condition *c)
{
	/* sync.1: the lock's. */
	mp_todo("sync.1");
}

int
mp_condition_wait(struct mp_condition *c, double timeout)
{
	/*
	 * sync.1: a seat first, then the lock back, then sleep: who notifies after you gave the
	 * lock back finds you in your seat. Then the lock again, and the answer.
	 */
	mp_todo("sync.1");
}

int
mp_condition_wait_for(
    struct mp_condition *c, bool (*predicate)(void *arg), void *arg, double timeout)
{
	/* sync.2: while, not if; one deadline for all the waits; the predicate has the last word. */
	mp_todo("sync.2");
}

int
mp_condition_notify(struct mp_condition *c, int n)
{
	/* sync.1: ring for the n that have waited longest; the dead do not count. */
	mp_todo("sync.1");
}

int
mp_condition_notify_all(struct mp_condition *c)
{
	/* sync.1: for all. */
	mp_todo("sync.1");
}

static int
condition_reduce(void *object, struct mp_value **state)
{
	/* sync.1: where the room lies, and the lock. */
	mp_todo("sync.1");
}

static int
condition_rebuild(const struct mp_value *state, void **object)
{
	/* sync.1: a handle on the same room. */
	mp_todo("sync.1");
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
