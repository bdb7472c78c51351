/* SPDX-License-Identifier: MIT */
#ifndef MP_DEADLINE_H
#define MP_DEADLINE_H
/*
 * How long to wait.
 *
 * At the door a timeout is seconds as double, with Python's meaning: MP_FOREVER is None,
 * 0 and everything negative mean "look once, do not wait". Inside, it is turned ONCE into
 * a deadline, nanoseconds of CLOCK_MONOTONIC, and every retry (a signal came, another
 * process was faster) waits for the same deadline: so no storm of signals can make a
 * wait longer than was asked.
 *
 * Invariants: a deadline never moves; MP_NEVER compares greater than every time.
 *
 * Example:
 *	#include <mp/deadline.h>
 *	int
 *	main(void)
 *	{
 *		int64_t deadline = mp_deadline(0.01);
 *		return mp_poll(NULL, 0, deadline); // 0: nothing was ready by the deadline
 *	}
 */
#include <mp/error.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>

#define MP_FOREVER (__builtin_inf())
#define MP_NEVER   INT64_MAX

/* Now, in nanoseconds of CLOCK_MONOTONIC. */
int64_t mp_now(void);

/* Turn a timeout in seconds into a deadline; MP_FOREVER becomes MP_NEVER, NaN becomes now. */
int64_t mp_deadline(double timeout);

/* Seconds until the deadline, never below 0; MP_FOREVER for MP_NEVER. */
double mp_deadline_left(int64_t deadline);

/*
 * Wait until one of n descriptors is ready, or the deadline has come.
 *
 * Blocks  until then; signals are handled and do not end it
 * Returns how many are ready (see revents), 0 at the deadline, or -errno
 * Safe    between threads yes
 */
int mp_poll(struct pollfd *fds, nfds_t n, int64_t deadline) MP_MUST_CHECK;

#endif
