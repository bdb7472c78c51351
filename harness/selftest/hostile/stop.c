/* SPDX-License-Identifier: MIT */
/* Stops itself; nobody lets it go on. */
#include "right.h"

#include <signal.h>

HARM
{
	raise(SIGSTOP);
}
