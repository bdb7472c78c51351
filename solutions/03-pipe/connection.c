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

#include "object.h"

//{
int
mp__reader_fd(const struct mp_connection *c)
{
	return c->fd < 0 ? MP_HANDLE_CLOSED : c->readable ? c->fd : MP_WRITE_ONLY;
}

int
mp__writer_fd(const struct mp_connection *c)
{
	return c->fd < 0 ? MP_HANDLE_CLOSED : c->writable ? c->fd : MP_READ_ONLY;
}

static int
open_pair(int fds[2], bool duplex)
{
	if (!duplex)
		return mp_pipe_cloexec(fds);
	return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) ? -errno : 0;
}
//}

int
mp_pipe(struct mp_connection *ends[2], bool duplex)
{
	/*
	 * pipe.1: a socket pair, or a pipe; each end becomes a connection. If the second one
	 * cannot be made, nothing is left of the first.
	 */
	//{
	struct mp_connection *reader, *writer;
	int fds[2];

	int error = open_pair(fds, duplex);
	if (error)
		return error;
	error = mp_connection_new(&reader, fds[0], true, duplex);
	if (error) {
		mp_close(&fds[1]);
		return error;
	}
	error = mp_connection_new(&writer, fds[1], duplex, true);
	if (error) {
		mp_connection_free(reader);
		return error;
	}
	ends[0] = reader;
	ends[1] = writer;
	return 0;
	//}
}

int
mp_connection_new(struct mp_connection **out, int fd, bool readable, bool writable)
{
	/*
	 * pipe.1: refuse what cannot be meant; make the descriptor one that exec closes. It is
	 * yours from the first line: whatever fails, it is closed.
	 */
	//{
	struct mp_connection *c = NULL;
	int error = 0;

	if (fd < 0)
		return MP_INVALID;
	if (!readable && !writable)
		error = MP_INVALID;
	else if (fcntl(fd, F_SETFD, FD_CLOEXEC))
		error = -errno;
	else if (!(c = calloc(1, sizeof(*c))))
		error = -ENOMEM;
	if (error) {
		mp_close(&fd);
		return error;
	}
	*c = (struct mp_connection){
	    .readable = readable, .writable = writable, .references = 1, .fd = fd};
	*out = c;
	return 0;
	//}
}

struct mp_connection *
mp_connection_ref(struct mp_connection *c)
{
	/* pipe.1: one more owner; several threads may do this at once. */
	//{
	atomic_fetch_add(&c->references, 1);
	return c;
	//}
}

void
mp_connection_free(struct mp_connection *c)
{
	/* pipe.1: one owner fewer; the last one closes, and frees the memory. */
	//{
	if (!c || atomic_fetch_sub(&c->references, 1) != 1)
		return;
	mp_close(&c->fd);
	free(c);
	//}
}

int
mp_connection_close(struct mp_connection *c)
{
	/* pipe.1: the kernel may report an error, but the descriptor is gone in any case. */
	//{
	int fd = c->fd;

	c->fd = -1;
	if (fd < 0 || close(fd) == 0 || errno == EINTR)
		return 0;
	return -errno;
	//}
}

bool
mp_connection_readable(const struct mp_connection *c)
{
	/* pipe.1: as it was made; false once reading is over (pipe.3). */
	//{
	return c->readable;
	//}
}

bool
mp_connection_writable(const struct mp_connection *c)
{
	/* pipe.1: as it was made. */
	//{
	return c->writable;
	//}
}

bool
mp_connection_closed(const struct mp_connection *c)
{
	/* pipe.1: by mp_connection_close, or because reading is over (pipe.3). */
	//{
	return c->fd < 0;
	//}
}

int
mp_connection_fileno(const struct mp_connection *c)
{
	/* pipe.1: the descriptor, or the refusal. */
	//{
	return c->fd < 0 ? MP_HANDLE_CLOSED : c->fd;
	//}
}
