/* SPDX-License-Identifier: MIT */
/*
 * A traced run, for tests: made, and its events found again.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "selftest/selftest.h"
#include "selftest/trace-seen.h"

size_t
seen_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	size_t count = 0;

	while (dir && readdir(dir))
		count++;
	if (dir)
		closedir(dir);
	return count;
}

static json_t *
read_events(FILE *log)
{
	json_t *events = json_array(), *event;
	char *line = NULL;
	size_t size = 0;

	rewind(log);
	while (getline(&line, &size, log) > 0) {
		event = json_loads(line, 0, NULL);
		CU_ASSERT_PTR_NOT_NULL_FATAL(event);
		json_array_append_new(events, event);
	}
	free(line);
	return events;
}

/* Trace a command; whatever it was, afterwards nothing of it is left. */
struct seen
seen_command(char *const *argv, struct trace_options options)
{
	struct seen seen = {0};
	size_t before = seen_descriptors();
	FILE *log = fdopen(memfd_create("log", MFD_CLOEXEC), "w+");

	options.argv = argv;
	options.log = log;
	options.cpu = -1;
	CU_ASSERT_EQUAL(trace_run(&options, &seen.result), 0);
	seen.events = read_events(log);
	fclose(log);
	CU_ASSERT_EQUAL(seen_descriptors(), before);
	CU_ASSERT(waitpid(-1, NULL, WNOHANG | __WALL) < 0 && errno == ECHILD);
	return seen;
}

struct seen
seen_with(const char *program, struct trace_options options)
{
	char *const argv[] = {"/proc/self/exe", "trace-program", (char *)program, NULL};

	return seen_command(argv, options);
}

struct seen
seen_of(const char *program)
{
	return seen_with(program, (struct trace_options){.sweep = false});
}

void
seen_free(struct seen *seen)
{
	json_decref(seen->events);
}

const char *
seen_text(json_t *event, const char *key)
{
	const char *value = json_string_value(json_object_get(event, key));

	return value ? value : "";
}

long long
seen_number(json_t *event, const char *key)
{
	json_t *value = json_object_get(event, key);

	return value ? (long long)json_integer_value(value) : -1;
}

/* Where the n-th event of this kind by this process is; -1 nowhere. who NULL: by any. */
int
seen_where(const struct seen *seen, const char *kind, const char *who, int n)
{
	size_t i;
	json_t *event;

	json_array_foreach(seen->events, i, event)
		if (!strcmp(seen_text(event, "event"), kind) &&
		    (!who || !strcmp(seen_text(event, "who"), who)) && n-- == 0)
			return (int)i;
	return -1;
}

json_t *
seen_find(const struct seen *seen, const char *kind, const char *who, int n)
{
	int at = seen_where(seen, kind, who, n);

	return at < 0 ? NULL : json_array_get(seen->events, (size_t)at);
}

int
seen_count(const struct seen *seen, const char *kind, const char *who)
{
	int n = 0;
	size_t i;
	json_t *event;

	json_array_foreach(seen->events, i, event)
		n += !strcmp(seen_text(event, "event"), kind) &&
		     (!who || !strcmp(seen_text(event, "who"), who));
	return n;
}

/* How the child was reaped by this process; "" if it was not. */
const char *
seen_reaped(const struct seen *seen, const char *who, const char *child)
{
	json_t *event;

	for (int n = 0; (event = seen_find(seen, "reap", who, n)); n++)
		if (!strcmp(seen_text(event, "child"), child))
			return seen_text(event, "how");
	return "";
}
