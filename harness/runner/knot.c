/* SPDX-License-Identifier: MIT */
/*
 * A row in a deadlock: found by the supervisor between two events of its tracer, and told in
 * the outcome as stuck/'s JSON, with the processes called by their fork paths.
 *
 * Before the deadline the row is ended only when nothing of it can move for ever: every task
 * below the supervisor is in the deadlock. At the deadline it is enough that its first
 * process is: whoever is not may be a watchdog, but he had his time.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include <mp/deadline.h>

#include "runner/supervise.h"

enum { BETWEEN_LOOKS = 20 /* milliseconds */ };

struct names {
	struct {
		pid_t pid;
		char path[64];
	} * known;
	size_t count, room;
};

static void
learn(struct names *names, const json_t *event)
{
	const char *kind = json_string_value(json_object_get(event, "event"));
	const char *who = json_string_value(json_object_get(event, "child"));

	who = who ? who : json_string_value(json_object_get(event, "who"));
	if (!kind || !who || (strcmp(kind, "fork") && strcmp(kind, "start")))
		return;
	if (names->count == names->room) {
		void *more = reallocarray(names->known, names->room + 64, sizeof(*names->known));
		if (!more)
			return;
		names->known = more;
		names->room += 64;
	}
	names->known[names->count].pid = (pid_t)json_integer_value(json_object_get(event, "pid"));
	snprintf(names->known[names->count++].path, sizeof(names->known->path), "%.63s", who);
}

static void
read_names(struct names *names, const char *path)
{
	char *line = NULL;
	size_t room = 0;
	FILE *log = fopen(path, "re");

	while (log && getline(&line, &room, log) > 0) {
		json_t *event = json_loads(line, 0, NULL);
		learn(names, event);
		json_decref(event);
	}
	free(line);
	if (log)
		fclose(log);
}

/* The newest of that pid. */
static void
name(pid_t pid, char *name, size_t size, void *context)
{
	const struct names *names = context;

	snprintf(name, size, "pid %d", pid);
	for (size_t i = names->count; i--;)
		if (names->known[i].pid == pid) {
			snprintf(name, size, "%s", names->known[i].path);
			return;
		}
}

/* The JSON into the outcome; tasks that do not fit are left out, the last first. */
static void
tell(struct run *run, FILE *log, const struct stuck *stuck)
{
	struct names names = {0};
	size_t room = sizeof(run->outcome->knot);

	fflush(log);
	read_names(&names, run->log);
	json_t *json = stuck_json(stuck, true, name, &names);
	json_t *tasks = json_object_get(json, "tasks");
	for (size_t n = room; json && n >= room;) {
		n = json_dumpb(json, run->outcome->knot, room, JSON_COMPACT);
		if (n < room)
			run->outcome->knot[n] = '\0';
		else if (json_array_size(tasks) == 0 ||
			 json_array_remove(tasks, json_array_size(tasks) - 1))
			break;
	}
	run->outcome->knot[room - 1] = '\0';
	run->outcome->knot_at = mp_now();
	json_decref(json);
	free(names.known);
}

bool
knot_is_tied(struct stuck_watch *watch, struct run *run, FILE *log)
{
	struct stuck *stuck = stuck_watch(watch);

	if (!stuck)
		return false;
	tell(run, log, stuck);
	stuck_free(stuck);
	return true;
}

void
knot_at_deadline(struct run *run, FILE *log)
{
	pid_t row = (pid_t)run->channel->pid;
	struct stuck *first = row > 0 ? stuck_look(&row, 1, true) : NULL, *second = NULL;

	if (first && stuck_holds(first, row)) {
		(void)poll(NULL, 0, BETWEEN_LOOKS);
		second = stuck_look(&row, 1, true);
	}
	if (second) {
		stuck_settle(second, first);
		if (stuck_holds(second, row))
			tell(run, log, second);
	}
	stuck_free(first);
	stuck_free(second);
}
