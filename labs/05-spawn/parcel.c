/* SPDX-License-Identifier: MIT */
/*
 * Packing: everything that a new program must be told, made ready before it exists.
 *
 * While the arguments are pickled, this thread is spawning: an object that holds a descriptor
 * names it (mp__spawning_fd), and puts the index that it gets into the pickle.
 *
 * Handout: labs/05-spawn/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include <mp/connection.h>
#include <mp/io.h>
#include <mp/pickle.h>
#include <mp/todo.h>
#include <mp/tracker.h>

#include "parcel.h"

int
because(int error, const char *format, ...)
{
	/* spawn.4: for this thread. */
	mp_todo("spawn.4");
}

const char *
mp_spawn_why(void)
{
	/* spawn.4: what was kept last. */
	mp_todo("spawn.4");
}

int
mp__spawning_fd(int fd)
{
	/* spawn.4: one more descriptor for the child, if this thread is packing for one. */
	mp_todo("spawn.4");
}

int
parcel_pack(struct parcel *parcel, struct mp_process *p, const struct call *call)
{
	/* spawn.4: refuse what cannot be, pickle, and only then open descriptors. */
	mp_todo("spawn.4");
}

int
parcel_stdin(struct parcel *parcel)
{
	/* spawn.4: a program that is executed reads nothing from standard input. */
	mp_todo("spawn.4");
}

int
parcel_send(struct parcel *parcel)
{
	/* spawn.4: both messages; a pipe that nobody reads from is no error of ours. */
	mp_todo("spawn.4");
}

void
parcel_release(struct parcel *parcel)
{
	/* spawn.4: whatever of it is still there. */
	mp_todo("spawn.4");
}
