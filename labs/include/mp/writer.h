/* SPDX-License-Identifier: MIT */
#ifndef MP_WRITER_H
#define MP_WRITER_H
/*
 * A buffered writer that survives fork: what the parent has not written yet is not written
 * again by the child.
 *
 * A buffer is memory, so a fork copies it with everything in it; the stdio of most C programs
 * then prints it twice. This one remembers whose bytes it holds: the first call in another
 * process finds them to be another's, and forgets them. The parent still has them.
 *
 * Invariants: one record (one mp_writer_write) of up to MP_RECORD bytes is never divided
 * between two writes to the kernel: so processes that share a pipe, or a file opened with
 * O_APPEND, never tear each other's records. Records of one process stay in order.
 *
 * Example:
 *	#include <mp/writer.h>
 *	#include <unistd.h>
 *	int
 *	main(void)
 *	{
 *		struct mp_writer *log;
 *		if (mp_writer_new(&log, dup(STDERR_FILENO)) || mp_writer_write(log, "one\n", 4))
 *			return 1;
 *		if (fork() == 0)
 *			_exit(mp_writer_flush(log) != 0); // nothing: "one" is the parent's
 *		return mp_writer_close(log) != 0;
 *	}
 */
#include <limits.h>
#include <mp/error.h>
#include <stddef.h>

struct mp_writer;

/* The capacity of the buffer: what a pipe takes in one piece. */
#define MP_RECORD PIPE_BUF

/*
 * Make a writer.
 *
 * Owns    fd is taken over, also in case of errors; it is made to be closed by exec
 * Returns 0, or MP_INVALID (fd is negative), -EBADF, -ENOMEM
 * Tasks   pipe.6
 */
int mp_writer_new(struct mp_writer **out, int fd) MP_MUST_CHECK;

/*
 * Write one record: into the buffer, which is written out first if the record does not fit.
 * Above MP_RECORD bytes nothing is buffered, and nothing promised but the order.
 *
 * Blocks  if it must be written out, and the pipe is full
 * Returns 0, or
 *   MP_CLOSED                                                      ValueError
 *   -errno     -EPIPE, -ENOSPC ...: the record has not been taken; older ones are still in the
 *              buffer, for the next flush                          OSError
 * Safe    across fork yes; one thread at a time; no SIGPIPE reaches the caller
 * Tasks   pipe.6
 */
int mp_writer_write(struct mp_writer *w, const void *data, size_t size) MP_MUST_CHECK;

/* Write out what this process has buffered. Returns as mp_writer_write. Tasks pipe.6 */
int mp_writer_flush(struct mp_writer *w) MP_MUST_CHECK;

/* How many bytes of this process wait in the buffer. Tasks pipe.6 */
size_t mp_writer_pending(const struct mp_writer *w);

/* Flush, and close the descriptor, even if the flush has failed: 0, or its error. Closing
 * twice is fine. Tasks pipe.6 */
int mp_writer_close(struct mp_writer *w) MP_MUST_CHECK;

/* Close, and free; an error of the last flush is not told. NULL is fine. Tasks pipe.6 */
void mp_writer_free(struct mp_writer *w);

#endif
