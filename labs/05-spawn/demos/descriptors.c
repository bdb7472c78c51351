/* SPDX-License-Identifier: MIT */
/*
 * What a child has open.
 *
 * This program opens six descriptors: three as everybody does, three with CLOEXEC. It then
 * makes children: one that only forks, one that executes a program, and two that execute one
 * and are told what to keep. Each child counts what it has. The program that is executed is
 * this one, with an argument.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/close_range.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STREAMS = STDERR_FILENO + 1, HIGHEST = 64 };

/* List what is open above the three streams; F_GETFD says it, and opens nothing. */
static void
count(void)
{
	int n = 0;

	printf("    has");
	for (int fd = STREAMS; fd < HIGHEST; fd++) {
		int flags = fcntl(fd, F_GETFD);
		if (flags < 0)
			continue;
		printf(" %d%s", fd, flags & FD_CLOEXEC ? "(cloexec)" : "");
		n++;
	}
	printf("%s0, 1 and 2\n", n ? " besides " : " nothing but ");
	fflush(stdout);
}

static void
execute(void)
{
	execl("/proc/self/exe", "descriptors", "count", (char *)NULL);
	err(1, "execl");
}

static void
only_fork(void)
{
	count();
	_exit(0);
}

/* Keep one, though it has CLOEXEC: a copy by dup2 has not. */
static void
keep_one(void)
{
	if (dup2(6, 20) < 0)
		err(1, "dup2");
	execute();
}

/* Keep one and nothing else, whoever has opened it. */
static void
keep_only_one(void)
{
	if (dup2(6, STREAMS) < 0 || close_range(STREAMS + 1, UINT_MAX, 0))
		err(1, "close_range");
	execute();
}

/* What a dup2 onto itself does: nothing. CLOEXEC stays. */
static void
keep_in_place(void)
{
	if (dup2(6, 6) < 0)
		err(1, "dup2");
	execute();
}

static void
child(const char *what, void (*act)(void))
{
	printf("%s\n", what);
	fflush(stdout);
	pid_t pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (pid == 0)
		act();
	if (waitpid(pid, NULL, 0) != pid)
		err(1, "waitpid");
}

int
main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1) {
		count();
		return 0;
	}
	/* Whatever we were given goes, so that the numbers are the same everywhere. */
	if (close_range(STREAMS, UINT_MAX, 0))
		err(1, "close_range");
	for (int fd = STREAMS; fd < STREAMS + 6; fd++)
		if (open("/dev/null", O_RDWR | (fd < STREAMS + 3 ? 0 : O_CLOEXEC)) != fd)
			err(1, "/dev/null");
	printf("This program opens 3, 4, 5, and 6, 7, 8 with CLOEXEC. It\n");
	count();
	child("A child by fork. CLOEXEC means nothing to it:", only_fork);
	child("A child that executes. What nobody has marked is still there:", execute);
	child("The same, but first dup2(6, 20), whose copy has no CLOEXEC:", keep_one);
	child("The same, but first dup2(6, 6), which does nothing; 6 is gone:", keep_in_place);
	child("The same, but first dup2(6, 3), and all from 4 on closed:", keep_only_one);
	return 0;
}
