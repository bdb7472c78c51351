/* SPDX-License-Identifier: MIT */
/*
 * The child's side: from main to the function that it was started for.
 *
 * mp_init comes first in main and looks at the arguments: a spawned child and the forkserver
 * never get past it. That is the whole guard; who has not come past it cannot spawn, so a
 * main that does not call it cannot start itself for ever.
 *
 * Handout: labs/05-spawn/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/close_range.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mp/connection.h>
#include <mp/io.h>
#include <mp/pickle.h>
#include <mp/todo.h>

#include "parcel.h"
#include "server.h"
#include "tracker.h"

bool
is_guarded(void)
{
	/* spawn.4: mp_init was called. */
	mp_todo("spawn.4");
}

_Noreturn void
parcel_open(void)
{
	/*
	 * spawn.4: receive who this is, become it (mp__process_run), receive the arguments, call
	 * the function.
	 */
	mp_todo("spawn.4");
}

int
mp__spawned_fd(int index)
{
	/* spawn.4: in its place; and it was inherited, not opened here. */
	mp_todo("spawn.4");
}

int
mp_init(int argc, char **argv)
{
	/*
	 * spawn.4: the guard: children and the forkserver turn off here. A spawned child first
	 * sees to it that what it inherited is closed by exec.
	 */
	mp_todo("spawn.4");
}
