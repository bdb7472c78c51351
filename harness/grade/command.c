/* SPDX-License-Identifier: MIT */
/*
 * The compiler, the linker and other tools that the grader needs: run in a process group
 * of their own, their output read as it comes, and ended when they take too long, or when a
 * person ends the grading. What a compiler may take is limited: a source file may include
 * /dev/zero.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mp/deadline.h>
#include <mp/io.h>

#include "grade/grade.h"

#define KEPT	    (1u << 20)
#define MOST_MEMORY (UINT64_C(4) << 30)
#define MOST_FILE   (UINT64_C(1) << 28)

static void
limit(int what, rlim_t most)
{
	struct rlimit limit;

	if (getrlimit(what, &limit) == 0 && limit.rlim_cur > most) {
		limit.rlim_cur = most;
		setrlimit(what, &limit);
	}
}

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
	signal(SIGPIPE, SIG_DFL);
	if (directory) {
		setenv("TMPDIR", directory, 1); /* a compiler that is killed leaves files there */
		limit(RLIMIT_AS, MOST_MEMORY);
		limit(RLIMIT_FSIZE, MOST_FILE);
		limit(RLIMIT_CORE, 0);
	}
	if (null < 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0 ||
	    (directory && chdir(directory)))
		_exit(126);
	execvp(argv[0], argv);
	dprintf(2, "%s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

/* Read to the end of file: 0. At the deadline -ETIME; when the grading is to end -EINTR. */
static int
collect(int fd, int signals, char *text, int64_t deadline)
{
	size_t used = 0;
	char buffer[4096];
	struct pollfd fds[] = {{.fd = fd, .events = POLLIN}, {.fd = signals, .events = POLLIN}};

	for (int ready; (ready = mp_poll(fds, 2, deadline)) != 0;) {
		/* The signal is not taken: whoever blocked it is to see it, too. */
		if (ready < 0 || fds[1].revents)
			return ready < 0 ? ready : -EINTR;
		ssize_t n = read(fd, buffer, sizeof(buffer));
		if (n == 0)
			return 0;
		if (n < 0)
			continue;
		size_t room = KEPT - used, kept = (size_t)n < room ? (size_t)n : room;
		memcpy(text + used, buffer, kept);
		used += kept;
		text[used] = '\0';
	}
	return -ETIME;
}

int
command_run(char *const argv[], const char *directory, double seconds, char **output)
{
	int fds[2], status = 0;
	sigset_t set = run_signals();
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
	/* Here, too: or the group could be killed before the child has made it. */
	if (pid > 0)
		setpgid(pid, pid);
	mp_close(&fds[1]);
	int signals = error ? -1 : signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (!error)
		error = collect(fds[0], signals, text, mp_deadline(seconds));
	mp_close(&fds[0]);
	mp_close(&signals);
	/* The group's leader is not reaped yet, so the group cannot be a stranger's. */
	if (pid > 0 && error)
		kill(-pid, SIGKILL);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (error && error != -ETIME) {
		free(text);
		return error;
	}
	*output = text;
	if (error)
		return 124;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
