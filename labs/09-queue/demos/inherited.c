/* SPDX-License-Identifier: MIT */
/*
 * What a fork copies of a feeder: what waits for it, and not the thread.
 *
 * A program has a list of messages and a thread that is to send them. It forks while three
 * wait. The child has a list of three as well, and nobody who will ever send them; and if it
 * starts a thread of its own, they are sent twice.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static int waiting = 3;
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static int
threads(void)
{
	char line[128];
	int count = 0;
	FILE *status = fopen("/proc/self/status", "r");

	while (status && fgets(line, sizeof(line), status))
		sscanf(line, "Threads: %d", &count);
	if (status)
		fclose(status);
	return count;
}

/* It has not come to it yet. */
static void *
feed(void *unused)
{
	pthread_mutex_lock(&gate);
	pthread_mutex_unlock(&gate);
	return unused;
}

int
main(void)
{
	pthread_t feeder;

	pthread_mutex_lock(&gate);
	if (pthread_create(&feeder, NULL, feed, NULL))
		return 1;
	printf(
	    "parent: %d messages wait, %d threads: this one and the feeder\n", waiting, threads());
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		printf("child:  %d messages wait, %d thread\n", waiting, threads());
		printf("child:  they are the parent's, and must be forgotten\n");
		fflush(stdout);
		_exit(0);
	}
	waitpid(child, NULL, 0);
	pthread_mutex_unlock(&gate);
	pthread_join(feeder, NULL);
	return 0;
}
