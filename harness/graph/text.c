/* SPDX-License-Identifier: MIT */
/*
 * The process graph as a tree for a terminal, with the pipes in a list below.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "graph/uses.h"
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

/* Of a folded parent's children no number would be true. */
static const char *
said(const struct page *page, const struct process *process, const struct fact *fact)
{
	bool many = process->parent && page->folds[process->parent->index].times > 1;

	return many && fact->about == ABOUT_REAP && fact->tone == TONE_QUIET
		   ? "reaped by its parent"
		   : fact->text;
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
		put(page, facts[i].tone, said(page, process, &facts[i]));
	}
	if (page->folds[process->index].below)
		fprintf(page->out, " · and %zu more below", page->folds[process->index].below);
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

/* The processes with these ends, at most a few; of folded ones, those that stand for all. */
static void
put_users(const struct page *page, const struct uses *uses, unsigned ends)
{
	enum { MOST = 4 };
	size_t n = 0;
	char name[2 * MODEL_TEXT];

	for (const struct use *use = uses->first; use; use = use->next) {
		if (use->hold->used != ends ||
		    page->folds[use->process->index].drawn != use->process)
			continue;
		fold_name(page->folds, use->process, name, sizeof(name));
		if (n++ < MOST)
			fprintf(page->out, "%s%s", n > 1 ? ", " : "", name);
	}
	if (n > MOST)
		fprintf(page->out, " and %zu more", n - MOST);
	if (n == 0)
		fputs("nobody", page->out);
}

static void
put_pipe(const struct page *page, const struct pipe *pipe, const struct uses *uses)
{
	bool both = false;
	char name[64];

	for (const struct use *use = uses->first; use; use = use->next)
		both |= use->hold->used == END_BOTH;
	snprintf(
	    name, sizeof(name), uses->times > 1 ? "%s · %zu ×" : "%s", pipe->name, uses->times);
	fprintf(page->out, "   %-7s  ", name);
	put_users(page, uses, END_W);
	fputs(pipe->pair ? " ↔ " : " → ", page->out);
	put_users(page, uses, END_R);
	if (both) {
		put(page, TONE_LOUD, " · both ends in ");
		put_users(page, uses, END_BOTH);
	}
	if (uses->spares && uses->times == 1) {
		put(page, TONE_LOUD, pipe->pair ? " · an end also in " : " · w also in ");
		fprintf(page->out, uses->spares > 1 ? "%s and %zu more" : "%s", uses->spare->path,
		    uses->spares - 1);
	}
	fputc('\n', page->out);
}

static int
put_pipes(const struct page *page)
{
	enum { MOST = 12 };
	struct all_uses all;
	size_t n = 0;

	if (uses_open(&all, page->graph, page->folds))
		return -ENOMEM;
	for (const struct pipe *pipe = page->graph->pipes; pipe; pipe = pipe->next) {
		const struct uses *uses = &all.of[pipe->number];
		if (uses->folded || !uses->first)
			continue;
		if (n == 0)
			fputs(" pipes, from who writes to who reads\n", page->out);
		if (n++ < MOST)
			put_pipe(page, pipe, uses);
	}
	if (n > MOST)
		fprintf(page->out, "   and %zu more\n", n - MOST);
	uses_close(&all);
	return 0;
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

	snprintf(text, sizeof(text), " %zu process%s, at most %zu alive at once", graph->size,
	    graph->size == 1 ? "" : "es", graph->most_alive);
	put(page, TONE_QUIET, text);
	fputc('\n', page->out);
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
	struct fold *folds = fold_all(graph);
	struct page page = {out, colour, graph, folds};

	if (!folds)
		return -ENOMEM;
	fputc(' ', out);
	put_tree(&page, graph->processes[0], "");
	int error = put_pipes(&page);
	put_names(&page);
	put_sum(&page);
	free(folds);
	return ferror(out) ? -EIO : error;
}
