/* SPDX-License-Identifier: MIT */
#ifndef GRAPH_USES_H
#define GRAPH_USES_H
/*
 * Who has which end of each pipe for its work, and which pipes stand for others.
 *
 * The pipe of a folded process to its parent stands for those of all its like siblings.
 */
#include "graph/shape.h"

struct use {
	struct use *next;
	const struct process *process;
	const struct hold *hold;
};

struct uses {
	struct use *first, *last;
	bool folded;		     /* another pipe stands for this one */
	size_t times;		     /* how many this one stands for */
	size_t drawn;		     /* how many of its users are drawn */
	size_t spares;		     /* how many hold a writing end that they have no use for */
	const struct process *spare; /* the first of them */
};

struct all_uses {
	struct uses *of; /* by the number of the pipe */
	struct use *room;
};

/* 0, or -1: no memory. */
int uses_open(struct all_uses *all, const struct graph *graph, const struct fold *folds);
void uses_close(struct all_uses *all);

#endif
