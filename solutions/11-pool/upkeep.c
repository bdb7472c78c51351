/* SPDX-License-Identifier: MIT */
/*
 * What is to be done in a turn of the supervisor's: who has nothing more to do leaves, empty
 * places are filled; or, when the pool is doomed, all is given up.
 *
 * Invariants: all of this in the supervisor, under the pool's lock; only to start a worker it is
 * let go. Handout: labs/11-pool/README.md
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <mp/deadline.h>

#include "parts.h"

//{
#define PATIENCE    (200 * 1000 * 1000L) /* ns between SIGTERM and SIGKILL */
#define RETRY	    (100 * 1000 * 1000L) /* ns between attempts to start a worker */
#define MAX_RETRIES 10

/* End every task that is in the queue or in a hand. */
static void
fail_all(struct mp_pool *pool)
{
	const char *why = pool->doom == MP_POOL_BROKEN ? pool->why : mp_error_text(pool->doom);

	for (struct worker *w = pool->workers; w < end_of(pool); w++)
		for (uint64_t number = w->oldest; number < w->next; number++) {
			struct task *t = w->hand[number % DEPTH];
			w->hand[number % DEPTH] = NULL;
			if (t)
				mp__pool_end(pool, t, pool->doom, why, strlen(why));
			w->load = 0;
		}
	while (pool->queue) {
		struct task *t = pool->queue;
		pool->queue = t->next;
		mp__pool_end(pool, t, pool->doom, why, strlen(why));
	}
	pool->last = NULL;
}

/* Ask each worker to go; after a while, make it. */
static void
drive_out(struct mp_pool *pool)
{
	for (struct worker *w = pool->workers; w < end_of(pool); w++) {
		if (!w->process)
			continue;
		if (!w->patience) {
			w->patience = mp_now() + PATIENCE;
			(void)!mp_process_terminate(w->process);
		} else if (mp_now() >= w->patience) {
			(void)!mp_process_kill(w->process);
			w->patience = MP_NEVER;
		}
	}
}

static bool
all_done(struct mp_pool *pool)
{
	if (pool->queue)
		return false;
	for (struct worker *w = pool->workers; w < end_of(pool); w++)
		if (w->load)
			return false;
	return true;
}

/* Those who have nothing more to do here leave: all when the pool is closed. */
static void
dismiss(struct mp_pool *pool)
{
	bool over = pool->closed && all_done(pool);

	for (struct worker *w = pool->workers; w < end_of(pool); w++)
		if (w->process && !w->load &&
		    (over || (pool->maxtasks && w->finished >= pool->maxtasks)))
			mp__pool_dismiss(pool, w);
}

static void
no_worker_starts(struct mp_pool *pool, int error)
{
	pool->retry = mp_now() + RETRY;
	if (++pool->failed_starts >= MAX_RETRIES)
		mp__pool_break(pool, "no worker could be started: %s", mp_error_text(error));
}

/* Fill the places that are empty, if there is something to do there. */
static void
replenish(struct mp_pool *pool)
{
	pool->retry = MP_NEVER;
	for (struct worker *w = pool->workers; w < end_of(pool); w++) {
		if (w->process || (pool->closed && !pool->queue) || pool->doom)
			continue;
		int error = mp__pool_hire(pool, w);
		if (error) {
			no_worker_starts(pool, error);
			return;
		}
		pool->failed_starts = 0;
	}
}
//}

void
mp__pool_keep_up(struct mp_pool *pool)
{
	/* pool.6: those who have done their tasks leave, and others come in their place. */
	//{
	dismiss(pool);
	replenish(pool);
	//}
}

void
mp__pool_give_up(struct mp_pool *pool)
{
	/* pool.7: every task has its error now, every worker has to go. */
	//{
	fail_all(pool);
	drive_out(pool);
	//}
}

void
mp__pool_break(struct mp_pool *pool, const char *format, ...)
{
	/* pool.6: for the first reason only: it explains all others. */
	//{
	va_list list;

	if (pool->doom)
		return;
	va_start(list, format);
	vsnprintf(pool->why, sizeof(pool->why), format, list);
	va_end(list);
	pool->doom = MP_POOL_BROKEN;
	//}
}
