/* SPDX-License-Identifier: MIT */
/*
 * Waiting for a process to end: by wait4, waitid, a pidfd, or a handler of SIGCHLD.
 *
 * A process can end when any of its tasks can go on. One that is dead already is just being
 * reported: then the waiter is about to move.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stuck/look.h"

static struct stuck_way *
end_of(struct stuck_task *task)
{
	struct stuck_way *way = stuck_way(task, STUCK_ANY, "child", "@");

	snprintf(way->object, sizeof(way->object), "end of child of %d", task->process->pid);
	return way;
}

static void
add(struct stuck_way *way, const struct stuck_process *child)
{
	if (child->state == 'Z' && child->looked)
		way->need = STUCK_OUTSIDE;
	stuck_way_by(way, child->pid, 0);
}

/* The end of that process, whoever's child it is. */
void
stuck_ended(struct stuck *s, struct stuck_task *task, pid_t pid)
{
	struct stuck_way *way = end_of(task);
	struct stuck_process *process = stuck_find(s, pid);

	if (process)
		add(way, process);
	else
		way->need = STUCK_OUTSIDE;
}

/* The children for which is_meant holds, as one way. */
static void
any_of(struct stuck *s, struct stuck_task *task, int group)
{
	struct stuck_way *way = end_of(task);

	for (size_t i = 0; i < s->process_count; i++) {
		const struct stuck_process *p = &s->processes[i];
		if (p->parent == task->process->pid && (!group || p->group == group))
			add(way, p);
	}
	/* A debugger waits for those that it traces; or it is about to get ECHILD. */
	if (!way->count)
		way->need = STUCK_OUTSIDE;
	stuck_does(task, way->count == 1 ? "joins" : "waits until one of its children ends:");
}

static pid_t
pid_of_pidfd(const struct stuck_task *task, int fd)
{
	char *text = stuck_fdinfo(task->process->pid, fd);
	uint64_t pid = 0;

	stuck_field(text, "\nPid:", 10, &pid);
	free(text);
	return (pid_t)pid;
}

void
stuck_children(struct stuck *s, struct stuck_task *task, bool waitid)
{
	int which = (int)task->args[0], id = waitid ? (int)task->args[1] : which;

	stuck_does(task, "joins");
	if (waitid && which == P_ALL)
		any_of(s, task, 0);
	else if (waitid && which == P_PGID)
		any_of(s, task, id ? id : task->process->group);
	else if (waitid && which == P_PIDFD)
		stuck_ended(s, task, pid_of_pidfd(task, id));
	else if (waitid || id > 0)
		stuck_ended(s, task, id);
	else if (id == -1)
		any_of(s, task, 0);
	else
		any_of(s, task, id ? -id : task->process->group);
}

/* It handles SIGCHLD, and a handler may do anything: each child that can end frees it. */
void
stuck_child_signal(struct stuck *s, struct stuck_task *task)
{
	struct stuck_way *way = NULL;

	for (size_t i = 0; i < s->process_count; i++) {
		const struct stuck_process *p = &s->processes[i];
		if (p->parent != task->process->pid || p->state == 'Z')
			continue;
		if (!way) {
			way = stuck_way(task, STUCK_ANY, "signal", "SIGCHLD, at the end of @");
		}
		stuck_way_by(way, p->pid, 0);
	}
}
