/* SPDX-License-Identifier: MIT */
/*
 * "No more work", said by one None for each consumer: and what happens with one too few.
 *
 * Three consumers read numbers from a pipe; 0 says that there are no more. Two zeros are
 * written. Who of the three is left waits for ever: the pipe does not end, since everybody
 * holds its writing end.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CONSUMERS = 3 };

static int
consume(int fd, int me)
{
	int number, done = 0;

	while (read(fd, &number, sizeof(number)) == sizeof(number) && number)
		done++;
	printf("consumer %d: got its None after %d tasks\n", me, done);
	fflush(stdout);
	return 0;
}

int
main(void)
{
	static const int none = 0;
	pid_t consumer[CONSUMERS];
	int fds[2];

	if (pipe(fds))
		return 1;
	for (int i = 0; i < CONSUMERS; i++)
		if ((consumer[i] = fork()) == 0)
			_exit(consume(fds[0], i + 1));
	for (int task = 1; task <= 12; task++)
		if (write(fds[1], &task, sizeof(task)) < 0)
			return 1;
	for (int i = 0; i < CONSUMERS - 1; i++)
		if (write(fds[1], &none, sizeof(none)) < 0)
			return 1;
	for (int i = 0; i < CONSUMERS - 1; i++)
		wait(NULL);
	poll(NULL, 0, 500);
	for (int i = 0; i < CONSUMERS; i++)
		if (waitpid(consumer[i], NULL, WNOHANG) == 0) {
			printf("consumer %d: half a second later it still waits, for a None\n"
			       "            that nobody will write\n",
			    i + 1);
			kill(consumer[i], SIGKILL);
			waitpid(consumer[i], NULL, 0);
		}
	return 0;
}
