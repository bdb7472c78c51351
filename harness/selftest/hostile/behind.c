/* SPDX-License-Identifier: MIT */
/* Waits for a child that kept the last writing end of the pipe that it reads. */
#include "right.h"

HARM
{
	int fds[2];
	char c;

	if (pipe(fds))
		return;
	pid_t pid = fork();
	if (pid == 0) {
		while (read(fds[0], &c, 1) > 0)
			;
		_exit(0);
	}
	close(fds[0]);
	close(fds[1]);
	waitpid(pid, NULL, 0);
}
