/* SPDX-License-Identifier: MIT */
/*
 * From a crash's frames to a line of the student's: the log has the addresses, the program
 * is linked at fixed ones (no PIE), and addr2line names them.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grade/grade.h"

/* addr2line -f tells two lines an address: the function, then FILE:LINE. */
static bool
name_frame(const char *program, unsigned long long address, struct fault *fault)
{
	char hex[24], *output, *colon;
	char *argv[] = {"addr2line", "-f", "-e", (char *)program, hex, NULL};

	snprintf(hex, sizeof(hex), "0x%llx", address);
	if (command_run(argv, NULL, 10, &output))
		return false;
	char *place = strchr(output, '\n');
	bool known = place && *output != '?' && place[1] != '?' && (colon = strrchr(place, ':'));
	if (known) {
		*place++ = '\0';
		*colon = '\0';
		snprintf(fault->function, sizeof(fault->function), "%.127s", output);
		snprintf(fault->file, sizeof(fault->file), "%.255s", place);
		fault->line = atoi(colon + 1);
	}
	free(output);
	return known;
}

/* Cut the folders of the scratch copy, or of the kit, from the front of the file's name. */
static void
show_file(struct fault *fault, const struct submission *s)
{
	char copy[512];
	const char *prefixes[] = {copy, kit_root()};

	kit_path(copy, sizeof(copy), "%s/src", s->scratch);
	for (size_t i = 0; i < 2; i++) {
		size_t n = strlen(prefixes[i]);
		if (strncmp(fault->file, prefixes[i], n) || fault->file[n] != '/')
			continue;
		memmove(fault->file, fault->file + n + 1, strlen(fault->file + n + 1) + 1);
		fault->students = i == 0;
		return;
	}
}

/* The first of the student's frames, else the first that has a name. */
static void
choose_frame(
    const char *program, const json_t *frames, const struct submission *s, struct fault *fault)
{
	size_t i;
	json_t *frame;

	json_array_foreach(frames, i, frame) {
		struct fault this = *fault;
		/* A caller's address is behind the call: one back is in it. */
		unsigned long long address =
		    (unsigned long long)json_integer_value(frame) - (i > 0);
		if (!name_frame(program, address, &this))
			continue;
		show_file(&this, s);
		if (this.students || !*fault->file)
			*fault = this;
		if (this.students)
			return;
	}
}

bool
fault_find(const struct run *run, const struct submission *s, const char *who, struct fault *fault)
{
	char *line = NULL;
	size_t size = 0;
	bool found = false;
	FILE *log = fopen(run->log, "re");

	while (log && (!found || !fault->students) && getline(&line, &size, log) > 0) {
		json_t *event = strstr(line, "\"fault\"") ? json_loads(line, 0, NULL) : NULL;
		const char *kind = json_string_value(json_object_get(event, "event"));
		const char *name = json_string_value(json_object_get(event, "who"));
		if (kind && name && !strcmp(kind, "fault") && (!who || !strcmp(who, name))) {
			struct fault this = {0};
			snprintf(this.who, sizeof(this.who), "%.63s", name);
			this.signal = (int)json_integer_value(json_object_get(event, "signal"));
			choose_frame(run->program, json_object_get(event, "frames"), s, &this);
			if (!found || this.students)
				*fault = this;
			found = true;
		}
		json_decref(event);
	}
	free(line);
	if (log)
		fclose(log);
	return found;
}
