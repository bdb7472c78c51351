/* SPDX-License-Identifier: MIT */
/* Hangs, and no signal that can be caught gets it out. */
#include "right.h"

#include <signal.h>

HARM
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	for (;;)
		pause();
}
