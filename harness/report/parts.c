/* SPDX-License-Identifier: MIT */
/*
 * Reading results: fields, verdicts, rows, and the words for a row. See parts.h.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parts.h"

const struct parts_verdict parts_verdicts[PARTS_VERDICTS] = {
    {"pass", PARTS_PASSED},
    {"wrong", PARTS_FAILED},
    {"deadlock", PARTS_FAILED},
    {"crash", PARTS_ERRED},
    {"leak", PARTS_FAILED},
    {"slow", PARTS_ERRED},
    {"race", PARTS_FAILED},
    {"todo", PARTS_UNJUDGED},
    {"skipped", PARTS_UNJUDGED},
    {"tamper", PARTS_FAILED},
    {"harness error", PARTS_ERRED},
};

bool
parts_is(const json_t *row, const char *word)
{
	const char *verdict = parts_string(row, "verdict");

	return verdict && !strcmp(verdict, word);
}

const struct parts_verdict *
parts_verdict(const json_t *row)
{
	const struct parts_verdict *v = parts_verdicts;

	while (v < parts_verdicts + PARTS_VERDICTS - 1 && !parts_is(row, v->word))
		v++;
	assert(parts_is(row, v->word));
	return v;
}

bool
parts_failing(const json_t *row)
{
	enum parts_class class = parts_verdict(row)->class;

	return class == PARTS_FAILED || class == PARTS_ERRED;
}

bool
parts_is_own(const json_t *row)
{
	return parts_integer(row, "of") > 0;
}

const char *
parts_string(const json_t *object, const char *field)
{
	return json_string_value(json_object_get(object, field));
}

long long
parts_integer(const json_t *object, const char *field)
{
	return json_integer_value(json_object_get(object, field));
}

double
parts_number(const json_t *object, const char *field)
{
	return json_number_value(json_object_get(object, field));
}

bool
parts_flag(const json_t *object, const char *field)
{
	return json_is_true(json_object_get(object, field));
}

bool
parts_builds(const json_t *stage)
{
	return parts_flag(json_object_get(stage, "build"), "ok");
}

/* --- rows ----------------------------------------------------------------------------------- */

static void
each_row_of(const json_t *stage, parts_visit *visit, void *context)
{
	size_t i, j;
	json_t *task, *row;

	json_array_foreach(json_object_get(stage, "tasks"), i, task)
		json_array_foreach(json_object_get(task, "rows"), j, row)
			visit(stage, task, row, context);
}

void
parts_each_row(const json_t *results, parts_visit *visit, void *context)
{
	size_t i;
	json_t *stage;

	json_array_foreach(json_object_get(results, "stages"), i, stage)
		each_row_of(stage, visit, context);
}

const json_t *
parts_row(const json_t *stage, const char *id)
{
	size_t i, j;
	json_t *task, *row;

	json_array_foreach(json_object_get(stage, "tasks"), i, task)
		json_array_foreach(json_object_get(task, "rows"), j, row)
			if (!strcmp(parts_string(row, "id"), id))
				return row;
	return NULL;
}

struct count {
	enum parts_class class;
	long rows;
	double seconds;
};

static void
count_row(const json_t *stage, const json_t *task, const json_t *row, void *context)
{
	struct count *count = context;

	(void)stage, (void)task;
	count->rows += parts_verdict(row)->class == count->class;
	count->seconds += parts_number(row, "seconds");
}

long
parts_count(const json_t *stage, enum parts_class class)
{
	struct count count = {.class = class};

	each_row_of(stage, count_row, &count);
	return count.rows;
}

long
parts_count_all(const json_t *results, enum parts_class class)
{
	struct count count = {.class = class};

	parts_each_row(results, count_row, &count);
	return count.rows;
}

double
parts_seconds(const json_t *stage)
{
	struct count count = {0};

	each_row_of(stage, count_row, &count);
	return count.seconds;
}

long
parts_failed_builds(const json_t *results)
{
	size_t i;
	json_t *stage;
	long failed = 0;

	json_array_foreach(json_object_get(results, "stages"), i, stage)
		failed += !parts_builds(stage);
	return failed;
}

struct search {
	bool (*wanted)(const json_t *row);
	const json_t *stage, *task, *row;
};

static void
search_row(const json_t *stage, const json_t *task, const json_t *row, void *context)
{
	struct search *search = context;

	if (!search->row && search->wanted(row)) {
		search->stage = stage;
		search->task = task;
		search->row = row;
	}
}

const json_t *
parts_first(const json_t *results, bool (*wanted)(const json_t *row), const json_t **stage,
    const json_t **task)
{
	struct search search = {.wanted = wanted};

	parts_each_row(results, search_row, &search);
	*stage = search.stage;
	*task = search.task;
	return search.row;
}

/* --- the words for a row -------------------------------------------------------------------- */

static void
say(const json_t *row, const char *field, const char *label, parts_line *line, void *context)
{
	const char *text = parts_string(row, field);

	if (text && *text)
		line(label, text, context);
}

static void
say_joined(const char *label, const char *left, const char *between, const char *right,
    parts_line *line, void *context)
{
	char *text;

	if (asprintf(&text, "%s%s%s", left, between, right) < 0)
		return;
	line(label, text, context);
	free(text);
}

static void
say_where(const json_t *row, parts_line *line, void *context)
{
	const json_t *where = json_object_get(row, "where");
	char number[24];

	if (!json_is_object(where))
		return;
	snprintf(number, sizeof(number), "%lld", parts_integer(where, "line"));
	say_joined("at", parts_string(where, "file"), ":", number, line, context);
}

void
parts_explain(const json_t *row, parts_line *line, void *context)
{
	size_t i;
	json_t *item;
	const char *message = parts_string(row, "message");

	say(row, "asked", "asked", line, context);
	say(row, "expected", "expected", line, context);
	say(row, "seen", "seen", line, context);
	say_where(row, line, context);
	json_array_foreach(json_object_get(row, "knot"), i, item)
		if (!message || !strstr(message, parts_string(item, "sentence")))
			say(item, "sentence", parts_flag(item, "knot") ? "knot" : "behind it", line,
			    context);
	json_array_foreach(json_object_get(row, "findings"), i, item)
		say_joined("found", parts_string(item, "kind"), ": ", parts_string(item, "text"),
		    line, context);
	json_array_foreach(json_object_get(row, "difference"), i, item)
		line("differs", json_string_value(item), context);
	say(row, "schedule", "schedule", line, context);
}

void
parts_advise(const json_t *row, parts_line *line, void *context)
{
	size_t i;
	json_t *item;
	const char *hint = parts_string(row, "hint");

	json_array_foreach(json_object_get(row, "graphs"), i, item)
		line("picture", json_string_value(item), context);
	if (hint)
		say_joined("hint", "build/procsmith hint", " ", hint, line, context);
	say(row, "repeat", "again", line, context);
}
