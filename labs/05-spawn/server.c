/* SPDX-License-Identifier: MIT */
/*
 * The forkserver: one thread, one loop, a child for each request.
 *
 * It is this program, executed once and held before main has done anything. So what it
 * forks is clean: no thread, no lock, no buffer, no descriptor of anybody. It waits on its
 * socket, on each child, and for children with a death signal on who asked for them.
 *
 * SIGINT is blocked here, not ignored: a child is born with the mask, and what is blocked
 * waits for it to unblock, where what is ignored would be lost.
 *
 * Invariants: a child is reaped after its pidfd was sent, and told before it is forgotten.
 * Handout: labs/05-spawn/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mp/deadline.h>
#include <mp/io.h>
#include <mp/todo.h>

#include "helper.h"
#include "server.h"

bool
server_has_socket(void)
{
	/* spawn.5: was this process started as a server? */
	mp_todo("spawn.5");
}

_Noreturn void
server_main(void)
{
	/*
	 * spawn.5: SIGINT is blocked, and remains so; for ever: a request makes a child, a child's
	 * death is told to who asked for it. The end of file is the end.
	 */
	mp_todo("spawn.5");
}
