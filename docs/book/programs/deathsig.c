/* SPDX-License-Identifier: MIT */
/* PR_SET_PDEATHSIG: the "parent" whose death counts is the thread that forked. */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mp/io.h>

static int gate[2];

static void *
start(void *unused)
{
	char byte;

	if (fork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGUSR1);
		(void)!mp_write_all(gate[1], "x", 1);
		for (;;)
			pause();
	}
	/* The child has asked by now. This thread ends; the process does not. */
	(void)!mp_read_all(gate[0], &byte, 1);
	return unused;
}

int
main(void)
{
	pthread_t thread;
	int status;

	if (mp_pipe_cloexec(gate) || pthread_create(&thread, NULL, start, NULL))
		return 1;
	pthread_join(thread, NULL);
	wait(&status);
	printf("the parent lives; its child was ended by SIG%s\n", sigabbrev_np(WTERMSIG(status)));
	return 0;
}
