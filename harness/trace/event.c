/* SPDX-License-Identifier: MIT */
/*
 * One report of waitpid: which kind of stop it is, who handles it, and on it goes.
 *
 * A task inside a call whose result is wanted goes on to the call's exit, whatever comes
 * between: a signal, a fork event. ESRCH from any request means that it has died meanwhile;
 * its death will be reported, so nothing checks for it.
 */
#define _GNU_SOURCE
#include "trace/tracer.h"

#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

static void
resume(const struct trace_task *task, int signal)
{
	ptrace(task->call.number >= 0 ? PTRACE_SYSCALL : PTRACE_CONT, task->tid, 0, signal);
}

static void
on_call(struct tracer *t, struct trace_task *task)
{
	struct __ptrace_syscall_info info = {0};

	if (ptrace(PTRACE_GET_SYSCALL_INFO, task->tid, sizeof(info), &info) <= 0)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_SECCOMP) {
		trace_call_over(t, task, true);
		task->call.number = (int)info.seccomp.nr;
		memcpy(task->call.args, info.seccomp.args, sizeof(task->call.args));
		if (!trace_call_entry(t, task))
			trace_call_release(t, task);
	} else if (info.op == PTRACE_SYSCALL_INFO_EXIT && task->call.number >= 0) {
		trace_call_exit(t, task, info.exit.rval);
	}
}

static void
tell(struct tracer *t, const struct trace_process *process, const char *event, int signal)
{
	trace_log_begin(&t->log, event, process->name);
	if (signal)
		trace_log_int(&t->log, "signal", signal);
	trace_log_end(&t->log);
}

/* PTRACE_EVENT_STOP: a new task's first stop, job control stopping it, or its end. */
static void
on_group_stop(struct tracer *t, struct trace_task *task, int signal)
{
	struct trace_process *process = task->process;
	bool leader = task->tid == process->pid;

	if (signal == SIGTRAP) {
		if (leader && process->stopped)
			tell(t, process, "continue", 0);
		if (leader)
			process->stopped = false;
		resume(task, 0);
		return;
	}
	if (leader && !process->stopped)
		tell(t, process, "stop", signal);
	if (leader)
		process->stopped = true;
	/* Not to be resumed: it sleeps, as stopped as without us, until SIGCONT. */
	ptrace(PTRACE_LISTEN, task->tid, 0, 0);
}

static void
on_birth(struct tracer *t, struct trace_task *task, int event)
{
	unsigned long child = 0;

	if (!ptrace(PTRACE_GETEVENTMSG, task->tid, 0, &child))
		trace_born(t, task, event, (pid_t)child);
}

static bool
is_birth(int event)
{
	return event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK ||
	       event == PTRACE_EVENT_CLONE;
}

/* The run is being ended: whatever it was about to do, it does not. */
static void
on_stop_ending(struct tracer *t, struct trace_task *task, int status)
{
	if (is_birth(status >> 16))
		on_birth(t, task, status >> 16);
	kill(task->process->pid, SIGKILL);
}

static void
on_stop(struct tracer *t, struct trace_task *task, int status)
{
	int signal = WSTOPSIG(status), event = status >> 16;

	if (is_birth(event)) {
		on_birth(t, task, event);
	} else if (event == PTRACE_EVENT_EXEC) {
		trace_exec(t, task);
	} else if (event == PTRACE_EVENT_SECCOMP || signal == (SIGTRAP | 0x80)) {
		on_call(t, task);
	} else if (event == PTRACE_EVENT_STOP) {
		on_group_stop(t, task, signal);
		return;
	} else {
		trace_fault(t, task, signal);
		resume(task, signal);
		return;
	}
	resume(task, 0);
}

/* Without ptrace there are no stops, and of deaths only the root's is known. */
static void
on_untraced(struct tracer *t, pid_t pid, int status)
{
	struct trace_task *task = trace_task_find(t, pid);

	if (task && (WIFEXITED(status) || WIFSIGNALED(status)))
		trace_died(t, task, status);
}

void
trace_event(struct tracer *t, pid_t tid, int status)
{
	struct trace_task *task = trace_task_find(t, tid);

	if (!t->traced)
		on_untraced(t, tid, status);
	else if (!task || !task->process)
		trace_early(t, tid, status);
	else if (WIFEXITED(status) || WIFSIGNALED(status))
		trace_died(t, task, status);
	else if (t->ending)
		on_stop_ending(t, task, status);
	else
		on_stop(t, task, status);
}
