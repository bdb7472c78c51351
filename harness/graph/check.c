/* SPDX-License-Identifier: MIT */
/*
 * Sentences about a run, true or not. docs/graph-model.md says what each one means.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "graph/words.h"

struct question {
	const struct graph *graph;
	size_t number; /* the N of the sentence */
	char *why;
	size_t size;
};

__attribute__((format(printf, 2, 3))) static int
no(const struct question *question, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(question->why, question->size, format, arguments);
	va_end(arguments);
	return 0;
}

/* Visit every process but the root, or every process; p is it. */
#define EACH_PROCESS(p, graph)                                                                     \
	for (size_t at_ = 0; at_ < (graph)->size; at_++)                                           \
		for (const struct process *p = (graph)->processes[at_]; p; p = NULL)

static int
reaped_by_parent(const struct question *q)
{
	EACH_PROCESS(p, q->graph)
	{
		if (!p->parent || (p->reaping == REAP_WAIT && p->reaper == p->parent))
			continue;
		if (p->reaping == REAP_IGNORED)
			return no(q, "%s was never waited for: %s ignores SIGCHLD", p->path,
			    p->parent->path);
		if (p->reaping)
			return no(q, "%s was reaped by %s, not by its parent %s", p->path,
			    p->reaper->path, p->parent->path);
		if (p->orphan)
			return no(q, "%s outlived its parent %s, which never reaped it", p->path,
			    p->parent->path);
		return no(q, "%s was never reaped by its parent %s", p->path, p->parent->path);
	}
	return 1;
}

static int
no_zombie(const struct question *q)
{
	EACH_PROCESS(p, q->graph)
	{
		char ending[64];
		words_ending(p, ending, sizeof(ending));
		if (p->zombie)
			return no(q, "%s (%s) was never reaped while its parent %s lived", p->path,
			    ending, p->parent->path);
	}
	return 1;
}

static int
no_orphan(const struct question *q)
{
	EACH_PROCESS(p, q->graph)
	if (p->orphan)
		return no(q, "%s outlived its parent %s", p->path, p->parent->path);
	return 1;
}

static int
at_most_alive(const struct question *q)
{
	if (q->graph->most_alive <= q->number)
		return 1;
	return no(q, "%zu processes were alive at once when %s was born", q->graph->most_alive,
	    q->graph->most_alive_when->path);
}

static int
exactly_processes(const struct question *q)
{
	if (q->graph->size == q->number)
		return 1;
	return no(q, "the run had %zu process%s", q->graph->size, q->graph->size == 1 ? "" : "es");
}

static int
no_late_kill(const struct question *q)
{
	EACH_PROCESS(p, q->graph)
	for (const struct kill *kill = p->sent; kill; kill = kill->next_sent) {
		char signal[32];
		if (kill->after)
			return no(q, "%s sent %s to %s after %s had been reaped", p->path,
			    kill->signal ? words_signal(kill->signal, signal, sizeof(signal))
					 : "signal 0",
			    kill->after->path, kill->after->path);
	}
	return 1;
}

static int
no_leak(const struct question *q)
{
	EACH_PROCESS(p, q->graph)
	for (const struct hold *hold = p->holds; hold; hold = hold->next)
		if (hold->leaked)
			return no(q, "%s kept both ends of %s", p->path, hold->pipe->name);
	return 1;
}

static int
nothing_left(const struct question *q)
{
	char name[256];

	EACH_PROCESS(p, q->graph)
	if (p->left)
		return no(q, "%s was still alive when P had ended", p->path);
	if (!q->graph->names)
		return 1;
	words_plain(q->graph->names->path, 60, name, sizeof(name));
	return no(q, "%s was made and never unlinked", name);
}

static const struct {
	const char *before, *after; /* around a number; after NULL: there is none */
	int (*ask)(const struct question *question);
} sentences[] = {
    {"every child reaped by its parent", NULL, reaped_by_parent},
    {"no zombie", NULL, no_zombie},
    {"no orphan", NULL, no_orphan},
    {"at most ", " alive", at_most_alive},
    {"exactly ", " processes", exactly_processes},
    {"no kill after reap", NULL, no_late_kill},
    {"no descriptor leaked", NULL, no_leak},
    {"nothing left", NULL, nothing_left},
};

/* Does the sentence read: before, a number, after? */
static bool
matches(const char *sentence, const char *before, const char *after, size_t *number)
{
	size_t n = strlen(before);
	char *end;

	if (!after)
		return !strcmp(sentence, before);
	if (strncmp(sentence, before, n) || sentence[n] < '0' || sentence[n] > '9')
		return false;
	*number = strtoul(sentence + n, &end, 10);
	return !strcmp(end, after) ||
	       (*number == 1 && !strcmp(after, " processes") && !strcmp(end, " process"));
}

int
graph_check(const struct graph *graph, const char *sentence, char *why, size_t size)
{
	struct question question = {graph, 0, why, size};

	for (size_t i = 0; i < sizeof(sentences) / sizeof(*sentences); i++)
		if (matches(sentence, sentences[i].before, sentences[i].after, &question.number))
			return sentences[i].ask(&question);
	return -1;
}
