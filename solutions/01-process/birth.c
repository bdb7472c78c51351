/* SPDX-License-Identifier: MIT */
/*
 * Start: one process becomes two.
 *
 * Everything that parent and child must agree on is settled before the fork: the buffers
 * are empty, and the child holds a pidfd of its parent that was made while the parent
 * certainly lived.
 *
 * Handout: labs/01-process/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mp/internal.h>
#include <mp/io.h>
#include <mp/process.h>
#include <mp/reap.h>

#include "object.h"

//{
/*
 * stdin reads end of file, and neither the descriptor nor the buffer is the parent's. Not by
 * freopen or fflush: they would move the file offset, which parent and child share.
 */
static void
detach_stdin(void)
{
	int null = open("/dev/null", O_RDONLY); /* no CLOEXEC: it becomes stdin */

	if (null > 0) {
		dup2(null, STDIN_FILENO);
		close(null);
	}
	__fpurge(stdin);
}

/* What the new process must forget, and what it must know. */
static void
become(struct mp_process *p, int parent_pidfd)
{
	pthread_mutex_init(&p->lock, NULL); /* start holds it, in the other process */
	mp__family_forget();
	mp_close(&mp__parent.pidfd); /* our parent's parent */
	free(mp__parent.name);
	mp__parent.name = strdup(mp_process_name(mp__current));
	mp__parent.daemon = mp__current->daemon;
	mp__parent.pid = p->creator;
	mp__parent.pidfd = parent_pidfd;
	mp__parent.state = RUNNING;
	mp__current = p;
	atomic_store(&mp__made, 0);
	if (p->death_signal)
		mp__obey_parent(p->death_signal, parent_pidfd);
	detach_stdin();
}

static int
may_start(const struct mp_process *p)
{
	if (p->state == CLOSED)
		return MP_CLOSED;
	if (p->state != UNBORN)
		return MP_STARTED;
	if (p->creator != getpid())
		return MP_NOT_PARENT;
	return mp__family_birth();
}

/* There is a child, but not what it takes to look after it: as if it had never been. */
static int
undo(pid_t pid, int error)
{
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return error;
}

/* Fork, and in the parent turn the pid into a pidfd; hold p->lock. */
static int
give_birth(struct mp_process *p)
{
	int self = pidfd_open(getpid(), 0);
	if (self < 0)
		return -errno;
	if (atomic_load(&mp__made) == 1)
		atomic_store(&mp__oom_kills, mp_proc_oom_kills());
	fflush(NULL); /* or parent and child would both write what is buffered now */
	pid_t pid = fork();
	if (pid == 0) {
		become(p, self);
		mp_exit(p->target(p->arg));
	}
	mp_close(&self); /* frees a descriptor for the next line; errno is kept */
	if (pid < 0)
		return -errno;
	/* The pid is the child's until it is reaped, and nobody but us will reap it... */
	int pidfd = pidfd_open(pid, 0);
	/* ...except the kernel, if SIGCHLD is ignored: then what is ready for ever stands for it. */
	if (pidfd < 0 && errno == ESRCH)
		pidfd = eventfd(1, EFD_CLOEXEC);
	if (pidfd < 0)
		return undo(pid, -errno);
	p->pid = pid;
	p->pidfd = pidfd;
	p->state = RUNNING;
	return 0;
}
//}

int
mp_process_start(struct mp_process *p)
{
	/*
	 * process.2: flush, fork, and in the child become a process of its own: forget the
	 * parent's family, know who is who, read nothing from stdin, run the target, mp_exit.
	 * In the parent enter the child in the family (mp__family_add takes a reference).
	 */
	//{
	pthread_mutex_lock(&p->lock);
	int error = may_start(p);
	if (!error)
		error = give_birth(p);
	/* Under the lock: no other thread may reap it before it is in the family. */
	if (!error && (error = mp__family_add(mp_process_ref(p)))) {
		undo(p->pid, 0);
		mp_close(&p->pidfd);
		p->state = UNBORN;
		p->pid = 0;
	}
	pthread_mutex_unlock(&p->lock);
	return error;
	//}
}

pid_t
mp_process_pid(struct mp_process *p)
{
	/* process.2: 0 before start; of the current process, its own. */
	//{
	if (p == mp__current)
		return getpid();
	pthread_mutex_lock(&p->lock);
	pid_t pid = p->state == CLOSED ? MP_CLOSED : p->pid;
	pthread_mutex_unlock(&p->lock);
	return pid;
	//}
}
