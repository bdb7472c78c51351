/* SPDX-License-Identifier: MIT */
/*
 * A look: the tasks that were asked for, what they wait for, who could free them, what those
 * wait for, and so on; then the set that nobody frees, less those who moved meanwhile.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "stuck/look.h"

static void
add_tasks(struct stuck *s, struct stuck_process *p)
{
	pid_t *ids;
	size_t n = stuck_task_ids(p->pid, &ids);

	p->looked = true;
	p->first = s->task_count;
	for (size_t i = 0; i < n; i++) {
		struct stuck_task task = {.process = p, .ordinal = (unsigned)i + 1}, *more;
		if (!stuck_task_read(&task, p->pid, ids[i]))
			continue;
		more = stuck_append(s->tasks, &s->task_count, sizeof(task));
		if (!more) {
			s->full = true;
			break;
		}
		s->tasks = more;
		more[s->task_count - 1] = task;
	}
	p->count = s->task_count - p->first;
	free(ids);
}

/* What was asked for, and all below it. */
static void
ask(struct stuck *s, const pid_t *pids, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct stuck_process *p = stuck_find(s, pids[i]);
		if (p)
			p->asked = true;
	}
	for (bool more = true; more;) {
		more = false;
		for (size_t i = 0; i < s->process_count; i++) {
			struct stuck_process *p = &s->processes[i];
			const struct stuck_process *parent =
			    p->asked ? NULL : stuck_find(s, p->parent);
			if (parent && parent->asked)
				more = p->asked = true;
		}
	}
	for (size_t i = 0; i < s->process_count; i++)
		if (s->processes[i].asked)
			add_tasks(s, &s->processes[i]);
}

static bool
is_freed(const struct stuck_task *task)
{
	for (size_t i = 0; i < task->way_count; i++)
		if (task->ways[i].need == STUCK_OUTSIDE)
			return true;
	return false;
}

/* Whoever could free a task is looked at, too; what is too much is not, and so frees. */
static void
follow(struct stuck *s, size_t at)
{
	if (is_freed(&s->tasks[at]))
		return;
	for (size_t i = 0; i < s->tasks[at].way_count; i++)
		for (size_t j = 0; j < s->tasks[at].ways[i].count; j++) {
			struct stuck_process *p = stuck_find(s, s->tasks[at].ways[i].freers[j].pid);
			if (!p || p->looked)
				continue;
			if (s->task_count < STUCK_TASKS)
				add_tasks(s, p);
			else
				s->full = true;
		}
}

static void
set_free(struct stuck_task *task)
{
	(void)stuck_way(task, STUCK_OUTSIDE, "runs", "%s", "");
}

/* Whoever is stuck has not moved since it was read; else all is solved again without it. */
static void
confirm(struct stuck *s)
{
	for (size_t i = 0; i < s->task_count; i++) {
		struct stuck_task *task = &s->tasks[i], now = {0};
		if (!task->stuck && !task->perhaps)
			continue;
		if (!stuck_task_read(&now, task->process->pid, task->tid) ||
		    now.state != task->state || now.birth != task->birth ||
		    memcmp(now.switches, task->switches, sizeof(now.switches)))
			set_free(task);
	}
	stuck_solve(s);
}

struct stuck *
stuck_look(const pid_t *pids, size_t count, bool closed)
{
	struct stuck *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->closed = closed;
	if (!stuck_world_read(s))
		return stuck_free(s), NULL;
	ask(s, pids, count);
	for (size_t i = 0; i < s->task_count; i++) {
		stuck_call(s, &s->tasks[i]);
		follow(s, i);
	}
	stuck_solve(s);
	confirm(s);
	for (size_t i = 0; i < s->task_count; i++)
		s->tasks[i].alone = s->tasks[i].stuck || s->tasks[i].perhaps;
	return s;
}

void
stuck_free(struct stuck *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->task_count; i++)
		stuck_ways_release(&s->tasks[i]);
	free(s->tasks);
	stuck_world_release(s);
	free(s);
}

static bool
has_not_moved(const struct stuck_task *task, const struct stuck *before)
{
	for (size_t i = 0; i < before->task_count; i++) {
		const struct stuck_task *was = &before->tasks[i];
		if (was->tid == task->tid)
			return was->birth == task->birth && was->alone &&
			       !memcmp(was->switches, task->switches, sizeof(was->switches));
	}
	return false;
}

void
stuck_settle(struct stuck *now, const struct stuck *before)
{
	for (size_t i = 0; i < now->task_count; i++)
		if ((now->tasks[i].stuck || now->tasks[i].perhaps) &&
		    !has_not_moved(&now->tasks[i], before))
			set_free(&now->tasks[i]);
	stuck_solve(now);
}

enum stuck_answer
stuck_answer(const struct stuck *s)
{
	enum stuck_answer answer = STUCK_NOTHING;

	for (size_t i = 0; i < s->task_count; i++) {
		if (!s->tasks[i].process->asked)
			continue;
		if (s->tasks[i].stuck)
			return STUCK_DEADLOCK;
		if (s->tasks[i].perhaps)
			answer = STUCK_UNSEEN;
	}
	return answer;
}

static bool
is_dead(const struct stuck_task *task)
{
	return task->state == 'Z' || task->state == 'X';
}

bool
stuck_is_total(const struct stuck *s)
{
	size_t stuck = 0;

	for (size_t i = 0; i < s->task_count; i++) {
		if (!s->tasks[i].process->asked || is_dead(&s->tasks[i]))
			continue;
		if (!s->tasks[i].stuck)
			return false;
		stuck++;
	}
	return stuck;
}

bool
stuck_holds(const struct stuck *s, pid_t pid)
{
	size_t stuck = 0;

	for (size_t i = 0; i < s->task_count; i++) {
		if (s->tasks[i].process->pid != pid || is_dead(&s->tasks[i]))
			continue;
		if (!s->tasks[i].stuck)
			return false;
		stuck++;
	}
	return stuck;
}
