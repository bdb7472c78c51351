/* SPDX-License-Identifier: MIT */
/*
 * A bell: sleep until somebody rings. A futex, as in 06-lock, and as cheap: to ring where
 * nobody sleeps asks the kernel for nothing.
 *
 *	sleeper                     who makes it true
 *	heard = listen
 *	is it true? no              make it true
 *	sleep(heard)                ring
 *
 * Whichever way the two columns are mixed, the sleeper sees the truth or hears the bell.
 * Handout: labs/11-pool/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <mp/deadline.h>

#include "parts.h"

unsigned
mp__bell_listen(struct bell *b)
{
	atomic_fetch_add(&b->waiters, 1);
	return atomic_load(&b->rung);
}

int
mp__bell_sleep(struct bell *b, unsigned heard, int64_t deadline)
{
	struct timespec until = {deadline / 1000000000, deadline % 1000000000};

	while (atomic_load(&b->rung) == heard) {
		long result = syscall(SYS_futex, &b->rung, FUTEX_WAIT_BITSET_PRIVATE, heard,
		    deadline == MP_NEVER ? NULL : &until, NULL, FUTEX_BITSET_MATCH_ANY);
		if (result && errno == ETIMEDOUT)
			return MP_TIMEOUT;
	}
	return 0;
}

void
mp__bell_leave(struct bell *b)
{
	atomic_fetch_sub(&b->waiters, 1);
}

void
mp__bell_ring(struct bell *b)
{
	atomic_fetch_add(&b->rung, 1);
	if (atomic_load(&b->waiters))
		syscall(SYS_futex, &b->rung, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}
