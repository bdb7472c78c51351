/* SPDX-License-Identifier: MIT */
/*
 * A counter of unfinished tasks, and a consumer that is killed: the number stays.
 *
 * Ten tasks are unfinished. Two consumers take them one by one and subtract one for each that
 * is done. One of them is killed after it has taken its third, and before it has subtracted.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct work {
	atomic_int left, unfinished;
};

static int
consume(struct work *work, int mine, int dies_at)
{
	for (int task = 1; task <= mine; task++) {
		atomic_fetch_sub(&work->left, 1);
		if (task == dies_at)
			kill(getpid(), SIGKILL);
		atomic_fetch_sub(&work->unfinished, 1);
	}
	return 0;
}

int
main(void)
{
	struct work *work =
	    mmap(NULL, sizeof(*work), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status;

	if (work == MAP_FAILED)
		return 1;
	work->left = work->unfinished = 10;
	if (fork() == 0)
		_exit(consume(work, 4, 3));
	while (wait(&status) < 0)
		;
	printf("consumer 1: killed by signal %d, with its third task in its hands\n",
	    WTERMSIG(status));
	if (fork() == 0)
		_exit(consume(work, work->left, 0));
	wait(NULL);
	printf("consumer 2: has done all the others; %d are left to take\n", work->left);
	printf("join:       %d is unfinished, so I wait", work->unfinished);
	fflush(stdout);
	for (int i = 0; i < 3; i++) {
		poll(NULL, 0, 300);
		printf(".");
		fflush(stdout);
	}
	printf("\n            for somebody who will never come\n");
	return 0;
}
