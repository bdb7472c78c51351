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
#include <mp/todo.h>

void
mp_turn_init(struct mp_turn *turn, uint32_t first)
{
	/* lock.2: as in lock.1, and nobody sleeps. */
	mp_todo("lock.2");
}

void
mp_turn_acquire(struct mp_turn *turn)
{
	/*
	 * lock.2: draw; if it is not called yet, sleep until it is. Between your look and your
	 * sleep the number may be called: let the kernel look again.
	 */
	mp_todo("lock.2");
}

bool
mp_turn_try(struct mp_turn *turn)
{
	/* lock.2: draw only the ticket that is being called, or none. */
	mp_todo("lock.2");
}

void
mp_turn_release(struct mp_turn *turn)
{
	/* lock.2: call the next number, then wake its sleeper, if anybody sleeps at all. */
	mp_todo("lock.2");
}
