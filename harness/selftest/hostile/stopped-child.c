/* SPDX-License-Identifier: MIT */
/* Has a child that is stopped for ever. */
#include "right.h"

#include <signal.h>

HARM
{
	pid_t pid = fork();

	while (pid == 0)
		raise(SIGSTOP);
	waitpid(pid, NULL, WUNTRACED);
}
