/* SPDX-License-Identifier: MIT */
/*
 * A clock that counts seconds of an idle machine: when four processes want two processors
 * it runs at half the speed. So a deadline means the same on a busy machine, and nobody has
 * to choose it for the slowest one.
 */
#include <stdio.h>
#include <unistd.h>

#include <mp/deadline.h>

#include "runner/supervise.h"

/* However long we were stopped (Ctrl-Z), this is what a look at the clock adds at most. */
#define LONGEST_STEP 1.0

/* How many times more processes want to run than can; at least 1. */
static double
crowding(void)
{
	int running = 1;
	FILE *file = fopen("/proc/loadavg", "re");

	if (file && fscanf(file, "%*f %*f %*f %d/", &running) != 1)
		running = 1;
	if (file)
		fclose(file);
	double ratio = (double)running / (double)sysconf(_SC_NPROCESSORS_ONLN);
	return ratio < 1 ? 1 : ratio > CLOCK_SLOWEST ? CLOCK_SLOWEST : ratio;
}

void
clock_start(struct idle_clock *clock)
{
	clock->spent = 0;
	clock->began = clock->last = mp_now();
}

bool
clock_has_passed(struct idle_clock *clock, double seconds)
{
	int64_t now = mp_now();

	double step = (double)(now - clock->last) / 1e9;

	clock->spent += (step < LONGEST_STEP ? step : LONGEST_STEP) / crowding();
	clock->last = now;
	return clock->spent >= seconds;
}

double
clock_wall(const struct idle_clock *clock)
{
	return (double)(mp_now() - clock->began) / 1e9;
}
