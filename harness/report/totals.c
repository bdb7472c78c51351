/* SPDX-License-Identifier: MIT */
/*
 * The arithmetic of a grading run: rows into tasks, tasks into stages, stages into totals.
 */
#include <jansson.h>
#include <stdbool.h>
#include <string.h>

#include "parts.h"
#include "report.h"

struct sum {
	long long points, of;
};

static struct sum
sum_of(const json_t *array)
{
	struct sum sum = {0, 0};
	size_t i;
	json_t *item;

	json_array_foreach(array, i, item) {
		sum.points += parts_integer(item, "points");
		sum.of += parts_integer(item, "of");
	}
	return sum;
}

/* Both fields of object from the items below it. */
static void
set_sum(json_t *object, const json_t *below)
{
	struct sum sum = sum_of(below);

	json_object_set_new(object, "points", json_integer(sum.points));
	json_object_set_new(object, "of", json_integer(sum.of));
}

struct tally {
	long rows, of[PARTS_VERDICTS];
};

static void
tally_row(const json_t *stage, const json_t *task, const json_t *row, void *context)
{
	struct tally *tally = context;

	(void)stage, (void)task;
	tally->rows++;
	tally->of[parts_verdict(row) - parts_verdicts]++;
}

static long
tallied(const struct tally *tally, const char *word)
{
	size_t i = 0;

	while (strcmp(parts_verdicts[i].word, word) != 0)
		i++;
	return tally->of[i];
}

static int
exit_code(const struct tally *tally, long failed_builds)
{
	if (tallied(tally, "harness error") > 0)
		return 3;
	if (failed_builds > 0 || tally->rows == 0)
		return 2;
	return tallied(tally, "pass") == tally->rows ? 0 : 1;
}

void
report_total(json_t *results)
{
	json_t *stages = json_object_get(results, "stages"), *stage, *task;
	json_t *totals = json_object();
	struct tally tally = {0};
	size_t i, j;

	json_array_foreach(stages, i, stage) {
		json_array_foreach(json_object_get(stage, "tasks"), j, task)
			set_sum(task, json_object_get(task, "rows"));
		set_sum(stage, json_object_get(stage, "tasks"));
	}
	parts_each_row(results, tally_row, &tally);
	set_sum(totals, stages);
	json_object_set_new(totals, "rows", json_integer(tally.rows));
	for (i = 0; i < PARTS_VERDICTS; i++)
		json_object_set_new(totals, parts_verdicts[i].word, json_integer(tally.of[i]));
	json_object_set_new(results, "totals", totals);
	json_object_set_new(
	    results, "exit", json_integer(exit_code(&tally, parts_failed_builds(results))));
}
