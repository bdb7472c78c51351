/* SPDX-License-Identifier: MIT */
#ifndef MP_IO_H
#define MP_IO_H
/*
 * Reading and writing that finish what they began.
 *
 * read and write may do a part of what they were asked, and a signal may end them
 * before they did anything. Nobody wants to write that loop twice.
 *
 * Example:
 *	#include <mp/io.h>
 *	int
 *	main(void)
 *	{
 *		int fds[2];
 *		char buffer[5];
 *		if (mp_pipe_cloexec(fds) || mp_write_all(fds[1], "hello", 5))
 *			return 1;
 *		return mp_read_all(fds[0], buffer, 5) != 5;
 *	}
 */
#include <mp/error.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * Read until size bytes have come, or the other end is closed.
 *
 * Blocks  until then; signals do not end it
 * Returns the number of bytes read (fewer than size: end of file), or -errno
 */
ssize_t mp_read_all(int fd, void *buffer, size_t size) MP_MUST_CHECK;

/*
 * Write all of it.
 *
 * Blocks  until then; signals do not end it
 * Returns 0, or -errno; -EPIPE only if SIGPIPE is ignored or blocked
 */
int mp_write_all(int fd, const void *data, size_t size) MP_MUST_CHECK;

/* Make a pipe whose ends are closed by exec: [0] to read, [1] to write. 0, or -errno. */
int mp_pipe_cloexec(int fds[2]) MP_MUST_CHECK;

/* Close *fd if it is 0 or more, and make it -1. errno is kept: for the error paths. */
void mp_close(int *fd);

#endif
