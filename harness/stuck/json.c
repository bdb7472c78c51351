/* SPDX-License-Identifier: MIT */
/*
 * A look as JSON: docs/stuck.md says what the fields mean.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stuck/look.h"

struct writer {
	const struct stuck *s;
	stuck_namer *namer;
	void *context;
};

/* Names come from processes: what is not UTF-8 must not end in nothing at all. */
static json_t *
text(const char *words)
{
	json_t *json = json_string(words);
	char *copy = json ? NULL : strdup(words);

	for (char *at = copy; at && *at; at++)
		if ((unsigned char)*at > 0x7e)
			*at = '?';
	json = json ? json : json_string(copy);
	free(copy);
	return json;
}

static json_t *
freer(const struct writer *w, const struct stuck_freer *who)
{
	const struct stuck_process *p = stuck_find(w->s, who->pid);
	char name[STUCK_NAME];
	bool stuck = p && p->looked && (!who->tid || p->count);

	if (w->namer)
		w->namer(who->pid, name, sizeof(name), w->context);
	else
		snprintf(name, sizeof(name), "%s[%d]", p ? p->name : "pid", who->pid);
	for (size_t i = 0; stuck && i < p->count; i++)
		if (!who->tid || w->s->tasks[p->first + i].tid == who->tid)
			stuck = w->s->tasks[p->first + i].stuck;
	return json_pack("{s:o,s:i,s:o,s:b}", "name", text(name), "pid", who->pid, "tid",
	    who->tid ? json_integer(who->tid) : json_null(), "stuck", stuck);
}

static json_t *
way(const struct writer *w, const struct stuck_task *task, const struct stuck_way *from)
{
	static const char *const needs[] = {"outside", "any", "all"};
	char words[512];
	json_t *by = json_array();

	for (size_t i = 0; i < from->count; i++)
		json_array_append_new(by, freer(w, &from->freers[i]));
	stuck_way_words(w->s, task, from, w->namer, w->context, words, sizeof(words));
	return json_pack("{s:s,s:o,s:o,s:s,s:o,s:b,s:b}", "kind", from->kind ? from->kind : "?",
	    "what", text(words), "object", *from->object ? text(from->object) : json_null(), "need",
	    needs[from->need], "by", by, "gone", from->gone, "unseen", from->unseen);
}

static json_t *
task_json(const struct writer *w, const struct stuck_task *task)
{
	char name[STUCK_NAME], state[2] = {task->state, '\0'};
	char *sentence = stuck_sentence(w->s, task, w->namer, w->context);
	json_t *ways = json_array();

	for (size_t i = 0; i < task->way_count; i++)
		json_array_append_new(ways, way(w, task, &task->ways[i]));
	stuck_task_name(w->s, task, w->namer, w->context, name);
	json_t *json = json_pack("{s:o,s:i,s:i,s:o,s:s,s:b,s:b,s:b,s:o,s:o,s:o}", "name",
	    text(name), "pid", task->process->pid, "tid", task->tid, "command", text(task->name),
	    "state", state, "stuck", task->stuck, "knot", task->knot, "asked", task->process->asked,
	    "does", text(task->does), "sentence", text(sentence ? sentence : name), "ways", ways);
	free(sentence);
	return json;
}

json_t *
stuck_json(const struct stuck *s, bool deadlock_only, stuck_namer *namer, void *context)
{
	static const char *const answers[] = {
	    [STUCK_NOTHING] = "nothing", [STUCK_DEADLOCK] = "deadlock", [STUCK_UNSEEN] = "unseen"};
	struct writer w = {s, namer, context};
	json_t *tasks = json_array(), *unseen = json_array();

	for (size_t i = 0; i < s->task_count; i++)
		if (s->tasks[i].stuck || (!deadlock_only && s->tasks[i].process->asked))
			json_array_append_new(tasks, task_json(&w, &s->tasks[i]));
	for (size_t i = 0; i < s->task_count; i++)
		if (!deadlock_only && s->tasks[i].perhaps && !s->tasks[i].stuck) {
			char *words = stuck_sentence(s, &s->tasks[i], namer, context);
			json_array_append_new(unseen, text(words ? words : "?"));
			free(words);
		}
	return json_pack("{s:s,s:i,s:s,s:o,s:o}", "procsmith", "stuck", "version", 1, "answer",
	    answers[stuck_answer(s)], "tasks", tasks, "unseen", unseen);
}
