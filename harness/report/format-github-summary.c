/* SPDX-License-Identifier: MIT */
/*
 * A GitHub job summary: Markdown for the file that $GITHUB_STEP_SUMMARY names.
 *
 * A table of the stages, then every failed build and row with its words, its process graph
 * (Mermaid, which GitHub draws) and the student's own output. What a student's program made
 * stands in fences longer than any it holds, or is escaped. GitHub refuses a summary over
 * 1024 KiB as a whole: each block is made on the side, and one that no longer fits is
 * left out and counted.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "parts.h"
#include "report.h"
#include "text.h"

/* Room is kept for what another step's part, or the note, may add. */
#define MOST	    ((size_t)960 * 1024)
#define MOST_OUTPUT ((size_t)16 * 1024)

struct summary {
	FILE *out;
	size_t written;
	long left_out;
	int error;
};

static void
markdown(FILE *out, const char *before, const char *text, const char *after)
{
	fputs(before, out);
	text_put(out, TEXT_MARKDOWN, text);
	fputs(after, out);
}

static void
put_fence(FILE *out, int ticks, const char *language)
{
	while (ticks-- > 0)
		putc('`', out);
	fprintf(out, "%s\n", language);
}

/* Text in a fence that it cannot close, cut at a character after MOST_OUTPUT bytes. */
static void
fenced(FILE *out, const char *language, const char *text)
{
	size_t size = strlen(text), whole = size;
	int ticks = text_fence(text);

	if (size > MOST_OUTPUT)
		for (size = MOST_OUTPUT; ((unsigned char)text[size] & 0xc0) == 0x80;)
			size--;
	put_fence(out, ticks, language);
	text_write(out, TEXT_LINES, text, size);
	if (size > 0 && text[size - 1] != '\n')
		putc('\n', out);
	put_fence(out, ticks, "");
	if (size < whole)
		fprintf(out, "\n(%zu more bytes are in the native results)\n", whole - size);
}

/* A fence that is folded away until somebody asks. */
static void
folded(FILE *out, const char *title, const char *language, const char *text)
{
	if (!text || !*text)
		return;
	fprintf(out, "\n<details><summary>%s</summary>\n\n", title);
	fenced(out, language, text);
	fputs("\n</details>\n", out);
}

static void
line_of_fence(const char *label, const char *text, void *context)
{
	FILE *out = context;

	fprintf(out, "%-9s ", label);
	text_put(out, TEXT_LINE, text);
	putc('\n', out);
}

static void
row_block(FILE *out, const json_t *row)
{
	const char *message = parts_string(row, "message");
	const char *mermaid = parts_string(row, "mermaid");

	markdown(out, "\n### ", parts_string(row, "id"), "");
	markdown(out, ": ", parts_string(row, "verdict"), "");
	fprintf(out, ", %lld of %lld points\n\n", parts_integer(row, "points"),
	    parts_integer(row, "of"));
	markdown(out, "**", parts_string(row, "sentence"), "**\n");
	if (message)
		markdown(out, "\n", message, "\n");
	/* Every line begins with a label: none can close the fence. */
	fputs("\n```text\n", out);
	parts_explain(row, line_of_fence, out);
	parts_advise(row, line_of_fence, out);
	fputs("```\n", out);
	/* A diagram cut in two draws nothing. */
	if (mermaid && strlen(mermaid) <= MOST_OUTPUT)
		folded(out, "The processes of this run", "mermaid", mermaid);
	else
		folded(out, "The processes of this run", "text", parts_string(row, "tree"));
	folded(out, "What the program printed", "text", parts_string(row, "output"));
}

static void
build_block(FILE *out, const json_t *stage)
{
	const json_t *build = json_object_get(stage, "build");
	const char *file = parts_string(build, "file");

	markdown(out, "\n### ", parts_string(stage, "name"), ": does not build\n\n");
	if (file) {
		markdown(out, "At ", file, "");
		fprintf(out, ", line %lld. ", parts_integer(build, "line"));
	}
	fputs("That costs no other stage anything.\n\n", out);
	fenced(out, "text", parts_string(build, "messages"));
}

/* Make one block on the side, and append it if it still fits. */
static void
append(
    struct summary *summary, void (*block)(FILE *out, const json_t *object), const json_t *object)
{
	char *text = NULL;
	size_t size;
	FILE *aside = open_memstream(&text, &size);

	if (!aside) {
		summary->error = -errno;
		return;
	}
	block(aside, object);
	if (fclose(aside) != 0)
		summary->error = -ENOMEM;
	else if (summary->written + size > MOST)
		summary->left_out++;
	else if (fwrite(text, 1, size, summary->out) == size)
		summary->written += size;
	else
		summary->error = -EIO;
	free(text);
}

static void
append_row(const json_t *stage, const json_t *task, const json_t *row, void *context)
{
	(void)stage, (void)task;
	if (parts_failing(row))
		append(context, row_block, row);
}

static void
table_line(FILE *out, const json_t *stage)
{
	markdown(out, "| ", parts_string(stage, "name"), "");
	markdown(out, " | ", parts_string(stage, "title"), "");
	fputs(parts_builds(stage) ? "" : " (does not build)", out);
	fprintf(out, " | %lld / %lld | %ld | %ld | %ld |\n", parts_integer(stage, "points"),
	    parts_integer(stage, "of"), parts_count(stage, PARTS_PASSED),
	    parts_count(stage, PARTS_FAILED) + parts_count(stage, PARTS_ERRED),
	    parts_count(stage, PARTS_UNJUDGED));
}

static void
table(FILE *out, const json_t *results)
{
	const json_t *totals = json_object_get(results, "totals");
	size_t i;
	json_t *stage;

	fprintf(out,
	    "## Procsmith: %lld of %lld points\n\n"
	    "| stage | | points | pass | fail | to do |\n"
	    "| :-- | :-- | --: | --: | --: | --: |\n",
	    parts_integer(totals, "points"), parts_integer(totals, "of"));
	json_array_foreach(json_object_get(results, "stages"), i, stage)
		table_line(out, stage);
}

static void
not_checked(FILE *out, const json_t *results)
{
	const json_t *machine = json_object_get(results, "machine");
	const json_t *checks = json_object_get(machine, "checks_not_made");
	size_t i;
	json_t *check;

	if (json_array_size(checks) == 0)
		return;
	markdown(out, "\nNot checked on this machine: ", parts_string(machine, "trace_note"), "\n");
	json_array_foreach(checks, i, check)
		markdown(out, "\n- ", json_string_value(check), "");
	putc('\n', out);
}

static int
write_summary(const json_t *results, FILE *out)
{
	struct summary summary = {.out = out};
	size_t i;
	json_t *stage;

	append(&summary, table, results);
	append(&summary, not_checked, results);
	json_array_foreach(json_object_get(results, "stages"), i, stage)
		if (!parts_builds(stage))
			append(&summary, build_block, stage);
	parts_each_row(results, append_row, &summary);
	if (summary.left_out > 0)
		fprintf(out,
		    "\nNot shown, for GitHub takes no more than 1024 KiB: %ld more. "
		    "The native results have them.\n",
		    summary.left_out);
	return summary.error ? summary.error : ferror(out) ? -EIO : 0;
}

REPORT_FORMAT_NAMED(
    github_summary, "github-summary", "Markdown for $GITHUB_STEP_SUMMARY", write_summary)
