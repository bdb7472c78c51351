/* SPDX-License-Identifier: MIT */
/*
 * JUnit XML, in the dialect that Jenkins, GitLab, pytest and testmo readers share.
 *
 * A stage is a testsuite, a row a testcase. failure: it did the wrong thing (wrong, deadlock,
 * leak, race, tamper); error: it did not come to its end (crash, slow, harness error), or the
 * stage did not build, which is one more testcase; skipped: todo and skipped. Points and
 * pictures are properties. tests = rows + failed builds.
 */
#include <errno.h>
#include <jansson.h>

#include "parts.h"
#include "report.h"
#include "text.h"

static const char *const element[] = {
    [PARTS_FAILED] = "failure", [PARTS_ERRED] = "error", [PARTS_UNJUDGED] = "skipped"};

static void
attribute(FILE *out, const char *name, const char *value)
{
	if (!value)
		return;
	fprintf(out, " %s=\"", name);
	text_put(out, TEXT_XML_LINE, value);
	putc('"', out);
}

static void
property(FILE *out, const char *indent, const char *name, const char *value)
{
	fprintf(out, "%s<property name=\"%s\"", indent, name);
	attribute(out, "value", value);
	fputs("/>\n", out);
}

static void
points(FILE *out, const char *indent, const json_t *object)
{
	char value[48];

	snprintf(value, sizeof(value), "%lld/%lld", parts_integer(object, "points"),
	    parts_integer(object, "of"));
	property(out, indent, "points", value);
}

static void
line_of_text(const char *label, const char *text, void *context)
{
	FILE *out = context;

	fprintf(out, "%-9s ", label);
	text_put(out, TEXT_XML_LINE, text);
	putc('\n', out);
}

static void
write_outcome(FILE *out, const json_t *row)
{
	const struct parts_verdict *verdict = parts_verdict(row);
	const char *message = parts_string(row, "message");

	if (verdict->class == PARTS_PASSED)
		return;
	fprintf(out, "   <%s", element[verdict->class]);
	attribute(out, "type", verdict->word);
	attribute(out, "message", message ? message : verdict->word);
	if (verdict->class == PARTS_UNJUDGED) {
		fputs("/>\n", out);
		return;
	}
	putc('>', out);
	parts_explain(row, line_of_text, out);
	parts_advise(row, line_of_text, out);
	fprintf(out, "</%s>\n", element[verdict->class]);
}

static void
write_properties(FILE *out, const json_t *row)
{
	size_t i;
	json_t *graph;

	fputs("   <properties>\n", out);
	property(out, "    ", "sentence", parts_string(row, "sentence"));
	points(out, "    ", row);
	json_array_foreach(json_object_get(row, "graphs"), i, graph)
		property(out, "    ", "attachment", json_string_value(graph));
	fputs("   </properties>\n", out);
}

static void
write_row(FILE *out, const json_t *task, const json_t *row)
{
	const json_t *where = json_object_get(row, "where");
	const char *output = parts_string(row, "output");

	fputs("  <testcase", out);
	attribute(out, "name", parts_string(row, "id"));
	attribute(out, "classname", parts_string(task, "id"));
	fprintf(out, " time=\"%.3f\"", parts_number(row, "seconds"));
	attribute(out, "file", parts_string(where, "file"));
	if (json_is_object(where))
		fprintf(out, " line=\"%lld\"", parts_integer(where, "line"));
	fputs(">\n", out);
	write_properties(out, row);
	write_outcome(out, row);
	if (output && *output) {
		fputs("   <system-out>", out);
		text_put(out, TEXT_XML, output);
		fputs("</system-out>\n", out);
	}
	fputs("  </testcase>\n", out);
}

static void
write_failed_build(FILE *out, const json_t *stage)
{
	const json_t *build = json_object_get(stage, "build");

	fputs("  <testcase name=\"build\"", out);
	attribute(out, "classname", parts_string(stage, "name"));
	attribute(out, "file", parts_string(build, "file"));
	if (json_is_integer(json_object_get(build, "line")))
		fprintf(out, " line=\"%lld\"", parts_integer(build, "line"));
	fputs(">\n   <error type=\"build\" message=\"the stage does not build\">", out);
	text_put(out, TEXT_XML, parts_string(build, "messages"));
	fputs("</error>\n  </testcase>\n", out);
}

/* The counts of one suite, or of all. */
static void
counts(FILE *out, const long of[4], long failed_builds, double seconds)
{
	fprintf(out, " tests=\"%ld\" failures=\"%ld\" errors=\"%ld\" skipped=\"%ld\" time=\"%.3f\"",
	    of[PARTS_PASSED] + of[PARTS_FAILED] + of[PARTS_ERRED] + of[PARTS_UNJUDGED] +
		failed_builds,
	    of[PARTS_FAILED], of[PARTS_ERRED] + failed_builds, of[PARTS_UNJUDGED], seconds);
}

static void
write_stage(FILE *out, const json_t *stage, const char *started)
{
	long of[4];
	size_t i, j;
	json_t *task, *row;

	for (int class = 0; class < 4; class ++)
		of[class] = parts_count(stage, class);
	fputs(" <testsuite", out);
	attribute(out, "name", parts_string(stage, "name"));
	counts(out, of, !parts_builds(stage), parts_seconds(stage));
	attribute(out, "timestamp", started);
	fputs(">\n  <properties>\n", out);
	property(out, "   ", "title", parts_string(stage, "title"));
	points(out, "   ", stage);
	fputs("  </properties>\n", out);
	if (!parts_builds(stage))
		write_failed_build(out, stage);
	json_array_foreach(json_object_get(stage, "tasks"), i, task)
		json_array_foreach(json_object_get(task, "rows"), j, row)
			write_row(out, task, row);
	fputs(" </testsuite>\n", out);
}

static int
write_junit(const json_t *results, FILE *out)
{
	const char *started = parts_string(results, "started");
	long of[4];
	size_t i;
	json_t *stage;

	for (int class = 0; class < 4; class ++)
		of[class] = parts_count_all(results, class);
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"procsmith\"", out);
	counts(out, of, parts_failed_builds(results), parts_number(results, "seconds"));
	attribute(out, "timestamp", started);
	fputs(">\n", out);
	json_array_foreach(json_object_get(results, "stages"), i, stage)
		write_stage(out, stage, started);
	fputs("</testsuites>\n", out);
	return ferror(out) ? -EIO : 0;
}

REPORT_FORMAT(junit, "JUnit XML", write_junit)
