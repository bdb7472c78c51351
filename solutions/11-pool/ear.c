/* SPDX-License-Identifier: MIT */
/*
 * Who waits for one answer, while the supervisor sleeps, listens for it himself.
 *
 * To wake the supervisor, which then wakes the caller, is one change of threads too many when
 * there is only one task. So the caller of an apply writes on the wall that it is the ear: then
 * a worker wakes it by a futex there, and it does what the supervisor would have done: look at
 * the desks. When there is more to do, it goes to sleep like others. All else (deaths, large
 * answers, callbacks) is still the supervisor's, who wakes the ear when its result is ready.
 *
 * Invariants: all of this under the pool's lock; attentive is CALLER only while there is an ear,
 * and never SUPERVISOR then: so there is one at a time. Handout: labs/11-pool/README.md
 */
#define _GNU_SOURCE
#include <limits.h>

#include <mp/futex.h>

#include "parts.h"

//{
static bool
put_on(struct mp_pool *pool, struct mp_result *r)
{
	enum listener supervisor = SUPERVISOR;

	if (pool->maxtasks || mp__pool_is_busy(pool) ||
	    !atomic_compare_exchange_strong(&pool->wall->attentive, &supervisor, CALLER))
		return false;
	pool->ear = r;
	return true;
}

/* Nobody may rely on us any more; what came before that was visible, we look at. */
static void
take_off(struct mp_pool *pool)
{
	enum listener caller = CALLER;

	pool->ear = NULL;
	if (atomic_compare_exchange_strong(&pool->wall->attentive, &caller, SUPERVISOR) &&
	    mp__pool_look_around(pool))
		mp__pool_wake(pool);
}

/* Like a turn of the supervisor's; what is more than that, is left to it. */
static void
hear(struct mp_pool *pool)
{
	if (!mp__pool_look_around(pool))
		return;
	if (pool->closed)
		mp__pool_wake(pool);
	mp__pool_dispatch(pool);
}
//}

void
mp__ear_wait(struct mp_result *r, int64_t deadline)
{
	/*
	 * pool.2: listen for r, if it is one task, nobody else listens, and the supervisor
	 * sleeps and has no more to do than that; until r is ready, or the deadline. Or do
	 * nothing: the supervisor hears everything, too.
	 */
	//{
	struct mp_pool *pool = r->pool;
	_Atomic uint32_t *rung = &pool->wall->rung;
	int error = 0;

	pthread_mutex_lock(&pool->lock);
	bool listens = r->left && r->count == 1 && put_on(pool, r);
	while (listens) {
		uint32_t heard = atomic_load(rung);
		hear(pool);
		if (!r->left || error || mp__pool_is_busy(pool))
			break;
		pthread_mutex_unlock(&pool->lock);
		error = mp_futex_wait(rung, heard, deadline);
		pthread_mutex_lock(&pool->lock);
	}
	if (listens)
		take_off(pool);
	pthread_mutex_unlock(&pool->lock);
	//}
}

void
mp__ear_ring(struct wall *wall)
{
	/* pool.2: by whoever knows something new: a worker, or who finishes the ear's result. */
	//{
	atomic_fetch_add(&wall->rung, 1);
	mp_futex_wake(&wall->rung, INT_MAX);
	//}
}
