/* SPDX-License-Identifier: MIT */
#ifndef FINDINGS_H
#define FINDINGS_H
/* What the judge finds besides checks that fail: things left behind, and what the kernel
 * saw. Each is {"kind", "text"}, appended to findings. */
#include "grade/grade.h"
#include "graph/graph.h"

/* Zombies, orphans, descriptors, shared memory and files, except the kinds in owes. */
void
findings_left(json_t *findings, const char *owes, const struct run *run, const struct graph *graph);

/* The sentences, ';' between them, that the graph does not bear out. */
void findings_graph(json_t *findings, const char *sentences, const struct graph *graph);

/* One sentence: how the row got at the harness. A new reference; NULL: it did not. */
json_t *findings_tamper(const struct run *run);

/* One sentence: where every process was when the deadline had come. A new reference. */
json_t *findings_where(const struct run *run);

/* A deadlock in one sentence, from stuck/'s JSON. A new reference. */
json_t *findings_knot(const json_t *knot);
/* The same for the results: who waits for what, without pids. A new reference. */
json_t *findings_waits(const json_t *knot);

#endif
