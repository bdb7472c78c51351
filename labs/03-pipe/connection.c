/* SPDX-License-Identifier: MIT */
/*
 * The two ends of a pipe: made, owned, asked, closed.
 *
 * A connection is a descriptor with a direction and owners; all that is difficult about it is
 * in the kernel: who else holds the same end. Only this process's number for it is closed
 * here.
 *
 * Handout: labs/03-pipe/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <mp/connection.h>
#include <mp/io.h>
#include <mp/todo.h>

#include "object.h"

int
mp_pipe(struct mp_connection *ends[2], bool duplex)
{
	/*
	 * pipe.1: a socket pair, or a pipe; each end becomes a connection. If the second one
	 * cannot be made, nothing is left of the first.
	 */
	mp_todo("pipe.1");
}

int
mp_connection_new(struct mp_connection **out, int fd, bool readable, bool writable)
{
	/*
	 * pipe.1: refuse what cannot be meant; make the descriptor one that exec closes. It is
	 * yours from the first line: whatever fails, it is closed.
	 */
	mp_todo("pipe.1");
}

struct mp_connection *
mp_connection_ref(struct mp_connection *c)
{
	/* pipe.1: one more owner; several threads may do this at once. */
	mp_todo("pipe.1");
}

void
mp_connection_free(struct mp_connection *c)
{
	/* pipe.1: one owner fewer; the last one closes, and frees the memory. */
	mp_todo("pipe.1");
}

int
mp_connection_close(struct mp_connection *c)
{
	/* pipe.1: the kernel may report an error, but the descriptor is gone in any case. */
	mp_todo("pipe.1");
}

bool
mp_connection_readable(const struct mp_connection *c)
{
	/* pipe.1: as it was made; false once reading is over (pipe.3). */
	mp_todo("pipe.1");
}

bool
mp_connection_writable(const struct mp_connection *c)
{
	/* pipe.1: as it was made. */
	mp_todo("pipe.1");
}

bool
mp_connection_closed(const struct mp_connection *c)
{
	/* pipe.1: by mp_connection_close, or because reading is over (pipe.3). */
	mp_todo("pipe.1");
}

int
mp_connection_fileno(const struct mp_connection *c)
{
	/* pipe.1: the descriptor, or the refusal. */
	mp_todo("pipe.1");
}
