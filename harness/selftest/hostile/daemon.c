/* SPDX-License-Identifier: MIT */
/* Makes a daemon by double fork and setsid, deaf to all signals, which lives on. */
#include "right.h"

#include <signal.h>

HARM
{
	int status;

	if (fork() == 0) {
		setsid();
		if (fork())
			_exit(0);
		for (int signal_number = 1; signal_number < NSIG; signal_number++)
			signal(signal_number, SIG_IGN);
		for (;;)
			pause();
	}
	wait(&status);
}
