/* SPDX-License-Identifier: MIT */
#ifndef MP_SEMAPHORE_H
#define MP_SEMAPHORE_H
/*
 * Semaphore and BoundedSemaphore: a number of units, taken and given back.
 *
 * acquire takes a unit, or waits in line for one; release gives one back, whoever took it.
 * A bounded one is never more than it was at first: that is exact, also when two release at
 * once (CPython looks first and adds later).
 *
 * Invariants: value = first value + releases - acquires, never below 0; who waits longest
 * is served first. A unit has no owner: what a process took and died with is gone, as in
 * Python. A process that dies waiting, or between taking and waking, delays nobody.
 *
 * Example:
 *	#include <mp/semaphore.h>
 *	int
 *	main(void)
 *	{
 *		struct mp_semaphore *two;
 *		if (mp_bounded_semaphore_new(&two, 2) || mp_semaphore_acquire(two, MP_FOREVER))
 *			return 1;
 *		int left = mp_semaphore_value(two);
 *		if (mp_semaphore_release(two) || mp_semaphore_release(two) != MP_OVER_RELEASED)
 *			return 2;
 *		mp_semaphore_free(two);
 *		return left != 1;
 *	}
 */
#include <mp/deadline.h>
#include <mp/error.h>
#include <mp/opaque.h>

struct mp_semaphore;

#define MP_SEMAPHORE_MAX 0x7fffffff

/*
 * Make one with so many units.
 *
 * Owns    the caller owns *out: mp_semaphore_free, in each process that has it
 * Returns 0, or MP_INVALID below 0 (ValueError), or -errno
 * Python  Semaphore(value), BoundedSemaphore(value)
 * Tasks   lock.6
 */
int mp_semaphore_new(struct mp_semaphore **out, int value) MP_MUST_CHECK;
int mp_bounded_semaphore_new(struct mp_semaphore **out, int value) MP_MUST_CHECK;

/* Take one more reference, to be given back by mp_semaphore_free. Tasks lock.6 */
struct mp_semaphore *mp_semaphore_ref(struct mp_semaphore *semaphore);

/* Give back one reference; NULL is fine. Other processes keep theirs. Tasks lock.6 */
void mp_semaphore_free(struct mp_semaphore *semaphore);

/* To put it into the arguments of a child: mp_object(&mp_semaphore_class, semaphore). By spawn and
 * forkserver it reaches the child that is being started, and nobody else. Tasks lock.6 */
extern const struct mp_class mp_semaphore_class;

/*
 * Take a unit.
 *
 * Blocks  while there is none, at most timeout seconds; 0 and negative: acquire(False)
 * Returns 0, or MP_TIMEOUT (False)
 * Safe    between threads and processes yes; in signal handlers no
 * Python  Semaphore.acquire(block, timeout)
 * Tasks   lock.6
 */
int mp_semaphore_acquire(struct mp_semaphore *semaphore, double timeout) MP_MUST_CHECK;

/*
 * Give a unit back.
 *
 * Returns 0, or
 *   MP_OVER_RELEASED  a bounded one is full, or MP_SEMAPHORE_MAX is reached   ValueError
 * Python  Semaphore.release
 * Tasks   lock.6
 */
int mp_semaphore_release(struct mp_semaphore *semaphore) MP_MUST_CHECK;

/* How many units there are now. Python's get_value. Tasks lock.6 */
int mp_semaphore_value(const struct mp_semaphore *semaphore);

#endif
