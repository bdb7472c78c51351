/* SPDX-License-Identifier: MIT */
#ifndef MP_PROC_H
#define MP_PROC_H
/*
 * What /proc still knows of a process.
 *
 * A process that has died keeps its entry in /proc until its status is fetched: it is a
 * zombie, and its last state can be read in peace. After that everything is gone.
 *
 * Example:
 *	#include <mp/proc.h>
 *	#include <unistd.h>
 *	int
 *	main(void)
 *	{
 *		struct mp_proc me;
 *		return mp_proc_read(getpid(), &me) || me.state != 'R' || me.parent != getppid();
 *	}
 */
#include <mp/error.h>
#include <sys/types.h>

struct mp_proc {
	char state;	    /* R running, S sleeping, D uninterruptible, T stopped, Z zombie */
	pid_t parent;	    /* who would fetch its status */
	pid_t session;	    /* setsid makes a new one */
	double cpu_seconds; /* user and system time it has used */
	double cpu_limit;   /* its hard RLIMIT_CPU in seconds; MP_FOREVER without */
	char name[32];	    /* the kernel's 15 bytes of a name */
	unsigned long long birth; /* clock ticks since boot: with the pid, unique */
};

/*
 * Read the state of a process, alive or zombie.
 *
 * Returns 0, or
 *   -ESRCH  there is no such process, or its status has been fetched
 *   -errno  /proc could not be read
 */
int mp_proc_read(pid_t pid, struct mp_proc *proc) MP_MUST_CHECK;

/* How many processes the out-of-memory killer has killed since boot; -1 if not told. */
long mp_proc_oom_kills(void);

#endif
