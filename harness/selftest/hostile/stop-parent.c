/* SPDX-License-Identifier: MIT */
/* Stops its supervisor. */
#include "right.h"

#include <signal.h>

HARM
{
	kill(getppid(), SIGSTOP);
}
