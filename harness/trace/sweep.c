/* SPDX-License-Identifier: MIT */
/*
 * What outlives the root: told, and killed.
 *
 * The traced are in our tables; whoever escaped tracing (CLONE_UNTRACED, or no ptrace here)
 * is found below us in /proc, for we are a subreaper: however often it forks and whatever
 * session it makes, it stays our descendant. Those are all stopped before any is killed,
 * so that none can fork on while its siblings die.
 */
#define _GNU_SOURCE
#include "trace/tracer.h"

#include <string.h>
#include <unistd.h>

enum { DESCENDANTS = 4096, ROUNDS = 50 };

static pid_t found[DESCENDANTS];

static void
tell(struct tracer *t, const struct trace_process *process, char state, const char *name)
{
	/* "t" is only us looking at it. */
	char letter[2] = {process->stopped ? 'T' : state == 't' ? 'R' : state, '\0'};

	trace_log_begin(&t->log, "left", process->name);
	trace_log_int(&t->log, "pid", process->pid);
	trace_log_text(&t->log, "name", name);
	trace_log_text(&t->log, "state", letter);
	trace_log_end(&t->log);
}

static bool
is_traced(struct tracer *t, pid_t pid)
{
	struct trace_process *process = trace_process_find(t, pid);
	struct trace_task *task = trace_task_find(t, pid);

	return (process && !process->dead && !process->unseen) || (task && !task->process);
}

/* A process that lives and was never traced gets its name late. */
static void
notice(struct tracer *t, pid_t pid)
{
	char state, name[32];
	pid_t parent;

	if (is_traced(t, pid) || trace_proc_stat(pid, &state, &parent, name, sizeof(name)) < 0 ||
	    strchr("ZX", state) || trace_proc_tracer(pid) == getpid())
		return;
	struct trace_process *maker = trace_process_find(t, parent);
	struct trace_process *process = trace_process_new(t, maker ? maker : t->root, pid);
	process->unseen = true;
	trace_task_new(t, process, pid);
	trace_log_begin(&t->log, "fork", process->parent->name);
	trace_log_text(&t->log, "child", process->name);
	trace_log_int(&t->log, "pid", pid);
	trace_log_text(&t->log, "how", "unseen");
	trace_log_end(&t->log);
	if (!maker || maker->dead)
		trace_process_move(process, NULL);
	t->lost += t->traced;
}

/* Tell of every process that lives; how many. */
size_t
trace_sweep_left(struct tracer *t)
{
	char state, name[32];
	pid_t parent;
	size_t left = 0;

	for (size_t i = 0, count = trace_proc_descendants(t, NULL, found, DESCENDANTS); i < count;
	     i++)
		notice(t, found[i]);
	for (struct trace_process *p = t->root; p; p = p->later) {
		if (p->dead || trace_proc_stat(p->pid, &state, &parent, name, sizeof(name)) < 0)
			continue;
		tell(t, p, state, name);
		left++;
	}
	return left;
}

static void
freeze(struct tracer *t, pid_t pid)
{
	if (!is_traced(t, pid))
		kill(pid, SIGSTOP);
}

/* Stop the untraced until no new one appears; how many there are, traced and not. */
static size_t
freeze_all(struct tracer *t)
{
	size_t before = 0, count = 0;

	for (int round = 0; round < ROUNDS; round++) {
		count = trace_proc_descendants(t, freeze, found, DESCENDANTS);
		if (count == before || count == DESCENDANTS)
			break;
		before = count;
	}
	return count;
}

/* Kill all that is known; called again and again until waitpid knows no more. */
void
trace_sweep_kill(struct tracer *t)
{
	for (struct trace_process *p = t->root; p; p = p->later)
		if (!p->dead && !p->unseen)
			kill(p->pid, SIGKILL);
	for (size_t count = freeze_all(t); count-- > 0;)
		kill(found[count], SIGKILL);
}
