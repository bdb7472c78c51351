/* SPDX-License-Identifier: MIT */
#ifndef MP_RESULTS_H
#define MP_RESULTS_H
/*
 * What a pool owes: the result of one call, now or later. Python's AsyncResult.
 *
 * Invariants: a result becomes ready once and stays so. Ready means that all of its tasks have
 * ended, also if the first of them failed. Of its two callbacks one is called, once, by the
 * pool's own thread, which does nothing else meanwhile: keep them short. A callback may give
 * tasks to the pool, close or terminate it; what it may not do is wait.
 *
 * Example:
 *	#include <mp.h>
 *	static int
 *	fail(const void *in, void *out, size_t n)
 *	{
 *		return mp_task_fail("no %s today, %d, %zu", (const char *)in, !out, n);
 *	}
 *	int
 *	main(void)
 *	{
 *		struct mp_pool *pool;
 *		struct mp_result *r;
 *		if (mp_pool_new(&pool, 1, NULL) ||
 *		    mp_pool_map_bytes_async(pool, fail, "milk", 5, NULL, 0, 1, 0, NULL, &r))
 *			return 1;
 *		int error = mp_result_get(r, MP_FOREVER, NULL); // mp_result_why: "no milk today, ..."
 *		mp_result_free(r);
 *		mp_pool_free(pool);
 *		return error != MP_TASK_FAILED;
 *	}
 */
#include <mp/deadline.h>
#include <mp/error.h>
#include <stddef.h>
#include <stdio.h>

struct mp_result;
struct mp_value;

struct mp_callbacks {
	void (*done)(void *arg, struct mp_value *value); /* borrowed; NULL for bytes */
	void (*failed)(void *arg, int error, const char *why);
	void *arg;
};

/* Give a result back; its tasks go on, its callbacks too. NULL is fine. Tasks pool.2 */
void mp_result_free(struct mp_result *r);

/*
 * Wait for what the call would have returned.
 *
 * Blocks  at most timeout seconds; 0 and negative: look once
 * Owns    *value is a new reference, each time; value may be NULL
 * Returns 0, or what the first of its tasks to fail ended with: what the function returned, or
 *   MP_WORKER_DIED  its worker died in it; mp_result_why tells how    WorkerLostError
 *   MP_NOT_ENCODED  what it returned cannot be pickled                MaybeEncodingError
 *   MP_TERMINATED   the pool was terminated first
 *   MP_POOL_BROKEN  no worker could begin; mp_pool_why                BrokenProcessPool
 * or MP_TIMEOUT (TimeoutError), -EDEADLK (asked in a callback, and not ready), MP_NOT_PARENT
 * (asked in a child that was forked), -ENOMEM
 * Safe    between threads yes
 * Python  AsyncResult.get
 * Tasks   pool.2 pool.3 pool.5
 */
int mp_result_get(struct mp_result *r, double timeout, struct mp_value **value) MP_MUST_CHECK;

/* Wait until it is ready: 0, or MP_TIMEOUT, -EDEADLK, MP_NOT_PARENT. Python's wait. Tasks pool.2 */
int mp_result_wait(struct mp_result *r, double timeout) MP_MUST_CHECK;

/* Is it ready? 1 or 0. Python's ready. Tasks pool.2 */
int mp_result_ready(struct mp_result *r);

/* Did all go well? 1 or 0, or MP_NOT_READY (ValueError). Python's successful. Tasks pool.2 */
int mp_result_successful(struct mp_result *r) MP_MUST_CHECK;

/* The first failure in words, "" if there is none; valid as long as r. Tasks pool.5 */
const char *mp_result_why(struct mp_result *r);

/* How the i-th item ended: 0, or the error of the chunk that it was in, whatever became of the
 * others; or MP_NOT_READY, MP_INVALID: no such item. Tasks pool.5 */
int mp_result_item(struct mp_result *r, size_t i) MP_MUST_CHECK;

/* How many of its items have ended, well or not, and how many there are. Tasks pool.2 */
void mp_result_progress(struct mp_result *r, size_t *ended, size_t *items);

/*
 * Wait until it is ready, and draw a bar meanwhile.
 *
 * out  a terminal: one line, drawn again ten times a second; else: one line at the end
 * Returns as mp_result_wait
 * Tasks   pool.2
 */
int mp_result_bar(struct mp_result *r, FILE *out) MP_MUST_CHECK;

#endif
