/* SPDX-License-Identifier: MIT */
/*
 * The tracker as its clients see it: a pipe that takes lines.
 *
 * Nobody asks whether the tracker lives: the write fails with EPIPE if it does not, and
 * then there is a new one. It is forked and executes nothing, so it works in every program,
 * also in one that knows no mp_init.
 *
 * Invariants: one line, one write of at most 512 bytes, which a pipe never tears. The
 * tracker holds nothing of us but standard error. Handout: labs/05-spawn/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <mp/deadline.h>
#include <mp/io.h>
#include <mp/reap.h>
#include <mp/todo.h>
#include <mp/tracker.h>

#include "helper.h"
#include "launch.h"
#include "tracker.h"

int
mp_tracker_register(const char *name, const char *type)
{
	/* spawn.6: REGISTER:NAME:TYPE and a newline, in one write, to a tracker that lives. */
	mp_todo("spawn.6");
}

int
mp_tracker_unregister(const char *name, const char *type)
{
	/* spawn.6: UNREGISTER:NAME:TYPE. */
	mp_todo("spawn.6");
}

int
mp_tracker_fd(void)
{
	/* spawn.6: the writing end of one that lives: if nobody reads there, PROBE:0:noop starts
	 * a new one. */
	mp_todo("spawn.6");
}

int
mp_tracker_stop(void)
{
	/* spawn.6: let go of it; who started it waits and reaps. */
	mp_todo("spawn.6");
}

void
tracker_adopt(int fd)
{
	/* spawn.6: in a spawned child: its parent's tracker is its own. */
	mp_todo("spawn.6");
}
