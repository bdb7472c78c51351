/* SPDX-License-Identifier: MIT */
/* Joins a child before it reads what the child has to say. */
#include "right.h"

HARM
{
	static char much[1000000];
	int fds[2];

	if (pipe(fds))
		return;
	pid_t pid = fork();
	if (pid == 0) {
		close(fds[0]);
		_exit(write(fds[1], much, sizeof(much)) < 0);
	}
	close(fds[1]);
	waitpid(pid, NULL, 0);
	close(fds[0]);
}
