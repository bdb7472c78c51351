/* SPDX-License-Identifier: MIT */
/*
 * A buffer that knows whose it is.
 *
 * The pid of the process that filled the buffer stands beside it. A fork copies both, and the
 * copy is told by its pid: it is not the copying process's. So there is nothing to register,
 * and nothing that a fork could go around (_Fork, a library that calls clone).
 *
 * Invariants: used <= MP_RECORD; used bytes belong to process owner; whole records only.
 * Handout: labs/03-pipe/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <mp/io.h>
#include <mp/writer.h>

#include "object.h"

struct mp_writer {
	//{
	int fd;	     /* -1: closed */
	pid_t owner; /* whose bytes these are */
	size_t used;
	char buffer[MP_RECORD];
	//}
};

//{
/* In another process than the one that filled it, the buffer is empty. */
static void
own(struct mp_writer *w)
{
	pid_t self = getpid();

	if (w->owner == self)
		return;
	w->owner = self;
	w->used = 0;
}

static int
write_out(int fd, const char *data, size_t *size)
{
	struct iovec part = {(void *)(uintptr_t)data, *size};
	int error = mp__write_parts(fd, &part, 1);

	*size = part.iov_len; /* what is left, after an error */
	return error;
}

static int
flush(struct mp_writer *w)
{
	size_t left = w->used;

	if (!left)
		return 0;
	int error = write_out(w->fd, w->buffer, &left);
	memmove(w->buffer, w->buffer + w->used - left, left);
	w->used = left;
	return error;
}
//}

int
mp_writer_new(struct mp_writer **out, int fd)
{
	/* pipe.6: the descriptor is yours from the first line, as in mp_connection_new. */
	//{
	if (fd < 0)
		return MP_INVALID;
	if (fcntl(fd, F_SETFD, FD_CLOEXEC))
		return -errno;
	struct mp_writer *w = malloc(sizeof(*w));
	if (!w) {
		mp_close(&fd);
		return -ENOMEM;
	}
	w->fd = fd;
	w->owner = getpid();
	w->used = 0;
	*out = w;
	return 0;
	//}
}

int
mp_writer_write(struct mp_writer *w, const void *data, size_t size)
{
	/*
	 * pipe.6: keep the record, whole; make room first if there is none. What a fork has
	 * copied into the buffer is another's.
	 */
	//{
	if (w->fd < 0)
		return MP_CLOSED;
	own(w);
	if (size > MP_RECORD - w->used) {
		int error = flush(w);
		if (error)
			return error;
	}
	if (size > MP_RECORD)
		return write_out(w->fd, data, &size);
	memcpy(w->buffer + w->used, data, size);
	w->used += size;
	return 0;
	//}
}

int
mp_writer_flush(struct mp_writer *w)
{
	/* pipe.6: what this process has buffered, in one write. */
	//{
	if (w->fd < 0)
		return MP_CLOSED;
	own(w);
	return flush(w);
	//}
}

size_t
mp_writer_pending(const struct mp_writer *w)
{
	/* pipe.6: of this process; what was copied by a fork does not count. */
	//{
	return w->owner == getpid() ? w->used : 0;
	//}
}

int
mp_writer_close(struct mp_writer *w)
{
	/* pipe.6: flush what is this process's, then close, whatever the flush said. */
	//{
	if (w->fd < 0)
		return 0;
	int error = mp_writer_flush(w);
	mp_close(&w->fd);
	w->used = 0;
	return error;
	//}
}

void
mp_writer_free(struct mp_writer *w)
{
	/* pipe.6: the last chance to write it; nobody is left to be told of an error. */
	//{
	if (!w)
		return;
	(void)!mp_writer_close(w);
	free(w);
	//}
}
