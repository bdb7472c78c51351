/* SPDX-License-Identifier: MIT */
#ifndef MP_PROCESS_H
#define MP_PROCESS_H
/*
 * A process that runs one of your functions: Python's multiprocessing.Process, over fork.
 *
 * new makes the object, start makes the process, join waits for its end, exitcode tells
 * how it ended. The child starts with a copy of everything the parent had and shares
 * nothing with it; it leaves by returning from its target (or by mp_exit), and never
 * returns into the code that called start.
 *
 * Invariants: one object starts at most one process. A status is fetched from the kernel
 * once, by whichever call finds the process dead first, and kept in the object. Only the
 * process that made an object may start and join it.
 *
 * Example:
 *	#include <mp/process.h>
 *	static int
 *	work(void *arg)
 *	{
 *		return *(int *)arg + 1; // the exit code: 0 to 255
 *	}
 *	int
 *	main(void)
 *	{
 *		int six = 6, code = 0;
 *		struct mp_process *p;
 *		if (mp_process_new(&p, work, &six, NULL) || mp_process_start(p) ||
 *		    mp_process_join(p, MP_FOREVER) || mp_process_exitcode(p, &code) < 0)
 *			return 1;
 *		mp_process_free(p);
 *		return code != 7;
 *	}
 */
#include <mp/deadline.h>
#include <mp/error.h>
#include <mp/proc.h>
#include <stdbool.h>
#include <sys/types.h>

struct mp_process;

enum mp_daemon { MP_DAEMON_INHERIT, MP_DAEMON_NO, MP_DAEMON_YES };

/* death_signal: none, although the creator's own children would get one */
#define MP_NO_SIGNAL (-1)

/* All zero is Python's default. */
struct mp_process_options {
	const char *name;      /* copied; NULL: "Process-N", in a child "Process-N:M" */
	enum mp_daemon daemon; /* killed when its parent leaves; inherit: as the creator is */
	int death_signal;      /* sent by the kernel when the parent dies, however it dies
				* (to be exact: when the thread that called start ends);
				* 0: as the creator's, MP_NO_SIGNAL: none */
};

/* How a process ended, and what /proc said just before its status was fetched. */
struct mp_death {
	pid_t pid;
	int status;	     /* as waitpid gives it: WIFEXITED and so on */
	int sent;	     /* the last signal this library sent it; 0: none */
	long oom_kills;	     /* the OOM killer's victims on this machine meanwhile; -1 unknown */
	struct mp_proc last; /* as a zombie; all zero if it was gone */
};

/*
 * Make a process object; nothing runs yet.
 *
 * Owns    the caller owns *out: mp_process_free. options are copied; arg is only passed on
 * Returns 0, or
 *   MP_INVALID  death_signal is not a signal            ValueError
 *   -ENOMEM                                             MemoryError
 * Python  Process(target=, name=, args=, daemon=)
 * Tasks   process.1
 */
int mp_process_new(struct mp_process **out, int (*target)(void *arg), void *arg,
    const struct mp_process_options *options) MP_MUST_CHECK;

/* Take one more reference, to be given back by mp_process_free. Returns p. Tasks process.1 */
struct mp_process *mp_process_ref(struct mp_process *p);

/*
 * Give back one reference; NULL is fine.
 *
 * A child that still runs is neither killed nor forgotten: the library keeps it until it
 * has been reaped, and at exit joins it like any other.
 * Tasks   process.1
 */
void mp_process_free(struct mp_process *p);

/* The name: valid until set again. Python's name. Tasks process.1 */
const char *mp_process_name(const struct mp_process *p);

/* Set the name, at any time. 0, or -ENOMEM. Tasks process.1 */
int mp_process_set_name(struct mp_process *p, const char *name) MP_MUST_CHECK;

/* Python's daemon flag. Tasks process.1 */
bool mp_process_daemon(const struct mp_process *p);

/* Set it before start: 0, or MP_STARTED (AssertionError). Tasks process.1 */
int mp_process_set_daemon(struct mp_process *p, bool daemon) MP_MUST_CHECK;

/*
 * Make the process: fork, and run the target in the child.
 *
 * stdio is flushed first, so that nothing buffered is written twice. In the child: stdin
 * reads end of file, mp_current_process() is p, no inherited finalizer is kept; what the
 * target returns is given to mp_exit. Finished children are reaped first.
 *
 * Returns 0, or
 *   MP_STARTED     it has been started before                      AssertionError
 *   MP_NOT_PARENT  another process made the object                 AssertionError
 *   MP_DAEMONIC    this process is a daemon                        AssertionError
 *   MP_CLOSED                                                      ValueError
 *   -errno         no process could be made; start may be retried  OSError
 * Safe    between threads yes, but it waits for a thread that reads from stdio: its stream
 *         is locked, and cannot be flushed
 * Python  Process.start
 * Tasks   process.2
 */
int mp_process_start(struct mp_process *p) MP_MUST_CHECK;

/*
 * Wait until the process has ended, and fetch its status.
 *
 * Blocks  at most timeout seconds; 0 and negative: look once
 * Returns 0 it has ended, or
 *   MP_TIMEOUT      it still runs                      None, as always: ask is_alive
 *   MP_NOT_STARTED                                     AssertionError
 *   MP_NOT_PARENT   another process started it         AssertionError
 *   MP_CLOSED                                          ValueError
 * Safe    between threads yes
 * Python  Process.join
 * Tasks   process.3
 */
int mp_process_join(struct mp_process *p, double timeout) MP_MUST_CHECK;

/*
 * A descriptor that polls readable exactly when the process is dead.
 *
 * It is a pidfd, not Python's pipe: a grandchild that lives on does not hold it back.
 * Owns    the object owns it: never close it, and stop polling it after mp_process_close
 * Returns the descriptor, or MP_NOT_STARTED (ValueError), MP_CLOSED (ValueError)
 * Python  Process.sentinel
 * Tasks   process.3
 */
int mp_process_sentinel(struct mp_process *p) MP_MUST_CHECK;

/* The pid; 0 before start (None); MP_CLOSED. Python's pid, ident. Tasks process.2 */
pid_t mp_process_pid(struct mp_process *p) MP_MUST_CHECK;

/*
 * Ask how it ended: N for exit code N, -S for signal S.
 *
 * Returns 1 and *code, or 0 it has not ended, or was not started (None), or
 *   MP_NOT_PARENT  another process started it
 *   MP_CLOSED                                                      ValueError
 *   -ECHILD        it has ended, but somebody else fetched the status
 *                  (a waitpid(-1), or SIGCHLD ignored)
 * Safe    between threads yes: also while others join
 * Python  Process.exitcode
 * Tasks   process.4
 */
int mp_process_exitcode(struct mp_process *p, int *code) MP_MUST_CHECK;

/*
 * Ask whether it runs.
 *
 * Returns 1, or 0 (not started, or ended), or MP_NOT_PARENT, MP_CLOSED
 * Python  Process.is_alive
 * Tasks   process.4
 */
int mp_process_is_alive(struct mp_process *p) MP_MUST_CHECK;

/* How it died, for mp_postmortem: returns as mp_process_exitcode. Tasks process.4 */
int mp_process_death(struct mp_process *p, struct mp_death *death) MP_MUST_CHECK;

/*
 * Send SIGTERM, SIGKILL or SIGINT; a process that has ended is fine.
 *
 * Sent through the pidfd: never to a stranger that got the same pid. The children of the
 * process are not sent anything (see mp/reap.h for what becomes of them).
 * Returns 0, or MP_NOT_STARTED, MP_CLOSED, -errno
 * Python  Process.terminate, kill, interrupt
 * Tasks   process.5
 */
int mp_process_terminate(struct mp_process *p) MP_MUST_CHECK;
int mp_process_kill(struct mp_process *p) MP_MUST_CHECK;
int mp_process_interrupt(struct mp_process *p) MP_MUST_CHECK;

/*
 * Release what the object holds; afterwards every question about the process is refused
 * with MP_CLOSED, except its name and its daemon flag. Closing twice is fine.
 *
 * Returns 0, or
 *   MP_BUSY        it still runs                     ValueError
 *   MP_NOT_PARENT  another process started it
 * Python  Process.close
 * Tasks   process.5
 */
int mp_process_close(struct mp_process *p) MP_MUST_CHECK;

/* This process, as an object: "MainProcess" in main. Borrowed. Tasks process.6 */
struct mp_process *mp_current_process(void);

/*
 * The process that started this one; NULL in main. Borrowed.
 *
 * Its name, pid, sentinel, is_alive and join work; everything else is MP_NOT_PARENT.
 * Python  parent_process
 * Tasks   process.6
 */
struct mp_process *mp_parent_process(void);

#endif
