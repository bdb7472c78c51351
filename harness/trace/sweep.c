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

enum { DESCENDANTS = 4096, ROUNDS = 50 };

static pid_t found[DESCENDANTS];

static void
tell(struct tracer *t, const char *who, pid_t pid, char state, const char *name)
{
	char letter[2] = {state, '\0'};

	trace_log_begin(&t->log, "left", who);
	if (!who)
		trace_log_text(&t->log, "who", NULL);
	trace_log_int(&t->log, "pid", pid);
	trace_log_text(&t->log, "name", name);
	trace_log_text(&t->log, "state", letter);
	trace_log_end(&t->log);
}

static bool
is_traced(struct tracer *t, pid_t pid)
{
	struct trace_process *process = trace_process_find(t, pid);

	return (process && !process->dead) || trace_task_find(t, pid);
}

/* Tell of every process that lives; how many. */
size_t
trace_sweep_left(struct tracer *t)
{
	char state, name[32];
	pid_t parent;
	size_t left = 0;

	for (struct trace_process *p = t->root; p; p = p->later) {
		if (p->dead || trace_proc_stat(p->pid, &state, &parent, name, sizeof(name)) < 0)
			continue;
		/* "t" is only us looking at it. */
		state = p->stopped ? 'T' : state == 't' ? 'R' : state;
		tell(t, p->name, p->pid, state, name);
		left++;
	}
	size_t count = trace_proc_descendants(found, DESCENDANTS);
	for (size_t i = 0; i < count; i++) {
		if (is_traced(t, found[i]) ||
		    trace_proc_stat(found[i], &state, &parent, name, sizeof(name)) < 0 ||
		    strchr("ZX", state))
			continue;
		tell(t, NULL, found[i], state, name);
		t->lost++;
		left++;
	}
	return left;
}

/* Stop the untraced, until no new one appears; how many there are. */
static size_t
freeze(struct tracer *t)
{
	size_t before = 0, count = 0;

	for (int round = 0; round < ROUNDS; round++) {
		count = trace_proc_descendants(found, DESCENDANTS);
		for (size_t i = 0; i < count; i++)
			if (!is_traced(t, found[i]))
				kill(found[i], SIGSTOP);
		if (count == before)
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
		if (!p->dead)
			kill(p->pid, SIGKILL);
	for (size_t count = freeze(t); count-- > 0;)
		kill(found[count], SIGKILL);
}
