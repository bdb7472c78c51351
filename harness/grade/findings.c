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
find_lines(json_t *findings, const char *owes, const char *kind, const char *format,
    const char *lines)
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
	find_lines(findings, owes, "shared memory", "%s was never unlinked", run->outcome->left_shm);
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

/* The fork path of a pid, from the log; the pid itself if it is not there. */
static void
name_of(const struct run *run, pid_t pid, char *name, size_t size)
{
	char *line = NULL;
	size_t room = 0;
	FILE *log = fopen(run->log, "re");

	snprintf(name, size, "pid %d", pid);
	while (log && getline(&line, &room, log) > 0) {
		if (!strstr(line, "\"fork\"") && !strstr(line, "\"start\""))
			continue;
		json_t *event = json_loads(line, 0, NULL);
		const char *who = json_string_value(json_object_get(event, "child"));
		if (!who)
			who = json_string_value(json_object_get(event, "who"));
		if (who && json_integer_value(json_object_get(event, "pid")) == pid)
			snprintf(name, size, "%s", who);
		json_decref(event);
	}
	free(line);
	if (log)
		fclose(log);
}

json_t *
findings_where(const struct run *run)
{
	char text[1024], name[64];
	const struct run_outcome *o = run->outcome;
	const struct channel *c = run->channel;
	int n = snprintf(text, sizeof(text), "not done after %.1f s (%.1f s of an idle machine)",
	    o->seconds, run->seconds);

	if (*c->step)
		n += snprintf(text + n, sizeof(text) - (size_t)n, ", at: %.200s", c->step);
	for (size_t i = 0; i < o->place_count && n < (int)sizeof(text) - 128; i++) {
		const struct run_place *p = &o->places[i];
		name_of(run, p->pid, name, sizeof(name));
		n += snprintf(text + n, sizeof(text) - (size_t)n, "; %s %s%s", name,
		    p->state == 'Z'   ? "is a zombie"
			: p->state == 'T' ? "is stopped"
			: *p->call	      ? "waits in "
					      : "runs",
		    p->state == 'Z' || p->state == 'T' ? "" : p->call);
	}
	return text_json(text, (size_t)n);
}
