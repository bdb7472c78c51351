/* SPDX-License-Identifier: MIT */
/*
 * procsmith status: the ladder. What is written is read from labs/ now; what passes, from
 * the last `make grade`.
 */
#define _GNU_SOURCE
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "grade/grade.h"

static bool colour;

static const char *
paint(const char *code)
{
	return colour ? code : "";
}

/* Does any file of the stage still hold mp_todo("TASK")? */
static bool
is_todo(const char *stage, const char *task)
{
	char pattern[4096], needle[96], *line = NULL;
	size_t size = 0;
	glob_t files;
	bool found = false;

	kit_path(pattern, sizeof(pattern), "%s/labs/%s/*.c", kit_root(), stage);
	snprintf(needle, sizeof(needle), "mp_todo(\"%s\")", task);
	if (glob(pattern, 0, NULL, &files) == 0)
		for (size_t i = 0; i < files.gl_pathc; i++) {
			FILE *file = fopen(files.gl_pathv[i], "re");
			while (file && !found && getline(&line, &size, file) > 0)
				found = strstr(line, needle) != NULL;
			if (file)
				fclose(file);
		}
	globfree(&files);
	free(line);
	return found;
}

/* The task in the last results; NULL if it was never graded. Borrowed. */
static json_t *
graded(const json_t *results, const char *stage, const char *task)
{
	size_t i, j;
	json_t *s, *t;

	json_array_foreach(json_object_get(results, "stages"), i, s) {
		if (strcmp(json_string_value(json_object_get(s, "name")), stage))
			continue;
		json_array_foreach(json_object_get(s, "tasks"), j, t)
			if (!strcmp(json_string_value(json_object_get(t, "id")), task))
				return t;
	}
	return NULL;
}

static void
print_task(const struct plan_stage *stage, const char *task, const json_t *results)
{
	const json_t *last = graded(results, stage->name, task);
	int points = (int)json_integer_value(json_object_get(last, "points"));
	int of = (int)json_integer_value(json_object_get(last, "of"));

	if (is_todo(stage->name, task))
		printf("    %-12s todo", task);
	else if (!last)
		printf("    %-12s written: make grade-%s", task, stage->name);
	else if (points == of)
		printf("    %-12s %sok%s", task, paint("\033[32m"), paint("\033[0m"));
	else
		printf("    %-12s %sfail%s", task, paint("\033[31m"), paint("\033[0m"));
	printf(last && points ? "  %d/%d\n" : "\n", points, of);
}

/* A task's rows need not follow each other. */
static bool
is_first_of_task(const struct plan_stage *stage, size_t row)
{
	for (size_t i = 0; i < row; i++)
		if (!strcmp(stage->rows[i].task, stage->rows[row].task))
			return false;
	return true;
}

static void
print_stage(const struct plan_stage *stage, const json_t *results)
{
	printf("%s%s%s  %s\n", paint("\033[1m"), stage->name, paint("\033[0m"), stage->title);
	for (size_t i = 0; i < stage->count; i++)
		if (is_first_of_task(stage, i))
			print_task(stage, stage->rows[i].task, results);
}

static int
cli_status(int argc, char **argv)
{
	struct plan plan = {0};
	char message[GRADE_MESSAGE] = "", path[4096];

	if (argc > 1) {
		fprintf(strcmp(argv[1], "--help") ? stderr : stdout,
		    "usage: procsmith status\n\nThe ladder: each stage and task of labs/, "
		    "ok, todo or fail.\n");
		return strcmp(argv[1], "--help") ? EXIT_USAGE : EXIT_ALL_PASSED;
	}
	int code = plan_read(&plan, NULL, 0, message);
	colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
	kit_path(path, sizeof(path), "%s/labs.json", kit_build());
	json_t *results = json_load_file(path, 0, NULL);
	for (size_t i = 0; !code && i < plan.count; i++)
		print_stage(&plan.stages[i], results);
	if (code)
		fprintf(stderr, "procsmith status: %s\n", message);
	else
		printf("\nmake grade grades labs/; make help lists what else there is.\n");
	json_decref(results);
	plan_release(&plan);
	return code;
}
CLI_VERB(status, "the ladder: each stage and task, ok, todo or fail", cli_status)
