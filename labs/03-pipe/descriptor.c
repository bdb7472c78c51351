/* SPDX-License-Identifier: MIT */
/*
 * An open file in the post: one byte, and beside it a descriptor (SCM_RIGHTS).
 *
 * The kernel sends nothing beside nothing, hence the byte. It delivers into numbers that are
 * free here: every one that comes is ours to close, also one that nobody asked for.
 *
 * Handout: labs/03-pipe/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <mp/connection.h>
#include <mp/descriptor.h>
#include <mp/io.h>
#include <mp/todo.h>

#include "object.h"

int
mp_send_fd(struct mp_connection *c, int fd)
{
	/* pipe.5: the byte 1, and the descriptor as ancillary data; no SIGPIPE. */
	mp_todo("pipe.5");
}

int
mp_recv_fd(struct mp_connection *c)
{
	/*
	 * pipe.5: one byte, one descriptor, closed by exec from birth. Whatever else comes is
	 * refused, and no descriptor that came with it stays open.
	 */
	mp_todo("pipe.5");
}
