/* SPDX-License-Identifier: MIT */
/*
 * The process graph as DOT and as SVG, by Graphviz as a library.
 *
 * Its context loads plugins and reads the fonts once, on first use, and is kept: the
 * first picture costs some 20 ms, later ones one or two. Graphviz 2.43 itself leaks about
 * 6 KiB a picture.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <graphviz/gvc.h>
#include <stdlib.h>
#include <string.h>

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

/* Graphviz's SVG with the one thing it cannot say: the hatching of zombies. */
static int
write_hatched(const char *svg, FILE *out)
{
	static const char fill[] = "fill=\"" THEME_HATCHED "\"", root[] = "<g id=\"graph0\"";
	static const char pattern[] =
	    "<defs><pattern id=\"hatched\" width=\"7\" height=\"7\" "
	    "patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
	    "<rect width=\"7\" height=\"7\" fill=\"white\"/>"
	    "<rect width=\"2.4\" height=\"7\" fill=\"#f3c6c4\"/></pattern></defs>\n";
	const char *body = strstr(svg, root), *next;

	if (strstr(svg, fill) && body) {
		fprintf(out, "%.*s%s", (int)(body - svg), svg, pattern);
		svg = body;
	}
	for (; (next = strstr(svg, fill)); svg = next + sizeof(fill) - 1)
		fprintf(out, "%.*sfill=\"url(#hatched)\"", (int)(next - svg), svg);
	return fputs(svg, out) < 0 || ferror(out) ? -EIO : 0;
}

int
draw_svg(Agraph_t *drawing, FILE *out)
{
	GVC_t *gvc = open_context();
	char *svg = NULL;
	unsigned length = 0;

	if (!gvc)
		return -ENOMEM;
	if (gvLayout(gvc, drawing, "dot"))
		return -EIO;
	int error =
	    gvRenderData(gvc, drawing, "svg", &svg, &length) ? -EIO : write_hatched(svg, out);
	if (svg)
		gvFreeRenderData(svg);
	gvFreeLayout(gvc, drawing);
	return error;
}

int
graph_write_svg(const struct graph *graph, FILE *out)
{
	Agraph_t *drawing = draw(graph);

	if (!drawing)
		return -ENOMEM;
	int error = draw_svg(drawing, out);
	agclose(drawing);
	return error;
}
