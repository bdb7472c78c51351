/* SPDX-License-Identifier: MIT */
/*
 * Sending: a length, a message, one write; and no signal.
 *
 * Length and message are two places in memory and one call: writev. What the kernel did not
 * take is written again from where it stopped. SIGPIPE, by which the kernel kills whoever
 * writes to nobody, is kept away from the caller: a socket is told so (MSG_NOSIGNAL); a pipe
 * knows no such flag, so there the signal is blocked in this thread, and taken back.
 *
 * Handout: labs/03-pipe/README.md
 */
#define _GNU_SOURCE
#include <endian.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <mp/connection.h>
#include <mp/deadline.h>

#include "object.h"

//{
/* A signal that is blocked in this thread for a moment. */
struct shield {
	sigset_t before;
	bool pending; /* it was, already: then it is the caller's, and stays */
};

static void
shield_raise(struct shield *shield, const sigset_t *sigpipe)
{
	sigset_t pending;

	pthread_sigmask(SIG_BLOCK, sigpipe, &shield->before);
	/* Only what is blocked can be pending. */
	shield->pending = sigismember(&shield->before, SIGPIPE) && sigpending(&pending) == 0 &&
			  sigismember(&pending, SIGPIPE);
}

/* came: there may be a SIGPIPE of ours to take back. */
static void
shield_lower(const struct shield *shield, const sigset_t *sigpipe, bool came)
{
	static const struct timespec now;

	if (came && !shield->pending)
		while (sigtimedwait(sigpipe, NULL, &now) < 0 && errno == EINTR)
			;
	pthread_sigmask(SIG_SETMASK, &shield->before, NULL);
}

static size_t
length(const struct iovec *part, int parts)
{
	size_t sum = 0;

	while (parts--)
		sum += part++->iov_len;
	return sum;
}

static ssize_t
write_to_pipe(int fd, const struct iovec *part, int parts)
{
	struct shield shield;
	sigset_t sigpipe;

	sigemptyset(&sigpipe);
	sigaddset(&sigpipe, SIGPIPE);
	shield_raise(&shield, &sigpipe);
	ssize_t n = writev(fd, part, parts);
	int error = errno;
	/*
	 * Not only after EPIPE: a write that waited in a full pipe when the last reader went
	 * away returns what it had written by then, and the signal comes all the same.
	 */
	shield_lower(&shield, &sigpipe, n != (ssize_t)length(part, parts));
	errno = error;
	return n;
}

/* One write, as far as the kernel goes: the bytes that it took, or -1 and errno. */
static ssize_t
write_some(int fd, struct iovec *part, int parts)
{
	const struct msghdr message = {.msg_iov = part, .msg_iovlen = (size_t)parts};

	ssize_t n = sendmsg(fd, &message, MSG_NOSIGNAL);
	return n < 0 && errno == ENOTSOCK ? write_to_pipe(fd, part, parts) : n;
}

/* It may not block, because somebody made it so (the flag is shared): then wait here. */
static int
await_room(int fd)
{
	struct pollfd room = {.fd = fd, .events = POLLOUT};
	int ready = mp_poll(&room, 1, MP_NEVER);

	return ready < 0 ? ready : 0;
}

/* Cut what has been written from the front. */
static void
advance(struct iovec *part, int parts, size_t written)
{
	for (int i = 0; i < parts; i++) {
		size_t n = written < part[i].iov_len ? written : part[i].iov_len;
		part[i].iov_base = (char *)part[i].iov_base + n;
		part[i].iov_len -= n;
		written -= n;
	}
}

int
mp__write_parts(int fd, struct iovec *part, int parts)
{
	for (;;) {
		while (parts && part->iov_len == 0) {
			part++;
			parts--;
		}
		if (!parts)
			return 0;
		ssize_t n = write_some(fd, part, parts);
		if (n >= 0) {
			advance(part, parts, (size_t)n);
		} else if (errno == EAGAIN) {
			int error = await_room(fd);
			if (error)
				return error;
		} else if (errno != EINTR) {
			return -errno;
		}
	}
}

/* The length as it travels; how many bytes that are. */
static size_t
put_length(unsigned char header[12], uint64_t size)
{
	uint32_t brief = htobe32(size <= INT32_MAX ? (uint32_t)size : UINT32_MAX);
	uint64_t full = htobe64(size);

	memcpy(header, &brief, sizeof(brief));
	memcpy(header + sizeof(brief), &full, sizeof(full));
	return size <= INT32_MAX ? sizeof(brief) : sizeof(brief) + sizeof(full);
}
//}

int
mp_connection_send_bytes(struct mp_connection *c, const void *data, size_t size)
{
	/*
	 * pipe.2: length and message, in one write up to 16 KiB, until the kernel has taken
	 * all of it; EPIPE comes back as an error, and no SIGPIPE is left behind.
	 */
	//{
	unsigned char header[12];
	int fd = mp__writer_fd(c);

	if (fd < 0)
		return fd;
	struct iovec part[] = {{header, put_length(header, size)}, {(void *)(uintptr_t)data, size}};
	return mp__write_parts(fd, part, 2);
	//}
}

int
mp_connection_send_slice(
    struct mp_connection *c, const void *data, size_t length, int64_t offset, int64_t size)
{
	/* pipe.2: Python's offset and size, and what it refuses; mind the overflow. */
	//{
	int fd = mp__writer_fd(c);

	if (fd < 0)
		return fd;
	if (offset < 0 || size < 0 || (uint64_t)offset > length)
		return MP_INVALID;
	size_t left = length - (size_t)offset;
	if (size != MP_REST && (uint64_t)size > left)
		return MP_INVALID;
	return mp_connection_send_bytes(
	    c, (const char *)data + offset, size == MP_REST ? left : (size_t)size);
	//}
}
