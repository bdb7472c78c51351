/* SPDX-License-Identifier: MIT */
/*
 * An open file in the post: one byte, and beside it a descriptor (SCM_RIGHTS).
 *
 * The kernel sends nothing beside nothing, hence the byte. It delivers into numbers that are
 * free here: every one that comes is ours to close, also one that nobody asked for.
 *
 * Handout: labs/03-pipe/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <mp/connection.h>
#include <mp/descriptor.h>
#include <mp/io.h>

#include "object.h"

//{
/* Room for one descriptor, as cmsg(3) wants it aligned. On 64-bit machines the padding is
 * room for a second one: what a peer sends, not what we expect, decides how many come. */
union control {
	struct cmsghdr align;
	char space[CMSG_SPACE(sizeof(int))];
};

/* Take all descriptors out of a message: how many, and the last one; the others are closed. */
static size_t
take_descriptors(struct msghdr *message, int *last)
{
	size_t taken = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < n; i++, taken++) {
			mp_close(last);
			memcpy(last, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
		}
	}
	return taken;
}
//}

int
mp_send_fd(struct mp_connection *c, int fd)
{
	/* pipe.5: the byte 1, and the descriptor as ancillary data; no SIGPIPE. */
	//{
	int socket = mp__writer_fd(c);
	union control control = {.align = {.cmsg_level = SOL_SOCKET,
				     .cmsg_type = SCM_RIGHTS,
				     .cmsg_len = CMSG_LEN(sizeof(fd))}};
	struct iovec byte = {"\1", 1};
	const struct msghdr message = {.msg_iov = &byte,
	    .msg_iovlen = 1,
	    .msg_control = &control,
	    .msg_controllen = sizeof(control)};

	if (socket < 0)
		return socket;
	memcpy(CMSG_DATA(&control.align), &fd, sizeof(fd));
	while (sendmsg(socket, &message, MSG_NOSIGNAL) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
	//}
}

int
mp_recv_fd(struct mp_connection *c)
{
	/*
	 * pipe.5: one byte, one descriptor, closed by exec from birth. Whatever else comes is
	 * refused, and no descriptor that came with it stays open.
	 */
	//{
	int socket = mp__reader_fd(c), fd = -1;
	union control control = {0};
	char byte = 0;
	struct iovec part = {&byte, 1};
	struct msghdr message = {.msg_iov = &part,
	    .msg_iovlen = 1,
	    .msg_control = &control,
	    .msg_controllen = sizeof(control)};
	ssize_t n;

	if (socket < 0)
		return socket;
	while ((n = recvmsg(socket, &message, MSG_CMSG_CLOEXEC)) < 0)
		if (errno != EINTR)
			return -errno;
	size_t taken = take_descriptors(&message, &fd);
	if (n == 1 && byte == 1 && taken == 1 && !(message.msg_flags & MSG_CTRUNC))
		return fd;
	mp_close(&fd);
	if (n == 0)
		return MP_EOF;
	/* Cut off, although there was room for it: there was no free number for it. */
	return taken == 0 && message.msg_flags & MSG_CTRUNC ? -EMFILE : MP_NO_DESCRIPTOR;
	//}
}
