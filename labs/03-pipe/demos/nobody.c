/* SPDX-License-Identifier: MIT */
/*
 * Writing to nobody.
 *
 * Who writes into a pipe that no process can read any more is killed, unless it has asked for
 * an error instead. Four children do it, each in its way. Look at the third: its write has
 * succeeded, and the signal comes all the same.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t came;

static void
count(int signal)
{
	(void)signal;
	came++;
}

static void
say(ssize_t n)
{
	if (n < 0)
		printf("    write: %s\n", strerrorname_np(errno));
	else
		printf("    write: %zd bytes\n", n);
	printf("    SIGPIPE came: %s\n", came ? "yes" : "no");
	fflush(stdout);
}

static void
just_write(int fd)
{
	say(write(fd, "x", 1));
}

static void
ignore_it(int fd)
{
	signal(SIGPIPE, SIG_IGN);
	say(write(fd, "x", 1));
}

/* Larger than the pipe: the writer waits for room when the reader goes away. */
static void
write_much(int fd)
{
	static char zeros[1 << 20];

	signal(SIGPIPE, count);
	say(write(fd, zeros, sizeof(zeros)));
}

static void
say_so(int fd)
{
	say(send(fd, "x", 1, MSG_NOSIGNAL));
}

/* Until the process waits in the kernel, or is dead. */
static void
await_sleep(pid_t pid)
{
	char path[32], state = 0;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	while (state != 'S' && state != 'Z') {
		FILE *file = fopen(path, "re");
		if (!file || fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
			errx(1, "%s cannot be read", path);
		fclose(file);
	}
}

static void
run(const char *what, void (*writer)(int fd), int is_socket)
{
	int fds[2], status;

	printf("%s\n", what);
	fflush(stdout);
	if (is_socket ? socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds)
		      : pipe2(fds, O_CLOEXEC))
		err(1, "pipe2, socketpair");
	if (writer != write_much)
		close(fds[0]); /* already nobody */
	pid_t pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (pid == 0) {
		close(fds[0]);
		writer(fds[1]);
		_exit(0);
	}
	if (writer == write_much) {
		await_sleep(pid); /* the pipe is full */
		close(fds[0]);
	}
	close(fds[1]);
	if (waitpid(pid, &status, 0) != pid)
		err(1, "waitpid");
	if (WIFSIGNALED(status))
		printf("    killed by SIG%s\n", sigabbrev_np(WTERMSIG(status)));
	else
		printf("    lives\n");
}

int
main(void)
{
	run("A pipe, and nothing is done about it.", just_write, 0);
	run("\nSIGPIPE is ignored: in the whole process, and in all that it executes.", ignore_it,
	    0);
	run("\nA handler; one megabyte; the reader leaves while the writer waits.", write_much, 0);
	run("\nA socket, and send with MSG_NOSIGNAL: for this one call.", say_so, 1);
	printf("\nThe third has written a part, and write says so; and the signal has come beside\n"
	       "that. Whoever takes SIGPIPE back only after EPIPE is killed by it here.\n");
	return 0;
}
