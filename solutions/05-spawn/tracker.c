/* SPDX-License-Identifier: MIT */
/*
 * The tracker as its clients see it: a pipe that takes lines.
 *
 * Nobody asks whether the tracker lives: the write fails with EPIPE if it does not, and
 * then there is a new one. It is forked and executes nothing, so it works in every program,
 * also in one that knows no mp_init.
 *
 * Invariants: one line, one write of at most 512 bytes, which a pipe never tears. The
 * tracker holds nothing of us but standard error. Handout: labs/05-spawn/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <mp/deadline.h>
#include <mp/io.h>
#include <mp/reap.h>
#include <mp/tracker.h>

#include "helper.h"
#include "launch.h"
#include "tracker.h"

//{
static struct helper tracker = NO_HELPER;

/* Seconds that a process waits at its exit for a tracker which others may still hold. */
#define EXIT_PATIENCE 1.0

static void
stop_at_exit(void *unused)
{
	(void)unused;
	(void)helper_stop(&tracker, EXIT_PATIENCE);
}

/* In the new process: keep standard error and the reading end, and be the tracker. All signals
 * are blocked, for good: it ends when its work is done. */
static _Noreturn void
be_tracker(int reader)
{
	prctl(PR_SET_NAME, "mp-tracker");
	if (reader != STDIN_FILENO)
		dup2(reader, STDIN_FILENO);
	close(STDOUT_FILENO);
	close_range(STDERR_FILENO + 1, UINT_MAX, 0);
	_exit(mp_tracker_main(STDIN_FILENO));
}

/* Fork it, with all signals blocked from before its birth on. */
static int
fork_tracker(int ends[2], int *pidfd)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pid_t pid = fork();
	if (pid == 0)
		be_tracker(ends[0]);
	int error = pid < 0 ? -errno : 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	mp_close(&ends[0]);
	/* Nobody reaps it but us, so the pid is good; and -1 would mean that it has died. */
	*pidfd = error ? -1 : pidfd_open(pid, 0);
	return error ? error : pid;
}

/* Hold the helpers' lock. */
static int
start(void)
{
	int ends[2], pidfd;
	int error = mp_pipe_cloexec(ends);

	if (error)
		return error;
	int pid = fork_tracker(ends, &pidfd);
	if (pid < 0) {
		mp_close(&ends[1]);
		return pid;
	}
	helper_begin(&tracker, ends[1], pid, pidfd);
	return mp_atexit(INT_MIN, stop_at_exit, NULL);
}

static ssize_t
write_line(const char *line, size_t size)
{
	ssize_t n;

	while ((n = write_quietly(tracker.fd, line, size)) == -EINTR)
		;
	return n;
}

/* Hold the helpers' lock: hand a line to the tracker, and if there is none, to a new one. */
static int
hand_over(const char *line, size_t size)
{
	int error = 0;

	if (tracker.fd >= 0 && write_line(line, size) == -EPIPE) {
		helper_bury(&tracker);
		dprintf(STDERR_FILENO, "mp: the resource tracker has died and is started anew; "
				       "what it knew may leak\n");
	} else if (tracker.fd >= 0) {
		return 0;
	}
	error = start();
	if (error)
		return error;
	ssize_t n = write_line(line, size);
	return n < 0 ? (int)n : 0;
}

/* Say one line; with the lock held, the descriptor is good when this returns. */
static int
say(const char *command, const char *name, const char *type)
{
	char line[MP_TRACKER_LINE + 1];
	int size = snprintf(line, sizeof(line), "%s:%s:%s\n", command, name, type);

	if (size > MP_TRACKER_LINE)
		return MP_INVALID;
	helpers_lock();
	int error = hand_over(line, (size_t)size);
	int fd = tracker.fd;
	helpers_unlock();
	return error ? error : fd;
}

/* Nobody holds the reading end any more, or there is none: asked without a word, which would
 * wake the tracker for nothing. */
static bool
unread(int fd)
{
	struct pollfd end = {.fd = fd}; /* POLLERR is always told */

	return fd < 0 || mp_poll(&end, 1, mp_deadline(0)) != 0;
}

static int
say_name(const char *command, const char *name, const char *type)
{
	if (strpbrk(name, ":\n"))
		return MP_INVALID;
	for (int i = 0; i < tracker_type_count; i++) {
		if (strcmp(tracker_types[i].name, type))
			continue;
		int fd = say(command, name, type);
		return fd < 0 ? fd : 0;
	}
	return MP_INVALID;
}
//}

int
mp_tracker_register(const char *name, const char *type)
{
	/* spawn.6: REGISTER:NAME:TYPE and a newline, in one write, to a tracker that lives. */
	//{
	return say_name("REGISTER", name, type);
	//}
}

int
mp_tracker_unregister(const char *name, const char *type)
{
	/* spawn.6: UNREGISTER:NAME:TYPE. */
	//{
	return say_name("UNREGISTER", name, type);
	//}
}

int
mp_tracker_fd(void)
{
	/* spawn.6: the writing end of one that lives: if nobody reads there, PROBE:0:noop starts
	 * a new one. */
	//{
	helpers_lock();
	int fd = unread(tracker.fd) ? -1 : tracker.fd;
	helpers_unlock();
	return fd < 0 ? say("PROBE", "0", "noop") : fd;
	//}
}

int
mp_tracker_stop(void)
{
	/* spawn.6: let go of it; who started it waits and reaps. */
	//{
	return helper_stop(&tracker, MP_FOREVER);
	//}
}

void
tracker_adopt(int fd)
{
	/* spawn.6: in a spawned child: its parent's tracker is its own. */
	//{
	helpers_lock();
	tracker = (struct helper){.fd = fd, .pidfd = -1};
	helpers_unlock();
	//}
}
