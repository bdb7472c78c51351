/* SPDX-License-Identifier: MIT */
/*
 * Receiving: whole messages out of partial reads, from a peer that may be wrong.
 *
 * The length comes from the other side, so it is a claim. Memory is taken in steps, each at
 * most as large as what has come already; a claim of 2 GiB behind which 10 bytes follow costs
 * one step.
 *
 * Invariants: between two calls the stream stands between two messages, or the connection
 * cannot be read any more. Handout: labs/03-pipe/README.md
 */
#define _GNU_SOURCE
#include <endian.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <mp/connection.h>
#include <mp/deadline.h>
#include <mp/io.h>
#include <mp/todo.h>

#include "object.h"

int
mp_connection_recv_bytes(struct mp_connection *c, void **data, size_t *size, size_t maxlength)
{
	/*
	 * pipe.3: the length, which is a claim; then the message, however many reads it takes.
	 * Tell the end of file before a message from one within; end the reading where the rest
	 * of a message stays in the stream.
	 */
	mp_todo("pipe.3");
}

int
mp_connection_recv_into(
    struct mp_connection *c, void *buffer, size_t capacity, size_t *size, void **message)
{
	/* pipe.3: into the buffer; or, if that is too short, the whole message in memory. */
	mp_todo("pipe.3");
}
