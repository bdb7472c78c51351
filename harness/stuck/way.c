/* SPDX-License-Identifier: MIT */
/*
 * The ways in which a task may be freed.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stuck/look.h"

/* Add one. Without memory it is a place for all that is lost: the task is then free. */
struct stuck_way *
stuck_way(struct stuck_task *task, enum stuck_need need, const char *kind, const char *format, ...)
{
	static struct stuck_way lost;
	struct stuck_way *more = stuck_append(task->ways, &task->way_count, sizeof(*more));
	va_list list;

	if (!more) {
		if (task->way_count)
			task->ways[0].need = STUCK_OUTSIDE;
		else
			task->state = 'R';
		lost = (struct stuck_way){.need = STUCK_OUTSIDE};
		return &lost;
	}
	task->ways = more;
	more += task->way_count - 1;
	more->need = need;
	more->kind = kind;
	va_start(list, format);
	vsnprintf(more->noun, sizeof(more->noun), format, list);
	va_end(list);
	return more;
}

void
stuck_way_by(struct stuck_way *way, pid_t pid, pid_t tid)
{
	for (size_t i = 0; i < way->count; i++)
		if (way->freers[i].pid == pid && way->freers[i].tid == tid)
			return;
	struct stuck_freer *more = stuck_append(way->freers, &way->count, sizeof(*more));
	if (!more) {
		way->need = STUCK_OUTSIDE;
		return;
	}
	way->freers = more;
	more[way->count - 1] = (struct stuck_freer){pid, tid};
}

/* In a closed world: whatever has a name, anybody of the tree may come and use. */
void
stuck_way_by_tree(struct stuck *s, struct stuck_way *way)
{
	for (size_t i = 0; i < s->process_count; i++)
		if (s->processes[i].asked && s->processes[i].state != 'Z')
			stuck_way_by(way, s->processes[i].pid, 0);
}

void
stuck_does(struct stuck_task *task, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vsnprintf(task->does, sizeof(task->does), format, list);
	va_end(list);
}

void
stuck_ways_release(struct stuck_task *task)
{
	for (size_t i = 0; i < task->way_count; i++)
		free(task->ways[i].freers);
	free(task->ways);
	task->ways = NULL;
	task->way_count = 0;
}

/* 1,000,000 */
const char *
stuck_count(uint64_t number, char text[32])
{
	char digits[24];
	int n = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)number), at = 0;

	for (int i = 0; i < n; i++) {
		if (i && (n - i) % 3 == 0)
			text[at++] = ',';
		text[at++] = digits[i];
	}
	text[at] = '\0';
	return text;
}
