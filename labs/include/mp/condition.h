/* SPDX-License-Identifier: MIT */
#ifndef MP_CONDITION_H
#define MP_CONDITION_H
/*
 * Condition: wait, with a lock in hand, until another process says that something changed.
 *
 * wait gives the lock back and falls asleep, in one step as far as a notifier can see: who
 * changes something and notifies holds the lock, so it comes before the look or after the
 * sleep, never between. notify wakes those who have waited longest. To be woken says that
 * something changed, not that it is as you want it: so look again, with while.
 *
 * Invariants: who waits has a seat; a notification is for one seat, and wakes nobody else;
 * notify never waits for a waiter, alive or dead (CPython's does). After wait the lock is
 * yours, whatever it returned, but for MP_NOT_OWNER.
 *
 * Example:
 *	#include <mp/condition.h>
 *	int
 *	main(void)
 *	{
 *		struct mp_condition *c;
 *		if (mp_condition_new(&c, NULL) || mp_condition_acquire(c, MP_FOREVER))
 *			return 1;
 *		int late = mp_condition_wait(c, 0.01), woken = mp_condition_notify(c, 1);
 *		if (mp_condition_release(c))
 *			return 2;
 *		mp_condition_free(c);
 *		return late != MP_TIMEOUT || woken != 0;
 *	}
 */
#include <mp/lock.h>

struct mp_condition;

/* So many may wait at once; the next one is refused. */
#define MP_CONDITION_SEATS 256

/*
 * Make a condition on a lock, Lock or RLock; NULL: on a new RLock.
 *
 * Owns    the caller owns *out: mp_condition_free, in each process that has it; the
 *         condition takes a reference of its own on the lock
 * Returns 0, or -errno
 * Python  Condition(lock)
 * Tasks   sync.1
 */
int mp_condition_new(struct mp_condition **out, struct mp_lock *lock) MP_MUST_CHECK;

/* Take one more reference, to be given back by mp_condition_free. Tasks sync.1 */
struct mp_condition *mp_condition_ref(struct mp_condition *c);

/* Give back one reference; NULL is fine. Tasks sync.1 */
void mp_condition_free(struct mp_condition *c);

/* To put it into the arguments of a child: mp_object(&mp_condition_class, condition). By spawn and
 * forkserver it reaches the child that is being started, and nobody else. Tasks sync.1 */
extern const struct mp_class mp_condition_class;

/* The lock, borrowed; and its acquire and release. Tasks sync.1 */
struct mp_lock *mp_condition_lock(const struct mp_condition *c);
int mp_condition_acquire(struct mp_condition *c, double timeout) MP_MUST_CHECK;
int mp_condition_release(struct mp_condition *c) MP_MUST_CHECK;

/*
 * Give the lock back, sleep until notified, and take the lock again, to the same depth.
 *
 * Blocks  at most timeout seconds, and then until the lock is free
 * Returns 0 notified, or
 *   MP_TIMEOUT     not notified in time                           False
 *   MP_OWNER_DIED  the lock is yours, and its last owner died     (Python: hangs for ever)
 *   MP_NOT_OWNER   the calling thread does not hold the lock      AssertionError
 *   -EAGAIN        all seats are taken; the lock is still yours
 * Safe    between threads and processes yes; killed waiters keep nobody waiting
 * Python  Condition.wait
 * Tasks   sync.1 sync.2
 */
int mp_condition_wait(struct mp_condition *c, double timeout) MP_MUST_CHECK;

/*
 * Wait until the predicate is true; it is asked with the lock in hand.
 *
 * Blocks  at most timeout seconds in all
 * Returns 0 it is true, or as mp_condition_wait
 * Python  Condition.wait_for
 * Tasks   sync.2
 */
int mp_condition_wait_for(
    struct mp_condition *c, bool (*predicate)(void *arg), void *arg, double timeout) MP_MUST_CHECK;

/*
 * Wake n of those who wait, the longest first; or all of them.
 *
 * Returns how many, or MP_NOT_OWNER the calling thread does not hold the lock (AssertionError)
 * Python  Condition.notify, notify_all
 * Tasks   sync.1
 */
int mp_condition_notify(struct mp_condition *c, int n) MP_MUST_CHECK;
int mp_condition_notify_all(struct mp_condition *c) MP_MUST_CHECK;

#endif
