/* SPDX-License-Identifier: MIT */
#ifndef PARTS_H
#define PARTS_H
/*
 * What every format is made of: fields of the results, verdicts, and what is said of a row.
 *
 * Everything returned is borrowed from the results, which no format changes.
 */
#include <jansson.h>
#include <stdbool.h>

/* The verdicts of the kit, in the order of totals. */
enum parts_class {
	PARTS_PASSED,
	PARTS_FAILED,	/* the student's program ran and did the wrong thing */
	PARTS_ERRED,	/* it did not come to its end, or the kit did not */
	PARTS_UNJUDGED, /* not written yet, or not asked */
};
struct parts_verdict {
	const char *word;
	enum parts_class class;
};
#define PARTS_VERDICTS 11
extern const struct parts_verdict parts_verdicts[PARTS_VERDICTS];

/* The verdict of a row. */
const struct parts_verdict *parts_verdict(const json_t *row);
bool parts_failing(const json_t *row);
/* Is it the stage's own? What it runs again of others is worth no points. */
bool parts_is_own(const json_t *row);
bool parts_is(const json_t *row, const char *word);

/* A field: NULL, 0 or false when it is absent or null. */
const char *parts_string(const json_t *object, const char *field);
long long parts_integer(const json_t *object, const char *field);
double parts_number(const json_t *object, const char *field);
bool parts_flag(const json_t *object, const char *field);

bool parts_builds(const json_t *stage);

/* Count rows of a class in a stage, or in all stages; and stages that do not build. */
long parts_count(const json_t *stage, enum parts_class class);
long parts_count_all(const json_t *results, enum parts_class class);
long parts_failed_builds(const json_t *results);
double parts_seconds(const json_t *stage);

/* Call visit for every row, in order. */
typedef void parts_visit(const json_t *stage, const json_t *task, const json_t *row, void *context);
void parts_each_row(const json_t *results, parts_visit *visit, void *context);

/* The row of that id in a stage; NULL if it was not graded. */
const json_t *parts_row(const json_t *stage, const char *id);

/* The first row with that verdict; NULL if there is none. */
const json_t *parts_first(const json_t *results, bool (*wanted)(const json_t *row),
    const json_t **stage, const json_t **task);

/*
 * What is said of a row that failed: a label and a text each, the label one short word.
 * parts_explain what was asked and what came of it; parts_advise where to look, what to do.
 */
typedef void parts_line(const char *label, const char *text, void *context);
void parts_explain(const json_t *row, parts_line *line, void *context);
void parts_advise(const json_t *row, parts_line *line, void *context);

#endif
