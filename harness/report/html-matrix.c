/* SPDX-License-Identifier: MIT */
/*
 * The matrix of a stage in HTML: a line a row, a column a start method, and why where there is
 * a dash.
 */
#define _GNU_SOURCE
#include <string.h>

#include "html.h"
#include "parts.h"

static void
write_head(FILE *out, const json_t *stage, const json_t *matrix)
{
	const json_t *by = json_object_get(json_array_get(matrix, 0), "by");
	const char *method;
	json_t *id;

	html_text(out, "<h3>", parts_string(stage, "name"), ": rows by start method</h3>\n");
	fputs("<p class=\"quiet\">Rows of other stages, run again with this stage's start methods. "
	      "They are worth no points: their promises have been paid for.</p>\n"
	      "<table class=\"matrix\">\n<colgroup><col class=\"row\">",
	    out);
	for (size_t i = 0; i < json_object_size(by); i++)
		fputs("<col class=\"method\">", out);
	fputs("<col></colgroup>\n<thead><tr><th>row</th>", out);
	json_object_foreach((json_t *)by, method, id)
		html_text(out, "<th>", method, "</th>");
	fputs("<th>promise</th></tr></thead>\n<tbody>\n", out);
}

static void
write_cell(FILE *out, const json_t *stage, const json_t *id, const char *why)
{
	const json_t *row = json_is_string(id) ? parts_row(stage, json_string_value(id)) : NULL;
	bool failed = row && parts_failing(row);

	fputs("<td>", out);
	if (failed)
		html_text(out, "<a href=\"#", parts_string(row, "id"), "\">");
	if (row)
		html_verdict(out, row);
	if (failed)
		fputs("</a>", out);
	if (!json_is_string(id))
		html_text(out, "<span class=\"quiet\" title=\"", why ? why : "", "\">–</span>");
	fputs("</td>", out);
}

/* The first of a task is preceded by the task's name. */
static void
write_entry(FILE *out, const json_t *stage, const json_t *entry, const json_t *before)
{
	const char *name = parts_string(entry, "row"), *why = parts_string(entry, "why");
	const char *method, *last = before ? parts_string(before, "row") : "";
	size_t task = strcspn(name, "/");
	char own[80];
	json_t *id;

	if (strncmp(last, name, task + 1) != 0) {
		snprintf(own, sizeof(own), "%.*s", (int)task, name);
		fprintf(out, "<tr class=\"task\"><th colspan=\"%zu\">",
		    json_object_size(json_object_get(entry, "by")) + 2);
		html_text(out, "", own, "</th></tr>\n");
	}
	html_text(out, "<tr><td><code>", name, "</code></td>");
	json_object_foreach(json_object_get(entry, "by"), method, id)
		write_cell(out, stage, id, why);
	html_text(out, "<td>", parts_string(entry, "sentence"), "");
	html_text(out, "<br><small>– ", why, "</small>");
	fputs("</td></tr>\n", out);
}

void
html_matrix(FILE *out, const json_t *stage)
{
	const json_t *matrix = json_object_get(stage, "matrix");
	size_t i;
	json_t *entry;

	if (json_array_size(matrix) == 0)
		return;
	write_head(out, stage, matrix);
	json_array_foreach(matrix, i, entry)
		write_entry(out, stage, entry, i ? json_array_get(matrix, i - 1) : NULL);
	fputs("</tbody></table>\n", out);
}
