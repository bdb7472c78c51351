/* SPDX-License-Identifier: MIT */
/*
 * Whole reads and writes out of partial ones. See include/mp/io.h.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <mp/io.h>

ssize_t
mp_read_all(int fd, void *buffer, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t n = read(fd, (char *)buffer + done, size - done);
		if (n == 0)
			break;
		if (n > 0)
			done += (size_t)n;
		else if (errno != EINTR)
			return -errno;
	}
	return (ssize_t)done;
}

int
mp_write_all(int fd, const void *data, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t n = write(fd, (const char *)data + done, size - done);
		if (n >= 0)
			done += (size_t)n;
		else if (errno != EINTR)
			return -errno;
	}
	return 0;
}

int
mp_pipe_cloexec(int fds[2])
{
	return pipe2(fds, O_CLOEXEC) ? -errno : 0;
}

void
mp_close(int *fd)
{
	int open = *fd;

	*fd = -1;
	if (open < 0)
		return;
	int kept = errno;
	/* Not retried on EINTR: Linux has released the descriptor by then. */
	close(open);
	if (errno != kept) /* not written for nothing: after a fork that would copy a page */
		errno = kept;
}
