/* SPDX-License-Identifier: MIT */
/*
 * Birth by forkserver: ask a process that has no past for a child.
 *
 * The child is the server's, so the server fetches its status, and tells it over the
 * answer's socket. A pidfd we get from the server, too: it opens it before it could have
 * reaped, so it cannot be a stranger's.
 *
 * Invariants: a request is asked and answered under the helpers' lock; a server that has
 * died is replaced once for each request. Handout: labs/05-spawn/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mp/deadline.h>
#include <mp/io.h>
#include <mp/reap.h>
#include <mp/todo.h>

#include "helper.h"
#include "launch.h"
#include "server.h"

int
server_make(struct mp_process *p, void *arg, pid_t *pid, int *pidfd)
{
	/*
	 * spawn.5: pack, ask the server for a child with the parcel's descriptors (start the
	 * server if there is none, or it is dead), and send the parcel to the child.
	 */
	mp_todo("spawn.5");
}

int
server_fetch(void *arg, int *status)
{
	/* spawn.5: the exit code from the server; if it has died, nobody knows it. */
	mp_todo("spawn.5");
}

void
server_adopt(int fd)
{
	/* spawn.5: in a child of the server: it may ask it for children of its own. */
	mp_todo("spawn.5");
}

int
mp_forkserver_stop(void)
{
	/* spawn.5: let go of it; who started it waits and reaps. */
	mp_todo("spawn.5");
}

pid_t
mp_forkserver_pid(void)
{
	/* spawn.5: known where it was started. */
	mp_todo("spawn.5");
}
