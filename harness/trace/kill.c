/* SPDX-License-Identifier: MIT */
/*
 * Who signalled whom.
 *
 * The targets are settled at the call's entry, for at its exit they may be gone; the event
 * is told at its exit, for only then is the result known. When a target has died of the
 * signal, or the sender itself, before that exit, the kill is told first: it has happened. So
 * it is when somebody else reaps the target meanwhile: the kill was begun before.
 */
#define _GNU_SOURCE
#include "trace/tracer.h"

#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The call's arguments: to whom (for a group as kill(2) says it), and what. */
static pid_t
aimed_at(struct tracer *t, struct trace_task *task, int *signal)
{
	const uint64_t *args = task->call.args;
	struct trace_task *thread;

	*signal = (int)args[1];
	switch (task->call.number) {
	case SYS_tkill:
		thread = trace_task_find(t, (pid_t)args[0]);
		return thread && thread->process ? thread->process->pid : (pid_t)args[0];
	case SYS_tgkill:
	case SYS_rt_tgsigqueueinfo:
		*signal = (int)args[2];
		return (pid_t)args[0];
	case SYS_pidfd_send_signal:
		return trace_proc_pidfd(task->process->pid, (int)args[0]);
	default:
		return (pid_t)args[0];
	}
}

static void
aim(struct trace_call *call, struct trace_process *process)
{
	call->targets =
	    trace_need(realloc(call->targets, (call->count + 2) * sizeof(*call->targets)));
	call->targets[call->count++] = process;
}

/* kill(0), kill(-1), kill(-group). */
static void
aim_at_group(struct tracer *t, struct trace_task *task, pid_t pid)
{
	pid_t group = pid == 0 ? getpgid(task->process->pid) : -pid;

	for (struct trace_process *p = t->root; p; p = p->later) {
		if (p->dead || (pid == -1 && p == task->process))
			continue;
		if (pid == -1 || getpgid(p->pid) == group)
			aim(&task->call, p);
	}
}

void
trace_kill_entry(struct tracer *t, struct trace_task *task)
{
	struct trace_call *call = &task->call;
	int signal;
	bool by_pidfd = call->number == SYS_pidfd_send_signal;

	call->pid = aimed_at(t, task, &signal);
	call->targets = trace_need(malloc(sizeof(*call->targets)));
	t->kills++;
	struct trace_process *one = trace_process_find(t, call->pid);
	if (one)
		aim(call, one);
	else if (call->pid <= 0 && !by_pidfd)
		aim_at_group(t, task, call->pid);
}

static void
tell(struct tracer *t, struct trace_task *task, int error)
{
	struct trace_call *call = &task->call;
	int signal;

	aimed_at(t, task, &signal);
	/* glibc's own signals to its own threads: cancellation, setuid. */
	bool internal = call->count == 1 && call->targets[0] == task->process && signal >= 32 &&
			signal < SIGRTMIN;
	if (!internal) {
		trace_log_begin(&t->log, "kill", task->process->name);
		trace_log_int(&t->log, "signal", signal);
		trace_log_array(&t->log, "to");
		for (size_t i = 0; i < call->count; i++)
			trace_log_element(&t->log, i == 0, call->targets[i]->name);
		trace_log_array_end(&t->log);
		trace_log_int(&t->log, "pid", call->pid);
		trace_log_int(&t->log, "error", error);
		trace_log_end(&t->log);
	}
	free(call->targets);
	call->targets = NULL;
	t->kills--;
}

void
trace_kill_exit(struct tracer *t, struct trace_task *task, int64_t result)
{
	if (task->call.targets)
		tell(t, task, result < 0 ? (int)-result : 0);
}

static bool
explains(struct tracer *t, struct trace_task *task, const struct trace_process *target, int signal)
{
	int sent;

	for (size_t i = 0; task->call.targets && i < task->call.count; i++)
		if (task->call.targets[i] == target) {
			aimed_at(t, task, &sent);
			return signal == 0 || sent == signal;
		}
	return false;
}

void
trace_kill_settle(struct tracer *t, struct trace_process *target, int signal)
{
	for (size_t i = 0; t->kills && i < TRACE_BUCKETS; i++)
		for (struct trace_task *task = t->tasks[i]; task; task = task->next)
			if (explains(t, task, target, signal))
				tell(t, task, 0);
}
