/* SPDX-License-Identifier: MIT */
/*
 * The two system calls under every lock. See include/mp/futex.h.
 *
 * Never FUTEX_PRIVATE_FLAG: the sleeper may be another process. FUTEX_WAIT_BITSET takes a
 * moment of CLOCK_MONOTONIC, not a duration, so a wait that a signal interrupted begins again
 * for the same deadline.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <mp/futex.h>

#define SECOND INT64_C(1000000000)

int
mp_futex_wait_bits(const _Atomic uint32_t *word, uint32_t expected, int64_t deadline, uint32_t bits)
{
	struct timespec until = {.tv_sec = deadline / SECOND, .tv_nsec = deadline % SECOND};

	if (syscall(SYS_futex, word, FUTEX_WAIT_BITSET, expected,
		deadline == MP_NEVER ? NULL : &until, NULL, bits) == 0)
		return 0;
	if (errno == ETIMEDOUT)
		return MP_TIMEOUT;
	return errno == EAGAIN || errno == EINTR ? 0 : -errno;
}

int
mp_futex_wait(const _Atomic uint32_t *word, uint32_t expected, int64_t deadline)
{
	return mp_futex_wait_bits(word, expected, deadline, MP_FUTEX_ALL);
}

int
mp_futex_wake_bits(const _Atomic uint32_t *word, int n, uint32_t bits)
{
	int error = errno;
	long woken = syscall(SYS_futex, word, FUTEX_WAKE_BITSET, n, NULL, NULL, bits);

	errno = error;
	return woken > 0 ? (int)woken : 0;
}

int
mp_futex_wake(const _Atomic uint32_t *word, int n)
{
	return mp_futex_wake_bits(word, n, MP_FUTEX_ALL);
}
