/* SPDX-License-Identifier: MIT */
/*
 * Made-up submissions and the audit after their grading: see handin.h.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "selftest/handin.h"
#include "selftest/selftest.h"

void
handin_shell(const struct handin *h, const char *format, ...)
{
	char *command, *line;
	va_list list;

	va_start(list, format);
	int n = vasprintf(&command, format, list);
	va_end(list);
	CU_ASSERT_FATAL(n > 0 && asprintf(&line, "cd %s && { %s; }", h->sub, command) > 0);
	if (system(line))
		CU_FAIL_FATAL("a shell command of the test");
	free(command);
	free(line);
}

void
handin_open(struct handin *h, const char *stage)
{
	char kit[256], tmp[128];

	*h = (struct handin){.base = "/tmp/selftest-XXXXXX"};
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(h->base));
	CU_ASSERT_PTR_NOT_NULL_FATAL(getcwd(kit, sizeof(kit)));
	snprintf(h->sub, sizeof(h->sub), "%s", h->base);
	handin_shell(h, "chmod 755 . && mkdir tmp && chmod 1777 tmp && cp -r %s/solutions/%s sub",
	    kit, stage ? stage : "");
	snprintf(h->sub, sizeof(h->sub), "%s/sub", h->base);
	snprintf(h->graphs, sizeof(h->graphs), "%s/graphs", h->base);
	snprintf(tmp, sizeof(tmp), "%s/tmp", h->base);
	h->tmpdir = getenv("TMPDIR") ? strdup(getenv("TMPDIR")) : NULL;
	setenv("TMPDIR", tmp, 1);
}

void
handin_close(struct handin *h)
{
	if (h->tmpdir)
		setenv("TMPDIR", h->tmpdir, 1);
	else
		unsetenv("TMPDIR");
	free(h->tmpdir);
	json_decref(h->results);
	snprintf(h->sub, sizeof(h->sub), "/");
	handin_shell(h, "rm -rf %s", h->base);
}

/* --- the audit ---------------------------------------------------------------------------- */

static size_t
entries(const char *path)
{
	DIR *dir = opendir(path);
	size_t count = 0;

	while (dir && readdir(dir))
		count++;
	if (dir)
		closedir(dir);
	return count;
}

/* Is that text in the process's environment? A row's has its folder there, as HOME. */
static bool
has_in_environment(const char *pid, const char *text)
{
	static char environment[1 << 16];
	char path[300];

	snprintf(path, sizeof(path), "/proc/%s/environ", pid);
	FILE *file = fopen(path, "re");
	size_t n = file ? fread(environment, 1, sizeof(environment), file) : 0;
	if (file)
		fclose(file);
	return n && memmem(environment, n, text, strlen(text));
}

static size_t
living(const struct handin *h)
{
	DIR *dir = opendir("/proc");
	size_t count = 0;

	for (struct dirent *entry; dir && (entry = readdir(dir));)
		if (atoi(entry->d_name) > 0 && atoi(entry->d_name) != getpid())
			count += has_in_environment(entry->d_name, h->base);
	if (dir)
		closedir(dir);
	return count;
}

void
handin_grade(struct handin *h, struct grade_options options, char *const *wanted)
{
	char tmp[128];
	size_t descriptors = entries("/proc/self/fd");

	options.submission = options.submission ? options.submission : h->sub;
	options.graphs = h->graphs;
	options.jobs = options.jobs ? options.jobs : 1;
	options.wanted = wanted;
	while (wanted && wanted[options.wanted_count])
		options.wanted_count++;
	json_decref(h->results);
	h->results = NULL;
	*h->message = '\0';
	h->code = grade(&options, &h->results, h->message);
	snprintf(tmp, sizeof(tmp), "%s/tmp", h->base);
	CU_ASSERT_EQUAL(entries(tmp), 2); /* . and .. */
	CU_ASSERT_EQUAL(entries("/proc/self/fd"), descriptors);
	/* All others there are the machine's: somebody else may be at work on it. */
	CU_ASSERT(
	    access("/dev/shm/procsmith-selftest-left", F_OK) < 0 || options.level == TRACE_NONE);
	CU_ASSERT_EQUAL(living(h), 0);
	CU_ASSERT(waitpid(-1, NULL, WNOHANG | __WALL) < 0 && errno == ECHILD);
}

/* --- reading results ------------------------------------------------------------------------ */

const json_t *
handin_row(const struct handin *h, const char *id)
{
	size_t i, j, k;
	json_t *stage, *task, *row;

	json_array_foreach(json_object_get(h->results, "stages"), i, stage)
		json_array_foreach(json_object_get(stage, "tasks"), j, task)
			json_array_foreach(json_object_get(task, "rows"), k, row)
				if (!strcmp(handin_text(row, "id"), id))
					return row;
	return NULL;
}

const char *
handin_text(const json_t *row, const char *key)
{
	const char *text = json_string_value(json_object_get(row, key));

	return text ? text : "";
}
