/* SPDX-License-Identifier: MIT */
/*
 * The pipes of the process graph: an ellipse each, an arrow from who writes and to who
 * reads, and a thick one both ways to who kept both ends.
 *
 * A pipe between parent and child stands between their rows, one between siblings in
 * theirs. A pipe of a folded process stands for those of its siblings.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "graph/draw.h"

struct user {
	const struct process *process;
	const struct hold *hold;
	struct user *next;
};

struct users {
	struct user *first, *last;
	size_t spares; /* how many have an end that they have no use for */
	const struct process *spare; /* the first of them */
	unsigned spare_ends;
};

static struct users *
find_users(const struct graph *graph, struct user **room)
{
	struct users *users = calloc(graph->npipes + 1, sizeof(*users));
	size_t n = 0;

	for (size_t i = 0; i < graph->size; i++)
		for (const struct hold *h = graph->processes[i]->holds; h; h = h->next)
			n++;
	struct user *user = *room = calloc(n + 1, sizeof(*user));
	for (size_t i = 0; users && user && i < graph->size; i++)
		for (const struct hold *h = graph->processes[i]->holds; h; h = h->next) {
			struct users *of = &users[h->pipe->number];
			if (h->used && !h->spare) {
				*user = (struct user){graph->processes[i], h, NULL};
				MODEL_APPEND(of->first, of->last, user, next);
				user++;
			} else if (h->used && (h->pipe->pair || h->used == END_W)) {
				of->spare = of->spares++ ? of->spare : graph->processes[i];
				of->spare_ends |= h->used;
			}
		}
	return users;
}

static bool
uses(const struct process *process, const struct pipe *pipe)
{
	const struct hold *hold = model_hold(process, pipe);

	return hold && hold->used && !hold->spare;
}

/* Of a folded process that is not drawn: the pipe of the one that is stands for this. */
static bool
is_folded(const struct drawing *drawing, const struct pipe *pipe, const struct users *users)
{
	for (const struct user *user = users->first; user; user = user->next) {
		const struct process *drawn = drawing->folds[user->process->index].drawn;
		if (drawn != user->process && !uses(drawn, pipe))
			return true;
	}
	return false;
}

/* How many pipes this one stands for. */
static size_t
times(const struct drawing *drawing, const struct pipe *pipe, const struct users *users)
{
	size_t most = 1;

	for (const struct user *user = users->first; user; user = user->next) {
		const struct fold *fold = &drawing->folds[user->process->index];
		bool drawn = fold->drawn == user->process;
		if (drawn && fold->count > 1 && !uses(fold->last, pipe) && fold->times > most)
			most = fold->times;
	}
	return most;
}

static Agnode_t *
draw_pipe_node(struct drawing *drawing, const struct pipe *pipe, const struct users *users)
{
	Agnode_t *node = agnode(drawing->run, (char *)pipe->name, 1);
	size_t n = times(drawing, pipe, users);
	char name[64], note[96] = "";

	snprintf(name, sizeof(name), n > 1 ? "%s · %zu ×" : "%s", pipe->name, n);
	if (users->spares && n == 1) {
		const char *end = pipe->pair ? "an end" : "w";
		if (users->spares == 1)
			snprintf(note, sizeof(note), "%s also in %.60s", end, users->spare->path);
		else
			snprintf(note, sizeof(note), "%s also in %zu others", end, users->spares);
	}
	theme_pipe(drawing, node, name, note);
	return node;
}

/* From above to below in the picture, whichever way the bytes go. */
static void
draw_end(struct drawing *drawing, Agnode_t *pipe, const struct user *user, bool above, bool pair)
{
	unsigned ends = user->hold->used;
	Agnode_t *process = draw_node_of(drawing, user->process);
	enum sign sign = ends == END_BOTH ? SIGN_BOTH : SIGN_PIPE;
	Agedge_t *edge = above ? draw_edge(drawing, process, pipe, sign, "")
			       : draw_edge(drawing, pipe, process, sign, "");

	if (pair || ends == END_BOTH)
		theme_set(edge, "dir", "both");
	else if (above == (ends == END_R))
		theme_set(edge, "dir", "back");
}

static void
level(const struct drawing *drawing, const struct users *users, size_t *top, size_t *bottom)
{
	*top = SIZE_MAX;
	*bottom = 0;
	for (const struct user *user = users->first; user; user = user->next) {
		if (drawing->folds[user->process->index].drawn != user->process)
			continue;
		if (user->process->depth < *top)
			*top = user->process->depth;
		if (user->process->depth > *bottom)
			*bottom = user->process->depth;
	}
}

static void
draw_pipe(struct drawing *drawing, const struct pipe *pipe, const struct users *users)
{
	size_t top, bottom;

	if (!users->first || is_folded(drawing, pipe, users))
		return;
	level(drawing, users, &top, &bottom);
	Agnode_t *node = draw_pipe_node(drawing, pipe, users);
	Agraph_t *row = NULL;
	if (top == bottom && users->first->next) {
		row = draw_row(drawing);
		agsubnode(row, node, 1);
	}
	for (const struct user *user = users->first; user; user = user->next) {
		if (drawing->folds[user->process->index].drawn != user->process)
			continue;
		bool above = row ? user->hold->used == END_W : user->process->depth == top;
		draw_end(drawing, node, user, above, pipe->pair);
		if (row)
			agsubnode(row, draw_node_of(drawing, user->process), 1);
	}
}

int
draw_pipes(struct drawing *drawing)
{
	struct user *room;
	struct users *users = find_users(drawing->graph, &room);
	bool failed = !users || !room;

	for (struct pipe *pipe = drawing->graph->pipes; !failed && pipe; pipe = pipe->next)
		draw_pipe(drawing, pipe, &users[pipe->number]);
	free(users);
	free(room);
	return failed ? -1 : 0;
}
