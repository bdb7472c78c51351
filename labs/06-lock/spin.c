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
#include <mp/todo.h>

void
mp_spin_init(struct mp_spin *spin, uint32_t first)
{
	/* lock.1: nobody has drawn a ticket, and the first one is called. */
	mp_todo("lock.1");
}

void
mp_spin_acquire(struct mp_spin *spin)
{
	/*
	 * lock.1: draw a ticket (one atomic addition), and look until it is called. Choose
	 * the memory order of each access, and be able to say why.
	 */
	mp_todo("lock.1");
}

bool
mp_spin_try(struct mp_spin *spin)
{
	/* lock.1: draw only the ticket that is being called, or none. */
	mp_todo("lock.1");
}

void
mp_spin_release(struct mp_spin *spin)
{
	/* lock.1: call the next number. Nobody else writes it now. */
	mp_todo("lock.1");
}
