/* SPDX-License-Identifier: MIT */
/*
 * The join deadlock, made of a pipe and nothing else: the child cannot end before somebody
 * has read, the parent does not read before the child has ended.
 *
 * The parent here is patient for one second only; then it looks where the child is, reads, and
 * waits again.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIZE = 1000000 };

static char data[SIZE];

/* Wait for the child, at most a second: 1 it has ended. */
static int
join(int pidfd)
{
	struct pollfd fd = {.fd = pidfd, .events = POLLIN};

	return poll(&fd, 1, 1000);
}

static void
say_where(pid_t child, int reader)
{
	char path[64], where[64] = "?";
	int waiting = 0;

	snprintf(path, sizeof(path), "/proc/%d/wchan", child);
	FILE *file = fopen(path, "r");
	if (file && !fgets(where, sizeof(where), file))
		perror(path);
	if (file)
		fclose(file);
	ioctl(reader, FIONREAD, &waiting);
	printf("parent: join gave up after 1 s. The child sleeps in the kernel, in %s:\n"
	       "        %d of its %d bytes are in the pipe, which is full\n",
	    where, waiting, SIZE);
}

int
main(void)
{
	int fds[2];

	if (pipe(fds))
		return 1;
	pid_t child = fork();
	if (child == 0)
		_exit(write(fds[1], data, SIZE) != SIZE);
	int pidfd = pidfd_open(child, 0);
	printf("parent: the child writes %d bytes and ends. First I join it, then I read.\n", SIZE);
	if (!join(pidfd))
		say_where(child, fds[0]);
	printf("parent: now I read, and join after that\n");
	for (size_t got = 0; got < SIZE;) {
		ssize_t n = read(fds[0], data, SIZE);
		if (n <= 0)
			return 1;
		got += (size_t)n;
	}
	printf("parent: join says the child has %s\n", join(pidfd) ? "ended" : "not ended");
	waitpid(child, NULL, 0);
	return 0;
}
