/* SPDX-License-Identifier: MIT */
/*
 * A helper: a process that serves until the last client is gone. Given; see helper.h.
 *
 * Handout: labs/05-spawn/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mp/deadline.h>
#include <mp/error.h>
#include <mp/io.h>

#include "helper.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static _Thread_local bool inside; /* this thread holds the lock */

/*
 * A fork by another thread waits until nobody is inside: it neither copies a locked lock,
 * nor the helper's end of a pipe that is just being made. A fork from inside is that of a
 * helper, which has no use for the lock.
 */
static void
before_fork(void)
{
	if (!inside)
		pthread_mutex_lock(&lock);
}

static void
after_fork(void)
{
	if (!inside)
		pthread_mutex_unlock(&lock);
}

static void
prepare(void)
{
	(void)!pthread_atfork(before_fork, after_fork, after_fork);
}

void
helpers_lock(void)
{
	pthread_once(&once, prepare);
	pthread_mutex_lock(&lock);
	inside = true;
}

void
helpers_unlock(void)
{
	inside = false;
	pthread_mutex_unlock(&lock);
}

/* Not in the place of a standard stream that happens to be closed: it would be taken for it. */
static int
above_streams(int fd)
{
	if (fd < 0 || fd > STDERR_FILENO)
		return fd;
	int high = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (high < 0)
		return fd;
	mp_close(&fd);
	return high;
}

void
helper_begin(struct helper *helper, int fd, pid_t pid, int pidfd)
{
	fd = above_streams(fd);
	pidfd = above_streams(pidfd);
	*helper = (struct helper){.fd = fd, .owner = getpid(), .pid = pid, .pidfd = pidfd};
}

/* It is dead, or about to be: the exit code, -S for signal S, 0 if another has fetched it. */
static int
reap(struct helper *helper)
{
	siginfo_t info = {0};
	int error;

	while ((error = waitid(P_PID, (id_t)helper->pid, &info, WEXITED)) && errno == EINTR)
		;
	mp_close(&helper->pidfd);
	return error ? 0 : info.si_code == CLD_EXITED ? info.si_status : -info.si_status;
}

void
helper_bury(struct helper *helper)
{
	mp_close(&helper->fd);
	if (helper->owner == getpid()) {
		/* It has closed its end: it is dead or dying, or of no use to anybody. */
		pidfd_send_signal(helper->pidfd, SIGKILL, NULL, 0);
		reap(helper);
	}
	mp_close(&helper->pidfd);
	helper->owner = 0;
}

int
helper_stop(struct helper *helper, double timeout)
{
	helpers_lock();
	struct helper old = *helper;
	*helper = (struct helper)NO_HELPER;
	helpers_unlock();
	mp_close(&old.fd);
	if (old.owner != getpid()) {
		mp_close(&old.pidfd);
		return 0;
	}
	struct pollfd end = {.fd = old.pidfd, .events = POLLIN};
	int ready = mp_poll(&end, 1, mp_deadline(timeout));
	if (ready > 0)
		return reap(&old);
	mp_close(&old.pidfd);
	return MP_TIMEOUT;
}
