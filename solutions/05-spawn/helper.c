/* SPDX-License-Identifier: MIT */
/*
 * A helper: a process that serves until the last client is gone. Given; see helper.h.
 *
 * Handout: labs/05-spawn/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mp/deadline.h>
#include <mp/error.h>
#include <mp/io.h>

#include "helper.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
hold(void)
{
	pthread_mutex_lock(&lock);
}

void
helpers_unlock(void)
{
	pthread_mutex_unlock(&lock);
}

/* A fork by another thread waits until nobody is inside: it neither copies a locked lock,
 * nor the helper's end of a pipe that is just being made. */
static void
prepare(void)
{
	(void)!pthread_atfork(hold, helpers_unlock, helpers_unlock);
}

void
helpers_lock(void)
{
	pthread_once(&once, prepare);
	hold();
}

void
helper_begin(struct helper *helper, int fd, pid_t pid, int pidfd)
{
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
