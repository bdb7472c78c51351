/* SPDX-License-Identifier: MIT */
#ifndef MP_TRACKER_H
#define MP_TRACKER_H
/*
 * The resource tracker: somebody who outlives everybody, and cleans up.
 *
 * Names in the kernel (shared memory, semaphores) outlive the processes that made them. So
 * each is registered with a process that does nothing but read lines from a pipe. All
 * processes of the program hold the writing end; when the last one is gone, however it
 * went, the tracker reads end of file, unlinks what is still registered, and says how much.
 *
 * Invariants: a line is written at once, so lines of many processes never mix; a name is
 * registered or not, never twice. The lines are CPython's: either's tracker serves either's
 * programs.
 *
 * Example:
 *	#include <mp/tracker.h>
 *	int
 *	main(void)
 *	{
 *		if (mp_tracker_register("/no-such-name", "shared_memory") ||
 *		    mp_tracker_unregister("/no-such-name", "shared_memory"))
 *			return 1;
 *		return mp_tracker_stop(); // 0: nothing was left
 *	}
 */
#include <mp/error.h>

/* The longest line, with its newline, in bytes. */
#define MP_TRACKER_LINE 512

/*
 * Have a name unlinked at the end, or no longer.
 *
 * The tracker is started if there is none. If it has died, a new one is started, and the only
 * words that this library says of itself are written to standard error: the new one does not
 * know what the old one knew.
 *
 * name  with its leading slash
 * type  "shared_memory", "semaphore", or "noop", which is only counted
 * Blocks  while the pipe is full
 * Returns 0, or
 *   MP_INVALID  a line of more than 512 bytes, no such type, or ':' or a newline in the
 *               name                                                        ValueError
 *   -errno      no tracker could be started                                 OSError
 * Safe    between threads yes, across fork yes
 * Python  multiprocessing.resource_tracker.register, unregister
 * Tasks   spawn.6
 */
int mp_tracker_register(const char *name, const char *type) MP_MUST_CHECK;
int mp_tracker_unregister(const char *name, const char *type) MP_MUST_CHECK;

/*
 * The tracker's pipe, for a child that is to use the same one; started if there is none.
 *
 * Children by spawn and forkserver get it without asking. A child by fork has it, if its
 * parent had it: else each of them starts its own.
 * Owns    the library owns it: never close it
 * Returns the writing end, or -errno
 * Python  multiprocessing.resource_tracker.getfd
 * Tasks   spawn.6
 */
int mp_tracker_fd(void) MP_MUST_CHECK;

/*
 * Close this process's end, and if this process started the tracker, wait for its end.
 *
 * At the end of a process this is done by itself, but it then waits for a second at most.
 * Blocks  until every other process has closed its end, or is gone; the forkserver is such a
 *         process, so let go of that first
 * Returns the tracker's exit code, 0 if this process did not start it:
 *         0 nothing was left, 1 something was, 2 and could not be unlinked, 3 a line was wrong
 * Tasks   spawn.6
 */
int mp_tracker_stop(void);

/*
 * Be a tracker: read lines until end of file, unlink what is left, and say so on standard
 * error.
 *
 * A new name is kept; of a name that is registered twice, one is; to unregister what is not
 * registered, and any line that cannot be read, is an error that is kept for the end.
 * reader  read from, and closed
 * Returns the exit code, as above
 * Python  multiprocessing.resource_tracker.main
 * Tasks   spawn.6
 */
int mp_tracker_main(int reader);

#endif
