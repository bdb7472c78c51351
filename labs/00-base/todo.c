/* SPDX-License-Identifier: MIT */
/*
 * Where a task is not written yet. See include/mp/todo.h.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <unistd.h>

#include <mp/todo.h>

void (*mp__on_todo)(const char *task);

_Noreturn void
mp_todo(const char *task)
{
	if (mp__on_todo)
		mp__on_todo(task);
	/* Straight to the descriptor, and out by _exit: we may be a forked child. */
	dprintf(STDERR_FILENO, "%s is not written yet: grep -rn '%s' labs/ shows its home\n", task,
	    task);
	_exit(MP_TODO_STATUS);
}
