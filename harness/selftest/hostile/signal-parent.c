/* SPDX-License-Identifier: MIT */
/* Sends its supervisor every signal but the two that it cannot block. */
#include "right.h"

#include <signal.h>

HARM
{
	for (int number = 1; number <= SIGRTMAX; number++)
		if (number != SIGKILL && number != SIGSTOP)
			kill(getppid(), number);
}
