/* SPDX-License-Identifier: MIT */
/*
 * A leak that outlives its program: made, seen, cured.
 *
 * A child makes a segment of 8 MB with a name, and is killed. Its memory, its descriptors,
 * its mappings are gone, as they must; the name is not, and holds the 8 MB. Look at /dev/shm.
 * Then the cure: somebody who holds the other end of a pipe, and unlinks when the pipe says
 * that everybody is gone. That is what a resource tracker is.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SIZE (8 << 20)

static char name[64], path[80];

static void
show(const char *when)
{
	struct stat stat_of;

	if (stat(path, &stat_of))
		printf("    %-34s %s: %s\n", when, path, strerror(errno));
	else
		printf("    %-34s %s holds %ld KB\n", when, path, stat_of.st_blocks / 2);
}

static void
make(void)
{
	int fd = shm_open(name, O_CREAT | O_EXCL | O_RDWR, 0600);

	if (fd < 0 || posix_fallocate(fd, 0, SIZE))
		err(1, "%s", name);
	char *bytes = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (bytes == MAP_FAILED)
		err(1, "mmap");
	memset(bytes, 1, SIZE);
}

/* Read until nobody can write any more; then unlink. */
static void
be_tracker(int reader)
{
	char line[128];
	ssize_t n = read(reader, line, sizeof(line) - 1); /* the name */

	if (n <= 0)
		_exit(0);
	line[n] = '\0';
	while (read(reader, &(char){0}, 1) > 0)
		;
	printf("    the tracker: everybody is gone, I unlink %s\n", line);
	fflush(stdout);
	_exit(shm_unlink(line) ? 1 : 0);
}

static void
killed(bool tracked)
{
	int lines[2], status;

	if (pipe2(lines, O_CLOEXEC))
		err(1, "pipe2");
	fflush(stdout);
	pid_t tracker = fork();
	if (tracker == 0) {
		close(lines[1]); /* or it would wait for itself */
		be_tracker(lines[0]);
	}
	pid_t owner = fork();
	if (owner == 0) {
		if (tracked && write(lines[1], name, strlen(name)) < 0)
			err(1, "write");
		make();
		raise(SIGKILL);
	}
	if (tracker < 0 || owner < 0 || waitpid(owner, &status, 0) != owner)
		err(1, "fork, waitpid");
	printf("    the owner: killed by SIG%s\n", sigabbrev_np(WTERMSIG(status)));
	show("while this program lives:");
	close(lines[0]);
	close(lines[1]); /* this program's end: the last but for the dead */
	waitpid(tracker, &status, 0);
	show("after the last end was closed:");
}

int
main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0); /* three processes write here, in turns */
	snprintf(name, sizeof(name), "/demo-leak-%d", getpid());
	snprintf(path, sizeof(path), "/dev/shm%s", name);
	printf("Nobody is told of the name:\n");
	show("before:");
	killed(false);
	printf("    it would stay until the machine is switched off: rm %s\n", path);
	shm_unlink(name);
	printf("\nA tracker is told:\n");
	killed(true);
	return 0;
}
