/* SPDX-License-Identifier: MIT */
/*
 * The matrix of a stage on a terminal: see terminal-matrix.h. The HTML report has a line for
 * each row of it.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "parts.h"
#include "terminal-matrix.h"
#include "terminal-row.h"

#define FIRST  19 /* the column of the first method */
#define COLUMN 20

/* "process.3" of "process.3/waits", as a length. */
static int
task_length(const json_t *entry)
{
	return (int)strcspn(parts_string(entry, "row"), "/");
}

static bool
is_of_task(const json_t *entry, const json_t *first)
{
	int length = task_length(first);

	return length == task_length(entry) &&
	       !strncmp(parts_string(entry, "row"), parts_string(first, "row"), (size_t)length);
}

/* One character: ✓ ✗ · ?, a dash where it makes no sense, a blank where it was not graded. */
static int
write_mark(const struct paint *paint, const json_t *stage, const json_t *id)
{
	enum paint_style style = PAINT_QUIET;
	const char *mark = "–";

	if (json_is_string(id)) {
		const json_t *row = parts_row(stage, json_string_value(id));
		mark = row ? terminal_mark(row, &style) : " ";
	}
	return paint_text(paint, style, mark);
}

static void
write_blanks(const struct paint *paint, int count)
{
	fprintf(paint->out, "%*s", count > 1 ? count : 1, "");
}

static void
write_head(const struct paint *paint, const json_t *matrix)
{
	const char *method;
	json_t *id;
	int wanted = FIRST;
	int column = paint_text(paint, PAINT_PLAIN, "    by method");

	json_object_foreach(json_object_get(json_array_get(matrix, 0), "by"), method, id) {
		write_blanks(paint, wanted - column);
		column = wanted + paint_text(paint, PAINT_STRONG, method);
		wanted += COLUMN;
	}
	putc('\n', paint->out);
}

/* The line of the task whose first entry this is. */
static void
write_task(const struct paint *paint, const json_t *stage, const json_t *matrix, size_t first)
{
	const json_t *entry = json_array_get(matrix, first);
	const char *method;
	json_t *id, *other;
	size_t i;
	int wanted = FIRST;
	int column = paint_format(
	    paint, PAINT_PLAIN, "      %.*s", task_length(entry), parts_string(entry, "row"));

	json_object_foreach(json_object_get(entry, "by"), method, id) {
		write_blanks(paint, wanted - column);
		column = wanted;
		json_array_foreach(matrix, i, other)
			if (is_of_task(other, entry))
				column += write_mark(paint, stage,
				    json_object_get(json_object_get(other, "by"), method));
		wanted += COLUMN;
	}
	putc('\n', paint->out);
}

static bool
has_why(const json_t *entry, const char *why)
{
	const char *own = parts_string(entry, "why");

	return own && !strcmp(own, why);
}

/* The reason of the entry at first, with all rows that have it; once. */
static void
write_why(const struct paint *paint, const json_t *matrix, size_t first)
{
	const char *why = parts_string(json_array_get(matrix, first), "why");
	char *text = NULL;
	size_t i, size;
	json_t *entry;

	for (i = 0; i < first; i++)
		if (has_why(json_array_get(matrix, i), why))
			return;
	FILE *out = open_memstream(&text, &size);
	if (!out)
		return;
	json_array_foreach(matrix, i, entry)
		if (has_why(entry, why))
			fprintf(out, "%s%s", i == first ? "" : ", ", parts_string(entry, "row"));
	fprintf(out, ": %s", why);
	fclose(out);
	int column = 6;
	fputs("      ", paint->out);
	column += paint_text(paint, PAINT_QUIET, "– ");
	paint_wrapped(paint, PAINT_QUIET, column, column, text);
	free(text);
}

static bool
is_judged(const json_t *stage, const json_t *matrix)
{
	const char *method;
	json_t *entry, *id;
	size_t i;

	json_array_foreach(matrix, i, entry)
		json_object_foreach(json_object_get(entry, "by"), method, id) {
			const json_t *row = id && json_is_string(id)
						? parts_row(stage, json_string_value(id))
						: NULL;
			if (row && parts_verdict(row)->class != PARTS_UNJUDGED)
				return true;
		}
	return false;
}

void
terminal_matrix(const struct paint *paint, const json_t *stage)
{
	const json_t *matrix = json_object_get(stage, "matrix");
	json_t *entry;
	size_t i;

	if (!is_judged(stage, matrix))
		return;
	putc('\n', paint->out);
	write_head(paint, matrix);
	json_array_foreach(matrix, i, entry)
		if (i == 0 || !is_of_task(entry, json_array_get(matrix, i - 1)))
			write_task(paint, stage, matrix, i);
	json_array_foreach(matrix, i, entry)
		if (parts_string(entry, "why"))
			write_why(paint, matrix, i);
}
