/* SPDX-License-Identifier: MIT */
/*
 * The seats of a barrier: taken, watched, told, given up.
 *
 * Who sleeps here sleeps at many words at once (futex_waitv): the generation, which counts
 * what the living do, and the seats of all others, where the kernel wakes one when it marks
 * a death. So whoever takes a seat lets the others look up: they shall watch that one, too.
 *
 * Handout: labs/07-sync/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <mp/futex.h>
#include <mp/todo.h>

#include "hall.h"

uint32_t
mp__hall_state(struct mp__badge *seat)
{
	/* sync.4: as it is now. */
	mp_todo("sync.4");
}

void
mp__hall_become(struct mp__badge *seat, uint32_t state)
{
	/* sync.4: members stay members. The owner may die meanwhile, in the other half. */
	mp_todo("sync.4");
}

int
mp__hall_waiting(struct hall *hall)
{
	/* sync.4: count them. */
	mp_todo("sync.4");
}

bool
mp__hall_death(struct hall *hall)
{
	/* sync.5: of those who wait, and of the members, wherever they are. */
	mp_todo("sync.5");
}

struct mp__badge *
mp__hall_sit(struct hall *hall)
{
	/* sync.4: a member has a seat. Another takes one, and that is counted. */
	mp_todo("sync.4");
}

void
mp__hall_rise(struct mp__badge *seat)
{
	/* sync.4: give the badge back. */
	mp_todo("sync.4");
}

void
mp__hall_leave(struct hall *hall)
{
	/* sync.5: of whatever kind. */
	mp_todo("sync.5");
}

void
mp__hall_tell(struct hall *hall, uint32_t how, struct mp__badge *mine)
{
	/* sync.4: write it into each seat, and only then count. */
	mp_todo("sync.4");
}

void
mp__hall_break(struct hall *hall)
{
	/* sync.5: one bit, and a wake; in one call. */
	mp_todo("sync.5");
}

void
mp__hall_renew(struct hall *hall)
{
	/* sync.5: their seats are free; the bit is the last. */
	mp_todo("sync.5");
}

void
mp__hall_sleep(struct hall *hall, struct mp__badge *mine, uint32_t generation, int64_t deadline)
{
	/* sync.4: sleep at the generation. sync.5: and at all seats, for the kernel's mark. */
	mp_todo("sync.4");
}
