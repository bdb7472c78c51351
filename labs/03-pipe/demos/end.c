/* SPDX-License-Identifier: MIT */
/*
 * The end of file that does not come.
 *
 * A reader waits for the end; its writer has written, closed, and is gone. But a third
 * process, which has nothing to do with the pipe, was forked while the writing end was open.
 * The program asks /proc who that is, ends it, and there is the end of file.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t
forked(void)
{
	fflush(stdout);
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	return pid;
}

/* May somebody still write? Not "has somebody closed". */
static void
look(int fd)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
	char bytes[64];

	if (poll(&poll_fd, 1, 500) == 0) {
		printf("    read: nothing for half a second, and no end of file\n");
		return;
	}
	ssize_t n = read(fd, bytes, sizeof(bytes));
	if (n)
		printf("    read: \"%.*s\"\n", (int)n, bytes);
	else
		printf("    read: end of file\n");
}

/* Is this descriptor of that process open for writing? fdinfo has its flags, in octal. */
static int
is_writer(const char *pid, const char *fd)
{
	char path[64];
	unsigned flags = 0;

	snprintf(path, sizeof(path), "/proc/%.16s/fdinfo/%.16s", pid, fd);
	FILE *file = fopen(path, "re");
	if (!file)
		return 0;
	if (fscanf(file, "pos: %*d flags: %o", &flags) != 1)
		flags = 0;
	fclose(file);
	return (flags & O_ACCMODE) == O_WRONLY;
}

static void
show_holders_in(const char *pid, const char *pipe)
{
	char path[64], target[64];
	struct dirent *entry;

	snprintf(path, sizeof(path), "/proc/%.16s/fd", pid);
	DIR *dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		ssize_t n = readlinkat(dirfd(dir), entry->d_name, target, sizeof(target) - 1);
		if (n <= 0)
			continue;
		target[n] = '\0';
		if (!strcmp(target, pipe) && is_writer(pid, entry->d_name))
			printf("    process %s can write to %s, by its descriptor %s%s\n", pid,
			    pipe, entry->d_name, atoi(pid) == getpid() ? " (this program)" : "");
	}
	if (dir)
		closedir(dir);
}

/* A pipe's name in /proc, pipe:[INODE], is the same in all processes. */
static void
show_holders(int fd)
{
	char path[64], pipe[64] = "";
	struct dirent *entry;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (readlink(path, pipe, sizeof(pipe) - 1) < 0)
		err(1, "%s", path);
	DIR *dir = opendir("/proc");
	while (dir && (entry = readdir(dir)))
		if (atoi(entry->d_name) > 0)
			show_holders_in(entry->d_name, pipe);
	if (dir)
		closedir(dir);
}

int
main(void)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC)) /* CLOEXEC: but nobody here calls exec */
		err(1, "pipe2");
	pid_t writer = forked();
	if (writer == 0)
		_exit(write(fds[1], "hello", 5) != 5);
	pid_t other = forked();
	if (other == 0)
		for (;;)
			pause();
	if (waitpid(writer, NULL, 0) != writer)
		err(1, "waitpid");
	printf("The writer %d has written, and is gone.\n", writer);
	look(fds[0]);
	look(fds[0]);
	printf("Who can still write?\n");
	show_holders(fds[0]);
	printf("This program closes its own writing end.\n");
	close(fds[1]);
	look(fds[0]);
	show_holders(fds[0]);
	printf("Process %d has never heard of the pipe; it has inherited it. End it.\n", other);
	kill(other, SIGKILL);
	waitpid(other, NULL, 0);
	look(fds[0]);
	close(fds[0]);
	return 0;
}
