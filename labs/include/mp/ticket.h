/* SPDX-License-Identifier: MIT */
#ifndef MP_TICKET_H
#define MP_TICKET_H
/*
 * The ticket lock: draw a number, wait until it is called.
 *
 * Two counters. next is the number on the next ticket; serving is the number that is called.
 * To acquire is to draw (one atomic addition), and to wait until serving is your number; to
 * release is to call the next one. So everybody gets in, in the order of arrival: that is
 * what no lock made of a single flag can promise. mp_spin waits by looking; mp_turn sleeps.
 *
 * Invariants: next - serving processes are inside or waiting (in arithmetic modulo 2^32, so
 * the counters may wrap); only the one inside writes serving. Neither lock survives the
 * death of who holds it, or of who waits: for that there is mp/line.h.
 *
 * Example:
 *	#include <mp/ticket.h>
 *	int
 *	main(void)
 *	{
 *		struct mp_turn turn;
 *		mp_turn_init(&turn, 0);
 *		mp_turn_acquire(&turn);
 *		int taken = !mp_turn_try(&turn);
 *		mp_turn_release(&turn);
 *		return !taken || !mp_turn_try(&turn);
 *	}
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Both live in memory that all their users share; all fields are the lock's own. */
struct mp_spin {
	_Atomic uint32_t next, serving;
};

struct mp_turn {
	_Atomic uint32_t next, serving;
	_Atomic uint32_t sleepers; /* who sleeps, or is about to */
};

/* Make a free lock whose first ticket has this number: any will do. Tasks lock.1 */
void mp_spin_init(struct mp_spin *spin, uint32_t first);

/*
 * Draw a ticket and spin until it is called. What was written before the release of the one
 * before can be read after it.
 *
 * Blocks  until everybody who came before has gone; gives the processor away while it waits
 * Safe    between threads and processes yes
 * Tasks   lock.1
 */
void mp_spin_acquire(struct mp_spin *spin);

/* Acquire it if nobody is inside or waiting: true. No ticket is drawn otherwise. Tasks lock.1 */
bool mp_spin_try(struct mp_spin *spin);

/* Call the next one; only for the one inside. Tasks lock.1 */
void mp_spin_release(struct mp_spin *spin);

/* Make a free lock whose first ticket has this number: any will do. Tasks lock.2 */
void mp_turn_init(struct mp_turn *turn, uint32_t first);

/*
 * Draw a ticket and sleep until it is called; signals do not end the sleep.
 *
 * Blocks  until everybody who came before has gone
 * Safe    between threads and processes yes
 * Tasks   lock.2
 */
void mp_turn_acquire(struct mp_turn *turn);

/* Acquire it if nobody is inside or waiting: true. Tasks lock.2 */
bool mp_turn_try(struct mp_turn *turn);

/*
 * Call the next one, and wake it if it sleeps: not the whole herd. (At most one sleeper in
 * 32 is woken with it.) No system call when nobody sleeps.
 *
 * Tasks   lock.2
 */
void mp_turn_release(struct mp_turn *turn);

#endif
