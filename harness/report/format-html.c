/* SPDX-License-Identifier: MIT */
/*
 * The HTML report: one file, for a browser or to be handed on.
 *
 * First the points and a table of the stages, then each stage: the rows that it runs again by
 * each start method (html-matrix.c), what failed in full, and folded away all its rows. Whatever came
 * from a student is text (text.h), never markup.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "html.h"
#include "parts.h"
#include "report.h"
#include "text.h"

void
html_text(FILE *out, const char *before, const char *text, const char *after)
{
	if (!text)
		return;
	fputs(before, out);
	text_put(out, TEXT_XML_LINE, text);
	fputs(after, out);
}

void
html_verdict(FILE *out, const json_t *row)
{
	static const struct {
		const char *style, *mark;
	} looks[] = {
	    [PARTS_PASSED] = {"good", "✓"},
	    [PARTS_FAILED] = {"bad", "✗"},
	    [PARTS_ERRED] = {"bad", "✗"},
	    [PARTS_UNJUDGED] = {"quiet", "·"},
	};
	const struct parts_verdict *verdict = parts_verdict(row);

	fprintf(out, "<span class=\"%s\">%s %s</span>",
	    parts_is(row, "harness error") ? "care" : looks[verdict->class].style,
	    looks[verdict->class].mark, verdict->word);
}

static void
points(FILE *out, const char *before, const json_t *object, const char *after)
{
	fprintf(out, "%s%lld/%lld%s", before, parts_integer(object, "points"),
	    parts_integer(object, "of"), after);
}

/* Lines as they are. */
static void
block(FILE *out, const char *text)
{
	fputs("<pre>", out);
	text_put(out, TEXT_XML, text);
	fputs("</pre>\n", out);
}

static void
folded(FILE *out, const char *title, const char *text)
{
	if (!text || !*text)
		return;
	fprintf(out, "<details open><summary>%s</summary>\n", title);
	block(out, text);
	fputs("</details>\n", out);
}

/* --- a row that failed ---------------------------------------------------------------------- */

static void
labelled(const char *label, const char *text, void *context)
{
	FILE *out = context;

	html_text(out, "<dt>", label, "</dt>");
	html_text(out, "<dd><code>", text, "</code></dd>\n");
}

static void
failed_row(FILE *out, const json_t *row)
{
	html_text(out, "<article><h3 id=\"", parts_string(row, "id"), "\">");
	html_text(out, "", parts_string(row, "id"), " ");
	html_verdict(out, row);
	points(out, " <small>", row, "</small></h3>\n");
	html_text(out, "<p>", parts_string(row, "sentence"), "</p>\n<dl>");
	html_text(out, "<dt>but</dt><dd>", parts_string(row, "message"), "</dd>\n");
	parts_explain(row, labelled, out);
	parts_advise(row, labelled, out);
	fputs("</dl>\n", out);
	folded(out, "The processes of this run", parts_string(row, "tree"));
	folded(out, "What the program printed", parts_string(row, "output"));
	fputs("</article>\n", out);
}

/* --- a stage -------------------------------------------------------------------------------- */

static void
each_row(FILE *out, const json_t *stage, void (*write)(FILE *out, const json_t *row))
{
	size_t i, j;
	json_t *task, *row;

	json_array_foreach(json_object_get(stage, "tasks"), i, task)
		json_array_foreach(json_object_get(task, "rows"), j, row)
			write(out, row);
}

static void
if_failed(FILE *out, const json_t *row)
{
	if (parts_failing(row))
		failed_row(out, row);
}

/* Rows that the matrix has are not told twice. */
static void
row_line(FILE *out, const json_t *row)
{
	if (!parts_is_own(row))
		return;
	html_text(out, "<tr><td><code>", parts_string(row, "id"), "</code></td><td>");
	html_verdict(out, row);
	points(out, "</td><td class=\"number\">", row, "</td>");
	html_text(out, "<td>", parts_string(row, "sentence"), "</td></tr>\n");
}

static void
stage_section(FILE *out, const json_t *stage)
{
	const json_t *build = json_object_get(stage, "build");

	html_text(out, "<h2 id=\"", parts_string(stage, "name"), "\">");
	html_text(out, "", parts_string(stage, "name"), " ");
	html_text(out, "", parts_string(stage, "title"), " ");
	points(out, "<small>", stage, "</small></h2>\n");
	if (!parts_builds(stage)) {
		fputs("<article><h3 class=\"bad\">✗ does not build</h3>\n", out);
		block(out, parts_string(build, "messages"));
		fputs("</article>\n", out);
		return;
	}
	html_matrix(out, stage);
	each_row(out, stage, if_failed);
	fputs("<details><summary>all rows</summary>\n<table>\n", out);
	each_row(out, stage, row_line);
	fputs("</table></details>\n", out);
}

/* --- the whole ------------------------------------------------------------------------------ */

static void
stage_line(FILE *out, const json_t *stage)
{
	html_text(out, "<tr><td><a href=\"#", parts_string(stage, "name"), "\">");
	html_text(out, "", parts_string(stage, "name"), "</a></td>");
	html_text(out, "<td>", parts_string(stage, "title"), "</td>");
	points(out, "<td class=\"number\">", stage, "</td>");
	if (!parts_builds(stage))
		fputs("<td colspan=\"3\" class=\"bad\">does not build</td></tr>\n", out);
	else
		fprintf(out,
		    "<td class=\"number good\">%ld</td><td class=\"number bad\">%ld</td>"
		    "<td class=\"number quiet\">%ld</td></tr>\n",
		    parts_count(stage, PARTS_PASSED),
		    parts_count(stage, PARTS_FAILED) + parts_count(stage, PARTS_ERRED),
		    parts_count(stage, PARTS_UNJUDGED));
}

static void
head(FILE *out, const json_t *results)
{
	const json_t *totals = json_object_get(results, "totals");
	const json_t *machine = json_object_get(results, "machine");
	const char *path = parts_string(json_object_get(results, "submission"), "path");
	size_t i;
	json_t *check;

	fputs("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width\">\n",
	    out);
	points(out, "<title>Procsmith: ", totals, "</title>\n");
	html_style(out);
	fprintf(out, "</head>\n<body>\n<h1>%lld of %lld points</h1>\n<p class=\"quiet\">",
	    parts_integer(totals, "points"), parts_integer(totals, "of"));
	html_text(out, "", path, ", ");
	html_text(out, "", parts_string(results, "started"), ", ");
	fprintf(out, "%lld rows in %.1f s</p>\n", parts_integer(totals, "rows"),
	    parts_number(results, "seconds"));
	json_array_foreach(json_object_get(machine, "checks_not_made"), i, check)
		html_text(out,
		    "<p class=\"care\">Not checked on this machine: ", json_string_value(check),
		    "</p>\n");
	fputs("<table><thead><tr><th>stage</th><th></th><th class=\"number\">points</th>"
	      "<th class=\"number\">pass</th><th class=\"number\">fail</th>"
	      "<th class=\"number\">to do</th></tr></thead>\n",
	    out);
}

static int
write_html(const json_t *results, FILE *out)
{
	const json_t *stages = json_object_get(results, "stages");
	size_t i;
	json_t *stage;

	head(out, results);
	json_array_foreach(stages, i, stage)
		stage_line(out, stage);
	fputs("</table>\n", out);
	json_array_foreach(stages, i, stage)
		stage_section(out, stage);
	fputs("</body>\n</html>\n", out);
	return ferror(out) ? -EIO : 0;
}

REPORT_FORMAT(html, "one HTML page, for a browser", write_html)
