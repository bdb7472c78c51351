/* SPDX-License-Identifier: MIT */
/*
 * A wait in one sentence: "P.1 writes 1,000,000 bytes to a pipe that is full; only P reads it".
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stuck/look.h"

enum { NAMES = 6 };

struct speaker {
	const struct stuck *s;
	const struct stuck_task *task; /* whose wait it is */
	stuck_namer *namer;
	void *context;
};

static void
name_process(const struct speaker *speaker, pid_t pid, char *name, size_t size)
{
	const struct stuck_process *p = stuck_find(speaker->s, pid);

	if (speaker->namer)
		speaker->namer(pid, name, size, speaker->context);
	else
		snprintf(name, size, "%s[%d]", p ? p->name : "pid", pid);
	for (char *at = name; *at; at++) /* a process names itself */
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			*at = '?';
}

void
stuck_task_name(const struct stuck *s, const struct stuck_task *task, stuck_namer *namer,
    void *context, char name[STUCK_NAME])
{
	struct speaker speaker = {s, task, namer, context};

	name_process(&speaker, task->process->pid, name, STUCK_NAME - 24);
	size_t n = strlen(name);
	if (task->process->count > 1 && !strncmp(task->name, "mp-", 3)) /* the library's own */
		snprintf(name + n, STUCK_NAME - n, "'s %s", task->name + 3);
	else if (task->process->count > 1)
		snprintf(name + n, STUCK_NAME - n, "'s thread %u", task->ordinal);
}

static const struct stuck_task *
task_of(const struct stuck *s, const struct stuck_freer *freer)
{
	const struct stuck_process *p = stuck_find(s, freer->pid);

	for (size_t i = 0; p && p->looked && i < p->count; i++)
		if (s->tasks[p->first + i].tid == freer->tid)
			return &s->tasks[p->first + i];
	return NULL;
}

/* itself: what it is called when it frees itself. */
static void
name_freer(const struct speaker *speaker, const struct stuck_freer *freer, const char *itself,
    char name[STUCK_NAME])
{
	const struct stuck_task *me = speaker->task, *other = task_of(speaker->s, freer);
	bool alone = me->process->count == 1;

	if (freer->pid == me->process->pid && (freer->tid ? freer->tid == me->tid : alone))
		snprintf(name, STUCK_NAME, "%s", itself);
	else if (freer->pid == me->process->pid && !freer->tid)
		snprintf(name, STUCK_NAME, "its own process");
	else if (other)
		stuck_task_name(speaker->s, other, speaker->namer, speaker->context, name);
	else
		name_process(speaker, freer->pid, name, STUCK_NAME);
}

static void
list(FILE *out, const struct speaker *speaker, const struct stuck_way *way, const char *itself)
{
	char name[STUCK_NAME];
	size_t shown = way->count <= NAMES ? way->count : NAMES - 1;

	for (size_t i = 0; i < shown; i++) {
		name_freer(speaker, &way->freers[i], itself, name);
		fprintf(out, "%s%s",
		    i == 0				    ? ""
		    : i + 1 == shown && shown == way->count ? " and "
							    : ", ",
		    name);
	}
	if (shown < way->count)
		fprintf(out, " and %zu more", way->count - shown);
}

static void
put_name(FILE *out, const struct speaker *speaker, const struct stuck_freer *freer)
{
	char name[STUCK_NAME];

	name_freer(speaker, freer, "it itself", name);
	fputs(name, out);
}

static void
put_noun(FILE *out, const struct speaker *speaker, const struct stuck_way *way)
{
	for (const char *at = way->noun; *at; at++)
		if (*at == '@' && !way->count)
			fputs(way->unseen ? "somebody who may not be seen" : "nobody", out);
		else if (*at == '@')
			list(out, speaker, way, "itself");
		else if (*at == '#')
			put_name(out, speaker, &way->holder);
		else
			fputc(*at, out);
}

/* A reader that would see the end of the file, if it had not kept an end to write to it. */
static bool
keeps_its_own_end(const struct speaker *speaker, const struct stuck_way *way)
{
	return !strcmp(way->kind, "pipe") && !strncmp(way->one, "writes", 6) && way->count == 1 &&
	       way->freers[0].pid == speaker->task->process->pid;
}

/* "only P reads it" */
static void
put_who(FILE *out, const struct speaker *speaker, const struct stuck_way *way)
{
	if (!way->count) {
		fputs(way->unseen ? "who could end that may not be seen" : "nobody ", out);
		fputs(way->unseen ? "" : way->one, out);
		return;
	}
	fputs("only ", out);
	list(out, speaker, way, "it itself");
	fprintf(out, " %s", way->count == 1 ? way->one : way->many);
	if (way->unseen)
		fputs(", and perhaps some that may not be seen", out);
	if (keeps_its_own_end(speaker, way))
		fputs(
		    ": it has the last writing end open, so the end of the file never comes", out);
}

/* All of it as text; NULL: no memory. The caller frees. */
char *
stuck_sentence(
    const struct stuck *s, const struct stuck_task *task, stuck_namer *namer, void *context)
{
	struct speaker speaker = {s, task, namer, context};
	char *text = NULL, name[STUCK_NAME];
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	stuck_task_name(s, task, namer, context, name);
	fprintf(out, "%s %s", name, task->does);
	for (size_t i = 0; i < task->way_count; i++) {
		const struct stuck_way *way = &task->ways[i];
		bool who = way->one && way->need != STUCK_OUTSIDE, several = task->way_count > 1;
		fputs(!*way->noun ? "" : i ? ", or " : " ", out);
		put_noun(out, &speaker, way);
		if (who) {
			fputs(several ? " (" : "; ", out);
			put_who(out, &speaker, way);
			fputs(several ? ")" : "", out);
		}
	}
	return fclose(out) ? free(text), NULL : text;
}

void
stuck_way_words(const struct stuck *s, const struct stuck_task *task, const struct stuck_way *way,
    stuck_namer *namer, void *context, char *text, size_t size)
{
	struct speaker speaker = {s, task, namer, context};
	FILE *out = fmemopen(text, size, "w");

	*text = '\0';
	if (!out)
		return;
	put_noun(out, &speaker, way);
	fclose(out);
	text[size - 1] = '\0';
}
