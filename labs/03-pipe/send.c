/* SPDX-License-Identifier: MIT */
/*
 * Sending: a length, a message, one write; and no signal.
 *
 * Length and message are two places in memory and one call: writev. What the kernel did not
 * take is written again from where it stopped. SIGPIPE, by which the kernel kills whoever
 * writes to nobody, is kept away from the caller: a socket is told so (MSG_NOSIGNAL); a pipe
 * knows no such flag, so there the signal is blocked in this thread, and taken back.
 *
 * Handout: labs/03-pipe/README.md
 */
#define _GNU_SOURCE
#include <endian.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <mp/connection.h>
#include <mp/deadline.h>
#include <mp/todo.h>

#include "object.h"

int
mp_connection_send_bytes(struct mp_connection *c, const void *data, size_t size)
{
	/*
	 * pipe.2: length and message, in one write up to 16 KiB, until the kernel has taken
	 * all of it; EPIPE comes back as an error, and no SIGPIPE is left behind.
	 */
	mp_todo("pipe.2");
}

int
mp_connection_send_slice(
    struct mp_connection *c, const void *data, size_t length, int64_t offset, int64_t size)
{
	/* pipe.2: Python's offset and size, and what it refuses; mind the overflow. */
	mp_todo("pipe.2");
}
