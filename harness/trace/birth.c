/* SPDX-License-Identifier: MIT */
/*
 * Births and execs.
 *
 * A child may stop, and even die, before its maker's fork event comes:
 *
 *	child   first stop ........... | waits, early
 *	maker   ....... fork event ... | now the child has a name and may go on
 *
 * so what an early task did is kept, and told again once it has a process. When the maker
 * is killed before its event, the early child is told as its child at the maker's death.
 */
#define _GNU_SOURCE
#include "trace/tracer.h"

#include <errno.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static bool
is_death(int status)
{
	return WIFEXITED(status) || WIFSIGNALED(status);
}

/* An early task has found its process: what it did comes again. */
static void
claim(struct tracer *t, struct trace_task *task, struct trace_process *process)
{
	task->process = process;
	t->early--;
	trace_event(t, task->tid, task->status);
}

/* A task is heard of for the first time, or again before anybody has said who made it. */
void
trace_early(struct tracer *t, pid_t tid, int status)
{
	struct trace_task *task = trace_task_find(t, tid);
	char state, name[32];

	if (!task) {
		struct trace_process *process = trace_process_find(t, tid);
		if (process && process->dead && !process->gone) {
			/* A zombie that we inherited, and have now reaped; it is told as ours
			 * when its parent's death is, which may be yet to come. */
			process->gone = true;
			return;
		}
		task = trace_task_new(t, NULL, tid);
		t->early++;
		if (!is_death(status))
			trace_proc_stat(tid, &state, &task->maker, name, sizeof(name));
	}
	task->status = status;
	task->dead = is_death(status);
	pid_t pid = task->dead ? tid : trace_proc_tgid(tid);
	struct trace_process *process = trace_process_find(t, pid);
	if (pid != tid && process && !process->dead)
		claim(t, task, process);
}

/* An early task of this tid that is not the leavings of a process that was never traced. */
static struct trace_task *
find_early(struct tracer *t, pid_t tid)
{
	struct trace_task *task = trace_task_find(t, tid);
	char state, name[32];
	pid_t parent;

	if (!task || !task->dead || task->maker)
		return task;
	if (trace_proc_stat(tid, &state, &parent, name, sizeof(name)) < 0 || strchr("ZX", state))
		return task;
	trace_task_free(t, task);
	t->early--;
	return NULL;
}

static struct trace_process *
beget(struct tracer *t, struct trace_process *maker, pid_t pid, const char *how, bool shares)
{
	struct trace_process *child = trace_process_new(t, maker, pid);

	if (t->options->spread && maker == t->root)
		trace_caller_spread(t->caller, pid);
	child->files = shares ? trace_files_share(maker->files) : trace_files_copy(maker->files);
	trace_log_begin(&t->log, "fork", maker->name);
	trace_log_text(&t->log, "child", child->name);
	trace_log_int(&t->log, "pid", pid);
	trace_log_text(&t->log, "how", how);
	trace_log_end(&t->log);
	return child;
}

/* The kernel says that this task has made that one. */
void
trace_born(struct tracer *t, struct trace_task *maker, int event, pid_t tid)
{
	struct trace_process *process = maker->process;
	struct trace_task *task = find_early(t, tid);
	bool shares = maker->shares_files;

	maker->shares_files = false;
	if (task && task->process) /* a thread, known from its first stop */
		return;
	if (event == PTRACE_EVENT_CLONE) {
		pid_t tgid = trace_proc_tgid(tid);
		if (tgid > 0 && tgid != tid) {
			if (task)
				claim(t, task, process);
			else
				trace_task_new(t, process, tid);
			return;
		}
	}
	const char *how = event == PTRACE_EVENT_FORK	? "fork"
			  : event == PTRACE_EVENT_VFORK ? "vfork"
							: "clone";
	struct trace_process *child = beget(t, process, tid, how, shares);
	if (task)
		claim(t, task, child);
	else
		trace_task_new(t, child, tid);
}

static void
log_command(struct tracer *t, struct trace_process *process)
{
	char text[4096], exe[4096];
	size_t size = t->traced ? trace_proc_cmdline(process->pid, text, sizeof(text)) : 0;

	trace_log_array(&t->log, "argv");
	/* Untraced it may not have its arguments yet; but they are what we gave it. */
	for (char *const *arg = t->options->argv; !t->traced && *arg; arg++)
		trace_log_element(&t->log, arg == t->options->argv, *arg);
	for (size_t at = 0; at < size; at += strlen(text + at) + 1)
		trace_log_element(&t->log, at == 0, text + at);
	trace_log_array_end(&t->log);
	trace_proc_link(process->pid, "exe", exe, sizeof(exe));
	trace_log_text(&t->log, "exe", exe);
	trace_log_end(&t->log);
}

/* The root runs its command: the log begins. */
void
trace_started(struct tracer *t)
{
	t->started = true;
	trace_log_open(&t->log, t->options->log);
	trace_log_begin(&t->log, "start", t->root->name);
	trace_log_int(&t->log, "pid", t->root->pid);
	trace_log_int(&t->log, "version", 1);
	trace_log_text(&t->log, "level", t->traced ? "ptrace" : "none");
	if (t->result->note[0])
		trace_log_text(&t->log, "note", t->result->note);
	log_command(t, t->root);
}

/* Of the threads only this one is left, and it has its leader's tid now. */
void
trace_exec(struct tracer *t, struct trace_task *task)
{
	struct trace_process *process = task->process;
	unsigned long former = 0;

	ptrace(PTRACE_GETEVENTMSG, task->tid, 0, &former);
	trace_call_over(t, task, false);
	struct trace_task *thread = trace_task_find(t, (pid_t)former);
	if (thread && thread != task && thread->process == process) {
		trace_call_over(t, thread, false);
		trace_task_free(t, thread);
	}
	if (!t->started) {
		trace_started(t);
		return;
	}
	trace_log_begin(&t->log, "exec", process->name);
	log_command(t, process);
	trace_ends_exec(t, process);
}

/* Early children of a process that dies can have no other maker. */
void
trace_claim_orphans(struct tracer *t, struct trace_process *dying)
{
	for (size_t i = 0; t->early && i < TRACE_BUCKETS; i++)
		for (struct trace_task *task = t->tasks[i], *next; task; task = next) {
			next = task->next;
			if (task->process || task->maker != dying->pid)
				continue;
			claim(t, task, beget(t, dying, task->tid, "fork", false));
			next = t->tasks[i]; /* claiming may free it */
		}
}
