/* SPDX-License-Identifier: MIT */
#ifndef GRAPH_H
#define GRAPH_H
/*
 * The process graph of a run: made from its event log, drawn, compared, questioned.
 *
 * A graph is read from the JSON lines of trace/trace.h and from nothing else. Every view
 * is a function of it; two runs of one program compare by shape, without pids or times.
 *
 * Invariants: processes are in order of birth, the root first; a parent comes before its
 * children.
 */
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct graph;

/*
 * Read a log; NULL, and why in error (size bytes), if it is not one: "line 3: not JSON: ...".
 * Unknown events and fields are passed over. A log too large is read as far as it goes, and
 * the views say so. The caller frees.
 */
struct graph *graph_read(FILE *log, char *error, size_t size);
void graph_free(struct graph *graph);

/* A title for the pictures: copied. Without one it is the root's command. */
void graph_title(struct graph *graph, const char *title);

/* How many processes the run had. */
size_t graph_size(const struct graph *graph);

/* How many of them left by themselves with that exit code. */
size_t graph_exits(const struct graph *graph, int code);

/*
 * The views. 0, or -errno. No pid and no time is in them: one shape, one picture, byte for
 * byte. More than four like siblings are one, with a count.
 */
int graph_write_text(const struct graph *graph, FILE *out, bool colour); /* terminal tree */
int graph_write_dot(const struct graph *graph, FILE *out);
int graph_write_svg(const struct graph *graph, FILE *out);
int graph_write_mermaid(const struct graph *graph, FILE *out);

/* The model: each process's path, parent, how created, execs, birth, death, exit, reaped
 * by, adopted by, killed by, and so on. A new reference. docs/graph-model.md */
json_t *graph_json(const struct graph *graph);

/* In words, how the shape of seen differs from that of the reference: an array of strings,
 * empty when they are alike, at most six and a count of the rest, most important first.
 * "P.2 was never reaped; the reference's P reaped it". A new reference; NULL: no memory. */
json_t *graph_compare(const struct graph *seen, const struct graph *reference);

/*
 * Ask whether a sentence about the run is true.
 *
 * "every child reaped by its parent" · "no zombie" · "no orphan" · "at most N alive" ·
 * "exactly N processes" · "no kill after reap" · "no descriptor leaked" (no process held
 * both ends of one pipe when it waited or exited) · "nothing left"
 * N counts the first process too. What each means exactly: docs/graph-model.md
 *
 * Returns 1 it is, 0 it is not and why says what was seen, -1 no such sentence
 */
int graph_check(const struct graph *graph, const char *sentence, char *why, size_t size);

#endif
