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

#endif
