/* SPDX-License-Identifier: MIT */
#ifndef MP_REAP_H
#define MP_REAP_H
/*
 * What becomes of processes when others end: zombies, orphans, daemons.
 *
 * A dead child stays in the kernel's table until its status is fetched (a zombie). A child
 * whose parent dies is given to another process (an orphan, adopted by the nearest
 * ancestor that asked for orphans, else by init). A parent that leaves in good order ends
 * its daemons and waits for its other children.
 *
 * Invariants: every child that this process started and has not reaped is in the family,
 * once; the exit order runs once in each process; a finalizer runs only in the process
 * that registered it.
 *
 * Example:
 *	#include <mp/reap.h>
 *	#include <stdio.h>
 *	static void
 *	goodbye(void *arg)
 *	{
 *		puts(arg);
 *	}
 *	int
 *	main(void)
 *	{
 *		if (mp_atexit(0, goodbye, "all children are gone or will be"))
 *			return 1;
 *		return mp_active_children(NULL, 0); // none: 0
 *	}
 */
#include <mp/process.h>
#include <stddef.h>

/*
 * List the children that run; those that have ended are reaped on the way.
 *
 * Owns    list[0 .. min(room, n)] are new references: mp_process_free each
 * Returns how many run (it may be more than room), or -ENOMEM
 * Python  active_children
 * Tasks   reap.1
 */
int mp_active_children(struct mp_process **list, size_t room) MP_MUST_CHECK;

/*
 * Register a finalizer of this process.
 *
 * The exit order: finalizers of priority 0 and above, high before low, of equal ones the
 * last registered first; SIGTERM to every daemonic child; join every child; finalizers
 * below 0. It runs when main returns, at exit(), and in mp_exit: not in a process that a
 * signal ends. A started child begins with no finalizer.
 *
 * Returns 0, or -ENOMEM
 * Python  multiprocessing.util.Finalize(exitpriority=), atexit.register
 * Tasks   reap.2
 */
int mp_atexit(int priority, void (*finalizer)(void *arg), void *arg) MP_MUST_CHECK;

/*
 * Leave this process in good order: the exit order, then stdio flushed, then _exit.
 *
 * code  is cut to its low 8 bits by the kernel. The C library's own atexit handlers, which
 *       a child inherits from its parent, do not run.
 * Python  sys.exit in a child
 * Tasks   reap.2
 */
_Noreturn void mp_exit(int code);

/*
 * Tell in one sentence why a process died, or that it is not dead but stopped.
 *
 * text  room bytes, always terminated; 160 are enough. For example
 *       "pid 71 was killed by SIGKILL, which this program sent"
 *       "pid 72 used up its CPU time: 1.0 s, with a limit from RLIMIT_CPU (SIGXCPU)"
 * Returns the length, as snprintf does
 * Tasks   reap.5
 */
int mp_postmortem(const struct mp_death *death, char *text, size_t room);

/* PEP 3143's options. All zero: no pidfile, "/", umask 0, all descriptors closed. */
struct mp_daemon_options {
	const char *pidfile;	       /* made, locked, removed at the end; NULL: none */
	const char *working_directory; /* NULL: "/" */
	mode_t umask;		       /* 0: PEP 3143's default */
	const int *keep;	       /* descriptors that stay open, besides the three below */
	size_t keep_count;
	int in, out, err; /* become 0, 1, 2; 0 or -1: /dev/null */
	bool core;	  /* may dump core; PEP 3143's prevent_core is the default */
};

/*
 * Become a daemon: no terminal, no session leader, nobody's child.
 *
 * Forks twice. The process that called leaves with status 0 once the daemon stands ready,
 * by _exit after flushing stdio; the call returns only in the daemon, or with an error in
 * the caller, and then nothing has changed. The pidfile holds the daemon's pid and is
 * locked (fcntl) for as long as the daemon itself lives: a stale one is taken over.
 *
 * Returns 0 in the daemon, or in the caller
 *   MP_PIDFILE_LOCKED  another daemon holds it              AlreadyLocked
 *   -errno             from fork, chdir, open, ...          OSError
 * Python  daemon.DaemonContext (PEP 3143)
 * Tasks   reap.6
 */
int mp_daemonize(const struct mp_daemon_options *options) MP_MUST_CHECK;

#endif
