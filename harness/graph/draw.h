/* SPDX-License-Identifier: MIT */
#ifndef GRAPH_DRAW_H
#define GRAPH_DRAW_H
/*
 * The process graph as a Graphviz graph: draw.c has processes and what passes between
 * them, drawpipes.c the pipes, theme.c how each sign looks and the legend.
 */
#include <graphviz/cgraph.h>

#include "graph/shape.h"

/* Each kind of line or face; the legend has those that occur, in this order. */
enum sign {
	SIGN_FORK,
	SIGN_REAP,
	SIGN_ADOPT,
	SIGN_KILL,
	SIGN_ZOMBIE,
	SIGN_ORPHAN,
	SIGN_PIPE,
	SIGN_BOTH,
	SIGN_COUNT,
};

struct drawing {
	const struct graph *graph;
	const struct fold *folds;
	Agraph_t *root, *run; /* run: all but the legend */
	bool seen[SIGN_COUNT];
	size_t pipes_not_drawn;
};

/* The whole picture; agclose it. NULL: no memory. */
Agraph_t *draw(const struct graph *graph);

/* The pipes, into the run. 0, or -1. */
int draw_pipes(struct drawing *drawing);

/* An edge between two nodes that looks like its sign; a second one is the first again. */
Agedge_t *
draw_edge(struct drawing *drawing, Agnode_t *from, Agnode_t *to, enum sign sign, const char *label);
/* Nodes put into a row stand side by side. */
Agraph_t *draw_row(struct drawing *drawing);
Agnode_t *draw_node_of(struct drawing *drawing, const struct process *process);

/*
 * Graphviz has no hatching: a node of this colour is hatched in the SVG by a pattern.
 */
#define THEME_HATCHED "#fbe9e8"

/* Looks. */
#define THEME_FONT   "Helvetica,Arial,sans-serif"
#define THEME_INK    "#1f2933"
#define THEME_GREY   "#6b7785"
#define THEME_BLUE   "#0067a5"
#define THEME_RED    "#c0181f"
#define THEME_PURPLE "#7b3294"
#define THEME_AMBER  "#b35900"
const char *theme_name(enum sign sign);
void theme_graph(struct drawing *drawing);
void theme_edge(struct drawing *drawing, Agedge_t *edge, enum sign sign);
void theme_process(struct drawing *drawing, Agnode_t *node, const struct process *process);
void theme_pipe(struct drawing *drawing, Agnode_t *node, const char *name, const char *note);
void theme_legend(struct drawing *drawing);
void theme_set(void *object, const char *attribute, const char *value);
void theme_defaults(Agraph_t *root);
/* HTML of Graphviz as a label; the text is taken over. */
void theme_html(Agraph_t *graph, void *object, char *html);
void theme_text(FILE *out, const char *text);
void theme_row(FILE *out, const char *colour, int points, const char *tag, const char *text);

/* dot.c: lay out and write as SVG. 0, or -errno. */
int draw_svg(Agraph_t *drawing, FILE *out);

#endif
