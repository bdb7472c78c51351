/* SPDX-License-Identifier: MIT */
#ifndef MP_LOCK_H
#define MP_LOCK_H
/*
 * Lock and RLock: one at a time, in the order of arrival, for processes and threads.
 *
 * A Lock is acquired by one and may be released by anybody, as Python's. An RLock has an
 * owner, which is a thread of a process; the owner may acquire it again, and releases it as
 * often. Both live in memory shared with the children to come, and both outlive their
 * owner: when it dies, the next one gets in and is told.
 *
 * Invariants: at most one owner; who came first gets in first; the owner is the thread that
 * acquired, and its end, by whatever cause, is a death. A child is not the owner of what its
 * parent holds.
 *
 * Example:
 *	#include <mp/lock.h>
 *	int
 *	main(void)
 *	{
 *		struct mp_lock *lock;
 *		if (mp_lock_new(&lock))
 *			return 1;
 *		int error = mp_lock_acquire(lock, MP_FOREVER);
 *		if (error && error != MP_OWNER_DIED) // then: it is yours, look at the data
 *			return 2;
 *		error = mp_lock_release(lock);
 *		mp_lock_free(lock);
 *		return error;
 *	}
 */
#include <mp/deadline.h>
#include <mp/error.h>
#include <mp/opaque.h>
#include <stdbool.h>

struct mp_lock;

/*
 * Make a lock that is free.
 *
 * Owns    the caller owns *out: mp_lock_free, in each process that has it
 * Returns 0, or -errno
 * Python  Lock(), RLock()
 * Tasks   lock.5
 */
int mp_lock_new(struct mp_lock **out) MP_MUST_CHECK;
int mp_rlock_new(struct mp_lock **out) MP_MUST_CHECK;

/* Take one more reference, to be given back by mp_lock_free. Returns lock. Tasks lock.5 */
struct mp_lock *mp_lock_ref(struct mp_lock *lock);

/* Give back one reference; NULL is fine. Other processes keep theirs. If the calling thread
 * holds the lock, it is released. Tasks lock.5 */
void mp_lock_free(struct mp_lock *lock);

/* To put it into the arguments of a child: mp_object(&mp_lock_class, lock). By spawn and
 * forkserver it reaches the child that is being started, and nobody else. Tasks lock.5 */
extern const struct mp_class mp_lock_class;

/*
 * Acquire it: in the order of arrival.
 *
 * Blocks  at most timeout seconds; 0 and negative: acquire(False). A Lock that this thread
 *         holds already: like any other that is taken
 * Returns 0 it is yours, or
 *   MP_OWNER_DIED  IT IS YOURS, and its owner died holding it: the data may be torn. Told
 *                  once, to the next one; release it as always    (Python: hangs for ever)
 *   MP_TIMEOUT     it is not yours                                 False
 * Safe    between threads and processes yes; in signal handlers no
 * Python  Lock.acquire(block, timeout)
 * Tasks   lock.5
 */
int mp_lock_acquire(struct mp_lock *lock, double timeout) MP_MUST_CHECK;

/*
 * Release it once.
 *
 * A Lock: by anybody, also of an owner that is dead. An RLock: by its owner only.
 * Returns 0, or
 *   MP_OVER_RELEASED  a Lock that nobody holds           ValueError
 *   MP_NOT_OWNER      an RLock, and not by its owner     AssertionError
 * Python  Lock.release, RLock.release
 * Tasks   lock.5
 */
int mp_lock_release(struct mp_lock *lock) MP_MUST_CHECK;

/* Does the calling thread hold it? Tasks lock.5 */
bool mp_lock_is_mine(const struct mp_lock *lock);

/*
 * How often the calling thread has acquired it and not released it: 0 for who is not the
 * owner. release_all gives it back at once, whatever that number was, and returns the
 * number; restore acquires it again, to the same depth: what a Condition needs.
 *
 * Returns acquire_depth as mp_lock_acquire; release_all the depth, or MP_NOT_OWNER
 * Python  RLock._release_save, _acquire_restore
 * Tasks   lock.5
 */
int mp_lock_depth(const struct mp_lock *lock) MP_MUST_CHECK;
int mp_lock_release_all(struct mp_lock *lock) MP_MUST_CHECK;
int mp_lock_acquire_depth(struct mp_lock *lock, int depth) MP_MUST_CHECK;

#endif
