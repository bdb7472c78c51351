/* SPDX-License-Identifier: MIT */
/*
 * The child on its way to the command.
 *
 *	parent                          child
 *	fork
 *	PTRACE_SEIZE
 *	"go, traced or not" ----------> prepare, filter, exec
 *	                     <--------- or why not; EOF by CLOEXEC says that it has
 *
 * The filter comes after the seizing, for without a tracer its calls fail with ENOSYS, and
 * last before exec, so that nothing of ours is traced.
 */
#define _GNU_SOURCE
#include "trace/tracer.h"

#include <errno.h>
#include <seccomp.h>
#include <string.h>
#include <sys/ptrace.h>
#include <unistd.h>

#include <mp/io.h>

struct report {
	int error;
	bool filter; /* the filter was refused; nothing is wrong with the command */
};

static void __attribute__((noreturn)) give_up(int report, int error, bool filter)
{
	struct report why = {error ? error : EIO, filter};

	_exit(mp_write_all(report, &why, sizeof(why)) ? 126 : 127);
}

static void __attribute__((noreturn))
child(struct tracer *t, int go, int report, scmp_filter_ctx filter)
{
	const struct trace_options *options = t->options;
	char traced;

	if (mp_read_all(go, &traced, 1) != 1)
		_exit(127);
	trace_caller_signals(t->caller);
	int error = options->prepare ? options->prepare(options->context) : 0;
	if (error)
		give_up(report, error, false);
	error = traced == 'y' ? -seccomp_load(filter) : 0;
	if (error)
		give_up(report, error, true);
	execvp(options->argv[0], options->argv);
	give_up(report, errno, false);
}

static bool
seize(struct tracer *t, pid_t pid)
{
	const long options = PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
			     PTRACE_O_TRACEEXEC | PTRACE_O_TRACESECCOMP | PTRACE_O_TRACESYSGOOD |
			     PTRACE_O_EXITKILL;

	if (ptrace(PTRACE_SEIZE, pid, 0, options) == 0)
		return true;
	snprintf(
	    t->result->note, sizeof(t->result->note), "ptrace was refused: %s", strerror(errno));
	return false;
}

/* Both pipes, the filter and the fork; the child's pid or -errno. */
static pid_t
begin(struct tracer *t, int go[2])
{
	int go_pipe[2] = {-1, -1}, report[2] = {-1, -1};
	scmp_filter_ctx filter = t->traced ? trace_filter_new() : NULL;

	if (t->traced && !filter) {
		t->traced = false;
		snprintf(t->result->note, sizeof(t->result->note), "no seccomp filter here");
	}
	int error = mp_pipe_cloexec(go_pipe);
	error = error ? error : mp_pipe_cloexec(report);
	pid_t pid = error ? error : fork();
	if (pid == 0) {
		mp_close(&go_pipe[1]);
		mp_close(&report[0]);
		child(t, go_pipe[0], report[1], filter);
	}
	pid = pid < 0 && !error ? -errno : pid;
	seccomp_release(filter);
	mp_close(&report[1]);
	go[0] = go_pipe[0];
	go[1] = go_pipe[1];
	t->report = report[0];
	return pid;
}

/*
 * Why there is no command: 0 there is one, or an errno. Blocks until the child has executed
 * it or has given up.
 */
int
trace_start_failed(struct tracer *t, bool *refused)
{
	struct report why = {0};

	*refused = mp_read_all(t->report, &why, sizeof(why)) == sizeof(why) && why.filter;
	if (*refused)
		snprintf(t->result->note, sizeof(t->result->note),
		    "the seccomp filter was refused: %s", strerror(why.error));
	return why.error;
}

/* Start the command up to its exec. 0 or -errno. */
int
trace_start(struct tracer *t)
{
	int go[2];
	pid_t pid = begin(t, go);

	if (pid > 0) {
		t->traced = t->traced && seize(t, pid);
		t->root = trace_process_new(t, NULL, pid);
		t->root->files = trace_files_copy(NULL);
		trace_task_new(t, t->root, pid);
		pid = mp_write_all(go[1], t->traced ? "y" : "n", 1);
	}
	/* Its reading end was ours too: a child that is dead already must not cost a SIGPIPE. */
	mp_close(&go[0]);
	mp_close(&go[1]);
	if (pid < 0)
		mp_close(&t->report);
	return pid;
}
