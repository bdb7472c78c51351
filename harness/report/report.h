/* SPDX-License-Identifier: MIT */
#ifndef REPORT_H
#define REPORT_H
/*
 * Results, and the formats made from them.
 *
 * One JSON document says all about a grading run (docs/results.schema.json). Everything
 * else is a pure function of that document: nothing here runs anything or reads a clock.
 *
 * A format is one file, report/format-NAME.c, that ends with
 *	REPORT_FORMAT(junit, "JUnit XML", write_junit)
 * and is found by the linker: adding one edits no list.
 */
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#define REPORT_VERSION 1

struct report_format {
	const char *name, *sentence;
	/* 0, or -errno. results is valid by the schema. */
	int (*write)(const json_t *results, FILE *out);
};

#define REPORT_FORMAT(stem, sentence, function)                                                    \
	static const struct report_format report_format_##stem = {#stem, sentence, function};      \
	static const struct report_format *const report_format_entry_##stem                        \
	    __attribute__((section("report_formats"), used)) = &report_format_##stem;

/* The format of that name; NULL if there is none. */
const struct report_format *report_find_format(const char *name);

/* Call visit for every format, in the order of the link. */
void report_each_format(void (*visit)(const struct report_format *format, void *context),
    void *context);

/* The terminal report: for a person, now. colour: as the terminal and NO_COLOR allow. */
int report_terminal(const json_t *results, FILE *out, bool colour);

#endif
