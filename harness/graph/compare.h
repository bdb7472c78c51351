/* SPDX-License-Identifier: MIT */
#ifndef GRAPH_COMPARE_H
#define GRAPH_COMPARE_H
/* What pair.c (who is whom), differ.c (how two differ) and compare.c (said in words) share. */
#include "graph/shape.h"

/* From what matters most to what matters least. */
enum rank {
	RANK_MISSING,
	RANK_ENDING,
	RANK_REAP,
	RANK_ORPHAN,
	RANK_LEFT,
	RANK_PIPE,
	RANK_KILL,
	RANK_EXEC,
	RANK_STATE,
};

/* "SUBJECT before; the reference's COUNTERPART after" */
struct difference {
	enum rank rank;
	size_t order;
	const struct process *subject, *counterpart;
	char before[160], after[160];
	bool told;
};

struct comparison {
	const struct graph *seen, *reference;
	size_t *seen_shapes, *reference_shapes;
	const struct process **twin; /* by index in seen: its counterpart, or NULL */
	const struct process **back; /* by index in the reference */
	struct difference *found;
	size_t count, capacity;
};

/* Fill twin and back. 0, or -1: no memory. */
int pair_all(struct comparison *comparison);
/* Find the differences of all pairs. */
void differ_all(struct comparison *comparison);

#endif
