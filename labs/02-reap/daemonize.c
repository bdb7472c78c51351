/* SPDX-License-Identifier: MIT */
/*
 * Become a daemon (PEP 3143): fork, setsid, fork, and leave nothing of the past open.
 *
 * The first fork makes a process that leads no group, so that setsid is allowed; setsid
 * takes it from its terminal; the second fork makes a process that leads no session, so
 * that it can never get a terminal again. A pipe carries back one int: 0, or why not.
 *
 * Invariants: until the daemon has said 0, the caller has lost nothing. The pidfile's lock
 * belongs to the daemon's process and dies with it. Handout: labs/02-reap/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mp/internal.h>
#include <mp/io.h>
#include <mp/reap.h>
#include <mp/todo.h>

int
mp_daemonize(const struct mp_daemon_options *options)
{
	/*
	 * reap.6: flush, fork, setsid, fork; in the daemon umask, pidfile, directory, streams,
	 * descriptors; then tell the caller, which leaves or returns the error.
	 */
	mp_todo("reap.6");
}
