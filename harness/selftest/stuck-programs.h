/* SPDX-License-Identifier: MIT */
#ifndef STUCK_PROGRAMS_H
#define STUCK_PROGRAMS_H
/*
 * Programs that knot themselves, and healthy ones that look like it: functions of this very
 * binary, run as a row of the runner by "selftest knot:NAME CHANNEL".
 *
 * says: what must stand in the sentences, by fork path; empty for the healthy.
 */
#include <stdbool.h>

struct stuck_program {
	const char *name;
	void (*function)(void);
	const char *says[4];
	unsigned tasks;	 /* in the deadlock; 0: healthy */
	bool needs_open; /* healthy only in an open world, or only looked at there */
	bool handed_on; /* a knot of what exec hands on: who cannot see its ancestors cannot know */
};

extern const struct stuck_program stuck_knots[], stuck_locks[], stuck_healthy[];

/* The next knot of both tables, after the first of stuck_knots; NULL: that was the last. */
const struct stuck_program *stuck_next(const struct stuck_program *program);
/* How often: PROCSMITH_ROUNDS, or a few times. */
unsigned stuck_rounds(unsigned few);

#endif
