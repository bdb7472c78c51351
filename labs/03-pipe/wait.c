/* SPDX-License-Identifier: MIT */
/*
 * Waiting: one list for the caller, one for the kernel, one deadline.
 *
 * poll, not select: a descriptor above 1023 is nothing special. And not epoll, which has to be
 * told of each descriptor by a call of its own, and pays only when the same list is waited
 * for many times.
 *
 * Handout: labs/03-pipe/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include <mp/connection.h>
#include <mp/deadline.h>
#include <mp/todo.h>
#include <mp/wait.h>

#include "object.h"

int
mp_connection_poll(struct mp_connection *c, double timeout)
{
	/* pipe.4: is there something to receive? An end of file is something. */
	mp_todo("pipe.4");
}

int
mp_wait(struct mp_waitable *list, size_t n, double timeout)
{
	/* pipe.4: wait for all of them at once until the deadline; mark who is ready. */
	mp_todo("pipe.4");
}
