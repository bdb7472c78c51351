/* SPDX-License-Identifier: MIT */
/*
 * procsmith hint TASK: one section of the stage's hints.md, one hint at a time: the first
 * time the first, and each time one more.
 */
#define _GNU_SOURCE
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "grade/grade.h"

/* How many hints of this task have been shown; counted in the build's folder. */
static int
count_asked(const char *task)
{
	char path[4096];
	int asked = 0;

	kit_path(path, sizeof(path), "%s/hint-%s", kit_build(), task);
	FILE *file = fopen(path, "re");
	if (file && fscanf(file, "%d", &asked) != 1)
		asked = 0;
	if (file)
		fclose(file);
	file = fopen(path, "we");
	if (file) {
		fprintf(file, "%d\n", asked + 1);
		fclose(file);
	}
	return asked + 1;
}

/* Print the numbered hints "1." to "N." below "## TASK"; false: it is not in this file. */
static bool
print_hints(const char *path, const char *task, int most)
{
	char *line = NULL, heading[96];
	size_t size = 0;
	bool inside = false, found = false;
	int shown = 0;
	FILE *file = fopen(path, "re");

	snprintf(heading, sizeof(heading), "## %s\n", task);
	while (file && getline(&line, &size, file) > 0) {
		if (!strncmp(line, "## ", 3))
			inside = !strcmp(line, heading);
		else if (inside && line[0] >= '1' && line[0] <= '9' && line[1] == '.')
			shown++;
		found |= inside;
		if (inside && shown <= most && strncmp(line, "## ", 3))
			fputs(line, stdout);
	}
	free(line);
	if (file)
		fclose(file);
	if (found && shown > most)
		printf("(%d more: ask again)\n", shown - most);
	return found;
}

static int
cli_hint(int argc, char **argv)
{
	char pattern[4096];
	glob_t files;
	bool found = false;

	if (argc != 2 || !strcmp(argv[1], "--help")) {
		fprintf(argc == 2 ? stdout : stderr,
		    "usage: procsmith hint TASK\n\nOne hint for a task such as process.3; asked "
		    "again, one more.\n");
		return argc == 2 ? EXIT_ALL_PASSED : EXIT_USAGE;
	}
	kit_path(pattern, sizeof(pattern), "%s/labs/*/hints.md", kit_root());
	if (!strpbrk(argv[1], "/ ") && glob(pattern, 0, NULL, &files) == 0) {
		int most = count_asked(argv[1]);
		for (size_t i = 0; !found && i < files.gl_pathc; i++)
			found = print_hints(files.gl_pathv[i], argv[1], most);
		globfree(&files);
	}
	if (found)
		return EXIT_ALL_PASSED;
	fprintf(stderr, "procsmith hint: there is no task %s\n", argv[1]);
	return EXIT_USAGE;
}
CLI_VERB(hint, "a hint for a task; asked again, one more", cli_hint)
