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
#include <mp/wait.h>

#include "object.h"

//{
/* Lists up to this length need no memory of the heap. */
#define SHORT_LIST 16

static int
descriptor_of(const struct mp_waitable *waitable)
{
	if (waitable->connection)
		return mp_connection_fileno(waitable->connection);
	return waitable->fd < 0 ? MP_INVALID : waitable->fd;
}

static int
fill(struct pollfd *fds, const struct mp_waitable *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int fd = descriptor_of(&list[i]);
		if (fd < 0)
			return fd;
		fds[i] = (struct pollfd){.fd = fd, .events = POLLIN};
	}
	return 0;
}

/* What poll answered for a number that is no open descriptor is no readiness. */
static int
check(const struct pollfd *fds, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (fds[i].revents & POLLNVAL)
			return -EBADF;
	return 0;
}

static int
wait_for(struct pollfd *fds, struct mp_waitable *list, size_t n, int64_t deadline)
{
	int ready = fill(fds, list, n);

	if (!ready)
		ready = mp_poll(fds, n, deadline);
	if (ready > 0) {
		int error = check(fds, n);
		if (error)
			return error;
	}
	/* Anything else counts: data, the end of file (POLLHUP), an error to be told of. */
	for (size_t i = 0; ready >= 0 && i < n; i++)
		list[i].ready = fds[i].revents != 0;
	return ready;
}
//}

int
mp_connection_poll(struct mp_connection *c, double timeout)
{
	/* pipe.4: is there something to receive? An end of file is something. */
	//{
	int fd = mp__reader_fd(c);
	struct pollfd poll = {.fd = fd, .events = POLLIN};

	if (fd < 0)
		return fd;
	int ready = mp_poll(&poll, 1, mp_deadline(timeout));
	return ready > 0 && poll.revents & POLLNVAL ? -EBADF : ready;
	//}
}

int
mp_wait(struct mp_waitable *list, size_t n, double timeout)
{
	/* pipe.4: wait for all of them at once until the deadline; mark who is ready. */
	//{
	struct pollfd few[SHORT_LIST], *fds = few;
	int64_t deadline = mp_deadline(timeout);

	if (n > SHORT_LIST && !(fds = calloc(n, sizeof(*fds))))
		return -ENOMEM;
	int ready = wait_for(fds, list, n, deadline);
	if (fds != few)
		free(fds);
	return ready;
	//}
}
