/* SPDX-License-Identifier: MIT */
/*
 * Deaths, and who inherits what the dead leave.
 *
 * The kernel gives the children of the dead to another parent before it reports the death,
 * so when we hear of it /proc knows the heir; and a zombie that fell to us may have been
 * reaped by our own wait, or by a subreaper's, before we hear of it.
 */
#define _GNU_SOURCE
#include "trace/tracer.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

/* Who inherits from this process: the nearest subreaper above; NULL: nobody of the run. */
static struct trace_process *
heir(const struct trace_process *process)
{
	struct trace_process *above = process->parent;

	while (above && (above->dead || !above->subreaper))
		above = above->parent;
	return above;
}

/* Its parent is dead. Who has it now is what /proc says, or if it is gone the rule. */
void
trace_inherit(struct tracer *t, struct trace_process *child)
{
	const struct trace_process *from = child->parent;
	struct trace_process *to = heir(from);
	char state, name[32] = "";
	pid_t pid = to ? to->pid : getpid();

	if (!child->gone && !trace_proc_stat(child->pid, &state, &pid, name, sizeof(name))) {
		to = trace_process_find(t, pid);
		to = to && !to->dead ? to : NULL;
	}
	if (trace_proc_stat(pid, &state, &(pid_t){0}, name, sizeof(name)) < 0)
		name[0] = '\0';
	trace_log_begin(&t->log, "adopt", child->name);
	trace_log_text(&t->log, "from", from->name);
	trace_log_text(&t->log, "to", to ? to->name : NULL);
	trace_log_int(&t->log, "pid", pid);
	trace_log_text(&t->log, "name", name);
	trace_log_end(&t->log);
	trace_process_move(child, to);
}

static void
log_exit(struct tracer *t, const struct trace_process *process, int status)
{
	trace_log_begin(&t->log, "exit", process->name);
	if (WIFSIGNALED(status)) {
		trace_log_int(&t->log, "signal", WTERMSIG(status));
		trace_log_bool(&t->log, "core", WCOREDUMP(status));
	} else {
		trace_log_int(&t->log, "code", WEXITSTATUS(status));
	}
	trace_log_end(&t->log);
}

static void
bury(struct tracer *t, struct trace_process *process, int status)
{
	trace_claim_orphans(t, process);
	if (WIFSIGNALED(status))
		trace_kill_settle(t, process, WTERMSIG(status));
	if (t->started)
		log_exit(t, process, status);
	process->dead = true;
	trace_files_free(process->files);
	process->files = NULL;
	if (process == t->root) {
		t->root_ended = true;
		t->result->status = status;
	}
	if (kill(process->pid, 0) < 0 && errno == ESRCH)
		trace_reap_vanished(t, process);
	while (process->child)
		trace_inherit(t, process->child);
}

/* A task has ended; with the leader, which is last, its process. */
void
trace_died(struct tracer *t, struct trace_task *task, int status)
{
	struct trace_process *process = task->process;
	bool leader = task->tid == process->pid;

	trace_call_over(t, task, false);
	trace_task_free(t, task);
	if (leader)
		bury(t, process, status);
}
