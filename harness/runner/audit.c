/* SPDX-License-Identifier: MIT */
/*
 * What a row left behind: names in /dev/shm, files in its own directory.
 *
 * /dev/shm belongs to the whole machine, so what is new there is only a suspicion: the
 * judge asks the event log whether this row's processes made it. Its directory is the
 * row's alone. (Processes and descriptors are audited by the trace and by runner/row.c.)
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner/supervise.h"

#define SHM "/dev/shm"

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

/* Append one line; what does not fit is left out. */
static void
append(char *text, size_t size, const char *prefix, const char *name)
{
	size_t used = strlen(text);

	if (used + strlen(prefix) + strlen(name) + 2 < size)
		snprintf(text + used, size - used, "%s%s\n", prefix, name);
}

void
audit_begin(struct audit *audit)
{
	audit->names = list(SHM, &audit->count);
}

void
audit_end(struct audit *audit, const char *directory, struct run_outcome *outcome)
{
	size_t n;
	char **now = list(SHM, &n);

	for (size_t i = 0; i < n; i++)
		if (!is_listed(audit, now[i]))
			append(outcome->left_shm, sizeof(outcome->left_shm), SHM "/", now[i]);
	free_list(now, n);
	now = list(directory, &n);
	for (size_t i = 0; i < n; i++)
		append(outcome->left_file, sizeof(outcome->left_file), "", now[i]);
	free_list(now, n);
	free_list(audit->names, audit->count);
}
