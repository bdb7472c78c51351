/* SPDX-License-Identifier: MIT */
/*
 * What a row left behind: names in /dev/shm, files in its own directory.
 *
 * /dev/shm belongs to the whole machine, so what is new there is only a suspicion: the event
 * log says whether this row's processes made it. If they did, it is told and removed; without
 * a log nobody is suspected. The row's directory is its own, and removed with all the others.
 * (Processes and descriptors are audited by the trace and by runner/row.c.)
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/supervise.h"

#define SHM "/dev/shm/"

static char **
list(const char *path, size_t *count)
{
	char **names = NULL;
	size_t n = 0;
	DIR *dir = opendir(path);

	for (struct dirent *entry; dir && (entry = readdir(dir));) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		char **more = reallocarray(names, n + 1, sizeof(*names));
		if (!more)
			break;
		names = more;
		names[n] = strdup(entry->d_name);
		if (names[n])
			n++;
	}
	if (dir)
		closedir(dir);
	*count = n;
	return names;
}

static void
free_list(char **names, size_t count)
{
	while (count)
		free(names[--count]);
	free(names);
}

static bool
is_listed(const struct audit *audit, const char *name)
{
	for (size_t i = 0; i < audit->count; i++)
		if (!strcmp(audit->names[i], name))
			return true;
	return false;
}

/* Append one line; what does not fit is left out (the first always fits). */
static void
append(char *text, size_t size, const char *prefix, const char *name)
{
	size_t used = strlen(text);

	if (used + strlen(prefix) + strlen(name) + 2 < size)
		snprintf(text + used, size - used, "%s%s\n", prefix, name);
}

/* Does the log tell that a process of the run made that file? */
static bool
is_made(const char *log_path, const char *path)
{
	char *line = NULL;
	size_t size = 0;
	bool made = false;
	FILE *log = fopen(log_path, "re");

	while (log && !made && getline(&line, &size, log) > 0) {
		json_t *event = strstr(line, "\"create\"") ? json_loads(line, 0, NULL) : NULL;
		const char *name = json_string_value(json_object_get(event, "path"));
		made = name && !strcmp(name, path);
		json_decref(event);
	}
	free(line);
	if (log)
		fclose(log);
	return made;
}

static void
look_at_name(const struct run *run, const char *name)
{
	char path[sizeof(SHM) + NAME_MAX];
	struct run_outcome *outcome = run->outcome;

	snprintf(path, sizeof(path), SHM "%s", name);
	if (outcome->trace.level != TRACE_PTRACE || !is_made(run->log, path))
		return;
	append(outcome->left_shm, sizeof(outcome->left_shm), SHM, name);
	unlink(path);
}

void
audit_begin(struct audit *audit)
{
	audit->names = list(SHM, &audit->count);
}

void
audit_end(struct audit *audit, const struct run *run)
{
	size_t n;
	char **now = list(SHM, &n);

	for (size_t i = 0; i < n; i++)
		if (!is_listed(audit, now[i]))
			look_at_name(run, now[i]);
	free_list(now, n);
	now = list(run->directory, &n);
	for (size_t i = 0; i < n; i++)
		append(run->outcome->left_file, sizeof(run->outcome->left_file), "", now[i]);
	free_list(now, n);
	free_list(audit->names, audit->count);
}
