/* SPDX-License-Identifier: MIT */
/* Forks, and goes on in both: two rows where one was. */
#include "right.h"

HARM
{
	pid_t pid = fork();

	if (pid > 0)
		waitpid(pid, NULL, 0);
}
