/* SPDX-License-Identifier: MIT */
/*
 * The end of a child: waited for, fetched once, asked for, hastened.
 *
 * The status is in the kernel until somebody fetches it, and then nowhere: so it is fetched
 * under the object's lock, by whichever call comes first, and kept.
 *
 * Handout: labs/01-process/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mp/internal.h>
#include <mp/io.h>
#include <mp/process.h>

#include "object.h"

//{
atomic_long mp__oom_kills = -1;

/* Nothing is waited for: is the process behind this pidfd dead? */
static bool
is_dead(int pidfd)
{
	struct pollfd fd = {.fd = pidfd, .events = POLLIN};

	return mp_poll(&fd, 1, mp_deadline(0)) > 0;
}

static int
waitid_again(int pidfd, siginfo_t *info, int options)
{
	int result;

	while ((result = waitid(P_PIDFD, (id_t)pidfd, info, options)) && errno == EINTR)
		;
	return result;
}

/* What the kernel may tell of a violent death is gone with the zombie: look first. */
static void
examine(struct mp_death *death, const siginfo_t *info)
{
	bool exited = info->si_code == CLD_EXITED;

	death->pid = info->si_pid;
	death->status = exited ? W_EXITCODE(info->si_status, 0) : info->si_status;
	if (info->si_code == CLD_DUMPED)
		death->status |= WCOREFLAG;
	if (exited || death->sent == info->si_status)
		return;
	if (mp_proc_read(info->si_pid, &death->last))
		death->last = (struct mp_proc){0};
	if (info->si_status == SIGKILL) {
		long now = mp_proc_oom_kills();
		long before = atomic_exchange(&mp__oom_kills, now);
		death->oom_kills = now < 0 || before < 0 ? -1 : now - before;
	}
}

/*
 * Fetch the status of a dead child, once; hold p->lock. Two threads that both saw the
 * pidfd ready come here one after the other, and the second finds the work done.
 *
 * The pidfd decides, and the wait may block: if the child is traced (a debugger, strace),
 * its tracer is told first, and until then a wait with WNOHANG still says "not yet" of a
 * process that is dead.
 */
static void
reap(struct mp_process *p)
{
	siginfo_t info = {0};

	if (p->state != RUNNING || !is_dead(p->pidfd))
		return;
	if (p->birth && p->birth->fetch) {
		p->death.pid = p->pid;
		p->state = p->birth->fetch(p->arg, &p->death.status) ? STOLEN : DEAD;
		return;
	}
	if (waitid_again(p->pidfd, &info, WEXITED | WNOWAIT)) {
		p->state = STOLEN; /* no such child: somebody else has fetched the status */
		return;
	}
	examine(&p->death, &info);
	p->state = waitid_again(p->pidfd, &info, WEXITED) ? STOLEN : DEAD;
}

/* Look once whether the child has died, and tell the family: the state now. */
static int
look(struct mp_process *p)
{
	pthread_mutex_lock(&p->lock);
	int before = p->state;
	if (p->creator == getpid())
		reap(p);
	int now = p->state;
	pthread_mutex_unlock(&p->lock);
	if (now != before)
		mp__family_remove(p);
	return now;
}

/* The pidfd to wait on, or why there is none. */
static int
waitable(struct mp_process *p)
{
	pthread_mutex_lock(&p->lock);
	int fd = p->state == CLOSED			      ? MP_CLOSED
		 : p != &mp__parent && p->creator != getpid() ? MP_NOT_PARENT
		 : p->pidfd < 0				      ? MP_NOT_STARTED
							      : p->pidfd;
	pthread_mutex_unlock(&p->lock);
	return fd;
}
//}

int
mp_process_join(struct mp_process *p, double timeout)
{
	/*
	 * process.3: wait for the sentinel until the deadline, then fetch the status. Not
	 * the other way round: a wait for the status cannot be given a deadline.
	 */
	//{
	int64_t deadline = mp_deadline(timeout);
	struct pollfd fd = {.fd = waitable(p), .events = POLLIN};

	if (fd.fd < 0)
		return fd.fd;
	int ready = mp_poll(&fd, 1, deadline);
	if (ready <= 0)
		return ready ? ready : MP_TIMEOUT;
	look(p);
	return 0;
	//}
}

int
mp_process_sentinel(struct mp_process *p)
{
	/* process.3: the descriptor that is ready exactly when the process is dead. */
	//{
	pthread_mutex_lock(&p->lock);
	int fd = p->state == CLOSED ? MP_CLOSED : p->pidfd < 0 ? MP_NOT_STARTED : p->pidfd;
	pthread_mutex_unlock(&p->lock);
	return fd;
	//}
}

int
mp_process_death(struct mp_process *p, struct mp_death *death)
{
	/*
	 * process.4: fetch the status if there is one to fetch; keep it for the next who asks. If
	 * p->birth has a fetch, the child is another's, and that asks for us.
	 */
	//{
	int state = look(p);

	if (state == CLOSED)
		return MP_CLOSED;
	if (p->creator != getpid())
		return MP_NOT_PARENT;
	if (state == STOLEN)
		return -ECHILD;
	if (state != DEAD)
		return 0;
	*death = p->death;
	return 1;
	//}
}

int
mp_process_exitcode(struct mp_process *p, int *code)
{
	/* process.4: N when it left with N, -S when signal S ended it. */
	//{
	struct mp_death death;
	int known = mp_process_death(p, &death);

	if (known == 1)
		*code =
		    WIFSIGNALED(death.status) ? -WTERMSIG(death.status) : WEXITSTATUS(death.status);
	return known;
	//}
}

int
mp_process_is_alive(struct mp_process *p)
{
	/* process.4: this process does; a child until it is reaped; its own parent, too. */
	//{
	if (p == mp__current)
		return 1;
	if (p == &mp__parent)
		return !is_dead(p->pidfd);
	int state = look(p);
	if (state == CLOSED)
		return MP_CLOSED;
	if (p->creator != getpid())
		return MP_NOT_PARENT;
	return state == RUNNING;
	//}
}

//{
static int
send(struct mp_process *p, int signal)
{
	pthread_mutex_lock(&p->lock);
	int error = p->state == CLOSED ? MP_CLOSED : 0;
	if (!error && p == &mp__parent)
		error = MP_NOT_PARENT;
	if (!error && p->pidfd < 0)
		error = MP_NOT_STARTED;
	if (!error && !is_dead(p->pidfd)) {
		if (pidfd_send_signal(p->pidfd, signal, NULL, 0) == 0)
			p->death.sent = signal;
		else if (errno != ESRCH)
			error = -errno;
	}
	pthread_mutex_unlock(&p->lock);
	return error;
}
//}

int
mp_process_terminate(struct mp_process *p)
{
	/* process.5: ask it to end: it may refuse. */
	//{
	return send(p, SIGTERM);
	//}
}

int
mp_process_kill(struct mp_process *p)
{
	/* process.5: end it: it cannot refuse. */
	//{
	return send(p, SIGKILL);
	//}
}

int
mp_process_interrupt(struct mp_process *p)
{
	/* process.5: as Ctrl-C does. */
	//{
	return send(p, SIGINT);
	//}
}

int
mp_process_close(struct mp_process *p)
{
	/* process.5: give the descriptor back; refused while the process runs. */
	//{
	int state = look(p);

	if (state == CLOSED)
		return 0;
	if (p->creator != getpid())
		return MP_NOT_PARENT;
	if (state == RUNNING)
		return MP_BUSY;
	pthread_mutex_lock(&p->lock);
	mp_close(&p->pidfd);
	p->state = CLOSED;
	pthread_mutex_unlock(&p->lock);
	return 0;
	//}
}
