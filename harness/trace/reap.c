/* SPDX-License-Identifier: MIT */
/*
 * Who fetched whose status.
 *
 * A tracee's death is reported to us first; only then does its parent learn of it. So when a
 * wait returns, the record knows whether the pid it names is dead. A child that has left no
 * zombie at that moment was either fetched by a wait that has not returned yet, or its
 * parent ignores SIGCHLD: which of them is known as soon as no wait of the parent is open.
 */
#define _GNU_SOURCE
#include "trace/tracer.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static void
reap(struct tracer *t, struct trace_process *reaper, struct trace_process *child, const char *how)
{
	if (child->puzzling)
		child->parent->vanished--;
	child->puzzling = false;
	child->gone = true;
	trace_kill_settle(t, child, 0);
	trace_log_begin(&t->log, "reap", reaper->name);
	trace_log_text(&t->log, "child", child->name);
	trace_log_text(&t->log, "how", how);
	trace_log_end(&t->log);
	trace_process_move(child, NULL);
}

/* Dead, though its death has yet to be reported? Then its children were ours already. */
static bool
is_dead(const struct trace_process *process)
{
	char state, name[32];
	pid_t parent;

	return trace_proc_stat(process->pid, &state, &parent, name, sizeof(name)) < 0 ||
	       strchr("ZX", state);
}

/* It left no zombie when it died. */
void
trace_reap_vanished(struct tracer *t, struct trace_process *child)
{
	if (child->parent && is_dead(child->parent))
		trace_inherit(t, child);
	struct trace_process *parent = child->parent;
	if (!parent) {
		child->gone = true; /* it was ours, and our wait was it */
	} else if (parent->waiting == 0) {
		reap(t, parent, child, "ignored");
	} else {
		child->puzzling = true;
		parent->vanished++;
	}
}

/* One of its tasks is no longer inside a wait: it has returned, or died there. */
void
trace_reap_left(struct tracer *t, struct trace_process *process, bool returned)
{
	process->waiting--;
	if (process->waiting || !process->vanished)
		return;
	for (struct trace_process *child = process->child, *older; child; child = older) {
		older = child->older;
		if (child->puzzling)
			reap(t, process, child, returned ? "ignored" : "wait");
	}
}

static struct trace_process *
find_dead(struct tracer *t, pid_t pid)
{
	struct trace_process *process = trace_process_find(t, pid);

	while (process && (process->pid != pid || !process->dead || process->gone))
		process = process->next;
	return process;
}

/*
 * A wait for one child of which the zombie is there has its result already: half of all
 * waits, and a stop less for each. False: the result must be seen.
 */
static bool
foretold(struct tracer *t, struct trace_task *task)
{
	const struct trace_call *call = &task->call;
	const uint64_t plain = WNOHANG | WUNTRACED | WCONTINUED;
	pid_t pid = (pid_t)call->args[0];

	if (call->number != SYS_wait4 || pid <= 0 || call->args[2] & ~plain)
		return false;
	struct trace_process *child = find_dead(t, pid);
	if (!child || child->parent != task->process || child->puzzling)
		return false;
	reap(t, task->process, child, "wait");
	return true;
}

/* True: its result is wanted. */
bool
trace_reap_entry(struct tracer *t, struct trace_task *task)
{
	struct trace_call *call = &task->call;

	if (foretold(t, task))
		return false;
	task->process->waiting++;
	if (call->number == SYS_waitid && (idtype_t)call->args[0] == P_PIDFD)
		call->pid = trace_proc_pidfd(task->process->pid, (int)call->args[1]);
	else if (call->number == SYS_waitid && (idtype_t)call->args[0] == P_PID)
		call->pid = (pid_t)call->args[1];
	return true;
}

/* The pid that a successful wait4 fetched for good; 0 none. */
static pid_t
wait4_fetched(const struct trace_task *task, int64_t result)
{
	const uint64_t *args = task->call.args;
	int status;

	if (args[2] & (WUNTRACED | WCONTINUED) && args[1] &&
	    trace_peek(task->tid, args[1], &status, sizeof(status)) &&
	    (WIFSTOPPED(status) || WIFCONTINUED(status)))
		return 0;
	return (pid_t)result;
}

/* Without a siginfo that we can read: the child that was dead and is no longer there. */
static pid_t
waitid_inferred(const struct trace_task *task)
{
	if (task->call.pid > 0)
		return task->call.pid;
	for (struct trace_process *child = task->process->child; child; child = child->older)
		if (child->dead && !child->gone && kill(child->pid, 0) < 0 && errno == ESRCH)
			return child->pid;
	return 0;
}

static pid_t
waitid_fetched(const struct trace_task *task)
{
	const uint64_t *args = task->call.args;
	siginfo_t info = {0};

	if (args[3] & WNOWAIT)
		return 0;
	/* In a container the memory of one who has become another user may be hidden from us. */
	if (!args[2] || !trace_peek(task->tid, args[2], &info, offsetof(siginfo_t, si_status)))
		return waitid_inferred(task);
	if (info.si_code != CLD_EXITED && info.si_code != CLD_KILLED && info.si_code != CLD_DUMPED)
		return 0;
	return info.si_pid;
}

void
trace_reap_exit(struct tracer *t, struct trace_task *task, int64_t result)
{
	pid_t pid = result < 0			      ? 0
		    : task->call.number == SYS_waitid ? waitid_fetched(task)
						      : wait4_fetched(task, result);
	struct trace_process *child = pid > 0 ? find_dead(t, pid) : NULL;

	if (!child)
		return;
	if (child->parent && child->parent != task->process && is_dead(child->parent))
		trace_inherit(t, child);
	reap(t, task->process, child, "wait");
}
