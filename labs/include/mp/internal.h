/* SPDX-License-Identifier: MIT */
#ifndef MP_INTERNAL_H
#define MP_INTERNAL_H
/*
 * What the stages need of each other and users do not: the seams.
 *
 * A stage is linked with your own objects or with the reference's, so these functions and
 * the public ones are all that one stage may know of another; the fields of a struct are
 * each stage's own affair.
 */
#include <mp/process.h>

/* From 02-reap, for start. */

/*
 * Ask whether this process may have a child now; finished children are reaped first. The
 * exit order is registered with the C library's atexit, once.
 *
 * Returns 0, or MP_DAEMONIC, -ENOMEM
 * Tasks   reap.3
 */
int mp__family_birth(void) MP_MUST_CHECK;

/*
 * Enter a child that has just been started. No thread can reap it meanwhile.
 *
 * Owns    one reference of the caller's is taken over, even in case of errors
 * Returns 0, or -ENOMEM: then the child is not in the family
 * Tasks   reap.1
 */
int mp__family_add(struct mp_process *p) MP_MUST_CHECK;

/* Strike out a child whose status has been fetched, and free its reference. Absent: fine.
 * Tasks reap.1 */
void mp__family_remove(struct mp_process *p);

/* In a new process: the family and the finalizers are the parent's; forget them.
 * Tasks reap.1 */
void mp__family_forget(void);

/*
 * In a new process: ask the kernel for a signal when the parent dies.
 *
 * The parent may be dead by now: then the signal comes at once.
 * parent  a pidfd of the parent, borrowed
 * Tasks   reap.4
 */
void mp__obey_parent(int signal, int parent);

/* From 01-process, for 05-spawn: processes that are not made by a fork of this one. */

/*
 * How an object is born and ends, where it is not as mp/process.h says. arg is the arg of
 * mp_process_new; a function that is NULL means: as usual.
 */
struct mp__birth {
	/* Instead of fork, when all buffers are empty: 0, the pid and a pidfd, which the object
	 * owns from then on; or an error. */
	int (*make)(struct mp_process *p, void *arg, pid_t *pid, int *pidfd);
	/* Instead of waitid, once, when the pidfd is ready: 0 and a status as waitpid gives it; or
	 * an error: the status is lost. */
	int (*fetch)(void *arg, int *status);
	/* When the object is destroyed. */
	void (*release)(void *arg);
};

/* Set it: right after mp_process_new, before anybody else knows the object. */
void mp__process_otherwise(struct mp_process *p, const struct mp__birth *birth);

/*
 * Be p, in the new process: run its target, and leave by mp_exit. The child's side of start.
 *
 * identity  "2:1": what p is called without a name, less "Process-"; copied
 * parent    who started it: its pid, and a pidfd of it, taken over. Its name is the one that
 *           mp_current_process has until now
 * Tasks     process.2
 */
_Noreturn void
mp__process_run(struct mp_process *p, const char *identity, pid_t parent, int parent_pidfd);

/* The signal that p gets when its parent dies: its own, or its creator's; 0: none.
 * Tasks process.1 */
int mp__process_death_signal(const struct mp_process *p);

/* From 05-spawn, for the classes of objects that hold descriptors. */

/*
 * While the arguments of a child are being pickled: have it inherit fd.
 *
 * Owns    fd is borrowed, and must stay open until start returns
 * Returns an index to put into the pickle, or MP_NOT_SPAWNING (RuntimeError), -EMFILE: a child
 *         inherits 240 at most
 * Tasks   spawn.4
 */
int mp__spawning_fd(int fd) MP_MUST_CHECK;

/*
 * In the child, while they are being loaded: the descriptor of that index, closed by exec. It
 * belongs to whoever asks for it.
 *
 * Returns the descriptor, or -EBADF: there is no such index
 * Tasks   spawn.4
 */
int mp__spawned_fd(int index) MP_MUST_CHECK;

#endif
