/* SPDX-License-Identifier: MIT */
/*
 * The process graph as a Mermaid flowchart, for Markdown.
 *
 * Nodes are n0, n1, ... and all text stands between double quotes, where every character
 * that Mermaid, Markdown or HTML could take for its own is written as its number (#35;).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "graph/uses.h"
#include "graph/words.h"

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Not "1. " nor "- ", which are lists, nor the word "end", which ends a block. */
static bool
is_plain(const char *text, const char *at)
{
	bool inside = at > text && is_alnum(at[-1]);

	if (!strncmp(at, "end", 3) && !inside && !is_alnum(at[3]))
		return false;
	if (*at == '.' || *at == '-')
		return inside && is_alnum(at[1]);
	return is_alnum(*at) || *at == ' ' || *at == ',' || *at == '/' ||
	       (unsigned char)*at >= 0x80;
}

static void
put(FILE *out, const char *text)
{
	for (const char *at = text; *at; at++)
		fprintf(out, is_plain(text, at) ? "%c" : "#%d;", *at);
}

static void
put_process(FILE *out, const struct fold *folds, const struct process *process)
{
	struct fact facts[WORDS_FACTS];
	size_t n = words_facts(process, facts), times = folds[process->index].times;
	char name[2 * MODEL_TEXT];

	fold_name(folds, process, name, sizeof(name));
	fprintf(out, "\tn%zu[\"", process->index);
	put(out, name);
	if (times > 1)
		fprintf(out, " · %zu ×", times);
	for (size_t i = 0; i < n; i++) {
		if (facts[i].about == ABOUT_REAP && facts[i].tone == TONE_QUIET)
			continue; /* an arrow says it */
		fputs("<br/>", out);
		put(out, facts[i].text);
	}
	if (folds[process->index].below)
		fprintf(out, "<br/>… and %zu more below", folds[process->index].below);
	fprintf(out, "\"]%s\n",
	    process->zombie		    ? ":::zombie"
	    : process->orphan		    ? ":::orphan"
	    : process->ending == END_SIGNAL ? ":::killed"
					    : "");
}

static size_t
drawn(const struct fold *folds, const struct process *process)
{
	return folds[process->index].drawn->index;
}

static void
put_edges(FILE *out, const struct fold *folds, const struct process *p)
{
	size_t me = p->index;
	char signal[32];

	if (p->parent)
		fprintf(out, "\tn%zu --> n%zu\n", drawn(folds, p->parent), me);
	if (p->reaping == REAP_WAIT)
		fprintf(out, "\tn%zu -. reaped .-> n%zu\n", me, drawn(folds, p->reaper));
	if (p->orphan && p->last_adoption && p->last_adoption->to)
		fprintf(out, "\tn%zu -. adopts .-> n%zu\n", drawn(folds, p->last_adoption->to), me);
	for (const struct kill *kill = p->received; kill; kill = kill->next_received)
		if (kill->signal && kill->from != p && !kill->after && !kill->error)
			fprintf(out, "\tn%zu == \"%s\" ==> n%zu\n", drawn(folds, kill->from),
			    words_signal(kill->signal, signal, sizeof(signal)), me);
}

static void
put_pipe(FILE *out, const struct pipe *pipe, const struct uses *uses, const struct fold *folds)
{
	if (!uses->first || uses->folded)
		return;
	fprintf(out, uses->times > 1 ? "\tp%zu([\"%s · %zu ×\"])\n" : "\tp%zu([\"%s\"])\n",
	    pipe->number, pipe->name, uses->times);
	for (const struct use *use = uses->first; use; use = use->next) {
		size_t i = use->process->index;
		if (folds[i].drawn != use->process)
			continue;
		if (pipe->pair || use->hold->used == END_BOTH)
			fprintf(out, "\tn%zu <--> p%zu\n", i, pipe->number);
		else if (use->hold->used == END_W)
			fprintf(out, "\tn%zu --> p%zu\n", i, pipe->number);
		else
			fprintf(out, "\tp%zu --> n%zu\n", pipe->number, i);
	}
}

int
graph_write_mermaid(const struct graph *graph, FILE *out)
{
	struct fold *folds = fold_all(graph);
	struct all_uses all;

	if (!folds || uses_open(&all, graph, folds)) {
		free(folds);
		return -ENOMEM;
	}
	fputs("flowchart TD\n", out);
	for (size_t i = 0; i < graph->size; i++)
		if (folds[i].drawn->index == i)
			put_process(out, folds, graph->processes[i]);
	for (size_t i = 0; i < graph->size; i++)
		if (folds[i].drawn->index == i)
			put_edges(out, folds, graph->processes[i]);
	for (const struct pipe *pipe = graph->pipes; pipe; pipe = pipe->next)
		put_pipe(out, pipe, &all.of[pipe->number], folds);
	fputs("\tclassDef zombie stroke:#c0181f,stroke-dasharray:4 3,fill:#fbe9e8\n"
	      "\tclassDef orphan fill:#dfe3e8\n"
	      "\tclassDef killed stroke:#c0181f\n",
	    out);
	uses_close(&all);
	free(folds);
	return ferror(out) ? -EIO : 0;
}
