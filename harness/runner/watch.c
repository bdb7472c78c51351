/* SPDX-License-Identifier: MIT */
/*
 * What a row can do to its supervisor, and what the harness does about it.
 *
 * A row's process runs with the same rights as its supervisor, so a kill(getppid(), ...) in
 * the wrong place reaches it. Stopped, it is let go on (the event log says who stopped it).
 * Held fast, it is killed when it is overdue. Killed, its traced processes die with it
 * (EXITKILL), and what escaped the tracing comes to the harness, a subreaper: swept here.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mp/proc.h>

#include "runner/supervise.h"

/* Wall seconds that a supervisor may take at most: its clock at its slowest, and the end. */
static double
most_seconds(const struct run *run)
{
	return run->seconds * CLOCK_SLOWEST + 30;
}

void
watch(struct run *run, double seconds)
{
	siginfo_t info = {0};

	run->age += seconds;
	if (waitid(P_PIDFD, (id_t)run->pidfd, &info, WSTOPPED | WNOHANG) == 0 && info.si_pid)
		kill(run->supervisor, SIGCONT);
	if (run->age < most_seconds(run))
		return;
	run->overdue = true;
	kill(run->supervisor, SIGKILL);
}

/* Call visit for each child of pid; how many it counted. */
static size_t
each_child(pid_t pid, size_t (*visit)(pid_t child, int signal), int signal)
{
	char path[64];
	int child;
	size_t count = 0;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, pid);
	FILE *file = fopen(path, "re");
	while (file && fscanf(file, "%d", &child) == 1)
		count += visit(child, signal);
	if (file)
		fclose(file);
	return count;
}

static size_t
signal_tree(pid_t pid, int signal)
{
	kill(pid, signal);
	return 1 + each_child(pid, signal_tree, signal);
}

static const struct run *dead;
static bool (*is_supervisor)(pid_t pid, const void *context);
static const void *keepers;

/* A child of ours that we did not make: older ones are not the dead row's. */
static size_t
signal_stranger(pid_t pid, int signal)
{
	struct mp_proc proc;

	if (is_supervisor(pid, keepers) || mp_proc_read(pid, &proc) || proc.birth < dead->birth)
		return 0;
	size_t count = signal_tree(pid, signal);
	if (signal == SIGKILL)
		while (waitpid(pid, NULL, __WALL) < 0 && errno == EINTR)
			;
	return count;
}

void
watch_sweep(
    const struct run *run, bool (*keeps)(pid_t pid, const void *context), const void *context)
{
	size_t before, count;

	dead = run;
	is_supervisor = keeps;
	keepers = context;
	/* The children of whom we kill come to us: again, until none is left. */
	do {
		/* All stand still before any dies, or they fork on meanwhile. */
		for (before = 0;
		     (count = each_child(getpid(), signal_stranger, SIGSTOP)) != before;)
			before = count;
	} while (each_child(getpid(), signal_stranger, SIGKILL));
}
