/* SPDX-License-Identifier: MIT */
/*
 * The ticket lock that sleeps: a futex at serving, and a bell for each of 32 numbers.
 *
 * All sleepers sleep at one word, and a wake there would wake all: a herd, of which one gets
 * in. So each sleeps under one bit, that of its number modulo 32, and a release wakes only
 * the bit of the number that it calls.
 *
 * Handout: labs/06-lock/README.md
 */
#include <limits.h>
#include <mp/futex.h>
#include <mp/ticket.h>

//{
static uint32_t
bit(uint32_t ticket)
{
	return UINT32_C(1) << ticket % 32;
}

/*
 * A sleeper writes sleepers and reads serving; a release writes serving and reads sleepers.
 * If each could read before its own write is seen, both would read the old value: the
 * sleeper goes to sleep, and nobody wakes it. Acquire and release do not forbid that, nor
 * does x86 without a fence; sequential consistency does.
 */
static void
sleep_until(struct mp_turn *turn, uint32_t ticket)
{
	uint32_t called;

	atomic_fetch_add(&turn->sleepers, 1);
	while ((called = atomic_load(&turn->serving)) != ticket)
		(void)!mp_futex_wait_bits(&turn->serving, called, MP_NEVER, bit(ticket));
	atomic_fetch_sub_explicit(&turn->sleepers, 1, memory_order_relaxed);
}
//}

void
mp_turn_init(struct mp_turn *turn, uint32_t first)
{
	/* lock.2: as in lock.1, and nobody sleeps. */
	//{
	atomic_init(&turn->next, first);
	atomic_init(&turn->serving, first);
	atomic_init(&turn->sleepers, 0);
	//}
}

void
mp_turn_acquire(struct mp_turn *turn)
{
	/*
	 * lock.2: draw; if it is not called yet, sleep until it is. Between your look and your
	 * sleep the number may be called: let the kernel look again.
	 */
	//{
	uint32_t ticket = atomic_fetch_add_explicit(&turn->next, 1, memory_order_relaxed);

	if (atomic_load_explicit(&turn->serving, memory_order_acquire) != ticket)
		sleep_until(turn, ticket);
	//}
}

bool
mp_turn_try(struct mp_turn *turn)
{
	/* lock.2: draw only the ticket that is being called, or none. */
	//{
	uint32_t called = atomic_load_explicit(&turn->serving, memory_order_acquire);

	return atomic_compare_exchange_strong_explicit(
	    &turn->next, &called, called + 1, memory_order_acquire, memory_order_relaxed);
	//}
}

void
mp_turn_release(struct mp_turn *turn)
{
	/* lock.2: call the next number, then wake its sleeper, if anybody sleeps at all. */
	//{
	uint32_t called = atomic_load_explicit(&turn->serving, memory_order_relaxed) + 1;

	atomic_store(&turn->serving, called);
	if (atomic_load(&turn->sleepers))
		mp_futex_wake_bits(&turn->serving, INT_MAX, bit(called));
	//}
}
