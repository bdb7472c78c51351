/* SPDX-License-Identifier: MIT */
/*
 * A failed row, for a person: first what it promised and what was seen, last the command
 * that repeats it. See terminal-row.h.
 */
#include <string.h>

#include "parts.h"
#include "terminal-row.h"

#define MOST_OUTPUT 12
#define MOST_TREE   40

const char *
terminal_mark(const json_t *row, enum paint_style *style)
{
	static const struct {
		const char *mark;
		enum paint_style style;
	} marks[] = {
	    [PARTS_PASSED] = {"✓", PAINT_GOOD},
	    [PARTS_FAILED] = {"✗", PAINT_BAD},
	    [PARTS_ERRED] = {"✗", PAINT_BAD},
	    [PARTS_UNJUDGED] = {"·", PAINT_QUIET},
	};
	enum parts_class class = parts_verdict(row)->class;

	*style = marks[class].style;
	if (!parts_is(row, "harness error"))
		return marks[class].mark;
	*style = PAINT_CARE;
	return "?";
}

static void
labelled(const char *label, const char *text, void *context)
{
	paint_labelled(context, label, PAINT_PLAIN, text);
}

/* What is copied to a shell is never wrapped. */
static void
advice(const char *label, const char *text, void *context)
{
	const struct paint *paint = context;
	bool again = !strcmp(label, "again");

	fputs("    ", paint->out);
	int column = 4 + paint_text(paint, PAINT_QUIET, label);
	fprintf(paint->out, "%*s", 14 - column, "");
	paint_text(paint, again ? PAINT_STRONG : PAINT_PLAIN, text);
	putc('\n', paint->out);
}

static void
write_head(const struct paint *paint, const json_t *row)
{
	enum paint_style style;
	const char *mark = terminal_mark(row, &style), *message = parts_string(row, "message");
	char points[48];

	snprintf(points, sizeof(points), "%lld/%lld", parts_integer(row, "points"),
	    parts_integer(row, "of"));
	fputs("\n  ", paint->out);
	int column = 2 + paint_format(paint, style, "%s %s", mark, parts_string(row, "verdict"));
	column += paint_text(paint, PAINT_PLAIN, "  ");
	column += paint_text(paint, PAINT_STRONG, parts_string(row, "id"));
	paint_right(paint, column, PAINT_PLAIN, points);
	paint_labelled(paint, "promise", PAINT_PLAIN, parts_string(row, "sentence"));
	if (message)
		paint_labelled(paint, "but", style, message);
	if (parts_is(row, "harness error"))
		paint_labelled(paint, "", PAINT_PLAIN,
		    "This is a fault of the kit or of this machine, not yours.");
}

static void
write_output(const struct paint *paint, const json_t *row)
{
	const char *output = parts_string(row, "output");

	if (!output || !*output)
		return;
	fputs("\n    ", paint->out);
	paint_text(paint, PAINT_QUIET, "your program printed");
	putc('\n', paint->out);
	paint_lines(paint, "    │ ", MOST_OUTPUT, output);
	if (parts_flag(row, "output_cut"))
		fputs("    │ … and more than the kit keeps\n", paint->out);
}

void
terminal_row(const struct paint *paint, const json_t *row)
{
	const char *tree = parts_string(row, "tree");

	write_head(paint, row);
	parts_explain(row, labelled, (void *)paint);
	if (tree && *tree) {
		putc('\n', paint->out);
		paint_lines(paint, "    ", MOST_TREE, tree);
	}
	write_output(paint, row);
	putc('\n', paint->out);
	parts_advise(row, advice, (void *)paint);
}

void
terminal_build(const struct paint *paint, const json_t *stage, bool others)
{
	const json_t *build = json_object_get(stage, "build");
	const char *file = parts_string(build, "file");

	fputs("\n  ", paint->out);
	paint_text(paint, PAINT_BAD, "✗ does not build");
	if (file)
		paint_format(paint, PAINT_STRONG, "  %s:%lld", file, parts_integer(build, "line"));
	fputs("\n\n", paint->out);
	paint_lines(paint, "    │ ", MOST_OUTPUT, parts_string(build, "messages"));
	if (others)
		fputs("\n    The other stages were graded all the same.\n", paint->out);
}
