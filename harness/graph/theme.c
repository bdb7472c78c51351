/* SPDX-License-Identifier: MIT */
/*
 * How the pictures look: one font, a few colours that people who see fewer still tell
 * apart, and a legend of the signs that occur.
 *
 * Colour never speaks alone: each sign has its line, its fill or its word as well.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "graph/draw.h"
#include "graph/words.h"

static const struct look {
	const char *name, *colour, *style, *width, *arrow, *swatch, *words;
} looks[SIGN_COUNT] = {
    [SIGN_FORK] = {"fork", THEME_INK, "solid", "1.2", "normal", "──▶", "forks"},
    [SIGN_REAP] = {"reap", THEME_GREY, "dashed", "1", "vee", "╌╌▷", "is reaped by"},
    [SIGN_ADOPT] = {"adopt", THEME_PURPLE, "dotted", "1.8", "vee", "┈┈▷", "adopts"},
    [SIGN_KILL] = {"kill", THEME_RED, "solid", "1.4", "normal", "──▶", "kills"},
    [SIGN_ZOMBIE] = {"zombie", THEME_RED, "", "", "", "▨", "zombie: never reaped by its parent"},
    [SIGN_ORPHAN] = {"orphan", THEME_GREY, "", "", "", "■", "orphan: outlived its parent"},
    [SIGN_PIPE] = {"pipe", THEME_BLUE, "solid", "1.2", "vee", "──▷", "writes to, is read by"},
    [SIGN_BOTH] = {"both", THEME_AMBER, "solid", "2.4", "vee", "◀━▶", "has both ends"},
};

/* --- text into Graphviz ----------------------------------------------------------------------- */

void
theme_set(void *object, const char *attribute, const char *value)
{
	agsafeset(object, (char *)attribute, (char *)value, "");
}

/* HTML of Graphviz; the text is taken over. */
void
theme_html(Agraph_t *graph, void *object, char *html)
{
	char *kept = agstrdup_html(graph, html);

	agsafeset(object, "label", kept, "");
	agstrfree(graph, kept);
	free(html);
}

void
theme_text(FILE *out, const char *text)
{
	for (; *text; text++)
		switch (*text) {
		case '&':
			fputs("&amp;", out);
			break;
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '\\': /* "\\N" would become the node's name */
			fputs("\\\\", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		default:
			fputc(*text, out);
		}
}

void
theme_row(FILE *out, const char *colour, int points, const char *tag, const char *text)
{
	fprintf(out, "<TR><TD><FONT COLOR=\"%s\" POINT-SIZE=\"%d\">", colour, points);
	if (*tag)
		fprintf(out, "<%s>", tag);
	theme_text(out, text);
	if (*tag)
		fprintf(out, "</%s>", tag);
	fputs("</FONT></TD></TR>", out);
}

/* --- nodes ------------------------------------------------------------------------------------ */

static const char *
colour_of(const struct fact *fact)
{
	switch (fact->tone) {
	case TONE_QUIET:
		return THEME_GREY;
	case TONE_LOUD:
		return THEME_AMBER;
	case TONE_BAD:
		return THEME_RED;
	default:
		return THEME_INK;
	}
}

/* What an edge or a fill already says is said shorter, or not at all. */
static const char *
drawn_text(const struct fact *fact, const struct process *process)
{
	const struct adoption *adoption = process->last_adoption;

	if (fact->about == ABOUT_REAP)
		return fact->tone == TONE_BAD		  ? "never reaped"
		       : process->reaping == REAP_IGNORED ? fact->text
							  : NULL;
	if (fact->about == ABOUT_PARENT && adoption && adoption->to)
		return "orphan";
	return fact->text;
}

static char *
process_label(const struct drawing *drawing, const struct process *process)
{
	struct fact facts[WORDS_FACTS];
	size_t n = words_facts(process, facts), size = 0;
	size_t times = drawing->folds[process->index].times;
	char *html = NULL, name[2 * MODEL_TEXT], title[2 * MODEL_TEXT + 32];
	FILE *out = open_memstream(&html, &size);

	if (!out)
		return NULL;
	fold_name(drawing->folds, process, name, sizeof(name));
	snprintf(title, sizeof(title), times > 1 ? "%s · %zu ×" : "%s", name, times);
	fputs("<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"1\">", out);
	theme_row(out, THEME_INK, 14, "B", title);
	for (size_t i = 0; i < n; i++) {
		const char *text = drawn_text(&facts[i], process);
		bool strong = facts[i].tone == TONE_BAD || facts[i].tone == TONE_LOUD;
		if (text)
			theme_row(out, colour_of(&facts[i]), 11, strong ? "B" : "", text);
	}
	if (drawing->folds[process->index].below) {
		snprintf(title, sizeof(title), "… and %zu more below",
		    drawing->folds[process->index].below);
		theme_row(out, THEME_INK, 11, "B", title);
	}
	fputs("</TABLE>", out);
	return fclose(out) ? free(html), NULL : html;
}

void
theme_process(struct drawing *drawing, Agnode_t *node, const struct process *process)
{
	char *label = process_label(drawing, process);

	if (label)
		theme_html(drawing->root, node, label);
	theme_set(node, "class", "process");
	if (process->zombie) {
		drawing->seen[SIGN_ZOMBIE] = true;
		theme_set(node, "color", THEME_RED);
		theme_set(node, "fillcolor", THEME_HATCHED);
		theme_set(node, "class", "process zombie");
	} else if (process->orphan) {
		drawing->seen[SIGN_ORPHAN] = true;
		theme_set(node, "fillcolor", "#dfe3e8");
		theme_set(node, "class", "process orphan");
	} else if (process->ending == END_SIGNAL) {
		theme_set(node, "color", THEME_RED);
	}
}

void
theme_pipe(struct drawing *drawing, Agnode_t *node, const char *name, const char *note)
{
	size_t size = 0;
	char *html = NULL;
	FILE *out = open_memstream(&html, &size);

	if (!out)
		return;
	fputs("<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"0\">", out);
	theme_row(out, THEME_BLUE, 11, "", name);
	if (*note)
		theme_row(out, THEME_AMBER, 10, "", note);
	fputs("</TABLE>", out);
	if (!fclose(out))
		theme_html(drawing->root, node, html);
	theme_set(node, "class", "pipe");
	theme_set(node, "shape", "ellipse");
	theme_set(node, "style", "filled");
	theme_set(node, "fillcolor", "#eaf3fa");
	theme_set(node, "color", THEME_BLUE);
	theme_set(node, "margin", "0.02,0.01");
	theme_set(node, "height", "0.3");
	theme_set(node, "width", "0.5");
}

/* --- edges and the whole ---------------------------------------------------------------------- */

const char *
theme_name(enum sign sign)
{
	return looks[sign].name;
}

void
theme_edge(struct drawing *drawing, Agedge_t *edge, enum sign sign)
{
	const struct look *look = &looks[sign];

	drawing->seen[sign] = true;
	theme_set(edge, "class", look->name);
	theme_set(edge, "color", look->colour);
	theme_set(edge, "fontcolor", look->colour);
	theme_set(edge, "style", look->style);
	theme_set(edge, "penwidth", look->width);
	theme_set(edge, "arrowhead", look->arrow);
	theme_set(edge, "arrowtail", look->arrow);
}

void
theme_defaults(Agraph_t *root)
{
	static const struct {
		int kind;
		const char *attribute, *value;
	} defaults[] = {
	    {AGRAPH, "fontname", THEME_FONT},
	    {AGRAPH, "bgcolor", "white"},
	    {AGRAPH, "pad", "0.15"},
	    {AGRAPH, "nodesep", "0.35"},
	    {AGRAPH, "ranksep", "0.45"},
	    {AGRAPH, "labelloc", "b"},
	    {AGNODE, "fontname", THEME_FONT},
	    {AGNODE, "label", "\\N"}, /* or the first layout would set it */
	    {AGNODE, "shape", "box"},
	    {AGNODE, "style", "rounded,filled"},
	    {AGNODE, "fillcolor", "white"},
	    {AGNODE, "color", THEME_INK},
	    {AGNODE, "fontcolor", THEME_INK},
	    {AGNODE, "penwidth", "1.2"},
	    {AGNODE, "margin", "0.12,0.06"},
	    {AGNODE, "height", "0.3"},
	    {AGEDGE, "fontname", THEME_FONT},
	    {AGEDGE, "fontsize", "11"},
	    {AGEDGE, "arrowsize", "0.7"},
	};

	for (size_t i = 0; i < sizeof(defaults) / sizeof(*defaults); i++)
		agattr(root, defaults[i].kind, (char *)defaults[i].attribute,
		    (char *)defaults[i].value);
}

/* The run is a cluster so that it has the title above, and the whole the legend below. */
void
theme_graph(struct drawing *drawing)
{
	const struct graph *graph = drawing->graph;
	const struct exec *exec = graph->processes[0]->execs;
	char title[512], *html = NULL;
	size_t size = 0;

	theme_defaults(drawing->root);
	drawing->run = agsubg(drawing->root, "cluster run", 1);
	if (graph->title)
		words_plain(graph->title, 80, title, sizeof(title));
	else
		words_command(exec, 60, title, sizeof(title));
	FILE *out = open_memstream(&html, &size);
	if (!out)
		return;
	fprintf(out, "<FONT COLOR=\"%s\" POINT-SIZE=\"15\">", THEME_INK);
	theme_text(out, title);
	fputs("</FONT>", out);
	if (!fclose(out))
		theme_html(drawing->root, drawing->run, html);
	theme_set(drawing->run, "labelloc", "t");
	theme_set(drawing->run, "peripheries", "0");
}

void
theme_legend(struct drawing *drawing)
{
	char *html = NULL;
	size_t size = 0, n = 0;
	FILE *out = open_memstream(&html, &size);

	if (!out)
		return;
	fputs("<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"4\"><TR>", out);
	for (size_t i = 0; i < SIGN_COUNT; i++) {
		if (!drawing->seen[i])
			continue;
		fprintf(out,
		    "%s<TD ALIGN=\"LEFT\"><FONT COLOR=\"%s\" POINT-SIZE=\"10\">%s</FONT>"
		    "<FONT COLOR=\"%s\" POINT-SIZE=\"10\"> %s</FONT></TD>",
		    n && n % 4 == 0 ? "</TR><TR>" : "", looks[i].colour, looks[i].swatch,
		    THEME_GREY, looks[i].words);
		n++;
	}
	fputs("</TR>", out);
	if (drawing->pipes_not_drawn)
		fprintf(out, "<TR><TD COLSPAN=\"4\">… and %zu more pipes</TD></TR>",
		    drawing->pipes_not_drawn);
	fputs("</TABLE>", out);
	if (fclose(out) || !n)
		free(html);
	else
		theme_html(drawing->root, drawing->root, html);
}
