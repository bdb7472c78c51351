/* SPDX-License-Identifier: MIT */
/*
 * GitHub workflow commands: an annotation for each build and row that failed, and the points.
 *
 * Print it on the step's standard output. Failed builds come first, for GitHub shows ten
 * errors a step. A harness error is a warning: it is no fault of the student's. What a
 * student's program made stands inside one line, after a label, and its own output is not
 * here at all, so no line of it can begin with "::".
 */
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "parts.h"
#include "report.h"
#include "text.h"

/* "::error file=F,line=N,title=LEFT: RIGHT::", file and line when they are known. */
static void
begin(FILE *out, const char *command, const json_t *place, const char *left, const char *right)
{
	const char *file = parts_string(place, "file");

	fprintf(out, "::%s ", command);
	if (file) {
		fputs("file=", out);
		text_put(out, TEXT_PROPERTY, file);
		if (json_is_integer(json_object_get(place, "line")))
			fprintf(out, ",line=%lld", parts_integer(place, "line"));
		putc(',', out);
	}
	fputs("title=", out);
	text_put(out, TEXT_PROPERTY, left);
	fputs("%3A ", out);
	text_put(out, TEXT_PROPERTY, right);
	fputs("::", out);
}

static void
line_of_message(const char *label, const char *text, void *context)
{
	FILE *out = context;

	fprintf(out, "%%0A%s: ", label);
	text_put(out, TEXT_COMMAND, text);
}

static void
annotate_row(const json_t *stage, const json_t *task, const json_t *row, void *context)
{
	FILE *out = context;
	const char *message = parts_string(row, "message");

	(void)stage, (void)task;
	if (!parts_failing(row))
		return;
	begin(out, parts_is(row, "harness error") ? "warning" : "error",
	    json_object_get(row, "where"), parts_string(row, "id"), parts_string(row, "verdict"));
	text_put(out, TEXT_COMMAND, parts_string(row, "sentence"));
	if (message)
		line_of_message("what is wrong", message, out);
	parts_explain(row, line_of_message, out);
	parts_advise(row, line_of_message, out);
	putc('\n', out);
}

static void
annotate_build(FILE *out, const json_t *stage)
{
	const json_t *build = json_object_get(stage, "build");
	const char *rest = parts_string(build, "messages"), *line;
	size_t length;

	begin(out, "error", build, parts_string(stage, "name"), "does not build");
	fputs("The compiler says:", out);
	for (int i = 0; i < 12 && (line = text_line(&rest, &length)); i++) {
		fputs("%0A| ", out);
		text_write(out, TEXT_COMMAND, line, length);
	}
	putc('\n', out);
}

static int
write_github(const json_t *results, FILE *out)
{
	const json_t *totals = json_object_get(results, "totals");
	size_t i;
	json_t *stage;

	json_array_foreach(json_object_get(results, "stages"), i, stage)
		if (!parts_builds(stage))
			annotate_build(out, stage);
	parts_each_row(results, annotate_row, out);
	fprintf(out, "::notice title=Procsmith::%lld of %lld points\n",
	    parts_integer(totals, "points"), parts_integer(totals, "of"));
	return ferror(out) ? -EIO : 0;
}

REPORT_FORMAT(github, "GitHub annotations, for standard output", write_github)
