/* SPDX-License-Identifier: MIT */
/*
 * The compiler, the linker and other tools that the grader needs: run in a process group
 * of their own, their output read as it comes, and ended when they take too long.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mp/deadline.h>
#include <mp/io.h>

#include "grade/grade.h"

#define KEPT 65536

/* In the child; only returns by exec or _exit. */
static _Noreturn void
become(char *const argv[], const char *directory, int out)
{
	sigset_t none;
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setpgid(0, 0);
	setenv("LC_ALL", "C.UTF-8", 1);
	if (null < 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0 ||
	    (directory && chdir(directory)))
		_exit(126);
	execvp(argv[0], argv);
	dprintf(2, "%s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

/* Read to the end of file or the deadline; false at the deadline. */
static bool
collect(int fd, char *text, int64_t deadline)
{
	size_t used = 0;
	char buffer[4096];
	struct pollfd ready = {.fd = fd, .events = POLLIN};

	while (mp_poll(&ready, 1, deadline) > 0) {
		ssize_t n = read(fd, buffer, sizeof(buffer));
		if (n == 0)
			return true;
		if (n < 0)
			continue;
		size_t room = KEPT - used, kept = (size_t)n < room ? (size_t)n : room;
		memcpy(text + used, buffer, kept);
		used += kept;
		text[used] = '\0';
	}
	return false;
}

int
command_run(char *const argv[], const char *directory, double seconds, char **output)
{
	int fds[2], status;
	char *text = calloc(1, KEPT + 1);
	int error = text ? mp_pipe_cloexec(fds) : -ENOMEM;

	if (error) {
		free(text);
		return error;
	}
	pid_t pid = fork();
	if (pid == 0)
		become(argv, directory, fds[1]);
	error = pid < 0 ? -errno : 0;
	mp_close(&fds[1]);
	bool ended = !error && collect(fds[0], text, mp_deadline(seconds));
	mp_close(&fds[0]);
	if (error) {
		free(text);
		return error;
	}
	/* The group's leader is not reaped yet, so the group cannot be a stranger's. */
	if (!ended)
		kill(-pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	*output = text;
	if (!ended)
		return 124;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
