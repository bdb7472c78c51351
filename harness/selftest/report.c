/* SPDX-License-Identifier: MIT */
/*
 * The results document and all that is made from it: see report/report.h.
 *
 * The samples in results/ are whole documents; results/check.py looks at them, and at what
 * the formats make of them, with Python's parsers. Run from the top of the tree.
 */
#define _GNU_SOURCE
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/report.h"
#include "report/text.h"
#include "selftest.h"

#define RESULTS "harness/selftest/results/"
static const char *const samples[] = {"passed", "todo", "mixed", "verdicts", "methods", "hostile"};
static const int exits[] = {0, 1, 2, 3, 1, 3};
#define SAMPLES (sizeof(samples) / sizeof(*samples))

static json_t *
sample(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), RESULTS "%s.json", name);
	json_t *results = json_load_file(path, 0, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(results);
	return results;
}

/* What a format, or "terminal" or "colour", makes of results; the caller frees. */
static char *
written(const json_t *results, const char *name)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	const struct report_format *format = report_find_format(name);

	CU_ASSERT_PTR_NOT_NULL_FATAL(out);
	int error = format ? format->write(results, out)
			   : report_terminal(results, out, !strcmp(name, "colour"));
	CU_ASSERT_EQUAL(error, 0);
	CU_ASSERT_EQUAL_FATAL(fclose(out), 0);
	return text;
}

static int
check(const char *what, const char *first, const char *second)
{
	char command[512];

	snprintf(command, sizeof(command), "/usr/bin/python3 " RESULTS "check.py %s %s %s", what,
	    first, second);
	return system(command);
}

/* Hand text to check.py as a file. */
static int
check_text(const char *what, const char *first, const char *text)
{
	char path[] = "/tmp/procsmith-report-XXXXXX";
	int fd = mkstemp(path);

	CU_ASSERT_FATAL(fd >= 0);
	FILE *file = fdopen(fd, "w");
	fputs(text, file);
	fclose(file);
	int status = check(what, first, path);
	unlink(path);
	return status;
}

static bool
holds(const char *text, const char *part)
{
	return strstr(text, part) != NULL;
}

static long
lines_beginning(const char *text, const char *start)
{
	long count = 0;
	size_t length;

	for (const char *line; (line = text_line(&text, &length));) {
		size_t blanks = strspn(line, " \t");
		count += !strncmp(line + blanks, start, strlen(start));
	}
	return count;
}

/* --- the document --------------------------------------------------------------------------- */

static void
schema(void)
{
	CU_ASSERT_EQUAL(check("schema", "", ""), 0);
}
SELFTEST("report", "the schema takes every sample and refuses each that is spoilt", schema)

static void
forget(json_t *object)
{
	json_object_set_new(object, "points", json_integer(99));
	json_object_set_new(object, "of", json_integer(99));
}

static void
totals(void)
{
	for (size_t n = 0; n < SAMPLES; n++) {
		json_t *expected = sample(samples[n]), *results = sample(samples[n]), *stage, *task;
		size_t i, j;
		json_array_foreach(json_object_get(results, "stages"), i, stage) {
			forget(stage);
			json_array_foreach(json_object_get(stage, "tasks"), j, task)
				forget(task);
		}
		json_object_del(results, "totals");
		json_object_del(results, "exit");
		report_total(results);
		CU_ASSERT(json_equal(results, expected));
		CU_ASSERT_EQUAL(json_integer_value(json_object_get(results, "exit")), exits[n]);
		json_decref(results);
		json_decref(expected);
	}
}
SELFTEST("report", "report_total finds the sums and the exit code of every sample", totals)

static long long
exit_of(const char *verdict, bool builds)
{
	json_t *results = json_pack("{s[{s{sb}s[{s[{ss,si,si}]}]}]}", "stages", "build", "ok",
	    builds, "tasks", "rows", "verdict", verdict, "points", 0, "of", 2);

	CU_ASSERT_PTR_NOT_NULL_FATAL(results);
	report_total(results);
	long long code = json_integer_value(json_object_get(results, "exit"));
	json_decref(results);
	return code;
}

static void
exit_codes(void)
{
	CU_ASSERT_EQUAL(exit_of("pass", true), 0);
	CU_ASSERT_EQUAL(exit_of("todo", true), 1);
	CU_ASSERT_EQUAL(exit_of("skipped", true), 1);
	CU_ASSERT_EQUAL(exit_of("slow", true), 1);
	CU_ASSERT_EQUAL(exit_of("pass", false), 2);
	CU_ASSERT_EQUAL(exit_of("wrong", false), 2);
	CU_ASSERT_EQUAL(exit_of("harness error", true), 3);
	CU_ASSERT_EQUAL(exit_of("harness error", false), 3);

	json_t *nothing = json_pack("{s[]}", "stages");
	report_total(nothing);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(nothing, "exit")), 2);
	json_decref(nothing);
}
SELFTEST("report", "the exit code: 3 before 2 before 1, and 2 for nothing at all", exit_codes)

static void
same_bytes(const char *bytes, size_t size, const char *expected)
{
	json_t *string = report_bytes(bytes, size);

	CU_ASSERT_PTR_NOT_NULL_FATAL(string);
	CU_ASSERT_STRING_EQUAL(json_string_value(string), expected);
	json_decref(string);
}

static void
bytes(void)
{
	same_bytes("", 0, "");
	same_bytes("a\0b", 3, "a␀b");
	same_bytes("gr\xc3\xbc\xc3\x9f 😀\n\x1b", 13, "grüß 😀\n\x1b");
	same_bytes("\xff\xc3", 2, "\xef\xbf\xbd\xef\xbf\xbd");
	same_bytes("\xc0\xafz", 3, "\xef\xbf\xbd\xef\xbf\xbdz");
	same_bytes("\xed\xa0\x80", 3, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	same_bytes("\xf4\x90\x80\x80", 4, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	same_bytes("\xe2\x82", 2, "\xef\xbf\xbd\xef\xbf\xbd");
}
SELFTEST("report", "report_bytes makes UTF-8 of any bytes", bytes)

/* --- formats -------------------------------------------------------------------------------- */

static void
note(const struct report_format *format, void *context)
{
	CU_ASSERT_PTR_EQUAL(report_find_format(format->name), format);
	CU_ASSERT(strlen(format->sentence) > 0);
	++*(int *)context;
}

static void
finds(void)
{
	static const char *const names[] = {"json", "junit", "github", "github-summary", "html"};
	int count = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		CU_ASSERT_PTR_NOT_NULL(report_find_format(names[i]));
	CU_ASSERT_PTR_NULL(report_find_format("jsonx"));
	CU_ASSERT_PTR_NULL(report_find_format(""));
	report_each_format(note, &count);
	CU_ASSERT(count >= 5);
}
SELFTEST("report", "a format is found by its name, and an unknown one is not", finds)

static void
json_again(void)
{
	for (size_t n = 0; n < SAMPLES; n++) {
		json_t *results = sample(samples[n]);
		char *text = written(results, "json");
		json_t *again = json_loads(text, 0, NULL);
		CU_ASSERT(json_equal(again, results));
		CU_ASSERT_EQUAL(check_text("document", "", text), 0);
		json_decref(again);
		json_decref(results);
		free(text);
	}
}
SELFTEST("report", "the JSON format is the document, and valid", json_again)

static void
junit(void)
{
	for (size_t n = 0; n < SAMPLES; n++) {
		char path[128];
		json_t *results = sample(samples[n]);
		char *text = written(results, "junit");
		snprintf(path, sizeof(path), RESULTS "%s.json", samples[n]);
		CU_ASSERT_EQUAL(check_text("junit", path, text), 0);
		json_decref(results);
		free(text);
	}
}
SELFTEST("report", "JUnit is well-formed and has the document's totals", junit)

static void
html(void)
{
	for (size_t n = 0; n < SAMPLES; n++) {
		char path[128];
		json_t *results = sample(samples[n]);
		char *text = written(results, "html");
		snprintf(path, sizeof(path), RESULTS "%s.json", samples[n]);
		CU_ASSERT_EQUAL(check_text("html", path, text), 0);
		json_decref(results);
		free(text);
	}
}
SELFTEST("report", "the HTML page is well-formed, and its matrix is the document's", html)

static void
github(void)
{
	json_t *results = sample("mixed");
	char *text = written(results, "github");

	CU_ASSERT_EQUAL(lines_beginning(text, "::error "), 5);
	CU_ASSERT_EQUAL(strncmp(text,
			    "::error file=labs/03-pipe/pipe.c,line=12,"
			    "title=03-pipe%3A does not build::The compiler says:%0A| labs/",
			    101),
	    0);
	CU_ASSERT(holds(text, "\n::error file=harness/tests/01-process.c,line=88,"
			      "title=process.3/waits%3A wrong::join waits until"));
	CU_ASSERT(holds(text, "\n::notice title=Procsmith::20 of 38 points\n"));
	json_decref(results);
	free(text);

	char *property = text_copy(TEXT_PROPERTY, "100%, a:b\r\n");
	char *message = text_copy(TEXT_COMMAND, "100%, a:b\r\n%0A");
	CU_ASSERT_STRING_EQUAL(property, "100%25%2C a%3Ab␍␊");
	CU_ASSERT_STRING_EQUAL(message, "100%25, a:b␍␊%250A");
	free(property);
	free(message);
}
SELFTEST("report", "GitHub's annotations name file, line and row, escaped", github)

static void
summary(void)
{
	for (size_t n = 0; n < SAMPLES; n++) {
		json_t *results = sample(samples[n]);
		char *text = written(results, "github-summary");
		CU_ASSERT_EQUAL(check_text("summary", "", text), 0);
		json_decref(results);
		free(text);
	}
}
SELFTEST("report", "in GitHub's summary no fence closes early and no markup is foreign", summary)

static void
summary_size(void)
{
	json_t *results = sample("hostile");
	json_t *rows = json_object_get(
	    json_array_get(
		json_object_get(json_array_get(json_object_get(results, "stages"), 0), "tasks"), 0),
	    "rows");
	char *output = malloc(60001);

	memset(output, '`', 60000);
	memcpy(output + 60000 - 3, "😀", 3);
	output[60000] = '\0';
	json_t *row = json_deep_copy(json_array_get(rows, 0));
	json_object_set_new(row, "output", report_bytes(output, 60000));
	for (int i = 0; i < 100; i++)
		json_array_append(rows, row);
	char *text = written(results, "github-summary");
	CU_ASSERT(strlen(text) > 512 * 1024);
	CU_ASSERT(strlen(text) < 1024 * 1024);
	CU_ASSERT(holds(text, "\nNot shown, for GitHub takes no more than 1024 KiB: "));
	CU_ASSERT_EQUAL(check_text("summary", "", text), 0);
	free(text);
	free(output);
	json_decref(row);
	json_decref(results);
}
SELFTEST("report", "GitHub's summary stays under 1024 KiB and says what it left out", summary_size)

/* --- hostile text --------------------------------------------------------------------------- */

/* No byte that a terminal obeys, no character that is not seen, no broken UTF-8. */
static bool
harmless(const char *text)
{
	size_t size = strlen(text);
	uint32_t code;

	for (size_t i = 0; i < size;) {
		i += text_next(text + i, size - i, &code);
		if ((code < 0x20 && code != '\n' && code != '\t') || (code >= 0x7f && code < 0xa0))
			return false;
		if (code == 0x200b || code == 0x202e || code == 0x2028 || code == 0xfeff)
			return false;
	}
	return true;
}

static void
obeyed_by_none(const struct report_format *format, void *context)
{
	char *text = written(context, format->name);
	bool annotations = !strcmp(format->name, "github");

	/* JSON has every character as it is, or escaped; its own test reads it back. */
	CU_ASSERT(!strcmp(format->name, "json") || harmless(text));
	CU_ASSERT_FALSE(holds(text, "##["));
	CU_ASSERT_EQUAL(lines_beginning(text, "::"), annotations ? 4 : 0);
	CU_ASSERT(!annotations || lines_beginning(text, "") == 4);
	CU_ASSERT(strcmp(format->name, "junit") != 0 || !holds(text, "]]>"));
	CU_ASSERT_EQUAL(lines_beginning(text, "\033"), 0);
	free(text);
}

static void
hostile(void)
{
	json_t *results = sample("hostile");

	report_each_format(obeyed_by_none, results);
	char *text = written(results, "terminal");
	CU_ASSERT(harmless(text));
	CU_ASSERT_FALSE(holds(text, "##["));
	CU_ASSERT_EQUAL(lines_beginning(text, "::"), 0);
	free(text);
	json_decref(results);
}
SELFTEST("report", "hostile text injects nothing into any format", hostile)

/* Text of every length before "::error::", so that some wrap falls just there. */
static void
wraps(void)
{
	json_t *results = sample("mixed");
	json_t *row = json_array_get(
	    json_object_get(
		json_array_get(
		    json_object_get(json_array_get(json_object_get(results, "stages"), 1), "tasks"),
		    0),
		"rows"),
	    1);
	char message[160];

	for (int length = 1; length < 120; length++) {
		snprintf(message, sizeof(message), "%.*s ::error::x", length,
		    "a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a "
		    "a a a a a a a a a a a a a a a a a a a a a a a a a a a a a");
		json_object_set_new(row, "message", json_string(message));
		char *text = written(results, "terminal");
		CU_ASSERT_EQUAL(lines_beginning(text, "::"), 0);
		free(text);
	}
	json_decref(results);
}
SELFTEST("report", "no wrapping puts a runner's command at the beginning of a line", wraps)

static void
broken_utf8(void)
{
	char *text = text_copy(TEXT_XML, "a\xff\xc3(\x9b<");

	CU_ASSERT_STRING_EQUAL(text, "a\xef\xbf\xbd\xef\xbf\xbd(\xef\xbf\xbd&lt;");
	free(text);
}
SELFTEST("report", "what is no UTF-8 is replaced, and nothing after it is lost", broken_utf8)

/* --- the terminal --------------------------------------------------------------------------- */

static size_t
widest(const char *text)
{
	size_t length, most = 0;

	for (const char *line; (line = text_line(&text, &length));) {
		size_t width = 0;
		for (size_t i = 0; i < length; i++)
			width += ((unsigned char)line[i] & 0xc0) != 0x80;
		most = width > most ? width : most;
	}
	return most;
}

static void
terminal_width(void)
{
	for (size_t n = 0; n < SAMPLES - 1; n++) {
		json_t *results = sample(samples[n]);
		char *text = written(results, "terminal");
		CU_ASSERT(widest(text) <= 100);
		CU_ASSERT_PTR_NULL(strchr(text, '\033'));
		json_decref(results);
		free(text);
	}
}
SELFTEST(
    "report", "without colour the terminal gets no escape, and at most 100 columns", terminal_width)

static void
terminal_colour(void)
{
	json_t *results = sample("hostile");
	char *text = written(results, "colour");
	long escapes = 0, ours = 0;

	for (const char *at = text; (at = strchr(at, '\033')); at++) {
		size_t digits = at[1] == '[' ? strspn(at + 2, "0123456789") : 0;
		escapes++;
		ours += digits > 0 && at[2 + digits] == 'm';
	}
	CU_ASSERT(escapes > 0);
	CU_ASSERT_EQUAL(escapes, ours);
	json_decref(results);
	free(text);
}
SELFTEST("report", "with colour the terminal gets colours and nothing else", terminal_colour)

static void
terminal_words(void)
{
	json_t *results = sample("passed");
	char *text = written(results, "terminal");
	CU_ASSERT(lines_beginning(text, "") <= 4);
	CU_ASSERT(holds(text, "Everything passes."));
	free(text);
	json_decref(results);

	results = sample("todo");
	text = written(results, "terminal");
	CU_ASSERT(lines_beginning(text, "") <= 6);
	CU_ASSERT(holds(text, "Start with process.1, in labs/01-process/README.md"));
	free(text);
	json_decref(results);

	results = sample("mixed");
	text = written(results, "terminal");
	CU_ASSERT(holds(text, "does not build  labs/03-pipe/pipe.c:12"));
	CU_ASSERT(holds(text, "The other stages were graded all the same."));
	CU_ASSERT(holds(text, "again     make grade-01-process T=process.3/waits\n"));
	CU_ASSERT(holds(text, "⋮ 29 more lines"));
	CU_ASSERT(holds(text, "- which process held which end of a pipe"));
	free(text);
	json_decref(results);
}
SELFTEST(
    "report", "the terminal says where to start, what failed, and how to repeat it", terminal_words)

static void
terminal_methods(void)
{
	json_t *results = sample("methods");
	char *text = written(results, "terminal");

	CU_ASSERT(
	    holds(text, "    by method      fork                spawn               forkserver\n"
			"      process.4    ✓✓✓                 ✓✓✓                 ✓✗–\n"
			"      process.6    –✓                  ––                  ––\n"
			"      reap.1       ✓                   ✓                   ·\n"));
	CU_ASSERT(holds(text, "      – process.4/kept: the child is the server's: it reaps it, "));
	CU_ASSERT(holds(text, "      – process.6/main: it starts no child\n"));
	/* Run again, it is no row of the task's: but it is told, for nothing else failed. */
	CU_ASSERT(holds(text, "    spawn.5      ✓  "));
	CU_ASSERT(holds(text, "✗ wrong  spawn.5/process.4-signal"));
	free(text);
	json_decref(results);
}
SELFTEST(
    "report", "the terminal shows rows by start method, and why there is a dash", terminal_methods)
