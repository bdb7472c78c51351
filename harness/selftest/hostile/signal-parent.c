/* SPDX-License-Identifier: MIT */
/* Sends its supervisor every signal but the two that it cannot block. */
#include "right.h"

#include <signal.h>

HARM
{
	pid_t parent = getppid(); /* if it dies, the next one would be a stranger */

	for (int number = 1; number <= SIGRTMAX; number++)
		if (number != SIGKILL && number != SIGSTOP && getppid() == parent)
			kill(parent, number);
}
