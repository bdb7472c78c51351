/* SPDX-License-Identifier: MIT */
/*
 * The pipes of the process graph: an ellipse each, an arrow from who writes and to who
 * reads, and a thick one both ways to who kept both ends.
 *
 * A pipe between parent and child stands between their rows, one between siblings in
 * theirs. A pipe of a folded process stands for those of its siblings.
 */
#define _GNU_SOURCE
#include <stdio.h>

#include "graph/draw.h"
#include "graph/uses.h"

static Agnode_t *
draw_pipe_node(struct drawing *drawing, const struct pipe *pipe, const struct uses *uses)
{
	Agnode_t *node = agnode(drawing->run, (char *)pipe->name, 1);
	size_t n = uses->times;
	char name[64], note[96] = "";

	snprintf(name, sizeof(name), n > 1 ? "%s · %zu ×" : "%s", pipe->name, n);
	if (uses->spares && n == 1) {
		const char *end = pipe->pair ? "an end" : "w";
		if (uses->spares == 1)
			snprintf(note, sizeof(note), "%s also in %.60s", end, uses->spare->path);
		else
			snprintf(note, sizeof(note), "%s also in %zu others", end, uses->spares);
	}
	theme_pipe(drawing, node, name, note);
	return node;
}

/* From above to below in the picture, whichever way the bytes go. */
static void
draw_end(struct drawing *drawing, Agnode_t *pipe, const struct use *use, bool above, bool pair)
{
	unsigned ends = use->hold->used;
	Agnode_t *process = draw_node_of(drawing, use->process);
	enum sign sign = ends == END_BOTH ? SIGN_BOTH : SIGN_PIPE;
	Agedge_t *edge = above ? draw_edge(drawing, process, pipe, sign, "")
			       : draw_edge(drawing, pipe, process, sign, "");

	if (pair || ends == END_BOTH)
		theme_set(edge, "dir", "both");
	else if (above == (ends == END_R))
		theme_set(edge, "dir", "back");
}

static void
level(const struct drawing *drawing, const struct uses *uses, size_t *top, size_t *bottom)
{
	*top = SIZE_MAX;
	*bottom = 0;
	for (const struct use *use = uses->first; use; use = use->next) {
		if (drawing->folds[use->process->index].drawn != use->process)
			continue;
		if (use->process->depth < *top)
			*top = use->process->depth;
		if (use->process->depth > *bottom)
			*bottom = use->process->depth;
	}
}

static void
draw_pipe(struct drawing *drawing, const struct pipe *pipe, const struct uses *uses)
{
	size_t top, bottom;

	level(drawing, uses, &top, &bottom);
	Agnode_t *node = draw_pipe_node(drawing, pipe, uses);
	Agraph_t *row = NULL;
	if (top == bottom && uses->first->next) {
		row = draw_row(drawing);
		agsubnode(row, node, 1);
	}
	for (const struct use *use = uses->first; use; use = use->next) {
		if (drawing->folds[use->process->index].drawn != use->process)
			continue;
		bool above = row ? use->hold->used == END_W : use->process->depth == top;
		draw_end(drawing, node, use, above, pipe->pair);
		if (row)
			agsubnode(row, draw_node_of(drawing, use->process), 1);
	}
}

int
draw_pipes(struct drawing *drawing)
{
	enum { MOST = 96 }; /* arrows: more are no picture */
	struct all_uses all;
	size_t arrows = 0;

	if (uses_open(&all, drawing->graph, drawing->folds))
		return -1;
	for (struct pipe *pipe = drawing->graph->pipes; pipe; pipe = pipe->next) {
		const struct uses *uses = &all.of[pipe->number];
		if (!uses->first || uses->folded)
			continue;
		if ((arrows += uses->drawn) > MOST)
			drawing->pipes_not_drawn++;
		else
			draw_pipe(drawing, pipe, uses);
	}
	uses_close(&all);
	return 0;
}
