/* SPDX-License-Identifier: MIT */
/*
 * Findings: what a run left behind, and what the kernel saw of it.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grade/findings.h"

static bool
is_owed(const char *owes, const char *kind)
{
	return owes && strstr(owes, kind);
}

static void
find(json_t *findings, const char *owes, const char *kind, const char *format, const char *what)
{
	if (!is_owed(owes, kind))
		json_array_append_new(findings,
		    json_pack("{s:s,s:o}", "kind", kind, "text", text_format(format, what)));
}

/* One finding a line of the audit's list. */
static void
find_lines(
    json_t *findings, const char *owes, const char *kind, const char *format, const char *lines)
{
	char *copy = strdup(lines), *rest = copy, *line;

	while (rest && (line = strsep(&rest, "\n")))
		if (*line)
			find(findings, owes, kind, format, line);
	free(copy);
}

static void
ask_graph(json_t *findings, const char *owes, const struct graph *graph, const char *kind,
    const char *sentence)
{
	char why[256];

	if (graph && graph_check(graph, sentence, why, sizeof(why)) == 0)
		find(findings, owes, kind, "%s", why);
}

void
findings_left(json_t *findings, const char *owes, const struct run *run, const struct graph *graph)
{
	const struct channel *c = run->channel;
	bool traced = run->outcome->trace.level == TRACE_PTRACE;

	if (traced) {
		ask_graph(findings, owes, graph, "zombie", "no zombie");
		ask_graph(findings, owes, graph, "orphan", "nothing left");
	} else if (run->outcome->trace.left && !is_owed(owes, "orphan")) {
		json_array_append_new(findings,
		    json_pack("{s:s,s:o}", "kind", "orphan", "text",
			text_format("%zu processes outlived the row", run->outcome->trace.left)));
	}
	if (c->descriptors > 0 && !is_owed(owes, "descriptor"))
		json_array_append_new(findings,
		    json_pack("{s:s,s:o}", "kind", "descriptor", "text",
			text_format("%d more open at the end than at the start; the first is %.*s",
			    c->descriptors, (int)strnlen(c->descriptor, sizeof(c->descriptor)),
			    c->descriptor)));
	find_lines(
	    findings, owes, "shared memory", "%s was never unlinked", run->outcome->left_shm);
	find_lines(findings, owes, "temporary file", "%s was left in the working directory",
	    run->outcome->left_file);
}

void
findings_graph(json_t *findings, const char *sentences, const struct graph *graph)
{
	char *copy = strdup(sentences), *rest = copy, *sentence, why[256];

	while (rest && (sentence = strsep(&rest, ";"))) {
		sentence += strspn(sentence, " ");
		int holds = graph_check(graph, sentence, why, sizeof(why));
		if (holds == 1)
			continue;
		json_array_append_new(findings,
		    json_pack("{s:s,s:o}", "kind", "graph", "text",
			holds ? text_format("the harness has no such sentence: %s", sentence)
			      : text_format("expected: %s; but %s", sentence, why)));
	}
	free(copy);
}

/* A process that was alive at the deadline, as the log knows it. */
struct known {
	pid_t pid;
	char name[64]; /* its fork path; "pid 7" if it is not there */
	bool stopped;  /* /proc cannot tell: all that is traced looks stopped there */
};

static void
learn(struct known *known, const json_t *event)
{
	const char *kind = json_string_value(json_object_get(event, "event"));
	const char *who = json_string_value(json_object_get(event, "child"));

	who = who ? who : json_string_value(json_object_get(event, "who"));
	if (!kind || !who)
		return;
	if ((!strcmp(kind, "fork") || !strcmp(kind, "start")) &&
	    json_integer_value(json_object_get(event, "pid")) == known->pid)
		snprintf(known->name, sizeof(known->name), "%.63s", who);
	else if (!strcmp(kind, "stop") && !strcmp(who, known->name))
		known->stopped = true;
	else if (!strcmp(kind, "continue") && !strcmp(who, known->name))
		known->stopped = false;
}

static struct known
look_up(const struct run *run, const struct run_place *place)
{
	struct known known = {.pid = place->pid, .stopped = place->state == 'T'};
	char *line = NULL;
	size_t room = 0;
	FILE *log = fopen(run->log, "re");

	snprintf(known.name, sizeof(known.name), "pid %d", place->pid);
	while (log && getline(&line, &room, log) > 0) {
		json_t *event = json_loads(line, 0, NULL);
		learn(&known, event);
		json_decref(event);
	}
	free(line);
	if (log)
		fclose(log);
	return known;
}

json_t *
findings_where(const struct run *run)
{
	char text[2048];
	const struct run_outcome *o = run->outcome;
	const struct channel *c = run->channel;
	int n = snprintf(text, sizeof(text), "not done after %.1f s (%.1f s of an idle machine)",
	    o->seconds, run->seconds);

	if (*c->step)
		n += snprintf(text + n, sizeof(text) - (size_t)n, ", at: %.200s", c->step);
	for (size_t i = 0; i < o->place_count && n < (int)sizeof(text) - 128; i++) {
		const struct run_place *p = &o->places[i];
		struct known known = look_up(run, p);
		bool waits = p->state != 'Z' && !known.stopped && *p->call;
		n += snprintf(text + n, sizeof(text) - (size_t)n, "; %s %s%s", known.name,
		    p->state == 'Z' ? "is a zombie"
		    : known.stopped ? "is stopped"
		    : waits	    ? "waits in "
				    : "runs",
		    waits ? p->call : "");
	}
	return text_json(text, (size_t)n);
}
