/* SPDX-License-Identifier: MIT */
/*
 * The names that a run makes in the file system, while its log is read.
 *
 * Each process has a list of what it made and what it removed. The graph's list has what is
 * there now of shared memory, semaphores and message queues, and so at the end what was
 * left: those live on unseen. A file that a run makes may well be its result.
 */
#define _GNU_SOURCE
#include <string.h>

#include "graph/read.h"

static struct name *
keep_name(struct graph *graph, const char *path)
{
	struct name *name = model_keep(graph, sizeof(*name));

	name->path = model_keep_text(graph, path);
	return name;
}

/* Where the pointer to a name stands, or the end of the list. */
static struct name **
find_name(struct graph *graph, const char *path)
{
	struct name **at = &graph->names;

	while (*at && strcmp((*at)->path, path))
		at = &(*at)->next;
	return at;
}

static bool
lives_on(const char *path)
{
	return !strncmp(path, "/dev/shm/", 9) || !strncmp(path, "/dev/mqueue/", 12);
}

int
event_create(struct reader *reader, const json_t *event, struct process *who)
{
	const char *path = read_text(event, "path");

	if (!path)
		return read_fail(reader, "\"create\" without a path");
	struct name *name = keep_name(reader->graph, path);
	MODEL_APPEND(who->created, who->last_created, name, next);
	struct name **at = find_name(reader->graph, name->path);
	if (!*at && lives_on(name->path) && reader->graph->nnames < MODEL_NAMES) {
		*at = keep_name(reader->graph, path);
		reader->graph->nnames++;
	}
	return 0;
}

int
event_unlink(struct reader *reader, const json_t *event, struct process *who)
{
	const char *path = read_text(event, "path");

	if (!path)
		return read_fail(reader, "\"unlink\" without a path");
	struct name *name = keep_name(reader->graph, path);
	MODEL_APPEND(who->unlinked, who->last_unlinked, name, next);
	struct name **at = find_name(reader->graph, name->path);
	if (*at) {
		*at = (*at)->next;
		reader->graph->nnames--;
	}
	return 0;
}
