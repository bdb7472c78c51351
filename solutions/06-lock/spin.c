/* SPDX-License-Identifier: MIT */
/*
 * The ticket lock that spins: two counters, and a look.
 *
 * Invariant: next - serving, modulo 2^32, is how many are inside or waiting; serving is
 * written only by the one inside, so it needs no atomic addition.
 *
 * Handout: labs/06-lock/README.md
 */
#define _GNU_SOURCE
#include <sched.h>

#include <mp/ticket.h>

//{
/* So often we look before we give the processor away: whoever is inside may need it. */
enum { LOOKS = 64 };
//}

void
mp_spin_init(struct mp_spin *spin, uint32_t first)
{
	/* lock.1: nobody has drawn a ticket, and the first one is called. */
	//{
	atomic_init(&spin->next, first);
	atomic_init(&spin->serving, first);
	//}
}

void
mp_spin_acquire(struct mp_spin *spin)
{
	/*
	 * lock.1: draw a ticket (one atomic addition), and look until it is called. Choose
	 * the memory order of each access, and be able to say why.
	 */
	//{
	/* Relaxed: a number is all we want; nothing of ours must be seen before or after it. */
	uint32_t ticket = atomic_fetch_add_explicit(&spin->next, 1, memory_order_relaxed);

	/* Acquire: what we read from now on is at least as new as the release we have seen. */
	for (int looks = 1; atomic_load_explicit(&spin->serving, memory_order_acquire) != ticket;
	     looks++)
		if (looks % LOOKS == 0)
			sched_yield();
	//}
}

bool
mp_spin_try(struct mp_spin *spin)
{
	/* lock.1: draw only the ticket that is being called, or none. */
	//{
	uint32_t called = atomic_load_explicit(&spin->serving, memory_order_acquire);

	return atomic_compare_exchange_strong_explicit(
	    &spin->next, &called, called + 1, memory_order_acquire, memory_order_relaxed);
	//}
}

void
mp_spin_release(struct mp_spin *spin)
{
	/* lock.1: call the next number. Nobody else writes it now. */
	//{
	uint32_t mine = atomic_load_explicit(&spin->serving, memory_order_relaxed);

	/* Release: who sees this number sees everything that we wrote before it. */
	atomic_store_explicit(&spin->serving, mine + 1, memory_order_release);
	//}
}
