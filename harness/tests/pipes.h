/* SPDX-License-Identifier: MIT */
#ifndef TESTS_PIPES_H
#define TESTS_PIPES_H
/*
 * What rows about connections use: ends of pipes of every kind, bytes made visible, and
 * storms of signals.
 *
 * The other end of what is tested is a bare descriptor: what the library sends is read raw,
 * and what it receives is written raw.
 */
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "common.h"

#define MIB ((size_t)1024 * 1024)

/* --- ends ---------------------------------------------------------------------------------------- */

struct ends {
	struct mp_connection *end[2];
};

UNUSED static struct ends
piped(bool duplex)
{
	struct ends e = {{NULL, NULL}};

	OK(mp_pipe(e.end, duplex));
	return e;
}

UNUSED static void
unpiped(struct ends e)
{
	mp_connection_free(e.end[0]);
	mp_connection_free(e.end[1]);
}

/* A connection on one end, the bare descriptor of the other in *other. */
UNUSED static struct mp_connection *
half(int fds[2], bool reads, int *other)
{
	struct mp_connection *c = NULL;

	*other = fds[reads ? 1 : 0];
	OK(mp_connection_new(&c, fds[reads ? 0 : 1], reads, !reads));
	return c;
}

/* One end of a plain pipe to receive from, or to send to. */
UNUSED static struct mp_connection *
reader(int *writer)
{
	int fds[2];

	OK(mp_pipe_cloexec(fds));
	return half(fds, true, writer);
}

UNUSED static struct mp_connection *
sender(int *reader)
{
	int fds[2];

	OK(mp_pipe_cloexec(fds));
	return half(fds, false, reader);
}

/* The same of a pipe that keeps writes apart: one read gives what one write put in. */
UNUSED static struct mp_connection *
packets(bool reads, int *other)
{
	int fds[2];

	EQUAL(pipe2(fds, O_CLOEXEC | O_DIRECT), 0);
	OK(fcntl(fds[0], F_SETPIPE_SZ, 64 * 4096)); /* of 64 packets, instead of 16 */
	return half(fds, reads, other);
}

UNUSED static struct mp_connection *
duplex_half(int type, int *other)
{
	struct mp_connection *c = NULL;
	int fds[2];

	EQUAL(socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, fds), 0);
	OK(mp_connection_new(&c, fds[0], true, true));
	*other = fds[1];
	return c;
}

/* --- bytes ----------------------------------------------------------------------------------------- */

/* A text with its 0 bytes made visible, for EQUAL_TEXT. */
UNUSED static const char *
shown(const void *data, size_t size)
{
	static char text[3][512];
	static int turn;
	char *out = text[turn = (turn + 1) % 3];
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < size && used + 5 < sizeof(text[0]); i++) {
		unsigned char byte = ((const unsigned char *)data)[i];
		bool plain = byte >= ' ' && byte < 127;
		used += (size_t)sprintf(out + used, plain ? "%c" : "<%02x>", byte);
	}
	return out;
}

UNUSED static void
put(int fd, const void *data, size_t size)
{
	OK(mp_write_all(fd, data, size));
}

#define PUT(fd, literal) put(fd, literal, sizeof(literal) - 1)

/* One read, as it comes. */
UNUSED static const char *
seen(int fd)
{
	char bytes[256];
	ssize_t n = read(fd, bytes, sizeof(bytes));

	return n < 0 ? strerrorname_np(errno) : shown(bytes, (size_t)n);
}

/* Bytes that are nowhere equal to themselves shifted by a little. */
UNUSED static char *
pattern(size_t size)
{
	char *bytes = malloc(size + 1);

	TRUE(bytes != NULL, "there is memory for %zu bytes", size);
	for (size_t i = 0; i < size; i++)
		bytes[i] = (char)(i * 31 + i / 251);
	return bytes;
}

/* Receive, and show: the message, or the name of the error. */
UNUSED static const char *
received(struct mp_connection *c)
{
	void *data = NULL;
	size_t size = 0;
	int error = mp_connection_recv_bytes(c, &data, &size, MP_ANY_LENGTH);

	if (error)
		return mp_error_name(error);
	const char *text = shown(data, size);
	free(data);
	return text;
}

/* The error of a receive that must touch neither of its results. */
UNUSED static int
refused(struct mp_connection *c, size_t maxlength)
{
	void *data = c;
	size_t size = 77;
	int error = mp_connection_recv_bytes(c, &data, &size, maxlength);

	TRUE(data == c && size == 77, "a receive that fails does not touch its results");
	return error;
}

UNUSED static int
open_descriptors(void)
{
	int n = 0;

	for (int fd = 0; fd < 1100; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

/* --- signals ---------------------------------------------------------------------------------------- */

/* How many came; in memory that children see, so that they can wait for it. */
static _Atomic int *storm;
#define STORM_OVER 1000000 /* who still waits for it need not */

UNUSED static void
count_signal(int signal)
{
	(void)signal;
	++*storm;
}

/* From now on a signal a millisecond, which interrupts what it meets. */
UNUSED static void
storm_begins(void)
{
	struct sigaction action = {.sa_handler = count_signal};
	struct itimerval often = {{0, 1000}, {0, 1000}};

	storm = shared(sizeof(*storm));
	EQUAL(sigaction(SIGALRM, &action, NULL), 0);
	EQUAL(setitimer(ITIMER_REAL, &often, NULL), 0);
}

UNUSED static void
storm_ends(void)
{
	struct itimerval never = {0};

	EQUAL(setitimer(ITIMER_REAL, &never, NULL), 0);
	*storm = STORM_OVER;
}

/* In a child: until the other process sleeps, and a few more signals have met it there. */
UNUSED static void
await_storm(pid_t pid)
{
	await_sleep(pid);
	int now = *storm;
	while (*storm < now + 5 && *storm < STORM_OVER)
		sched_yield();
}

#endif
