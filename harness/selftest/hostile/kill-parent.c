/* SPDX-License-Identifier: MIT */
/* Kills its supervisor, with a child that no tracer follows to live on. */
#include "right.h"

#include <sched.h>
#include <sys/syscall.h>

HARM
{
	if (syscall(SYS_clone, CLONE_UNTRACED | SIGCHLD, 0, 0, 0, 0) == 0)
		for (;;)
			pause();
	kill(getppid(), SIGKILL);
}
