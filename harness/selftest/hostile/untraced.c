/* SPDX-License-Identifier: MIT */
/* A child that no tracer follows. */
#include "right.h"

#include <sched.h>
#include <sys/syscall.h>

HARM
{
	if (syscall(SYS_clone, CLONE_UNTRACED | SIGCHLD, 0, 0, 0, 0) == 0)
		for (;;)
			pause();
}
