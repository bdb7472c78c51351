/* SPDX-License-Identifier: MIT */
#ifndef GRAPH_KNOT_H
#define GRAPH_KNOT_H
/*
 * The wait-for graph: a picture of what stuck/ found, made from its JSON and nothing else
 * (docs/stuck.md). Boxes are tasks, an arrow points to whom a task waits for; where several
 * could free it, the thing stands between, and its dashed arrows to them say any or all.
 */
#include <jansson.h>
#include <stdio.h>

/* title: above the picture; NULL: none. 0, or -errno. */
int graph_knot_dot(const json_t *stuck, const char *title, FILE *out);
int graph_knot_svg(const json_t *stuck, const char *title, FILE *out);

#endif
