/* SPDX-License-Identifier: MIT */
#ifndef SUPERVISE_H
#define SUPERVISE_H
/* One row, from its birth to the end of everything it made: in the supervisor's process. */
#include <pthread.h>

#include "runner/run.h"
#include "stuck/stuck.h"

/* stop: set by the harness, in memory that it shares with its supervisors, to end early. */
_Noreturn void supervise(struct run *run, const _Atomic int *stop);

/* capture.c: what a row prints, drained by a thread so that nothing can block on it. */
struct capture {
	int fds[2]; /* [1] is for the row: stdout and stderr */
	struct run_outcome *outcome;
	pthread_t thread;
};
int capture_open(struct capture *capture, struct run_outcome *outcome);
void capture_close(struct capture *capture); /* when nobody is left who could write */

/* clock.c: seconds of an idle machine, which pass at most CLOCK_SLOWEST times slower. */
#define CLOCK_SLOWEST 10.0
struct idle_clock {
	double spent;
	int64_t last, began;
};
void clock_start(struct idle_clock *clock);
bool clock_has_passed(struct idle_clock *clock, double seconds);
double clock_wall(const struct idle_clock *clock);

/* audit.c: what was not there before. Names in /dev/shm that the log shows to be the row's
 * are removed, once they are told. */
struct audit {
	char **names;
	size_t count;
};
void audit_begin(struct audit *audit);
void audit_end(struct audit *audit, const struct run *run);

/* watch.c, in the harness: look after a supervisor, seconds later than the last time. */
void watch(struct run *run, double seconds);
/* Its supervisor was killed: kill what it left to us; the keepers are other supervisors. */
void watch_sweep(
    const struct run *run, bool (*keeps)(pid_t pid, const void *context), const void *context);

/* knot.c: has all of the row come to a deadlock? Then it is told in the outcome. */
bool knot_is_tied(struct stuck_watch *watch, struct run *run, FILE *log);
/* Is the row's first process in one, now that its time is over? */
void knot_at_deadline(struct run *run, FILE *log);

/* places.c: where every descendant of this process is just now. */
void places_look(struct run_outcome *outcome);

#endif
