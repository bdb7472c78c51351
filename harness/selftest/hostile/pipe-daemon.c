/* SPDX-License-Identifier: MIT */
/* A child that lives on and holds the end of a pipe that somebody will wait for. */
#include "right.h"

HARM
{
	int fds[2];

	(void)!pipe(fds);
	if (fork() == 0) {
		char byte;
		(void)!read(fds[0], &byte, 1);
	}
	close(fds[0]);
	close(fds[1]);
}
