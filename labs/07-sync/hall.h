/* SPDX-License-Identifier: MIT */
#ifndef SYNC_HALL_H
#define SYNC_HALL_H
/*
 * The hall where the parties of a barrier wait: its seats, as they lie in shared memory.
 *
 * A seat's word has its state in the high half, and who sits there in the low half (a badge,
 * see mp/internal.h): so a death is marked by the kernel, and wakes one who watches the seat.
 *
 * Invariants: all but sleeping and looking is done by the owner of the barrier's lock; HERE
 * becomes PASSED or BROKE, by somebody else; whatever those who sleep must know is counted.
 */
#include <mp/barrier.h>
#include <mp/internal.h>

struct hall {
	/* yours */
};

/* What has become of the one who sits there: NOBODY ... BROKE. */
uint32_t mp__hall_state(struct mp__badge *seat);

/* How many are HERE. */
int mp__hall_waiting(struct hall *hall);

/* Is somebody dead whom the others would wait for? */
bool mp__hall_death(struct hall *hall);

/* Sit down, HERE or as a MEMBER, in this thread's seat or a free one; NULL: none is free. */
struct mp__badge *mp__hall_sit(struct hall *hall, uint32_t now);

/* Get up; members keep their seats. */
void mp__hall_rise(struct mp__badge *seat);

/* This thread has no seat any more. */
void mp__hall_leave(struct hall *hall);

/* All who are HERE are told that it is PASSED, or BROKE, and woken. */
void mp__hall_tell(struct hall *hall, uint32_t how);

/* The dead are forgotten. */
void mp__hall_bury(struct hall *hall);

/* Sleep until something has been counted since generation, or somebody has died. */
void
mp__hall_sleep(struct hall *hall, struct mp__badge *mine, uint32_t generation, int64_t deadline);

#endif
