/* SPDX-License-Identifier: MIT */
/* What a message costs: there and back, and in one direction; small, and of 64 KiB. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mp.h>

#include "bench/bench.h"

enum { SMALL = 32, LARGE = 64 * 1024 };

static char block[LARGE];

/* --- libmp --------------------------------------------------------------------------------- */

/* A child that sends every message back, or just takes it, until the other end is closed. */
static pid_t
peer(struct mp_connection *ends[2], bool answers)
{
	static char buffer[LARGE];
	size_t size;

	NEED(mp_pipe(ends, true));
	pid_t pid = (pid_t)NEED(fork());
	if (pid) {
		mp_connection_free(ends[1]);
		return pid;
	}
	mp_connection_free(ends[0]);
	while (!mp_connection_recv_into(ends[1], buffer, sizeof(buffer), &size, NULL))
		if (answers)
			NEED(mp_connection_send_bytes(ends[1], buffer, size));
	_exit(0);
}

static void
leave(struct mp_connection *mine, pid_t pid)
{
	mp_connection_free(mine);
	NEED(waitpid(pid, NULL, 0));
}

static void
ping_pong(struct bench *b, size_t size)
{
	struct mp_connection *ends[2];
	pid_t pid = peer(ends, true);

	bench_start(b);
	for (long i = 0; i < b->count; i++) {
		NEED(mp_connection_send_bytes(ends[0], block, size));
		NEED(mp_connection_recv_into(ends[0], block, sizeof(block), &size, NULL));
	}
	bench_stop(b);
	leave(ends[0], pid);
}

BENCH("pipe: 32 bytes there and back", "libmp")
{
	ping_pong(b, SMALL);
}

BENCH("pipe: 64 KiB there and back", "libmp")
{
	ping_pong(b, LARGE);
}

BENCH("pipe: 64 KiB, one direction", "libmp")
{
	struct mp_connection *ends[2];
	pid_t pid = peer(ends, false);

	bench_start(b);
	for (long i = 0; i < b->count; i++)
		NEED(mp_connection_send_bytes(ends[0], block, LARGE));
	leave(ends[0], pid);
	bench_stop(b);
}

/* --- the floor: the same bytes, each message of a known size, no length before it -------------- */

static pid_t
raw_peer(int fds[2], size_t size, bool answers)
{
	static char buffer[LARGE];

	NEED(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds));
	pid_t pid = (pid_t)NEED(fork());
	if (pid) {
		close(fds[1]);
		return pid;
	}
	close(fds[0]);
	while (mp_read_all(fds[1], buffer, size) == (ssize_t)size)
		if (answers)
			NEED(mp_write_all(fds[1], buffer, size));
	_exit(0);
}

static void
raw_ping_pong(struct bench *b, size_t size)
{
	int fds[2];
	pid_t pid = raw_peer(fds, size, true);

	bench_start(b);
	for (long i = 0; i < b->count; i++) {
		NEED(mp_write_all(fds[0], block, size));
		NEED(mp_read_all(fds[0], block, size));
	}
	bench_stop(b);
	close(fds[0]);
	NEED(waitpid(pid, NULL, 0));
}

BENCH("pipe: 32 bytes there and back", "raw socketpair")
{
	raw_ping_pong(b, SMALL);
}

BENCH("pipe: 64 KiB there and back", "raw socketpair")
{
	raw_ping_pong(b, LARGE);
}

BENCH("pipe: 64 KiB, one direction", "raw socketpair")
{
	int fds[2];
	pid_t pid = raw_peer(fds, LARGE, false);

	bench_start(b);
	for (long i = 0; i < b->count; i++)
		NEED(mp_write_all(fds[0], block, LARGE));
	close(fds[0]);
	NEED(waitpid(pid, NULL, 0));
	bench_stop(b);
}
