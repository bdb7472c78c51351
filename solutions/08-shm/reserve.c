/* SPDX-License-Identifier: MIT */
/*
 * Memory that is there: for segments with a name and for the arenas of a heap.
 *
 * Handout: labs/08-shm/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>

#include "reserve.h"

//{
int
mp__reserve(int fd, uint64_t start, uint64_t size)
{
	struct rlimit limit;
	int error;

	if (size > INT64_MAX - start)
		return -EFBIG;
	/* Past this limit the kernel does not only refuse: it sends SIGXFSZ, which kills. */
	if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && start + size > limit.rlim_cur)
		return -EFBIG;
	while ((error = posix_fallocate(fd, (off_t)start, (off_t)size)) == EINTR)
		;
	return -error;
}
//}
