/* SPDX-License-Identifier: MIT */
/*
 * Packets with descriptors, over a socket of packets. Given; see server.h.
 *
 * Handout: labs/05-spawn/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "server.h"

union control {
	struct cmsghdr header;
	char space[CMSG_SPACE(REQUEST_FDS * sizeof(int))];
};

int
send_packet(int fd, const void *data, size_t size, const int *fds, size_t count)
{
	union control control = {0};
	struct iovec part = {(void *)data, size};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

	if (count) {
		message.msg_control = &control;
		message.msg_controllen = CMSG_SPACE(count * sizeof(int));
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(count * sizeof(int));
		memcpy(CMSG_DATA(&control.header), fds, count * sizeof(int));
	}
	while (sendmsg(fd, &message, MSG_NOSIGNAL) < 0)
		if (errno != EINTR)
			return errno == ECONNRESET ? -EPIPE : -errno;
	return 0;
}

int
receive_packet(int fd, void *data, size_t size, int *fds, size_t *count)
{
	union control control;
	struct iovec part = {data, size};
	struct msghdr message = {
	    .msg_iov = &part,
	    .msg_iovlen = 1,
	    .msg_control = &control,
	    .msg_controllen = CMSG_SPACE(*count * sizeof(int)),
	};
	ssize_t n;

	*count = 0;
	while ((n = recvmsg(fd, &message, MSG_CMSG_CLOEXEC)) < 0)
		if (errno != EINTR)
			return errno == ECONNRESET ? 0 : -errno;
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS) {
		*count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		memcpy(fds, CMSG_DATA(header), *count * sizeof(int));
	}
	return message.msg_flags & MSG_CTRUNC ? -EMFILE : (int)n;
}
