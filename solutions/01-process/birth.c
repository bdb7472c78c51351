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
become(struct mp_process *p, pid_t parent, int parent_pidfd)
{
	pthread_mutex_init(&p->lock, NULL); /* start holds it, in the other process */
	mp__family_forget();
	mp_close(&mp__parent.pidfd); /* our parent's parent */
	if (mp__parent.name) /* else not even a call: malloc's code would be paged in for it */
		free(mp__parent.name);
	mp__parent.name = mp__current->name ? strdup(mp__current->name) : NULL;
	mp__parent.daemon = mp__current->daemon;
	mp__parent.pid = parent;
	mp__parent.pidfd = parent_pidfd;
	mp__parent.state = RUNNING;
	mp__current = p;
	p->creator = parent;
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
undo(pid_t pid, int pidfd, int error)
{
	if (pidfd < 0)
		kill(pid, SIGKILL);
	else
		pidfd_send_signal(pidfd, SIGKILL, NULL, 0); /* its pid may be another's to reap */
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return error;
}

/* Fork, and in the parent turn the pid into a pidfd. */
static int
by_fork(struct mp_process *p)
{
	int self = pidfd_open(getpid(), 0);
	if (self < 0)
		return -errno;
	if (atomic_load(&mp__made) == 1)
		atomic_store(&mp__oom_kills, mp_proc_oom_kills());
	pid_t pid = fork();
	if (pid == 0)
		mp__process_run(p, p->identity, p->creator, self);
	mp_close(&self); /* frees a descriptor for the next line; errno is kept */
	if (pid < 0)
		return -errno;
	/* The pid is the child's until it is reaped, and nobody but us will reap it... */
	int pidfd = pidfd_open(pid, 0);
	/* ...except the kernel, if SIGCHLD is ignored: then what is ready for ever stands for it. */
	if (pidfd < 0 && errno == ESRCH)
		pidfd = eventfd(1, EFD_CLOEXEC);
	if (pidfd < 0)
		return undo(pid, -1, -errno);
	p->pid = pid;
	p->pidfd = pidfd;
	return 0;
}

/* Hold p->lock. */
static int
give_birth(struct mp_process *p)
{
	fflush(NULL); /* or parent and child would both write what is buffered now */
	int error =
	    p->birth && p->birth->make ? p->birth->make(p, p->arg, &p->pid, &p->pidfd) : by_fork(p);
	if (!error)
		p->state = RUNNING;
	return error;
}
//}

_Noreturn void
mp__process_run(struct mp_process *p, const char *identity, pid_t parent, int parent_pidfd)
{
	/*
	 * process.2: in the child, become a process of its own: forget the parent's family, know
	 * who is who, read nothing from stdin, run the target, mp_exit.
	 */
	//{
	char *copy = identity == p->identity ? NULL : strdup(identity);

	if (copy) {
		free(p->identity);
		p->identity = copy;
	}
	become(p, parent, parent_pidfd);
	mp_exit(p->target(p->arg));
	//}
}

int
mp_process_start(struct mp_process *p)
{
	/*
	 * process.2: flush, fork (if p->birth has a make, call that instead), and in the child
	 * go on in mp__process_run, with a pidfd of this process. In the parent enter the child
	 * in the family (mp__family_add takes a reference).
	 */
	//{
	pthread_mutex_lock(&p->lock);
	int error = may_start(p);
	if (!error)
		error = give_birth(p);
	/* Under the lock: no other thread may reap it before it is in the family. */
	if (!error && (error = mp__family_add(mp_process_ref(p)))) {
		undo(p->pid, p->pidfd, 0);
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
