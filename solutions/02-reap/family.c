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

//{
struct finalizer {
	struct finalizer *next; /* registered before this one */
	int priority;
	void (*function)(void *arg);
	void *arg;
};

static struct {
	/* hold lock */
	pid_t owner;
	struct mp_process **children;
	size_t count, room;
	struct finalizer *finalizers; /* last registered first */
	bool leaving;		      /* the exit order has begun */
	bool registered;	      /* with the C library's atexit; a fork copies that, too */
} family;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void
hold(void)
{
	pthread_mutex_lock(&lock);
}

static void
let_go(void)
{
	pthread_mutex_unlock(&lock);
}

/* Lock the family; what belongs to another process is forgotten. */
static void
enter(void)
{
	hold();
	if (family.owner == getpid())
		return;
	while (family.finalizers) {
		struct finalizer *next = family.finalizers->next;
		free(family.finalizers);
		family.finalizers = next;
	}
	while (family.count)
		mp_process_free(family.children[--family.count]);
	family.owner = getpid();
	family.leaving = false;
}

static void leave(void);

/* Hold the lock. */
static int
register_exit(void)
{
	if (family.registered)
		return 0;
	/* A thread may hold the lock while another forks: let fork wait for it. */
	if (pthread_atfork(hold, let_go, let_go) || atexit(leave))
		return -ENOMEM;
	family.registered = true;
	return 0;
}

/* A new reference to every child, alive or not; release them. NULL: no memory. */
static struct mp_process **
snapshot(size_t *count)
{
	static struct mp_process *none[1]; /* most children have none: no page is written */

	enter();
	struct mp_process **all =
	    family.count ? calloc(family.count, sizeof(struct mp_process *)) : none;
	*count = all ? family.count : 0;
	for (size_t i = 0; i < *count; i++)
		all[i] = mp_process_ref(family.children[i]);
	let_go();
	return all;
}

static void
release(struct mp_process **all, size_t count)
{
	for (size_t i = 0; i < count; i++)
		mp_process_free(all[i]);
	if (count)
		free(all);
}
//}

int
mp__family_add(struct mp_process *p)
{
	/* reap.1: one more child; its reference is ours now, also when there is no memory. */
	//{
	int error = 0;

	enter();
	if (family.count == family.room) {
		size_t room = family.room ? 2 * family.room : 8;
		void *bigger = reallocarray(family.children, room, sizeof(struct mp_process *));
		if (bigger) {
			family.children = bigger;
			family.room = room;
		} else {
			error = -ENOMEM;
		}
	}
	if (!error)
		family.children[family.count++] = p;
	let_go();
	if (error)
		mp_process_free(p);
	return error;
	//}
}

void
mp__family_remove(struct mp_process *p)
{
	/* reap.1: a child has been reaped: strike it out, and give its reference back. */
	//{
	bool found = false;

	enter();
	for (size_t i = 0; i < family.count && !found; i++) {
		if (family.children[i] != p)
			continue;
		found = true;
		family.count--;
		memmove(&family.children[i], &family.children[i + 1],
		    (family.count - i) * sizeof(struct mp_process *));
	}
	let_go();
	if (found)
		mp_process_free(p);
	//}
}

int
mp_active_children(struct mp_process **list, size_t room)
{
	/*
	 * reap.1: ask every child of the family whether it is alive, which reaps it if it is
	 * not. Not under the lock: the answer strikes the dead from the family.
	 */
	//{
	size_t count, alive = 0;
	struct mp_process **all = snapshot(&count);

	if (!all)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		if (mp_process_is_alive(all[i]) != 1)
			continue;
		if (alive < room)
			list[alive] = mp_process_ref(all[i]);
		alive++;
	}
	release(all, count);
	return (int)alive;
	//}
}

int
mp__family_birth(void)
{
	/*
	 * reap.3: a daemon may have no children: nobody would end them when it is ended.
	 * Others may; and this is a good moment to reap those that have ended.
	 */
	//{
	siginfo_t info = {0};

	if (mp_process_daemon(mp_current_process()))
		return MP_DAEMONIC;
	enter();
	int error = register_exit();
	bool childless = family.count == 0;
	let_go();
	if (error || childless)
		return error;
	/* One look at all children first, or n starts would ask n * n times. */
	if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == 0)
		return 0;
	int alive = mp_active_children(NULL, 0);
	return alive < 0 ? alive : 0;
	//}
}

void
mp__family_forget(void)
{
	/* reap.1: this is a new process: no child and no finalizer is its own. */
	//{
	enter();
	let_go();
	//}
}

int
mp_atexit(int priority, void (*function)(void *arg), void *arg)
{
	/* reap.2: keep it for the exit order of this process. */
	//{
	struct finalizer *finalizer = malloc(sizeof(*finalizer));

	if (!finalizer)
		return -ENOMEM;
	enter();
	int error = register_exit();
	if (!error) {
		*finalizer = (struct finalizer){family.finalizers, priority, function, arg};
		family.finalizers = finalizer;
		finalizer = NULL;
	}
	let_go();
	free(finalizer);
	return error;
	//}
}

//{
/* Unlink the next finalizer to run, of those from low up: the first of the highest. */
static struct finalizer *
take_finalizer(int low)
{
	struct finalizer **best = NULL;

	enter();
	for (struct finalizer **f = &family.finalizers; *f; f = &(*f)->next)
		if ((*f)->priority >= low && (!best || (*f)->priority > (*best)->priority))
			best = f;
	struct finalizer *taken = best ? *best : NULL;
	if (taken)
		*best = taken->next;
	let_go();
	return taken;
}

/* One at a time: a finalizer may register another. */
static void
finalize(int low)
{
	struct finalizer *finalizer;

	while ((finalizer = take_finalizer(low))) {
		finalizer->function(finalizer->arg);
		free(finalizer);
	}
}

static bool
begin_leaving(void)
{
	enter();
	bool begun = family.leaving;
	family.leaving = true;
	let_go();
	return !begun;
}

/* The exit order. Nothing that fails in it has anybody left to be told to. */
static void
leave(void)
{
	size_t count;

	if (!begin_leaving())
		return;
	finalize(0);
	struct mp_process **all = snapshot(&count);
	for (size_t i = 0; i < count; i++)
		if (mp_process_daemon(all[i]))
			(void)!mp_process_terminate(all[i]);
	for (size_t i = 0; i < count; i++)
		(void)!mp_process_join(all[i], MP_FOREVER);
	release(all, count);
	finalize(INT_MIN);
}
//}

_Noreturn void
mp_exit(int code)
{
	/*
	 * reap.2: the exit order, flush, _exit. Not exit(): it would run the handlers that
	 * were copied from the parent.
	 */
	//{
	leave();
	fflush(NULL);
	_exit(code);
	//}
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
	//{
	struct pollfd fd = {.fd = parent, .events = POLLIN};

	prctl(PR_SET_PDEATHSIG, signal);
	if (mp_poll(&fd, 1, mp_deadline(0)) > 0)
		raise(signal);
	//}
}
