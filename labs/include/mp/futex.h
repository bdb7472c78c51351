/* SPDX-License-Identifier: MIT */
#ifndef MP_FUTEX_H
#define MP_FUTEX_H
/*
 * Sleep until a word in shared memory changes.
 *
 * A futex is no object: any aligned 32-bit word is one, and the kernel knows nothing of it
 * while nobody sleeps. wait says "put me to sleep if the word still is what I saw", and
 * looks and falls asleep in one step, so a change in between is not missed. wake says "wake
 * who sleeps at this word". What the word means is between the processes.
 *
 * Invariants: a wait may end for no reason, so its caller looks again, in a loop; whoever
 * changes the word wakes, in this order. The words may lie in memory shared by processes.
 *
 * Example:
 *	#include <mp/futex.h>
 *	int
 *	main(void)
 *	{
 *		_Atomic uint32_t word = 6;
 *		if (mp_futex_wait(&word, 5, MP_NEVER)) // it is not 5: no reason to sleep
 *			return 1;
 *		return mp_futex_wait(&word, 6, mp_deadline(0.01)) != MP_TIMEOUT;
 *	}
 */
#include <mp/deadline.h>
#include <mp/error.h>
#include <stdatomic.h>
#include <stdint.h>

#define MP_FUTEX_ALL (~UINT32_C(0))

/*
 * Sleep while *word is expected; as a sleeper with these bits.
 *
 * Blocks  until woken, until a signal was handled, or until the deadline
 * Returns 0 look again, or MP_TIMEOUT the deadline has come, or -errno
 * Safe    between threads and processes yes
 */
int mp_futex_wait_bits(
    const _Atomic uint32_t *word, uint32_t expected, int64_t deadline, uint32_t bits) MP_MUST_CHECK;

/* The same, with all bits. */
int mp_futex_wait(const _Atomic uint32_t *word, uint32_t expected, int64_t deadline) MP_MUST_CHECK;

/*
 * Wake at most n of those who sleep at the word and have one of these bits, the longest
 * sleeper first.
 *
 * Returns how many were woken
 * Safe    in signal handlers yes; errno is kept
 */
int mp_futex_wake_bits(const _Atomic uint32_t *word, int n, uint32_t bits);

/* The same, whatever their bits. */
int mp_futex_wake(const _Atomic uint32_t *word, int n);

#endif
