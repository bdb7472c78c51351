/* SPDX-License-Identifier: MIT */
/*
 * Start: one process becomes two.
 *
 * Everything that parent and child must agree on is settled before the fork: the buffers
 * are empty, and the child holds a pidfd of its parent that was made while the parent
 * certainly lived.
 *
 * Handout: labs/01-process/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mp/internal.h>
#include <mp/io.h>
#include <mp/process.h>
#include <mp/reap.h>
#include <mp/todo.h>

#include "object.h"

_Noreturn void
mp__process_run(struct mp_process *p, const char *identity, pid_t parent, int parent_pidfd)
{
	/*
	 * process.2: in the child, become a process of its own: forget the parent's family, know
	 * who is who, read nothing from stdin, run the target, mp_exit.
	 */
	mp_todo("process.2");
}

int
mp_process_start(struct mp_process *p)
{
	/*
	 * process.2: flush, fork (if p->birth has a make, call that instead), and in the child
	 * go on in mp__process_run, with a pidfd of this process. In the parent enter the child
	 * in the family (mp__family_add takes a reference).
	 */
	mp_todo("process.2");
}

pid_t
mp_process_pid(struct mp_process *p)
{
	/* process.2: 0 before start; of the current process, its own. */
	mp_todo("process.2");
}
