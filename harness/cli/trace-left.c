/* SPDX-License-Identifier: MIT */
/*
 * Say which processes outlive the command that procsmith trace has run: those that the log
 * says were left, without those that have ended since.
 */
#define _GNU_SOURCE
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void cli_trace_left(FILE *log);

enum { NAMED = 8 };

/* The event of a line, if it is of this kind; else NULL. A new reference. */
static json_t *
event_of(const char *line, const char *kind)
{
	json_t *event = json_loads(line, 0, NULL);

	if (event && !strcmp(json_string_value(json_object_get(event, "event")), kind))
		return event;
	json_decref(event);
	return NULL;
}

/* The processes left, by name; the caller frees. */
static json_t *
left_of(FILE *log)
{
	json_t *left = json_object(), *event;
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, log) > 0) {
		if ((event = event_of(line, "left")))
			json_object_set(
			    left, json_string_value(json_object_get(event, "who")), event);
		else if ((event = event_of(line, "exit")))
			json_object_del(left, json_string_value(json_object_get(event, "who")));
		json_decref(event);
	}
	free(line);
	return left;
}

/* The log is read from its start, by a descriptor with a position of its own. */
void
cli_trace_left(FILE *log)
{
	char path[48];
	const char *who, *separator = "";
	json_t *event;
	size_t named = 0;

	fflush(log);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fileno(log));
	FILE *view = fopen(path, "re");
	if (!view)
		return;
	json_t *left = left_of(view);
	fclose(view);
	if (json_object_size(left))
		fputs("procsmith trace: the command has ended; waiting for what it left: ", stderr);
	json_object_foreach(left, who, event) {
		if (named++ == NAMED) {
			fputs(", ...", stderr);
			break;
		}
		fprintf(stderr, "%s%s (%s, pid %d)", separator, who,
		    json_string_value(json_object_get(event, "name")),
		    (int)json_integer_value(json_object_get(event, "pid")));
		separator = ", ";
	}
	if (json_object_size(left))
		fprintf(stderr, ". Ctrl-C ends %s.\n", json_object_size(left) > 1 ? "them" : "it");
	json_decref(left);
}
