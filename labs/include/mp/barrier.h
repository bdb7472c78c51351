/* SPDX-License-Identifier: MIT */
#ifndef MP_BARRIER_H
#define MP_BARRIER_H
/*
 * Barrier: nobody goes on before all have come.
 *
 * A number of parties call wait; the last one to come lets all go, and the barrier begins
 * again. If one of them cannot come (its time was up, it called abort, the action failed, it
 * died) the barrier is broken, and everybody is told instead of waiting for ever.
 *
 * Invariants: a pass lets exactly `parties` go, each with another number; who is let go has
 * been let go by its own pass, never by the next. A death of one that waits, or of one that has
 * enlisted, is told at once to those who wait (on Linux before 5.16 within a tenth of a second).
 *
 * Example:
 *	#include <mp/barrier.h>
 *	int
 *	main(void)
 *	{
 *		struct mp_barrier *two;
 *		if (mp_barrier_new(&two, 2, NULL, NULL, MP_FOREVER))
 *			return 1;
 *		int alone = mp_barrier_wait(two, 0.01);
 *		mp_barrier_reset(two);
 *		int broken = mp_barrier_broken(two);
 *		mp_barrier_free(two);
 *		return alone != MP_BROKEN_BARRIER || broken;
 *	}
 */
#include <mp/deadline.h>
#include <mp/error.h>
#include <mp/opaque.h>
#include <stdbool.h>

struct mp_barrier;

#define MP_BARRIER_MOST 128

/* As wait's timeout: the one that was given to mp_barrier_new. */
#define MP_BARRIER_TIMEOUT (-1.0)

/*
 * Make a barrier for so many parties. The last one to come runs the action, before anybody
 * goes; what it returns but 0 is a failure.
 *
 * Owns    the caller owns *out: mp_barrier_free, in each process that has it
 * Returns 0, or MP_INVALID fewer than 1 or more than MP_BARRIER_MOST (ValueError), or -errno
 * Python  Barrier(parties, action, timeout)
 * Tasks   sync.4
 */
int mp_barrier_new(struct mp_barrier **out, int parties, int (*action)(void *arg), void *arg,
    double timeout) MP_MUST_CHECK;

/* Take one more reference, to be given back by mp_barrier_free. Tasks sync.4 */
struct mp_barrier *mp_barrier_ref(struct mp_barrier *barrier);

/* Give back one reference; NULL is fine. Tasks sync.4 */
void mp_barrier_free(struct mp_barrier *barrier);

/* To put it into the arguments of a child: mp_object(&mp_barrier_class, barrier). By spawn and
 * forkserver it reaches the child that is being started, and nobody else. One that has an
 * action cannot be sent (TypeError). Tasks sync.4 */
extern const struct mp_class mp_barrier_class;

/*
 * Wait for the others.
 *
 * Blocks  at most timeout seconds; 0: go on only if this is the last one
 * Returns 0 to parties - 1, to each of a pass another number, or
 *   MP_BROKEN_BARRIER  the time was up, here or elsewhere; abort, reset, a failed action; or
 *                      one who waited or had enlisted is dead      BrokenBarrierError
 * Safe    between threads and processes yes; in signal handlers, and in the action, no
 * Python  Barrier.wait
 * Tasks   sync.4 sync.5
 */
int mp_barrier_wait(struct mp_barrier *barrier, double timeout) MP_MUST_CHECK;

/*
 * Say that this thread is one of the parties, now and between its waits: its death breaks
 * the barrier. Without it only those who are waiting are known. retire takes it back.
 *
 * Returns 0 (also if it has enlisted before), or -EAGAIN there is no seat left
 * Tasks   sync.5
 */
int mp_barrier_enlist(struct mp_barrier *barrier) MP_MUST_CHECK;
void mp_barrier_retire(struct mp_barrier *barrier);

/* Break it: all who wait, and all who come, are told. Python's abort. Tasks sync.5 */
void mp_barrier_abort(struct mp_barrier *barrier);

/* Tell all who wait that it is broken, forget the dead, and begin anew. Python's reset.
 * Tasks sync.5 */
void mp_barrier_reset(struct mp_barrier *barrier);

/* How many are needed, how many wait, whether it is broken. Tasks sync.4 */
int mp_barrier_parties(const struct mp_barrier *barrier);
int mp_barrier_n_waiting(const struct mp_barrier *barrier);
bool mp_barrier_broken(const struct mp_barrier *barrier);

#endif
