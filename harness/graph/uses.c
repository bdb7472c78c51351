/* SPDX-License-Identifier: MIT */
/*
 * The uses of pipes, gathered from the holds of all processes. See uses.h.
 */
#include <stdlib.h>

#include "graph/uses.h"

static bool
is_use(const struct hold *hold)
{
	return hold && hold->used && !hold->spare;
}

static size_t
count_holds(const struct graph *graph)
{
	size_t n = 0;

	for (size_t i = 0; i < graph->size; i++)
		for (const struct hold *h = graph->processes[i]->holds; h; h = h->next)
			n += is_use(h);
	return n;
}

static void
gather(struct all_uses *all, const struct process *process)
{
	for (const struct hold *hold = process->holds; hold; hold = hold->next) {
		struct uses *uses = &all->of[hold->pipe->number];
		if (is_use(hold)) {
			struct use *use = all->room++;
			*use = (struct use){NULL, process, hold};
			MODEL_APPEND(uses->first, uses->last, use, next);
		} else if (hold->used && (hold->pipe->pair || hold->used == END_W)) {
			uses->spare = uses->spares++ ? uses->spare : process;
		}
	}
}

/*
 * Folded: used by one that is not drawn, and not by the one that stands for it. Or there
 * was no room for its users.
 */
static void
fold(struct uses *uses, const struct fold *folds)
{
	size_t crowded = 0;

	uses->times = 1;
	for (const struct use *use = uses->first; use; use = use->next) {
		const struct fold *fold = &folds[use->process->index];
		const struct pipe *pipe = use->hold->pipe;
		uses->drawn += fold->drawn == use->process;
		crowded += fold->crowded;
		if (fold->drawn != use->process)
			uses->folded |= !is_use(model_hold(fold->drawn, pipe));
		else if (fold->times > uses->times &&
			 (fold->count == 1 || !is_use(model_hold(fold->last, pipe))))
			uses->times = fold->times;
	}
	uses->folded |= crowded && uses->drawn < 2;
}

int
uses_open(struct all_uses *all, const struct graph *graph, const struct fold *folds)
{
	struct use *room = calloc(count_holds(graph) + 1, sizeof(*room));

	all->of = calloc(graph->npipes + 1, sizeof(*all->of));
	all->room = room;
	for (size_t i = 0; all->of && room && i < graph->size; i++)
		gather(all, graph->processes[i]);
	all->room = room;
	for (size_t i = 1; all->of && room && i <= graph->npipes; i++)
		fold(&all->of[i], folds);
	if (all->of && room)
		return 0;
	uses_close(all);
	return -1;
}

void
uses_close(struct all_uses *all)
{
	free(all->of);
	free(all->room);
}
