/* SPDX-License-Identifier: MIT */
/*
 * A load for measuring a tracer: children in batches that live together, each making some
 * cheap calls, all reaped by waitpid. Prints its own wall time in milliseconds.
 *
 *	fork-load [CHILDREN [BATCH [CALLS]]]          2000 50 50
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static pid_t
start(int calls)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	for (int i = 0; i < calls; i++)
		syscall(SYS_getppid);
	_exit(0);
}

int
main(int argc, char **argv)
{
	int children = argc > 1 ? atoi(argv[1]) : 2000;
	int batch = argc > 2 ? atoi(argv[2]) : 50;
	int calls = argc > 3 ? atoi(argv[3]) : 50;
	pid_t *pids = calloc((size_t)batch, sizeof(*pids));
	double begun = now();

	for (int done = 0; done < children; done += batch) {
		for (int i = 0; i < batch; i++)
			if ((pids[i] = start(calls)) < 0)
				return perror("fork"), 1;
		for (int i = 0; i < batch; i++)
			if (waitpid(pids[i], NULL, 0) != pids[i])
				return perror("waitpid"), 1;
	}
	printf("%.1f\n", now() - begun);
	free(pids);
	return 0;
}
