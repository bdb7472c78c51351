/* SPDX-License-Identifier: MIT */
/*
 * The traced calls: what is known at entry, what only the result tells. A result costs a
 * second stop, so it is asked for only where it says something.
 */
#define _GNU_SOURCE
#include "trace/tracer.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

static bool
prctl_entry(struct tracer *t, struct trace_task *task)
{
	const uint64_t *args = task->call.args;

	if (args[0] == PR_SET_CHILD_SUBREAPER) {
		trace_log_begin(&t->log, "subreaper", task->process->name);
		trace_log_bool(&t->log, "on", args[1] != 0);
		task->process->subreaper = args[1] != 0;
	} else {
		trace_log_begin(&t->log, "deathsig", task->process->name);
		trace_log_int(&t->log, "signal", (int64_t)args[1]);
	}
	trace_log_end(&t->log);
	return false;
}

static bool
close_entry(struct tracer *t, struct trace_task *task)
{
	const uint64_t *args = task->call.args;
	struct trace_process *process = task->process;

	if (task->call.number == SYS_close) {
		trace_ends_close(t, process, (unsigned)args[0], (unsigned)args[0]);
		return false;
	}
	if (args[2] & CLOSE_RANGE_UNSHARE) {
		struct trace_files *own = trace_files_copy(process->files);
		trace_files_free(process->files);
		process->files = own;
	}
	if (!(args[2] & CLOSE_RANGE_CLOEXEC))
		trace_ends_close(t, process, (unsigned)args[0], (unsigned)args[1]);
	return false;
}

/* A clone that is no thread and shares its descriptors. */
static bool
clone_entry(struct trace_task *task)
{
	uint64_t flags = task->call.args[0];

	if (task->call.number == SYS_clone3 &&
	    !trace_peek(task->tid, task->call.args[0], &flags, sizeof(flags)))
		flags = 0;
	task->shares_files = (flags & CLONE_FILES) && !(flags & CLONE_THREAD);
	return false;
}

bool
trace_call_entry(struct tracer *t, struct trace_task *task)
{
	const uint64_t *args = task->call.args;

	switch (task->call.number) {
	case SYS_wait4:
	case SYS_waitid:
		return trace_reap_entry(t, task);
	case SYS_kill:
	case SYS_tkill:
	case SYS_tgkill:
	case SYS_rt_sigqueueinfo:
	case SYS_rt_tgsigqueueinfo:
	case SYS_pidfd_send_signal:
		trace_kill_entry(t, task);
		return true;
	case SYS_close:
	case SYS_close_range:
		return close_entry(t, task);
	case SYS_clone:
	case SYS_clone3:
		return clone_entry(task);
	case SYS_prctl:
		return prctl_entry(t, task);
	case SYS_dup:
	case SYS_fcntl:
		return trace_ends_has(task->process, (int)args[0]);
#ifdef SYS_dup2
	case SYS_dup2:
	case SYS_pipe:
#endif
	case SYS_dup3:
	case SYS_pipe2:
	case SYS_socketpair:
	case SYS_setsid:
		return true;
	default:
		return trace_name_entry(task);
	}
}

static void
pipe_made(struct tracer *t, struct trace_task *task, uint64_t address, bool sockets)
{
	int fds[2];

	if (trace_peek(task->tid, address, fds, sizeof(fds)))
		trace_ends_made(t, task->process, fds, sockets);
}

static void
new_session(struct tracer *t, struct trace_task *task, int64_t sid)
{
	trace_log_begin(&t->log, "session", task->process->name);
	trace_log_int(&t->log, "sid", sid);
	trace_log_end(&t->log);
}

static void
succeeded(struct tracer *t, struct trace_task *task, int64_t result)
{
	const uint64_t *args = task->call.args;

	switch (task->call.number) {
#ifdef SYS_dup2
	case SYS_dup2:
	case SYS_pipe:
		if (task->call.number == SYS_pipe) {
			pipe_made(t, task, args[0], false);
			return;
		}
#endif
		/* fall through */
	case SYS_dup:
	case SYS_dup3:
	case SYS_fcntl:
		trace_ends_dup(t, task->process, (int)args[0], (int)result);
		return;
	case SYS_pipe2:
		pipe_made(t, task, args[0], false);
		return;
	case SYS_socketpair:
		pipe_made(t, task, args[3], true);
		return;
	case SYS_setsid:
		new_session(t, task, result);
		return;
	default:
		trace_name_exit(t, task, result);
	}
}

void
trace_call_exit(struct tracer *t, struct trace_task *task, int64_t result)
{
	switch (task->call.number) {
	case SYS_wait4:
	case SYS_waitid:
		trace_reap_exit(t, task, result);
		break;
	case SYS_kill:
	case SYS_tkill:
	case SYS_tgkill:
	case SYS_rt_sigqueueinfo:
	case SYS_rt_tgsigqueueinfo:
	case SYS_pidfd_send_signal:
		trace_kill_exit(t, task, result);
		break;
	default:
		if (result >= 0)
			succeeded(t, task, result);
	}
	trace_call_over(t, task, true);
}

/* The call has returned, or never will: its task died inside it. */
void
trace_call_over(struct tracer *t, struct trace_task *task, bool returned)
{
	int number = task->call.number;

	trace_kill_exit(t, task, 0);
	trace_call_release(t, task);
	if (number == SYS_wait4 || number == SYS_waitid)
		trace_reap_left(t, task->process, returned);
}
