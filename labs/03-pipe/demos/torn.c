/* SPDX-License-Identifier: MIT */
/*
 * Two writers on one pipe.
 *
 * Each sends one message, its length before it. In the first run a message is two writes, in
 * the second it is one: look at the bytes that arrive. In the third run each message is one
 * write again, but a long one: how long is one write?
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int turn[2][2]; /* a byte in turn[i] lets writer i go on: so the bad moment happens */

static void
pass(int to)
{
	if (write(turn[to][1], ".", 1) != 1)
		err(1, "write");
}

static void
await(int turn_of)
{
	char byte;

	if (read(turn[turn_of][0], &byte, 1) != 1)
		errx(1, "the other writer is gone");
}

static void
put(int fd, const void *data, size_t size)
{
	if (write(fd, data, size) != (ssize_t)size)
		err(1, "write");
}

/* The message of one writer: "\0\0\0\5ALICE". Between length and text the other one is let in. */
static void
send_in_two(int fd, int me, const char *name)
{
	const char length[4] = {0, 0, 0, 5};

	await(me);
	put(fd, length, 4);
	pass(!me);
	await(me);
	put(fd, name, 5);
	pass(!me);
	_exit(0);
}

static void
send_in_one(int fd, int me, const char *name)
{
	char frame[9] = {0, 0, 0, 5};

	await(me);
	memcpy(frame + 4, name, 5);
	put(fd, frame, 9);
	pass(!me);
	_exit(0);
}

static void
send_long(int fd, int me, const char *name)
{
	static char frame[200000];

	(void)me;
	memset(frame, name[0], sizeof(frame));
	put(fd, frame, sizeof(frame));
	_exit(0);
}

static void
show(const unsigned char *byte, ssize_t n)
{
	printf("    arrived:");
	for (ssize_t i = 0; i < n; i++)
		printf(byte[i] < 32 ? " %02x" : " %c", byte[i]);
	printf("\n");
	for (ssize_t at = 0; at + 4 <= n;) {
		unsigned length = (unsigned)byte[at] << 24 | (unsigned)byte[at + 1] << 16 |
				  (unsigned)byte[at + 2] << 8 | byte[at + 3];
		at += 4;
		printf("    a message of %u bytes:", length);
		if ((ssize_t)length > n - at) {
			printf(" it will never come\n");
			return;
		}
		for (; length; length--, at++)
			printf(byte[at] < 32 ? " %02x" : " %c", byte[at]);
		printf("\n");
	}
}

/* How often does the letter change? */
static void
show_changes(int fd)
{
	static char byte[65536];
	size_t run = 0, runs = 0;
	char last = 0;
	ssize_t n;

	printf("    arrived:");
	while ((n = read(fd, byte, sizeof(byte))) > 0) {
		for (ssize_t i = 0; i < n; i++, run++) {
			if (byte[i] == last)
				continue;
			if (run)
				printf(" %zu x %c", run, last);
			last = byte[i];
			run = 0;
			runs++;
		}
	}
	printf(" %zu x %c\n    two messages, in %zu pieces\n", run, last, runs);
}

static void
run(const char *what, void (*sender)(int fd, int me, const char *name))
{
	const char *name[] = {"ALICE", "BOBBY"};
	unsigned char bytes[64];
	int fds[2];

	printf("%s\n", what);
	fflush(stdout);
	if (pipe2(fds, O_CLOEXEC) || pipe2(turn[0], O_CLOEXEC) || pipe2(turn[1], O_CLOEXEC))
		err(1, "pipe2");
	for (int i = 0; i < 2; i++)
		if (fork() == 0)
			sender(fds[1], i, name[i]);
	close(fds[1]);
	pass(0);
	if (sender == send_long) {
		show_changes(fds[0]);
	} else {
		while (wait(NULL) > 0)
			;
		show(bytes, read(fds[0], bytes, sizeof(bytes)));
	}
	while (wait(NULL) > 0)
		;
	for (int i = 0; i < 2; i++) {
		close(turn[i][0]);
		close(turn[i][1]);
	}
	close(fds[0]);
}

int
main(void)
{
	run("Two writers, each message in two writes: length, then text.", send_in_two);
	run("\nThe same messages, each in one write.", send_in_one);
	run("\nMessages of 200,000 bytes, each in one write.", send_long);
	printf("\nOne write to a pipe is one piece up to PIPE_BUF, %d bytes here; beyond that the\n"
	       "kernel may let others in between, and who shares a pipe needs a lock.\n",
	    PIPE_BUF);
	return 0;
}
