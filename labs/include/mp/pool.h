/* SPDX-License-Identifier: MIT */
#ifndef MP_POOL_H
#define MP_POOL_H
/*
 * A pool of worker processes: Python's multiprocessing.Pool.
 *
 * The pool starts its workers once; then any number of tasks may be given to it. What can be
 * asked of it is in mp/tasks.h (functions of values: apply, map, imap) and mp/bytes.h (functions
 * of arrays, with no pickle in the way); what comes back is in mp/results.h.
 *
 * Invariants: a worker that dies costs the task that it was in an error, and nothing else: no
 * other task, and never a wait without end. Of the two, result and error, every task gets one,
 * once. Workers share no lock, and none has an end of another's pipe. They are daemonic, ignore
 * SIGINT, and die with their parent. Blocked are the signals that were blocked where the pool was
 * made; in workers that are new programs, none.
 *
 * Example:
 *	#include <mp.h>
 *	static int
 *	square(const void *in, void *out, size_t n)
 *	{
 *		for (size_t i = 0; i < n; i++)
 *			((long *)out)[i] = ((const long *)in)[i] * ((const long *)in)[i];
 *		return 0;
 *	}
 *	int
 *	main(void)
 *	{
 *		struct mp_pool *pool;
 *		long in[3] = {1, 2, 3}, out[3];
 *		if (mp_pool_new(&pool, 2, NULL) ||
 *		    mp_pool_map_bytes(pool, square, in, sizeof(long), out, sizeof(long), 3, 0))
 *			return 1;
 *		mp_pool_free(pool);
 *		return out[0] + out[1] + out[2] != 14;
 *	}
 */
#include <mp/error.h>
#include <stddef.h>

struct mp_context;
struct mp_pool;
struct mp_value;

/* All zero is Python's default. */
struct mp_pool_options {
	/* Called first in every worker. When it fails, or the worker leaves in it, the pool is
	 * broken: MP_POOL_BROKEN, and mp_pool_why tells the reason. */
	int (*initializer)(struct mp_value *args);
	struct mp_value *initargs;	  /* borrowed until new returns; may be NULL */
	int maxtasksperchild;		  /* a worker leaves after so many tasks; 0: never */
	const struct mp_context *context; /* how workers are started; NULL: the default */
};

/* How many processors this process may use. Python's process_cpu_count. Tasks pool.1 */
int mp_cpus(void);

/*
 * Start a pool of so many workers, often mp_cpus().
 *
 * Owns    the caller owns *out: mp_pool_free
 * Returns 0, or
 *   MP_INVALID        processes is below 1, or maxtasksperchild below 0      ValueError
 *   MP_NOT_REGISTERED the initializer, where a worker is a new program       PicklingError
 *   -errno            a worker could not be started; those that were, are stopped again
 * Python  Pool(processes, initializer, initargs, maxtasksperchild, context)
 * Tasks   pool.1 pool.2
 */
int mp_pool_new(
    struct mp_pool **out, int processes, const struct mp_pool_options *options) MP_MUST_CHECK;

/*
 * Give the pool up: terminate, unless it was closed; then join. NULL is fine.
 *
 * Results that are still held stay valid. In a callback nothing is waited for.
 * Python  leaving the with block
 * Tasks   pool.7
 */
void mp_pool_free(struct mp_pool *pool);

/*
 * Take no more tasks; the workers leave when those that were given are done.
 *
 * Returns 0, also when it is closed already, or MP_NOT_PARENT
 * Python  Pool.close
 * Tasks   pool.7
 */
int mp_pool_close(struct mp_pool *pool) MP_MUST_CHECK;

/*
 * Stop at once: tasks that are not done get MP_TERMINATED, the workers SIGTERM, and those that
 * still live after 0.2 s SIGKILL.
 *
 * Blocks  until no worker is left: under a second, whatever they do. In a callback it only
 *         asks for that
 * Returns 0, also when it has been asked before, or MP_NOT_PARENT
 * Safe    between threads yes, in callbacks yes
 * Python  Pool.terminate
 * Tasks   pool.7
 */
int mp_pool_terminate(struct mp_pool *pool) MP_MUST_CHECK;

/*
 * Wait until the last worker has left and the last callback was called.
 *
 * Returns 0, or
 *   MP_POOL_RUNNING  it is neither closed nor terminated         ValueError
 *   MP_TIMEOUT       not yet
 *   -EDEADLK         asked in a callback
 *   MP_NOT_PARENT
 * Python  Pool.join
 * Tasks   pool.7
 */
int mp_pool_join(struct mp_pool *pool, double timeout) MP_MUST_CHECK;

/* Why the pool is broken; "" while it is not. Valid as long as the pool. Tasks pool.6 */
const char *mp_pool_why(struct mp_pool *pool);

/* Where a pool stands. Counted are items: a task of map may be a chunk of many. */
struct mp_progress {
	size_t given, running, done, failed;
	int workers;	/* processes that are there now */
	size_t started; /* since the beginning; more than the pool's size when some were replaced */
	size_t lost;	/* of them, those that ended without being asked to */
};

/* Read it, at any time, in any thread. Tasks pool.2 */
void mp_pool_progress(struct mp_pool *pool, struct mp_progress *progress);

/* The pid of the i-th worker; 0: there is none now. Tasks pool.2 */
int mp_pool_pid(struct mp_pool *pool, int i);

#endif
