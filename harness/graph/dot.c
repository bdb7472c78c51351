/* SPDX-License-Identifier: MIT */
/*
 * The process graph as DOT and as SVG, by Graphviz as a library.
 *
 * Its context loads plugins and reads the fonts once, on first use, and is kept: the
 * first picture costs a few times what later ones do.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <graphviz/gvc.h>
#include <stdlib.h>

#include "graph/draw.h"

static GVC_t *context;

static void
close_context(void)
{
	gvFreeContext(context);
}

static GVC_t *
open_context(void)
{
	if (!context && (context = gvContext()))
		atexit(close_context);
	return context;
}

int
graph_write_dot(const struct graph *graph, FILE *out)
{
	Agraph_t *drawing = draw(graph);

	if (!drawing)
		return -ENOMEM;
	int failed = agwrite(drawing, out);
	agclose(drawing);
	return failed || ferror(out) ? -EIO : 0;
}

int
graph_write_svg(const struct graph *graph, FILE *out)
{
	GVC_t *gvc = open_context();
	Agraph_t *drawing = gvc ? draw(graph) : NULL;
	char *svg = NULL;
	unsigned length = 0;
	int error = 0;

	if (!drawing)
		return -ENOMEM;
	if (gvLayout(gvc, drawing, "dot")) {
		agclose(drawing);
		return -EIO;
	}
	if (gvRenderData(gvc, drawing, "svg", &svg, &length) ||
	    fwrite(svg, 1, length, out) != length)
		error = -EIO;
	if (svg)
		gvFreeRenderData(svg);
	gvFreeLayout(gvc, drawing);
	agclose(drawing);
	return error;
}
