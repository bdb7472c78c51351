/* SPDX-License-Identifier: MIT */
/*
 * The wait-for graph of a deadlock with libcgraph: see knot.h.
 *
 * Whoever is in the knot has a red border; the others wait behind it. Colour never speaks
 * alone: the box says it, too. At most KNOT_NODES tasks are drawn, the knot's first.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "graph/draw.h"
#include "graph/knot.h"

enum { KNOT_NODES = 32, KNOT_LINE = 34 };

struct picture {
	Agraph_t *root, *run;
	const json_t *tasks;
	size_t drawn, left_out;
	bool any, all, dead, behind;
};

static const char *
word(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static bool
flag(const json_t *object, const char *key)
{
	return json_is_true(json_object_get(object, key));
}

static Agnode_t *
node(struct picture *picture, const json_t *task, bool create)
{
	char name[32];

	snprintf(name, sizeof(name), "task %lld",
	    (long long)json_integer_value(json_object_get(task, "tid")));
	return agnode(picture->run, name, create);
}

/* Rows of at most KNOT_LINE characters, broken at blanks. */
static void
put_lines(FILE *out, const char *colour, int points, const char *text)
{
	while (*text) {
		size_t n = strlen(text);
		char line[4 * KNOT_LINE];
		if (n > KNOT_LINE) {
			for (n = KNOT_LINE; n && text[n] != ' '; n--)
				;
			if (!n)
				n = strcspn(text, " ");
		}
		snprintf(line, sizeof(line), "%.*s", (int)n, text);
		theme_row(out, colour, points, "", line);
		text += n + strspn(text + n, " ");
	}
}

static void
put_table(FILE *out)
{
	fputs("<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"1\">", out);
}

static void
draw_task(struct picture *picture, const json_t *task)
{
	char *html = NULL, line[80];
	size_t size = 0;
	bool knot = flag(task, "knot"), stuck = flag(task, "stuck");
	FILE *out = open_memstream(&html, &size);
	Agnode_t *box = node(picture, task, true);

	picture->drawn++;
	theme_set(box, "class", knot ? "task knot" : "task");
	if (knot)
		theme_set(box, "color", THEME_RED);
	if (!out)
		return;
	put_table(out);
	theme_row(out, THEME_INK, 14, "B", word(task, "name"));
	/* What follows a colon in a sentence follows an arrow here. */
	const char *does = word(task, "does");
	snprintf(line, sizeof(line), "%.*s", (int)strcspn(does, ":"), does);
	put_lines(out, THEME_INK, 11, line);
	if (!stuck)
		theme_row(out, THEME_GREY, 11, "", "not stuck");
	else if (!knot)
		theme_row(out, THEME_GREY, 11, "", "waits behind the knot");
	fputs("</TABLE>", out);
	if (!fclose(out))
		theme_html(picture->root, box, html);
}

/* The thing that is waited for. Dead: whoever held it. */
static Agnode_t *
draw_thing(struct picture *picture, const json_t *way, const char *name)
{
	Agnode_t *thing = agnode(picture->run, (char *)name, 0);
	char *html = NULL;
	size_t size = 0;
	bool gone = flag(way, "gone");

	if (thing)
		return thing;
	thing = agnode(picture->run, (char *)name, 1);
	FILE *out = open_memstream(&html, &size);
	if (!out)
		return thing;
	put_table(out);
	put_lines(out, gone ? THEME_RED : THEME_BLUE, 11,
	    strcmp(word(way, "kind"), "child") ? word(way, "what") : "the end of one of these");
	fputs("</TABLE>", out);
	if (!fclose(out))
		theme_html(picture->root, thing, html);
	theme_set(thing, "class", "thing");
	theme_set(thing, "style", "filled");
	theme_set(thing, "shape", gone ? "octagon" : "ellipse");
	theme_set(thing, "fillcolor", gone ? THEME_HATCHED : "#eaf3fa");
	theme_set(thing, "color", gone ? THEME_RED : THEME_BLUE);
	theme_set(thing, "margin", "0.02,0.01");
	picture->dead |= gone;
	return thing;
}

static void
draw_edge_to(struct picture *picture, Agnode_t *from, Agnode_t *to, const char *colour,
    const char *style, const char *label)
{
	char key[24];

	snprintf(key, sizeof(key), "%s %s", style, colour);
	Agedge_t *edge = agedge(picture->run, from, to, key, 1);
	theme_set(edge, "style", style);
	theme_set(edge, "color", colour);
	theme_set(edge, "fontcolor", colour);
	theme_set(edge, "arrowhead", "normal");
	if (*label)
		theme_set(edge, "label", label);
}

/* Is that task one of those whom this names? */
static bool
is_named(const json_t *freer, const json_t *task)
{
	const json_t *tid = json_object_get(freer, "tid");

	return json_integer_value(json_object_get(freer, "pid")) ==
		   json_integer_value(json_object_get(task, "pid")) &&
	       (json_is_null(tid) ||
		   json_integer_value(tid) == json_integer_value(json_object_get(task, "tid")));
}

static void
draw_freers(
    struct picture *picture, const json_t *waiter, const json_t *way, Agnode_t *from, bool direct)
{
	bool knot = flag(waiter, "knot");
	bool all = !strcmp(word(way, "need"), "all");
	const char *style = direct ? "solid" : "dashed", *colour = knot ? THEME_RED : THEME_INK;
	size_t i, j;
	json_t *freer, *task;

	json_array_foreach(json_object_get(way, "by"), i, freer)
		json_array_foreach(picture->tasks, j, task) {
			Agnode_t *to = is_named(freer, task) ? node(picture, task, false) : NULL;
			/* Who waits for a thing cannot free it; only if nobody else could is it said. */
			bool itself = !direct && task == waiter;
			if (!to || (itself && json_array_size(json_object_get(way, "by")) > 1))
				continue;
			picture->any |= !direct && !all;
			picture->all |= !direct && all;
			draw_edge_to(picture, from, to, flag(task, "knot") ? colour : THEME_INK,
			    style, direct || !all ? "" : "needs");
		}
}

/* "a mutex held by P.2" points to P.2 at once; of a pipe somebody need only be one of some. */
static void
draw_ways(struct picture *picture, const json_t *task)
{
	Agnode_t *from = node(picture, task, false);
	bool knot = flag(task, "knot");
	size_t i;
	json_t *way;

	json_array_foreach(json_object_get(task, "ways"), i, way) {
		const char *kind = word(way, "kind"), *object = word(way, "object");
		char name[80];
		bool end = !strcmp(kind, "child") || !strcmp(kind, "thread");
		if (!from || !strcmp(word(way, "need"), "outside"))
			continue;
		if (end && json_array_size(json_object_get(way, "by")) == 1) {
			draw_freers(picture, task, way, from, true);
			continue;
		}
		snprintf(name, sizeof(name), "thing %.60s", object);
		if (!*object)
			snprintf(name, sizeof(name), "thing of %p %zu", (const void *)task, i);
		Agnode_t *thing = draw_thing(picture, way, name);
		draw_edge_to(picture, from, thing, knot ? THEME_RED : THEME_INK, "solid", "");
		draw_freers(picture, task, way, thing, false);
	}
}

static void
draw_some(struct picture *picture, bool knot)
{
	size_t i;
	json_t *task;

	json_array_foreach(picture->tasks, i, task) {
		if (flag(task, "knot") != knot)
			continue;
		if (picture->drawn == KNOT_NODES)
			picture->left_out++;
		else
			draw_task(picture, task);
		picture->behind |= !knot;
	}
}

static void
put_caption(struct picture *picture)
{
	char *html = NULL, more[64];
	size_t size = 0;
	FILE *out = open_memstream(&html, &size);

	if (!out)
		return;
	put_table(out);
	theme_row(out, THEME_GREY, 10, "", "──▶ waits for");
	if (picture->any)
		theme_row(out, THEME_GREY, 10, "", "╌╌▶ any of these could free it, nobody else");
	if (picture->all)
		theme_row(out, THEME_GREY, 10, "", "╌╌▶ needs: all of these must let go");
	if (picture->left_out) {
		snprintf(more, sizeof(more), "… and %zu more tasks", picture->left_out);
		theme_row(out, THEME_INK, 10, "", more);
	}
	fputs("</TABLE>", out);
	if (!fclose(out))
		theme_html(picture->root, picture->root, html);
}

static void
put_title(struct picture *picture, const char *title)
{
	char *html = NULL;
	size_t size = 0;
	FILE *out = title ? open_memstream(&html, &size) : NULL;

	if (!out)
		return;
	fprintf(out, "<FONT COLOR=\"%s\" POINT-SIZE=\"15\">", THEME_INK);
	theme_text(out, title);
	fputs("</FONT>", out);
	if (!fclose(out))
		theme_html(picture->root, picture->run, html);
	theme_set(picture->run, "labelloc", "t");
}

static Agraph_t *
picture_of(const json_t *stuck, const char *title)
{
	struct picture picture = {.tasks = json_object_get(stuck, "tasks")};
	size_t i;
	json_t *task;

	picture.root = agopen("stuck", Agdirected, NULL);
	if (!picture.root)
		return NULL;
	theme_defaults(picture.root);
	picture.run = agsubg(picture.root, "cluster run", 1);
	theme_set(picture.run, "peripheries", "0");
	put_title(&picture, title);
	draw_some(&picture, true);
	draw_some(&picture, false);
	json_array_foreach(picture.tasks, i, task)
		draw_ways(&picture, task);
	put_caption(&picture);
	return picture.root;
}

int
graph_knot_dot(const json_t *stuck, const char *title, FILE *out)
{
	Agraph_t *drawing = picture_of(stuck, title);

	if (!drawing)
		return -ENOMEM;
	/* Written, the root's caption would be the inner graph's, too. */
	if (!title)
		theme_set(agsubg(drawing, "cluster run", 0), "label", " ");
	int failed = agwrite(drawing, out);
	agclose(drawing);
	return failed || ferror(out) ? -EIO : 0;
}

int
graph_knot_svg(const json_t *stuck, const char *title, FILE *out)
{
	Agraph_t *drawing = picture_of(stuck, title);

	if (!drawing)
		return -ENOMEM;
	int error = draw_svg(drawing, out);
	agclose(drawing);
	return error;
}
