/* SPDX-License-Identifier: MIT */
/*
 * The greatest set of tasks that nobody outside it can free.
 *
 * All begin in it. Whoever has a way out leaves: an outside way; a way by ANY of some of whom
 * one has left; a way that needs ALL of some who all have left. When nobody leaves any more,
 * the rest is the deadlock. It is done twice: once what may not be seen frees (what is stuck
 * then is certain), once it does not (what is stuck then is all that may be).
 */
#define _GNU_SOURCE
#include <stdlib.h>

#include "stuck/look.h"

static bool
is_dead(const struct stuck_task *task)
{
	return task->state == 'Z' || task->state == 'X';
}

/* in: who is still in the set, by task. */
static bool
can_act(const struct stuck *s, const struct stuck_freer *freer, const bool *in)
{
	const struct stuck_process *p = stuck_find(s, freer->pid);
	bool alive = false;

	if (!p)
		return false; /* dead, or it will be there at the second look */
	if (!p->looked)
		return true;
	for (size_t i = p->first; i < p->first + p->count; i++) {
		if (is_dead(&s->tasks[i]) || (freer->tid && s->tasks[i].tid != freer->tid))
			continue;
		alive = true;
		if (!in[i])
			return true;
	}
	/* Born or dying while we looked. */
	return !alive && !freer->tid;
}

static bool
is_open(const struct stuck *s, const struct stuck_way *way, const bool *in, bool unseen_frees)
{
	if (way->need == STUCK_OUTSIDE || (way->unseen && unseen_frees))
		return true;
	if (way->gone)
		return false;
	for (size_t i = 0; i < way->count; i++)
		if (can_act(s, &way->freers[i], in) == (way->need == STUCK_ANY))
			return way->need == STUCK_ANY;
	return way->need == STUCK_ALL;
}

static void
shrink(const struct stuck *s, bool *in, bool unseen_frees)
{
	for (size_t i = 0; i < s->task_count; i++)
		in[i] = !is_dead(&s->tasks[i]);
	for (bool left = true; left;) {
		left = false;
		for (size_t i = 0; i < s->task_count; i++)
			for (size_t j = 0; in[i] && j < s->tasks[i].way_count; j++)
				if (is_open(s, &s->tasks[i].ways[j], in, unseen_frees)) {
					in[i] = false;
					left = true;
				}
	}
}

/* Mark whom that task waits for, directly or not. */
static void
reach(const struct stuck *s, size_t from, bool *reached)
{
	const struct stuck_task *task = &s->tasks[from];

	for (size_t i = 0; i < task->way_count; i++)
		for (size_t j = 0; j < task->ways[i].count; j++) {
			const struct stuck_freer *freer = &task->ways[i].freers[j];
			const struct stuck_process *p = stuck_find(s, freer->pid);
			for (size_t k = 0; p && p->looked && k < p->count; k++) {
				size_t to = p->first + k;
				if (!s->tasks[to].stuck || reached[to] ||
				    (freer->tid && s->tasks[to].tid != freer->tid))
					continue;
				reached[to] = true;
				reach(s, to, reached);
			}
		}
}

/* The knot: whoever waits for itself, over others or not, or for nobody. */
static void
find_knot(struct stuck *s, bool *reached)
{
	size_t stuck = 0;

	for (size_t i = 0; i < s->task_count; i++)
		stuck += s->tasks[i].stuck;
	for (size_t i = 0; i < s->task_count; i++) {
		struct stuck_task *task = &s->tasks[i];
		size_t freers = 0;
		for (size_t j = 0; j < s->task_count; j++)
			reached[j] = false;
		for (size_t j = 0; j < task->way_count; j++)
			freers += task->ways[j].count;
		if (task->stuck && stuck <= 256)
			reach(s, i, reached);
		task->knot = task->stuck && (stuck > 256 || !freers || reached[i]);
	}
}

void
stuck_solve(struct stuck *s)
{
	bool *in = calloc(s->task_count + 1, sizeof(*in));

	/* Without memory nothing is called stuck. */
	for (size_t i = 0; i < s->task_count; i++)
		s->tasks[i].stuck = s->tasks[i].perhaps = s->tasks[i].knot = false;
	if (!in)
		return;
	shrink(s, in, false);
	for (size_t i = 0; i < s->task_count; i++)
		s->tasks[i].perhaps = in[i];
	shrink(s, in, true);
	for (size_t i = 0; i < s->task_count; i++)
		s->tasks[i].stuck = in[i];
	find_knot(s, in);
	free(in);
}
