/* SPDX-License-Identifier: MIT */
#ifndef SYNC_HALL_H
#define SYNC_HALL_H
/*
 * The hall where the parties of a barrier wait: its seats, as they lie in shared memory.
 *
 * A seat's word has its state in the high half, and who sits there in the low half (a badge,
 * see mp/internal.h): so a death is marked by the kernel, and wakes one who watches the seat.
 *
 * Invariants: a seat is taken first, and everybody watches it, before it becomes HERE; HERE
 * becomes PASSED or BROKE, by somebody else. Who has the barrier's lock changes states,
 * and its own last: if it dies on the way, it dies HERE. What the sleepers must know is
 * counted.
 */
#include <mp/barrier.h>
#include <mp/internal.h>

struct hall {
	/* yours */
};

/* What has become of the one who sits there: NOBODY ... BROKE. Make it so. */
uint32_t mp__hall_state(struct mp__badge *seat);
void mp__hall_become(struct mp__badge *seat, uint32_t state);

/* How many are HERE. */
int mp__hall_waiting(struct hall *hall);

/* Is somebody dead whom the others would wait for? */
bool mp__hall_death(struct hall *hall);

/* Sit down, in this thread's seat or a free one, and let all watch it; NULL: none is free. */
struct mp__badge *mp__hall_sit(struct hall *hall);

/* Get up; members keep their seats. */
void mp__hall_rise(struct mp__badge *seat);

/* This thread has no seat any more. */
void mp__hall_leave(struct hall *hall);

/* All who are HERE are told, mine the last (or NULL), and woken. */
void mp__hall_tell(struct hall *hall, uint32_t how, struct mp__badge *mine);

/* It is BROKEN, and all are woken. */
void mp__hall_break(struct hall *hall);

/* The dead are forgotten, and it is not BROKEN. */
void mp__hall_renew(struct hall *hall);

/* Sleep until something has been counted since generation, or somebody has died. */
void
mp__hall_sleep(struct hall *hall, struct mp__badge *mine, uint32_t generation, int64_t deadline);

#endif
