/* SPDX-License-Identifier: MIT */
/*
 * The process graph as a tree for a terminal, with the pipes in a list below.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "graph/shape.h"
#include "graph/words.h"

struct page {
	FILE *out;
	bool colour;
	const struct graph *graph;
	const struct fold *folds;
};

static void
put(const struct page *page, enum tone tone, const char *text)
{
	static const char *const codes[] = {
	    [TONE_QUIET] = "2", [TONE_LOUD] = "33", [TONE_BAD] = "1;31"};

	if (page->colour && tone != TONE_PLAIN)
		fprintf(page->out, "\033[%sm%s\033[0m", codes[tone], text);
	else
		fputs(text, page->out);
}

static void
put_name(const struct page *page, const struct process *process)
{
	char name[2 * MODEL_TEXT];
	size_t times = page->folds[process->index].times;

	fold_name(page->folds, process, name, sizeof(name));
	fprintf(page->out, page->colour ? "\033[1m%s\033[0m" : "%s", name);
	if (times > 1)
		fprintf(page->out, " · %zu ×", times);
}

/* Commands are a chain, "sh -c x → ls"; the rest is set apart by dots. */
static void
put_facts(const struct page *page, const struct process *process)
{
	struct fact facts[WORDS_FACTS];
	size_t n = words_facts(process, facts);

	fputs("  ", page->out);
	for (size_t i = 0; i < n; i++) {
		if (i)
			put(page, TONE_QUIET, facts[i].about == ABOUT_COMMAND ? " → " : " · ");
		put(page, facts[i].tone, facts[i].text);
	}
	fputc('\n', page->out);
}

static const struct process *
next_drawn(const struct page *page, const struct process *child)
{
	while (child && page->folds[child->index].drawn != child)
		child = child->next_sibling;
	return child;
}

/* Depth is bounded by MODEL_DEPTH. */
static void
put_tree(const struct page *page, const struct process *process, const char *margin)
{
	const struct process *child = next_drawn(page, process->first_child), *next;

	put_name(page, process);
	put_facts(page, process);
	for (; child; child = next) {
		char deeper[5 * MODEL_DEPTH + 8];
		next = next_drawn(page, child->next_sibling);
		fprintf(page->out, " %s%s", margin, next ? "├─ " : "└─ ");
		snprintf(deeper, sizeof(deeper), "%s%s", margin, next ? "│  " : "   ");
		put_tree(page, child, deeper);
	}
}

/* --- pipes ------------------------------------------------------------------------------------ */

/* The processes with these ends, at most a few. Returns how many there are. */
static size_t
put_users(const struct page *page, const struct pipe *pipe, unsigned ends)
{
	enum { MOST = 4 };
	size_t n = 0;

	for (size_t i = 0; i < page->graph->size; i++) {
		const struct hold *hold = model_hold(page->graph->processes[i], pipe);
		if (!hold || hold->spare || hold->used != ends)
			continue;
		if (n++ < MOST)
			fprintf(
			    page->out, "%s%s", n > 1 ? ", " : "", page->graph->processes[i]->path);
	}
	if (n > MOST)
		fprintf(page->out, " and %zu more", n - MOST);
	if (n == 0)
		fputs("nobody", page->out);
	return n;
}

static bool
has_user(const struct page *page, const struct pipe *pipe, unsigned ends)
{
	for (size_t i = 0; i < page->graph->size; i++) {
		const struct hold *hold = model_hold(page->graph->processes[i], pipe);
		if (hold && !hold->spare && hold->used == ends)
			return true;
	}
	return false;
}

static void
put_pipe(const struct page *page, const struct pipe *pipe)
{
	fprintf(page->out, "   %-7s ", pipe->name);
	put_users(page, pipe, END_W);
	fputs(pipe->pair ? " ↔ " : " → ", page->out);
	put_users(page, pipe, END_R);
	if (has_user(page, pipe, END_BOTH)) {
		put(page, TONE_LOUD, " · both ends in ");
		put_users(page, pipe, END_BOTH);
	}
	fputc('\n', page->out);
}

static void
put_pipes(const struct page *page)
{
	enum { MOST = 12 };
	size_t n = 0;

	for (const struct pipe *pipe = page->graph->pipes; pipe && n < MOST; pipe = pipe->next) {
		if (n++ == 0)
			fputs(" pipes, from who writes to who reads\n", page->out);
		put_pipe(page, pipe);
	}
	if (page->graph->npipes > n)
		fprintf(page->out, "   and %zu more\n", page->graph->npipes - n);
}

/* --- the end ---------------------------------------------------------------------------------- */

static void
put_names(const struct page *page)
{
	enum { MOST = 8 };
	char text[256];
	size_t n = 0;

	for (const struct name *name = page->graph->names; name && n < MOST; name = name->next) {
		words_plain(name->path, 60, text, sizeof(text));
		put(page, TONE_BAD, n++ ? ", " : " left behind: ");
		fputs(text, page->out);
	}
	if (page->graph->nnames > n)
		fprintf(page->out, " and %zu more", page->graph->nnames - n);
	if (n)
		fputc('\n', page->out);
}

static void
put_sum(const struct page *page)
{
	const struct graph *graph = page->graph;
	char text[128];

	snprintf(text, sizeof(text), " %zu process%s, at most %zu alive at once\n", graph->size,
	    graph->size == 1 ? "" : "es", graph->most_alive);
	put(page, TONE_QUIET, text);
	if (!strcmp(graph->level, "none"))
		put(page, TONE_LOUD, " only the root was seen: there was no tracing\n");
	if (graph->lost)
		fprintf(page->out, " %ld events were lost\n", graph->lost);
	if (graph->cut)
		fprintf(page->out, " too large: read up to line %zu only\n", graph->cut);
	else if (!graph->complete)
		put(page, TONE_LOUD, " the log has no end: it was cut short\n");
}

int
graph_write_text(const struct graph *graph, FILE *out, bool colour)
{
	struct page page = {out, colour, graph, fold_all(graph)};

	if (!page.folds)
		return -ENOMEM;
	fputc(' ', out);
	put_tree(&page, graph->processes[0], "");
	put_pipes(&page);
	put_names(&page);
	put_sum(&page);
	free((void *)page.folds);
	return ferror(out) ? -EIO : 0;
}
