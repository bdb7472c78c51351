/* SPDX-License-Identifier: MIT */
#ifndef GRAPH_SHAPE_H
#define GRAPH_SHAPE_H
/*
 * The shape of a process and all below it: what it did, without pids, times or paths.
 *
 * Two processes are alike if their shapes are one number. Shapes of two graphs compare
 * when they come from one table. Folding puts like siblings into one.
 */
#include "graph/model.h"

/* How exactly a relation between processes counts. */
enum precision {
	SHAPE_ROUGH, /* "a sibling": for runs whose siblings may differ in order */
	SHAPE_EXACT, /* "the sibling numbered 3": for folding, where arrows must stay true */
};

struct shape_table {
	void *tree;
	size_t count;
};

/* The shape of each process, by index, to be freed; NULL: no memory. */
size_t *shape_all(const struct graph *graph, struct shape_table *table, enum precision precision);
void shape_release(struct shape_table *table);

/* A process in a picture where like siblings are folded. */
struct fold {
	const struct process *drawn; /* the one that stands for it; itself if it is drawn */
	const struct process *last;  /* of the siblings it stands for */
	size_t count;		     /* how many those are; 1: only itself */
	size_t times;		     /* how many processes it stands for in all */
	size_t below;		     /* processes under it that there was no room to draw */
	bool crowded;		     /* it is such a one: its ancestor stands for it */
};

enum {
	FOLD_MORE_THAN = 4,   /* alike siblings become one */
	FOLD_CHILDREN = 32,   /* are drawn of one parent */
	FOLD_PROCESSES = 160, /* are drawn in all */
};

/* By index, to be freed; NULL: no memory. */
struct fold *fold_all(const struct graph *graph);
/* What it is called: "P.1", "P.1 … P.1000", "P.*.1". */
void fold_name(const struct fold *folds, const struct process *process, char *name, size_t size);

#endif
