/* SPDX-License-Identifier: MIT */
#ifndef RUN_H
#define RUN_H
/*
 * Run rows: each in a process of its own, watched by a supervisor of its own.
 *
 * The supervisor is a forked child of the harness: subreaper, tracer and keeper of the
 * deadline in one. It never runs student code. When it ends, no process of the row is alive,
 * and what happened stands in the outcome, the log and the channel.
 *
 * Invariants: a row's processes hold no descriptor of the harness but stdin (/dev/null),
 * stdout and stderr (one pipe, drained and bounded). A deadline is seconds of an idle
 * machine: its clock runs slower as more processes want the processors.
 */
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "runner/channel.h"
#include "trace/trace.h"

#define RUN_OUTPUT 16384 /* bytes kept of what a row prints */
#define RUN_PLACES 16
#define RUN_KNOT   32768 /* bytes of the JSON of a deadlock */

/* Where a process was when the deadline had come. */
struct run_place {
	pid_t pid;
	char state;
	char call[24]; /* the system call it is in; "" : it runs */
};

struct run_outcome {
	bool supervised; /* the supervisor came to its end; else nothing here can be trusted */
	int error;	 /* -errno: the row's program could not be run */
	struct trace_result trace;
	bool late;	     /* the deadline came first */
	char knot[RUN_KNOT]; /* the deadlock that it was ended for, docs/stuck.md; "": none */
	int64_t knot_at;     /* when that was certain */
	double seconds;	     /* of the row, by the wall */
	struct run_place places[RUN_PLACES];
	size_t place_count;
	char output[RUN_OUTPUT];
	size_t output_kept, output_total;
	char left_shm[1024];  /* names in /dev/shm that the row made, one a line */
	char left_file[1024]; /* files in the row's own directory, one a line */
};

struct run {
	/* the request */
	const char *program, *row;
	double seconds;
	enum trace_level level;
	char log[256]; /* where the event log is written */

	/* the answer: in memory shared with the supervisor */
	struct run_outcome *outcome;
	struct channel *channel;
	bool interrupted; /* it was not run, or not to its end */
	int killed;	  /* the signal by which its supervisor died, twice in a row; 0: none */
	bool overdue;	  /* its supervisor never came to an end, and was killed by us */

	/* the runner's */
	int channel_fd, pidfd;
	int cpu; /* the processor of its tracer and its first process; -1: any */
	pid_t harness, supervisor;
	unsigned long long birth; /* of the supervisor */
	unsigned attempts;
	double age; /* seconds since its begin */
	uint8_t nonce[CHANNEL_NONCE];
	char directory[256]; /* the row's own: working directory, HOME and TMPDIR */
};

/*
 * Run n rows, at most jobs at a time; scratch is a directory for their own ones.
 *
 * done is called in this process whenever one has ended. One of run_signals ends it early:
 * what runs is killed, what has not begun is marked interrupted. SIGCHLD is not ignored.
 * Returns 0, or -errno: nothing was run
 */
int run_all(struct run *runs, size_t n, unsigned jobs, const char *scratch,
    void (*done)(const struct run *run, void *context), void *context);

/* The signals by which a person ends a grading: SIGINT, SIGTERM, SIGHUP. */
sigset_t run_signals(void);

/* The row's process wrote that it is done, and proved it. */
bool run_is_proved(const struct run *run);

/* Free what run_all made for this run. */
void run_release(struct run *run);

#endif
