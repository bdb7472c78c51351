/* SPDX-License-Identifier: MIT */
/*
 * What there is to grade: every stage that has a program of rows, linked with the
 * reference, tells its rows itself (--list). So the list is the kit's, whatever the
 * submission looks like, and there is no second list to keep in step.
 *
 * Rows of other stages that it runs again are rows like any, and stand in its matrix: there
 * is one entry a row, which names what it is by each method (docs/results.md).
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grade/grade.h"

static bool
is_prefix(const char *prefix, const char *text, char end)
{
	size_t n = strlen(prefix);

	return !strncmp(prefix, text, n) && (text[n] == end || text[n] == '\0');
}

/* A wanted name is a stage, a task of it, or a row of that. */
static bool
is_wanted(const char *name, const char *stage, const char *id)
{
	const char *dash = strchr(stage, '-');

	return !strcmp(name, stage) || (dash && !strcmp(name, dash + 1)) ||
	       is_prefix(name, id, '/');
}

static char *
text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text && *text ? strdup(text) : NULL;
}

/* A row that is run again by a method, or is not, and why. */
static int
read_again(struct plan_stage *stage, const json_t *line)
{
	const char *row = json_string_value(json_object_get(line, "again"));
	const char *by = json_string_value(json_object_get(line, "by"));
	const char *id = json_string_value(json_object_get(line, "id"));
	const char *why = json_string_value(json_object_get(line, "why"));
	json_t *last = json_array_get(stage->matrix, json_array_size(stage->matrix) - 1);
	const char *before = json_string_value(json_object_get(last, "row"));

	if (!row || !by)
		return 3;
	if (!before || strcmp(before, row)) { /* the lines of one row follow each other */
		last = json_pack("{s:s,s:O,s:s?,s:{}}", "row", row, "sentence",
		    json_object_get(line, "sentence"), "why", why && *why ? why : NULL, "by");
		if (!last || json_array_append_new(stage->matrix, last))
			return 3;
	}
	return json_object_set_new(
		   json_object_get(last, "by"), by, id ? json_string(id) : json_null())
		   ? 3
		   : 0;
}

static int
read_row(struct plan_stage *stage, const json_t *line)
{
	struct plan_row *more = reallocarray(stage->rows, stage->count + 1, sizeof(*more));

	if (!more)
		return 3;
	stage->rows = more;
	struct plan_row *row = &more[stage->count++];
	*row = (struct plan_row){
	    .id = text_of(line, "id"),
	    .sentence = text_of(line, "sentence"),
	    .graph = text_of(line, "graph"),
	    .owes = text_of(line, "owes"),
	    .file = text_of(line, "file"),
	    .points = (int)json_integer_value(json_object_get(line, "points")),
	    .line = (int)json_integer_value(json_object_get(line, "line")),
	    .seconds = json_number_value(json_object_get(line, "seconds")),
	};
	if (!row->id || !row->sentence || !row->file || !strchr(row->id, '/'))
		return 3;
	row->task = strndup(row->id, strcspn(row->id, "/"));
	return row->task ? 0 : 3;
}

static int
read_list(struct plan_stage *stage, char *text)
{
	int error = 0;

	for (char *rest = text, *line; !error && (line = strsep(&rest, "\n"));) {
		json_t *object = *line ? json_loads(line, 0, NULL) : NULL;
		if (*line && !object)
			error = 3;
		else if (object && !stage->title)
			error = (stage->title = text_of(object, "title")) ? 0 : 3;
		else if (object && json_object_get(object, "again"))
			error = read_again(stage, object);
		if (!error && object && json_object_get(object, "id"))
			error = read_row(stage, object);
		json_decref(object);
	}
	return error;
}

static int
read_stage(struct plan_stage *stage, const char *name, char *message)
{
	char program[PATH_MAX], *text = NULL;
	char *argv[] = {program, "--list", NULL};

	snprintf(stage->name, sizeof(stage->name), "%.63s", name);
	stage->matrix = json_array();
	kit_path(program, sizeof(program), "%s/tests/%s", kit_build(), name);
	int status = command_run(argv, NULL, 10, &text);
	int error = status || read_list(stage, text) ? 3 : 0;
	free(text);
	return error ? grade_fail(
			   message, 3, "%s --list did not tell its rows: run make again", program)
		     : 0;
}

/* Mark what is wanted; a name that means nothing is told. */
static int
choose(struct plan *plan, const char *name, char *message)
{
	bool found = false;

	for (size_t i = 0; i < plan->count; i++)
		for (size_t j = 0; j < plan->stages[i].count; j++) {
			struct plan_row *row = &plan->stages[i].rows[j];
			if (!is_wanted(name, plan->stages[i].name, row->id))
				continue;
			found = row->wanted = plan->stages[i].wanted = true;
		}
	return found ? 0
		     : grade_fail(message, 2,
			   "there is no stage, task or row named %s: a stage is 01-process, a task "
			   "process.3, a row process.3/waits; build/procsmith status lists them",
			   name);
}

static int
is_stage(const struct dirent *entry)
{
	const char *name = entry->d_name;

	return name[0] >= '0' && name[0] <= '9' && strchr(name, '-') && !strchr(name, '.');
}

int
plan_read(struct plan *plan, char *const *wanted, size_t wanted_count, char *message)
{
	char path[PATH_MAX];
	struct dirent **entries;
	int error = 0;

	kit_path(path, sizeof(path), "%s/tests", kit_build());
	int n = scandir(path, &entries, is_stage, alphasort);
	if (n <= 0)
		return grade_fail(message, 3, "%s holds no programs of rows: run make", path);
	plan->stages = calloc((size_t)n, sizeof(*plan->stages));
	for (int i = 0; i < n; i++) {
		if (!error)
			error = plan->stages ? read_stage(&plan->stages[plan->count++],
						   entries[i]->d_name, message)
					     : 3;
		free(entries[i]);
	}
	free(entries);
	for (size_t i = 0; !error && i < wanted_count; i++)
		error = choose(plan, wanted[i], message);
	for (size_t i = 0; wanted_count == 0 && i < plan->count; i++) {
		plan->stages[i].wanted = true;
		for (size_t j = 0; j < plan->stages[i].count; j++)
			plan->stages[i].rows[j].wanted = true;
	}
	return error;
}

void
plan_release(struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		struct plan_stage *stage = &plan->stages[i];
		for (size_t j = 0; j < stage->count; j++) {
			struct plan_row *row = &stage->rows[j];
			free(row->id);
			free(row->task);
			free(row->sentence);
			free(row->graph);
			free(row->owes);
			free(row->file);
		}
		json_decref(stage->matrix);
		free(stage->rows);
		free(stage->title);
		free(stage->messages);
		free(stage->program);
	}
	free(plan->stages);
}
