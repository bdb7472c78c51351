/* SPDX-License-Identifier: MIT */
/* Has a child and never asks how it ended. */
#include "right.h"

HARM
{
	siginfo_t info;
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT); /* until it is dead */
}
