/* SPDX-License-Identifier: MIT */
/*
 * The family: every child that this process started and has not reaped; and the order in
 * which a process leaves.
 *
 * A fork copies the family, but the children in it are the parent's: owner tells whose it
 * is, and whoever finds another process's family forgets it. So a child made by a bare
 * fork() cannot end or wait for its siblings.
 *
 * Invariants: the lock is never held while calling into another stage, a finalizer, or
 * fork; each child is entered once and holds one reference. Handout: labs/02-reap/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mp/internal.h>
#include <mp/reap.h>
#include <mp/todo.h>

int
mp__family_add(struct mp_process *p)
{
	/* reap.1: one more child; its reference is ours now, also when there is no memory. */
	mp_todo("reap.1");
}

void
mp__family_remove(struct mp_process *p)
{
	/* reap.1: a child has been reaped: strike it out, and give its reference back. */
	mp_todo("reap.1");
}

int
mp_active_children(struct mp_process **list, size_t room)
{
	/*
	 * reap.1: ask every child of the family whether it is alive, which reaps it if it is
	 * not. Not under the lock: the answer strikes the dead from the family.
	 */
	mp_todo("reap.1");
}

int
mp__family_birth(void)
{
	/*
	 * reap.3: a daemon may have no children: nobody would end them when it is ended.
	 * Others may; and this is a good moment to reap those that have ended.
	 */
	mp_todo("reap.3");
}

void
mp__family_forget(void)
{
	/* reap.1: this is a new process: no child and no finalizer is its own. */
	mp_todo("reap.1");
}

int
mp_atexit(int priority, void (*function)(void *arg), void *arg)
{
	/* reap.2: keep it for the exit order of this process. */
	mp_todo("reap.2");
}

_Noreturn void
mp_exit(int code)
{
	/*
	 * reap.2: the exit order, flush, _exit. Not exit(): it would run the handlers that
	 * were copied from the parent.
	 */
	mp_todo("reap.2");
}

void
mp__obey_parent(int signal, int parent)
{
	/*
	 * reap.4: ask the kernel for the signal. The parent may have died before we asked:
	 *
	 *	parent          child
	 *	fork
	 *	(killed)
	 *	                prctl(PR_SET_PDEATHSIG)    too late: nobody dies any more
	 *
	 * so look, after having asked, whether it is still there.
	 */
	mp_todo("reap.4");
}
