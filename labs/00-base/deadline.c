/* SPDX-License-Identifier: MIT */
/*
 * Timeouts turned into deadlines, and the one wait that all others are made of.
 * See include/mp/deadline.h.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <math.h>
#include <time.h>

#include <mp/deadline.h>

#define SECOND INT64_C(1000000000)

int64_t
mp_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * SECOND + now.tv_nsec;
}

int64_t
mp_deadline(double timeout)
{
	int64_t now = mp_now();

	if (isnan(timeout) || timeout <= 0)
		return now;
	/* Not "timeout == MP_FOREVER": 1e300 seconds would overflow the product below. */
	if (timeout >= (double)(MP_NEVER - now) / (double)SECOND)
		return MP_NEVER;
	return now + (int64_t)(timeout * (double)SECOND);
}

double
mp_deadline_left(int64_t deadline)
{
	if (deadline == MP_NEVER)
		return MP_FOREVER;
	int64_t left = deadline - mp_now();
	return left > 0 ? (double)left / (double)SECOND : 0;
}

int
mp_poll(struct pollfd *fds, nfds_t n, int64_t deadline)
{
	for (;;) {
		int64_t left = deadline == MP_NEVER ? 0 : deadline - mp_now();
		if (left < 0)
			left = 0;
		struct timespec wait = {.tv_sec = left / SECOND, .tv_nsec = left % SECOND};
		int ready = ppoll(fds, n, deadline == MP_NEVER ? NULL : &wait, NULL);
		if (ready >= 0)
			return ready;
		if (errno != EINTR)
			return -errno;
	}
}
