/* SPDX-License-Identifier: MIT */
#ifndef REPORT_H
#define REPORT_H
/*
 * Results, and the formats made from them.
 *
 * One JSON document says all about a grading run (docs/results.schema.json, in words in
 * docs/results.md). The grader builds its rows; report_total adds them up. Everything else
 * is a pure function of that document: nothing here runs anything or reads a clock.
 *
 * A format is one file, report/format-NAME.c, that ends with
 *	REPORT_FORMAT(junit, "JUnit XML", write_junit)
 * and is found by the linker: adding one edits no list. What formats share is in parts.h
 * (verdicts, what is said about a row) and text.h (student-made text made harmless).
 */
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define REPORT_VERSION 3

struct report_format {
	const char *name, *sentence;
	/* 0, or -errno. results is valid by the schema. */
	int (*write)(const json_t *results, FILE *out);
};

#define REPORT_FORMAT(stem, sentence, function) REPORT_FORMAT_NAMED(stem, #stem, sentence, function)
/* For a name that is no C identifier: "github-summary". */
#define REPORT_FORMAT_NAMED(stem, name, sentence, function)                                        \
	static const struct report_format report_format_##stem = {name, sentence, function};       \
	static const struct report_format *const report_format_entry_##stem                        \
	    __attribute__((section("report_formats"), used)) = &report_format_##stem;

/* The format of that name; NULL if there is none. */
const struct report_format *report_find_format(const char *name);

/* Call visit for every format, in the order of the link. */
void
report_each_format(void (*visit)(const struct report_format *format, void *context), void *context);

/*
 * Add up the rows: set points and of in every task and stage, "totals" and "exit".
 *
 * exit is  3  any row is a harness error (so nothing below is said of the student)
 *          2  any stage did not build, or there is no row at all
 *          0  every row passes
 *          1  otherwise: something is wrong or still to do
 *
 * Fields that are there already keep their place in the document.
 */
void report_total(json_t *results);

/*
 * A JSON string of any bytes, such as a student's output: what is not UTF-8 becomes U+FFFD,
 * a NUL becomes U+2400. A new reference; NULL without memory.
 */
json_t *report_bytes(const void *bytes, size_t size);

/* The terminal report: for a person, now. colour: as the terminal and NO_COLOR allow. */
int report_terminal(const json_t *results, FILE *out, bool colour);

#endif
