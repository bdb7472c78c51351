/* SPDX-License-Identifier: MIT */
#ifndef SPAWN_LAUNCH_H
#define SPAWN_LAUNCH_H
/*
 * Execute a program with the descriptors that it is given, and no others. For the files of
 * this stage only: subprocess, spawn and the forkserver's start all end here.
 *
 * Invariants: descriptor i of the program is fds[i], and nothing from count on is open; the
 * caller's descriptors stay as they were. Either there is a process and a pidfd of it, or an
 * error and neither.
 */
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <mp/error.h>

struct launch {
	const char *file;	  /* looked for along PATH, if it has no slash */
	char *const *argv;	  /* NULL at the end */
	char *const *environment; /* NULL: ours */
	const char *directory;	  /* NULL: ours */
	bool session;		  /* a new one */
	const int *fds;		  /* borrowed; below 0: closed */
	size_t count;
};

/* 0, or -errno: also when the file could not be executed. Tasks spawn.2 */
int launch(const struct launch *how, pid_t *pid, int *pidfd) MP_MUST_CHECK;

/* Write once, as write does, but without SIGPIPE: a count, or -errno. Given. */
ssize_t write_quietly(int fd, const void *data, size_t size) MP_MUST_CHECK;

#endif
