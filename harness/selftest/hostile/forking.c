/* SPDX-License-Identifier: MIT */
/* A family that never stops making children, some dozen at a time. */
#include "right.h"

#include <signal.h>

HARM
{
	if (fork())
		return;
	signal(SIGCHLD, SIG_IGN);
	/* Each lives for a moment and is replaced by its own child, so no pid stays the same; for
	 * minutes, as whoever grades may be slow. */
	for (int i = 0; i < 10000000; i++)
		if (fork() > 0)
			_exit(0);
	_exit(0);
}
