/* SPDX-License-Identifier: MIT */
/*
 * Execute a program with the descriptors that it is given, and no others.
 *
 * By posix_spawn, which makes a child that borrows our memory until it executes (vfork), so
 * it costs the same for a large program and a small one, and what exec has to say comes back
 * as an error of the call. What the child does before exec is written down beforehand: dup2
 * each descriptor to its place, close the rest.
 *
 * Handout: labs/05-spawn/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mp/io.h>

#include "launch.h"

ssize_t
write_quietly(int fd, const void *data, size_t size)
{
	sigset_t pipe, before, pending;
	struct timespec now = {0, 0};

	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	sigpending(&pending);
	pthread_sigmask(SIG_BLOCK, &pipe, &before);
	ssize_t n = write(fd, data, size);
	int error = -errno;
	/* Ours, unless one was waiting before: take it back. */
	if (n < 0 && error == -EPIPE && !sigismember(&pending, SIGPIPE))
		while (sigtimedwait(&pipe, NULL, &now) < 0 && errno == EINTR)
			;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return n < 0 ? error : n;
}

//{
/*
 * Copies above all places that will be filled, so that the order of the dup2 does not
 * matter: 3 may go to 4, and 4 to 3. The copies are closed by exec; what dup2 makes is not.
 */
static int
plan_descriptors(const struct launch *how, posix_spawn_file_actions_t *actions, int *copies)
{
	int error = 0;

	for (size_t i = 0; !error && i < how->count; i++) {
		copies[i] =
		    how->fds[i] < 0 ? -1 : fcntl(how->fds[i], F_DUPFD_CLOEXEC, (int)how->count);
		if (how->fds[i] >= 0 && copies[i] < 0)
			return -errno;
		error = copies[i] < 0
			    ? posix_spawn_file_actions_addclose(actions, (int)i)
			    : posix_spawn_file_actions_adddup2(actions, copies[i], (int)i);
	}
	if (!error)
		error = posix_spawn_file_actions_addclosefrom_np(actions, (int)how->count);
	if (!error && how->directory)
		error = posix_spawn_file_actions_addchdir_np(actions, how->directory);
	return -error;
}

/* A pidfd of a child of ours; as 01-process, which says why (birth.c:by_fork). */
static int
open_pidfd(pid_t pid)
{
	int pidfd = pidfd_open(pid, 0);

	if (pidfd < 0 && errno == ESRCH)
		pidfd = eventfd(1, EFD_CLOEXEC);
	if (pidfd >= 0)
		return pidfd;
	int error = -errno;
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return error;
}

static int
execute(const struct launch *how, const posix_spawn_file_actions_t *actions)
{
	posix_spawnattr_t attributes;
	pid_t pid;
	int error = posix_spawnattr_init(&attributes);

	if (error)
		return -error;
	if (how->session)
		error = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
	if (!error)
		error = posix_spawnp(&pid, how->file, actions, &attributes, how->argv,
		    how->environment ? how->environment : environ);
	posix_spawnattr_destroy(&attributes);
	return error ? -error : pid;
}
//}

int
launch(const struct launch *how, pid_t *pid, int *pidfd)
{
	/*
	 * spawn.2: execute how->file in a new process where fds[i] is descriptor i and no other
	 * is open, however the numbers cross; no copy is left here. If it cannot be executed,
	 * say why.
	 */
	//{
	posix_spawn_file_actions_t actions;
	int *copies = malloc((how->count + 1) * sizeof(int));

	for (size_t i = 0; copies && i < how->count; i++)
		copies[i] = -1;
	int error = copies ? -posix_spawn_file_actions_init(&actions) : -ENOMEM;
	if (error) {
		free(copies);
		return error;
	}
	error = plan_descriptors(how, &actions, copies);
	int child = error ? error : execute(how, &actions);
	for (size_t i = 0; i < how->count; i++)
		mp_close(&copies[i]);
	free(copies);
	posix_spawn_file_actions_destroy(&actions);
	if (child < 0)
		return child;
	int fd = open_pidfd(child);
	if (fd < 0)
		return fd;
	*pid = child;
	*pidfd = fd;
	return 0;
	//}
}
