/* SPDX-License-Identifier: MIT */
/*
 * The terminal report: what a student sees first.
 *
 * A stage that passes, or that nobody has begun, is one line. Any other shows a line for
 * each task with a mark for each row, then a block for each row that failed. Below all
 * stand the points, what this machine could not check, and where to go on: the one thing
 * to look at next is the last line, next to the prompt. Rows that a stage runs again by each
 * start method have a table of their own, and no mark in the lines of its tasks.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "paint.h"
#include "parts.h"
#include "report.h"
#include "terminal-matrix.h"
#include "terminal-row.h"
#include "text.h"

static const char *
points_of(const json_t *object, char *text, size_t size)
{
	snprintf(
	    text, size, "%lld/%lld", parts_integer(object, "points"), parts_integer(object, "of"));
	return text;
}

static bool
all(const json_t *stage, enum parts_class class)
{
	long rows = 0;

	for (int c = PARTS_PASSED; c <= PARTS_UNJUDGED; c++)
		rows += parts_count(stage, c);
	return rows > 0 && parts_builds(stage) && parts_count(stage, class) == rows;
}

/* --- stages --------------------------------------------------------------------------------- */

static void
write_stage_line(const struct paint *paint, const json_t *stage)
{
	char points[48];
	bool passed = all(stage, PARTS_PASSED), untried = all(stage, PARTS_UNJUDGED);
	bool failed = !parts_builds(stage) || parts_count(stage, PARTS_FAILED) > 0 ||
		      parts_count(stage, PARTS_ERRED) > 0;
	int column = paint_text(paint,
	    passed   ? PAINT_GOOD
	    : failed ? PAINT_BAD
		     : PAINT_QUIET,
	    passed   ? "✓ "
	    : failed ? "✗ "
		     : "· ");

	column += paint_format(paint, PAINT_STRONG, "%-14s", parts_string(stage, "name"));
	column += paint_format(paint, PAINT_PLAIN, " %s", parts_string(stage, "title"));
	if (untried)
		column += paint_text(paint, PAINT_QUIET, "  to do");
	paint_right(paint, column, PAINT_PLAIN, points_of(stage, points, sizeof(points)));
}

static void
write_warnings(const struct paint *paint, const json_t *stage)
{
	const json_t *build = json_object_get(stage, "build");
	long long warnings = parts_integer(build, "warnings");

	if (warnings == 0 || !parts_builds(stage))
		return;
	fputs("  ", paint->out);
	paint_format(
	    paint, PAINT_CARE, "! %lld compiler warning%s", warnings, warnings == 1 ? "" : "s");
	putc('\n', paint->out);
	paint_lines(paint, "    │ ", 3, parts_string(build, "messages"));
}

/* In words, what the dots of a task or stage mean. */
static const char *
remark(const json_t *rows)
{
	size_t i, todo = 0, skipped = 0;
	json_t *row;

	json_array_foreach(rows, i, row) {
		todo += parts_is(row, "todo");
		skipped += parts_is(row, "skipped");
	}
	return todo && skipped ? " to do, skipped" : todo ? " to do" : skipped ? " skipped" : "";
}

static void
write_task(const struct paint *paint, const json_t *task)
{
	char points[48];
	size_t i;
	json_t *row;
	int column = paint_format(paint, PAINT_PLAIN, "    %-13s", parts_string(task, "id"));

	json_array_foreach(json_object_get(task, "rows"), i, row) {
		enum paint_style style;
		if (!parts_is_own(row))
			continue;
		const char *mark = terminal_mark(row, &style);
		column += paint_text(paint, style, mark);
		column += paint_text(paint, PAINT_PLAIN, " ");
	}
	column += paint_text(paint, PAINT_QUIET, remark(json_object_get(task, "rows")));
	paint_right(paint, column, PAINT_QUIET, points_of(task, points, sizeof(points)));
}

/* A block for each row that failed. One that breaks a method fails many that are run again by
 * it: of those the first, and only if nothing else says what is wrong. */
static void
write_failed(const struct paint *paint, const json_t *tasks)
{
	const json_t *again = NULL;
	bool own = false;
	size_t i, j;
	json_t *task, *row;

	json_array_foreach(tasks, i, task)
		json_array_foreach(json_object_get(task, "rows"), j, row) {
			if (!parts_failing(row))
				continue;
			if (parts_is_own(row))
				terminal_row(paint, row);
			else if (!again)
				again = row;
			own |= parts_is_own(row);
		}
	if (again && !own)
		terminal_row(paint, again);
}

static void
write_stage(const struct paint *paint, const json_t *stage, bool others)
{
	size_t i;
	json_t *task, *tasks = json_object_get(stage, "tasks");

	write_stage_line(paint, stage);
	write_warnings(paint, stage);
	if (!parts_builds(stage))
		return terminal_build(paint, stage, others);
	if (all(stage, PARTS_PASSED))
		terminal_matrix(paint, stage);
	if (all(stage, PARTS_PASSED) || all(stage, PARTS_UNJUDGED))
		return;
	json_array_foreach(tasks, i, task)
		write_task(paint, task);
	terminal_matrix(paint, stage);
	write_failed(paint, tasks);
}

/* --- the end -------------------------------------------------------------------------------- */

/* "15 pass, 1 wrong, 3 to do, in 4.2 s", for the caller to free. */
static char *
counted(const json_t *results)
{
	const json_t *totals = json_object_get(results, "totals");
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	for (int i = 0; i < PARTS_VERDICTS; i++) {
		const char *word = parts_verdicts[i].word;
		long long rows = parts_integer(totals, word);
		if (rows > 0)
			fprintf(out, "%lld %s, ", rows, strcmp(word, "todo") ? word : "to do");
	}
	fprintf(out, "in %.1f s", parts_number(results, "seconds"));
	return fclose(out) == 0 ? text : NULL;
}

static void
write_totals(const struct paint *paint, const json_t *results, int column)
{
	const json_t *totals = json_object_get(results, "totals");
	char *text = counted(results);

	column += paint_format(paint, PAINT_STRONG, "%lld of %lld points",
	    parts_integer(totals, "points"), parts_integer(totals, "of"));
	column += paint_text(paint, PAINT_PLAIN, ": ");
	paint_wrapped(paint, PAINT_PLAIN, column, column, text ? text : "");
	free(text);
}

static void
write_not_checked(const struct paint *paint, const json_t *results)
{
	const json_t *machine = json_object_get(results, "machine");
	const json_t *checks = json_object_get(machine, "checks_not_made");
	const char *note = parts_string(machine, "trace_note");
	size_t i;
	json_t *check;

	if (json_array_size(checks) == 0)
		return;
	putc('\n', paint->out);
	int column = paint_text(paint, PAINT_CARE, "Not checked on this machine: ");
	paint_wrapped(paint, PAINT_PLAIN, column, column, note ? note : "");
	json_array_foreach(checks, i, check) {
		fputs("  - ", paint->out);
		paint_wrapped(paint, PAINT_PLAIN, 4, 4, json_string_value(check));
	}
	putc('\n', paint->out);
}

static bool
is_todo(const json_t *row)
{
	return parts_is(row, "todo");
}

static bool
is_students(const json_t *row)
{
	return parts_failing(row) && !parts_is(row, "harness error");
}

static const json_t *
first_failed_build(const json_t *results)
{
	size_t i;
	json_t *stage;

	json_array_foreach(json_object_get(results, "stages"), i, stage)
		if (!parts_builds(stage))
			return stage;
	return NULL;
}

struct pictures {
	long count;
	const char *first;
};

static void
count_pictures(const json_t *stage, const json_t *task, const json_t *row, void *context)
{
	struct pictures *pictures = context;
	const json_t *graphs = json_object_get(row, "graphs");

	(void)stage, (void)task;
	if (!pictures->first)
		pictures->first = json_string_value(json_array_get(graphs, 0));
	pictures->count += (long)json_array_size(graphs);
}

/* Where the process graphs of all rows are, by the first. */
static void
write_pictures(const struct paint *paint, const json_t *results)
{
	struct pictures pictures = {0};

	parts_each_row(results, count_pictures, &pictures);
	if (pictures.count > 1)
		paint_format(paint, PAINT_PLAIN, "%ld process graphs, such as %s", pictures.count,
		    pictures.first);
	else if (pictures.first)
		paint_format(paint, PAINT_PLAIN, "Process graph: %s", pictures.first);
	if (pictures.first)
		putc('\n', paint->out);
}

/* The one thing to do next. */
static void
write_next(const struct paint *paint, const json_t *results)
{
	const json_t *stage, *task, *row, *build = first_failed_build(results);

	if (build) {
		paint_format(paint, PAINT_PLAIN, "Next: what the compiler says of %s, above.",
		    parts_string(build, "name"));
		putc('\n', paint->out);
	} else if ((row = parts_first(results, is_students, &stage, &task))) {
		fputs("Next: ", paint->out);
		paint_text(paint, PAINT_STRONG, parts_string(row, "repeat"));
		putc('\n', paint->out);
	} else if ((row = parts_first(results, is_todo, &stage, &task))) {
		bool begun = parts_count_all(results, PARTS_PASSED) > 0;
		paint_format(paint, PAINT_PLAIN, "%s ", begun ? "Next:" : "Start with");
		paint_text(paint, PAINT_STRONG, parts_string(task, "id"));
		paint_format(paint, PAINT_PLAIN, ", in labs/%s/README.md; then ",
		    parts_string(stage, "name"));
		paint_format(paint, PAINT_STRONG, "make grade-%s T=%s", parts_string(stage, "name"),
		    parts_string(task, "id"));
		putc('\n', paint->out);
	}
}

static void
write_end(const struct paint *paint, const json_t *results)
{
	const json_t *totals = json_object_get(results, "totals");
	long long rows = parts_integer(totals, "rows");
	int column = 0;

	putc('\n', paint->out);
	if (parts_integer(results, "exit") == 0)
		column = paint_text(paint, PAINT_GOOD, "Everything passes. ");
	else if (rows > 0 && parts_integer(totals, "todo") == rows)
		column = paint_text(paint, PAINT_PLAIN, "All is ready, nothing is written yet. ");
	write_totals(paint, results, column);
	write_pictures(paint, results);
	write_not_checked(paint, results);
	write_next(paint, results);
}

int
report_terminal(const json_t *results, FILE *out, bool colour)
{
	const struct paint paint = {.out = out, .colour = colour};
	size_t i;
	json_t *stage, *stages = json_object_get(results, "stages");
	bool above = false;

	json_array_foreach(stages, i, stage) {
		bool wide = !all(stage, PARTS_PASSED) && !all(stage, PARTS_UNJUDGED);
		if (i > 0 && (wide || above))
			putc('\n', out);
		write_stage(&paint, stage, json_array_size(stages) > 1);
		above = wide;
	}
	write_end(&paint, results);
	return ferror(out) ? -EIO : 0;
}
