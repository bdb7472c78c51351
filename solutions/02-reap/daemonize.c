/* SPDX-License-Identifier: MIT */
/*
 * Become a daemon (PEP 3143): fork, setsid, fork, and leave nothing of the past open.
 *
 * The first fork makes a process that leads no group, so that setsid is allowed; setsid
 * takes it from its terminal; the second fork makes a process that leads no session, so
 * that it can never get a terminal again. A pipe carries back one int: 0, or why not.
 *
 * Invariants: until the daemon has said 0, the caller has lost nothing. The pidfile's lock
 * belongs to the daemon's process and dies with it. Handout: labs/02-reap/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mp/internal.h>
#include <mp/io.h>
#include <mp/reap.h>

//{
static void
remove_pidfile(void *path)
{
	unlink(path);
	free(path);
}

/* Open it above the three standard descriptors, which are about to be replaced. */
static int
open_pidfile(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);

	if (fd < 0)
		return -errno;
	int high = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	int error = -errno;
	mp_close(&fd); /* before there is a lock: closing any descriptor would drop it */
	return high < 0 ? error : high;
}

/*
 * A pidfile is stale when nobody holds its lock, whatever pid is written in it. Its last
 * owner may unlink it between our open and our lock: then we hold a file without a name.
 *
 * Returns the locked descriptor, or an error
 */
static int
lock_pidfile(const char *path)
{
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	struct stat ours, named;

	for (;;) {
		int fd = open_pidfile(path);
		if (fd < 0)
			return fd;
		if (fcntl(fd, F_SETLK, &whole)) {
			int error = errno == EAGAIN || errno == EACCES ? MP_PIDFILE_LOCKED : -errno;
			mp_close(&fd);
			return error;
		}
		if (fstat(fd, &ours) == 0 && stat(path, &named) == 0 &&
		    ours.st_ino == named.st_ino && ours.st_dev == named.st_dev)
			return fd;
		mp_close(&fd);
	}
}

/* Returns the descriptor that must stay open, or an error. */
static int
claim_pidfile(const char *path)
{
	int fd = lock_pidfile(path);

	if (fd < 0)
		return fd;
	char *absolute = realpath(path, NULL); /* the working directory is about to change */
	if (absolute && ftruncate(fd, 0) == 0 && dprintf(fd, "%d\n", getpid()) > 0 &&
	    mp_atexit(INT_MIN, remove_pidfile, absolute) == 0)
		return fd;
	int error = errno ? -errno : -ENOMEM;
	free(absolute);
	mp_close(&fd);
	return error;
}

/* Put fds[0..2] in the places of stdin, stdout and stderr; 0 and -1 mean /dev/null. */
static int
replace_streams(const int fds[3])
{
	int copies[3];

	/* All of them first to places above: one may be where another belongs. */
	for (int i = 0; i < 3; i++) {
		int null = fds[i] > 0 ? -1 : open("/dev/null", O_RDWR | O_CLOEXEC);
		copies[i] = fcntl(fds[i] > 0 ? fds[i] : null, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
		if (copies[i] < 0)
			return -errno;
		mp_close(&null);
	}
	for (int i = 0; i < 3; i++)
		if (dup2(copies[i], i) < 0)
			return -errno;
	return 0;
}

static int
ascending(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* Close everything from 3 up, except the n in kept, which get sorted. */
static void
close_others(int *kept, size_t n)
{
	unsigned from = STDERR_FILENO + 1;

	qsort(kept, n, sizeof(int), ascending);
	for (size_t i = 0; i < n; i++) {
		if (kept[i] < (int)from)
			continue;
		if ((unsigned)kept[i] > from)
			close_range(from, (unsigned)kept[i] - 1, 0);
		from = (unsigned)kept[i] + 1;
	}
	close_range(from, UINT_MAX, 0);
}

static int
close_all_but(const struct mp_daemon_options *o, const int report[2], int pidfile)
{
	size_t n = o->keep_count;
	int *kept = malloc((n + 3) * sizeof(int));

	if (!kept)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		kept[i] = o->keep[i];
	kept[n++] = report[0]; /* so that a caller killed meanwhile costs us no SIGPIPE */
	kept[n++] = report[1];
	if (pidfile >= 0)
		kept[n++] = pidfile;
	close_others(kept, n);
	free(kept);
	return 0;
}

/* In the daemon: everything that can fail. */
static int
settle(const struct mp_daemon_options *o, const int report[2])
{
	const int streams[3] = {o->in, o->out, o->err};
	const struct rlimit none = {0, 0};
	int pidfile = -1;

	mp__family_forget();
	umask(o->umask);
	if (!o->core && setrlimit(RLIMIT_CORE, &none))
		return -errno;
	if (o->pidfile && (pidfile = claim_pidfile(o->pidfile)) < 0)
		return pidfile;
	if (chdir(o->working_directory ? o->working_directory : "/"))
		return -errno;
	int error = replace_streams(streams);
	return error ? error : close_all_but(o, report, pidfile);
}

/* By mp_exit, for the pidfile's sake: of the caller's finalizers none runs here. */
static _Noreturn void
give_up(int report, int error)
{
	(void)!mp_write_all(report, &error, sizeof(error));
	mp_exit(EXIT_FAILURE);
}

/* In the caller: wait for the word of the daemon; the process in between is reaped. */
static int
hear(int report, pid_t between)
{
	int word;
	ssize_t n = mp_read_all(report, &word, sizeof(word));

	while (waitpid(between, NULL, 0) < 0 && errno == EINTR)
		;
	return n == sizeof(word) ? word : n < 0 ? (int)n : -EPIPE;
}
//}

int
mp_daemonize(const struct mp_daemon_options *options)
{
	/*
	 * reap.6: flush, fork, setsid, fork; in the daemon umask, pidfile, directory, streams,
	 * descriptors; then tell the caller, which leaves or returns the error.
	 */
	//{
	static const struct mp_daemon_options defaults;
	const struct mp_daemon_options *o = options ? options : &defaults;
	int report[2];
	int error = mp_pipe_cloexec(report);

	if (error)
		return error;
	fflush(NULL);
	pid_t between = fork();
	if (between) {
		error = between < 0 ? -errno : 0;
		mp_close(&report[1]); /* or hear would never see the end of file */
		if (!error)
			error = hear(report[0], between);
		mp_close(&report[0]);
		if (error)
			return error;
		_exit(EXIT_SUCCESS);
	}
	setsid();
	pid_t daemon = fork();
	if (daemon > 0)
		_exit(EXIT_SUCCESS);
	error = daemon < 0 ? -errno : settle(o, report);
	if (error)
		give_up(report[1], error);
	error = mp_write_all(report[1], &error, sizeof(error));
	mp_close(&report[1]);
	mp_close(&report[0]);
	return error;
	//}
}
