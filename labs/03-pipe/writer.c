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
#include <mp/todo.h>
#include <mp/writer.h>

#include "object.h"

struct mp_writer {
	/* yours */
};

int
mp_writer_new(struct mp_writer **out, int fd)
{
	/* pipe.6: the descriptor is yours from the first line, as in mp_connection_new. */
	mp_todo("pipe.6");
}

int
mp_writer_write(struct mp_writer *w, const void *data, size_t size)
{
	/*
	 * pipe.6: keep the record, whole; make room first if there is none. What a fork has
	 * copied into the buffer is another's.
	 */
	mp_todo("pipe.6");
}

int
mp_writer_flush(struct mp_writer *w)
{
	/* pipe.6: what this process has buffered, in one write. */
	mp_todo("pipe.6");
}

size_t
mp_writer_pending(const struct mp_writer *w)
{
	/* pipe.6: of this process; what was copied by a fork does not count. */
	mp_todo("pipe.6");
}

int
mp_writer_close(struct mp_writer *w)
{
	/* pipe.6: flush what is this process's, then close, whatever the flush said. */
	mp_todo("pipe.6");
}

void
mp_writer_free(struct mp_writer *w)
{
	/* pipe.6: the last chance to write it; nobody is left to be told of an error. */
	mp_todo("pipe.6");
}
