/* SPDX-License-Identifier: MIT */
/*
 * The processes and tasks of a run, found by pid and tid in two hash tables.
 *
 * Out of memory there is nothing to go back to: the run ends, and EXITKILL ends the traced.
 */
#define _GNU_SOURCE
#include "trace/tracer.h"

#include <stdlib.h>
#include <string.h>

void *
trace_need(void *memory)
{
	if (!memory) {
		fputs("procsmith: out of memory\n", stderr);
		abort();
	}
	return memory;
}

static size_t
bucket(pid_t pid)
{
	return (size_t)pid % TRACE_BUCKETS;
}

static void
unlink_child(struct trace_process *child)
{
	if (child->younger)
		child->younger->older = child->older;
	else if (child->parent)
		child->parent->child = child->older;
	if (child->older)
		child->older->younger = child->younger;
	child->older = child->younger = NULL;
	child->parent = NULL;
}

/* Make it the child of this process, or of nobody. */
void
trace_process_move(struct trace_process *child, struct trace_process *parent)
{
	unlink_child(child);
	if (!parent)
		return;
	child->parent = parent;
	child->older = parent->child;
	if (child->older)
		child->older->younger = child;
	parent->child = child;
}

struct trace_process *
trace_process_new(struct tracer *t, struct trace_process *parent, pid_t pid)
{
	size_t room = parent ? strlen(parent->name) + 12 : 2;
	struct trace_process *process = trace_need(calloc(1, sizeof(*process) + room));

	if (parent)
		snprintf(process->name, room, "%s.%u", parent->name, ++parent->births);
	else
		snprintf(process->name, room, "P");
	process->pid = pid;
	process->next = t->processes[bucket(pid)];
	t->processes[bucket(pid)] = process;
	trace_process_move(process, parent);
	if (t->last)
		t->last->later = process;
	t->last = process;
	t->born++;
	return process;
}

struct trace_process *
trace_process_find(struct tracer *t, pid_t pid)
{
	struct trace_process *process = t->processes[bucket(pid)];

	while (process && process->pid != pid)
		process = process->next;
	return process;
}

struct trace_task *
trace_task_new(struct tracer *t, struct trace_process *process, pid_t tid)
{
	struct trace_task *task = trace_need(calloc(1, sizeof(*task)));

	task->tid = tid;
	task->process = process;
	task->call.number = -1;
	task->next = t->tasks[bucket(tid)];
	t->tasks[bucket(tid)] = task;
	return task;
}

struct trace_task *
trace_task_find(struct tracer *t, pid_t tid)
{
	struct trace_task *task = t->tasks[bucket(tid)];

	while (task && task->tid != tid)
		task = task->next;
	return task;
}

/* The call is over, or its task is. */
void
trace_call_release(struct tracer *t, struct trace_task *task)
{
	if (task->call.targets)
		t->kills--;
	free(task->call.targets);
	free(task->call.path);
	task->call = (struct trace_call){.number = -1};
}

void
trace_task_free(struct tracer *t, struct trace_task *task)
{
	struct trace_task **at = &t->tasks[bucket(task->tid)];

	while (*at != task)
		at = &(*at)->next;
	*at = task->next;
	trace_call_release(t, task);
	free(task);
}

void
trace_tables_release(struct tracer *t)
{
	for (size_t i = 0; i < TRACE_BUCKETS; i++) {
		while (t->tasks[i])
			trace_task_free(t, t->tasks[i]);
		for (struct trace_process *p = t->processes[i], *next; p; p = next) {
			next = p->next;
			trace_files_free(p->files);
			free(p);
		}
		t->processes[i] = NULL;
	}
}
