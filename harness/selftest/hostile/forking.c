/* SPDX-License-Identifier: MIT */
/* A family that never stops making children, some dozen at a time. */
#include "right.h"

#include <signal.h>

HARM
{
	if (fork())
		return;
	signal(SIGCHLD, SIG_IGN);
	/* Each lives for a moment and is replaced by its own child: no pid stays the same. */
	for (int i = 0; i < 100000; i++)
		if (fork() > 0)
			_exit(0);
	_exit(0);
}
