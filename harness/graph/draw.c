/* SPDX-License-Identifier: MIT */
/*
 * The process graph, built with libcgraph from the model.
 *
 * Only processes that stand for themselves or for their like siblings are drawn, and each
 * tells its own edges: who made it, reaped it, adopted it and killed it. What is folded
 * has the same to tell. Nothing here depends on a pid or a time, so one shape is one
 * picture, byte for byte.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "graph/draw.h"
#include "graph/words.h"

Agnode_t *
draw_node_of(struct drawing *drawing, const struct process *process)
{
	const struct process *drawn = drawing->folds[process->index].drawn;

	return agnode(drawing->run, (char *)drawn->path, 1);
}

Agraph_t *
draw_row(struct drawing *drawing)
{
	Agraph_t *row = agsubg(drawing->run, NULL, 1);

	theme_set(row, "rank", "same");
	return row;
}

Agedge_t *
draw_edge(struct drawing *drawing, Agnode_t *from, Agnode_t *to, enum sign sign, const char *label)
{
	char key[128];

	snprintf(key, sizeof(key), *label ? "%s %s" : "%s", theme_name(sign), label);
	Agedge_t *edge = agedge(drawing->run, from, to, key, 0);
	if (edge)
		return edge;
	edge = agedge(drawing->run, from, to, key, 1);
	theme_edge(drawing, edge, sign);
	if (*label)
		theme_set(edge, "label", label);
	return edge;
}

/* A pipe between a process and one of its children has a row of its own between theirs. */
static bool
has_pipe_below(const struct process *parent)
{
	for (const struct process *c = parent->first_child; c; c = c->next_sibling)
		for (const struct hold *hold = c->holds; hold; hold = hold->next)
			if (hold->used && !hold->spare && hold->from && hold->from->used)
				return true;
	return false;
}

static void
draw_forks(struct drawing *drawing, const struct process *parent)
{
	const char *rows = has_pipe_below(parent) ? "2" : "1";
	Agraph_t *row = NULL;
	Agnode_t *before = NULL;

	for (const struct process *c = parent->first_child; c; c = c->next_sibling) {
		if (drawing->folds[c->index].drawn != c)
			continue;
		Agnode_t *child = draw_node_of(drawing, c);
		Agedge_t *fork =
		    draw_edge(drawing, draw_node_of(drawing, parent), child, SIGN_FORK, "");
		theme_set(fork, "minlen", rows);
		theme_set(fork, "weight", "4");
		row = row ? row : draw_row(drawing);
		agsubnode(row, child, 1);
		if (before) /* siblings from left to right, as they were born */
			theme_set(agedge(row, before, child, "order", 1), "style", "invis");
		before = child;
	}
}

/* Drawn from above to below with its arrow turned round: a cycle would upset the ranks. */
static void
draw_reap(struct drawing *drawing, const struct process *process)
{
	if (process->reaping != REAP_WAIT)
		return;
	Agnode_t *reaper = draw_node_of(drawing, process->reaper);
	Agnode_t *child = draw_node_of(drawing, process);
	if (reaper == child)
		return;
	theme_set(draw_edge(drawing, reaper, child, SIGN_REAP, ""), "dir", "back");
}

static void
draw_adoption(struct drawing *drawing, const struct process *process)
{
	const struct adoption *adoption = process->last_adoption;

	if (!adoption || !adoption->to || !process->orphan)
		return;
	Agnode_t *adopter = draw_node_of(drawing, adoption->to);
	Agnode_t *child = draw_node_of(drawing, process);
	draw_edge(drawing, adopter, child, SIGN_ADOPT, "");
}

/*
 * What is written at a kill. The node of its victim may say it already; then it is left out
 * where lines run side by side from row to row. Over more rows a label keeps them apart.
 */
static void
print_kill(const struct kill *kill, char *label, size_t size)
{
	const struct process *victim = kill->to;
	char signal[32];

	words_signal(kill->signal, signal, sizeof(signal));
	if (kill->error)
		snprintf(label, size, "%s refused: %s", signal, strerrorname_np(kill->error));
	else if (kill == words_fatal(victim) && kill->from == victim->parent &&
		 !has_pipe_below(victim->parent))
		*label = '\0';
	else
		snprintf(label, size, "%s", signal);
}

static void
draw_kills(struct drawing *drawing, const struct process *process)
{
	for (const struct kill *kill = process->received; kill; kill = kill->next_received) {
		char label[80];
		Agnode_t *killer = draw_node_of(drawing, kill->from);
		Agnode_t *victim = draw_node_of(drawing, process);
		if (!kill->signal || kill->after || killer == victim)
			continue;
		print_kill(kill, label, sizeof(label));
		Agedge_t *edge = draw_edge(drawing, killer, victim, SIGN_KILL, label);
		if (kill->from->depth >= process->depth)
			theme_set(edge, "constraint", "false");
	}
}

static void
draw_process(struct drawing *drawing, const struct process *process)
{
	if (drawing->folds[process->index].drawn != process)
		return;
	theme_process(drawing, draw_node_of(drawing, process), process);
	draw_forks(drawing, process);
	draw_reap(drawing, process);
	draw_adoption(drawing, process);
	draw_kills(drawing, process);
}

Agraph_t *
draw(const struct graph *graph)
{
	struct fold *folds = fold_all(graph);
	struct drawing drawing = {.graph = graph, .folds = folds};

	if (!folds)
		return NULL;
	drawing.root = agopen("processes", Agdirected, NULL);
	theme_graph(&drawing);
	for (size_t i = 0; i < graph->size; i++)
		draw_process(&drawing, graph->processes[i]);
	int failed = draw_pipes(&drawing);
	theme_legend(&drawing);
	free(folds);
	if (!failed)
		return drawing.root;
	agclose(drawing.root);
	return NULL;
}
