/* SPDX-License-Identifier: MIT */
/*
 * Did the row get at the harness? The page of the results and the log of its signals tell.
 *
 * (A forged proof is found where the proof is asked for, a supervisor that was killed where
 * it was waited for.) In practice most of it is no bad will: after the death of its parent a
 * process that signals getppid() hits whoever adopted it.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grade/findings.h"

/* A signal that reached its supervisor, us, or everybody. */
static bool
is_at_keepers(const struct run *run, const json_t *kill)
{
	json_int_t pid = json_integer_value(json_object_get(kill, "pid"));
	bool ours = pid == run->supervisor || pid == run->harness || pid == -1;

	return ours && json_integer_value(json_object_get(kill, "signal")) &&
	       !json_integer_value(json_object_get(kill, "error"));
}

static json_t *
tell_signal(const json_t *kill)
{
	const char *who = json_string_value(json_object_get(kill, "who"));

	return text_format("%s sent signal %lld to the process that watches over the row (after a "
			   "parent's death getppid() is somebody else)",
	    who ? who : "it", json_integer_value(json_object_get(kill, "signal")));
}

json_t *
findings_tamper(const struct run *run)
{
	char *line = NULL;
	size_t size = 0;
	json_t *how = NULL;

	if (atomic_load(&run->channel->state) > CHANNEL_DONE)
		return text_format("the page of the results was written over");
	FILE *log = fopen(run->log, "re");
	while (log && !how && getline(&line, &size, log) > 0) {
		json_t *event = strstr(line, "\"kill\"") ? json_loads(line, 0, NULL) : NULL;
		const char *kind = json_string_value(json_object_get(event, "event"));
		if (kind && !strcmp(kind, "kill") && is_at_keepers(run, event))
			how = tell_signal(event);
		json_decref(event);
	}
	free(line);
	if (log)
		fclose(log);
	return how;
}
