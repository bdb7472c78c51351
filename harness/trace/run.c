/* SPDX-License-Identifier: MIT */
/*
 * A run from start to end: the loop around waitpid, and what happens between its returns.
 *
 * Invariants: the loop blocks in waitpid and nowhere else, for while we hold a death back
 * the traced see another world than without us. It ends when no child of any kind is left.
 */
#define _GNU_SOURCE
#include "trace/tracer.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <mp/io.h>

static void
tell_end(struct tracer *t)
{
	trace_log_begin(&t->log, "end", NULL);
	trace_log_int(&t->log, "processes", (int64_t)t->born);
	trace_log_int(&t->log, "lost", (int64_t)(t->lost + t->early));
	trace_log_end(&t->log);
	if (t->log.file)
		fflush(t->log.file);
}

static void
on_tick(struct tracer *t)
{
	const struct trace_options *options = t->options;

	if (t->result->ended_by_tick || t->ending || !options->tick ||
	    !options->tick(options->context))
		return;
	if (t->root_ended) {
		t->ending = true;
	} else {
		t->result->ended_by_tick = true;
		kill(t->root->pid, SIGKILL);
	}
}

static void
on_root_ended(struct tracer *t)
{
	const struct trace_options *options = t->options;

	t->result->left = trace_sweep_left(t);
	if (t->log.file)
		fflush(t->log.file);
	if (options->root_ended)
		options->root_ended(options->context);
	t->ending = options->sweep || t->result->ended_by_tick;
}

/* Wait for what happens next and see to it; false: there is nobody left. */
static bool
step(struct tracer *t)
{
	int status;
	pid_t tid = waitpid(-1, &status, __WALL | (t->ending ? WNOHANG : 0));

	if (tid == 0) {
		trace_sweep_kill(t);
		tid = waitpid(-1, &status, __WALL);
	}
	if (tid < 0)
		return errno == EINTR;
	trace_event(t, tid, status);
	return true;
}

/* From the start of the command to the death of the last process. 0 or -errno. */
static int
run(struct tracer *t, bool *refused)
{
	bool told = false;
	int error = trace_start(t);

	if (error)
		return error;
	if (!t->traced && !(error = trace_start_failed(t, refused)))
		trace_started(t);
	while (step(t)) {
		if (trace_caller_ticked() && t->started)
			on_tick(t);
		if (t->root_ended && t->started && !told) {
			told = true;
			on_root_ended(t);
		}
	}
	if (!t->started && !error) {
		error = trace_start_failed(t, refused);
		error = error ? error : EIO; /* killed before it came so far */
	}
	mp_close(&t->report);
	if (t->started)
		tell_end(t);
	return -error;
}

static int
run_at(enum trace_level level, const struct trace_options *options, struct trace_result *result,
    struct trace_caller *caller, bool *refused)
{
	struct tracer *t = trace_need(calloc(1, sizeof(*t)));

	t->options = options;
	t->result = result;
	t->caller = caller;
	t->traced = level == TRACE_PTRACE;
	int error = run(t, refused);
	result->level = t->traced ? TRACE_PTRACE : TRACE_NONE;
	trace_tables_release(t);
	free(t);
	return error;
}

int
trace_run(const struct trace_options *options, struct trace_result *result)
{
	struct trace_caller *caller = trace_caller_save(options->cpu);
	bool refused = false;

	*result = (struct trace_result){0};
	int error = run_at(options->level, options, result, caller, &refused);
	if (refused)
		error = run_at(TRACE_NONE, options, result, caller, &refused);
	trace_caller_restore(caller);
	return error;
}
