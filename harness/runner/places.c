/* SPDX-License-Identifier: MIT */
/*
 * Where everybody is: for a row that never came back, the state of each of its processes
 * and the system call it is in. Called while they live, by their subreaper.
 */
#define _GNU_SOURCE
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <mp/proc.h>

#include "runner/supervise.h"

/* /proc/PID/syscall: "running", or the number of the call first. */
static void
name_call(pid_t pid, char *name, size_t size)
{
	char path[48];
	long number;

	snprintf(path, sizeof(path), "/proc/%d/syscall", pid);
	FILE *file = fopen(path, "re");
	*name = '\0';
	if (file && fscanf(file, "%ld", &number) == 1 && number >= 0) {
		char *call = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, (int)number);
		snprintf(name, size, "%s", call ? call : "?");
		free(call);
	}
	if (file)
		fclose(file);
}

static void look_below(pid_t parent, struct run_outcome *outcome);

static void
look_at(pid_t pid, struct run_outcome *outcome)
{
	struct mp_proc proc;

	if (outcome->place_count == RUN_PLACES || mp_proc_read(pid, &proc))
		return;
	struct run_place *place = &outcome->places[outcome->place_count++];
	place->pid = pid;
	place->state = proc.state;
	name_call(pid, place->call, sizeof(place->call));
	look_below(pid, outcome);
}

/* Children by the thread that made them: of the students' threads, the first will do. */
static void
look_below(pid_t parent, struct run_outcome *outcome)
{
	char path[64];
	int pid;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", parent, parent);
	FILE *file = fopen(path, "re");
	while (file && fscanf(file, "%d", &pid) == 1)
		look_at(pid, outcome);
	if (file)
		fclose(file);
}

void
places_look(struct run_outcome *outcome)
{
	look_below(getpid(), outcome);
}
