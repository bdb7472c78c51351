/* SPDX-License-Identifier: MIT */
/*
 * How a pool ends: closed, terminated, joined, given up.
 *
 * All that the owner does is to write down what is wanted, and to wake the supervisor; then to
 * wait until it is gone. Handout: labs/11-pool/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <time.h>
#include <unistd.h>

#include <mp/deadline.h>

#include "parts.h"

//{
static bool
in_callback(const struct mp_pool *pool)
{
	return pthread_equal(pthread_self(), pool->supervisor);
}

/* Wait until the supervisor is gone; hold lock. */
static int
wait_until_gone(struct mp_pool *pool, int64_t deadline)
{
	struct timespec until = {deadline / 1000000000, deadline % 1000000000};
	int error = 0;

	while (!pool->gone && !error)
		error = deadline == MP_NEVER
			    ? pthread_cond_wait(&pool->changed, &pool->lock)
			    : pthread_cond_timedwait(&pool->changed, &pool->lock, &until);
	return pool->gone ? 0 : MP_TIMEOUT;
}
//}

int
mp_pool_close(struct mp_pool *pool)
{
	/* pool.7: write it down, and wake the supervisor. */
	//{
	if (pool->owner != getpid())
		return MP_NOT_PARENT;
	pthread_mutex_lock(&pool->lock);
	pool->closed = true;
	mp__pool_wake(pool);
	pthread_mutex_unlock(&pool->lock);
	return 0;
	//}
}

int
mp_pool_terminate(struct mp_pool *pool)
{
	/*
	 * pool.7: as close, and what is not done is given up. Wait until the workers are gone;
	 * not in a callback, and not for one that never returns.
	 */
	//{
	if (pool->owner != getpid())
		return MP_NOT_PARENT;
	pthread_mutex_lock(&pool->lock);
	pool->closed = true;
	if (!pool->doom)
		pool->doom = MP_TERMINATED;
	mp__pool_wake(pool);
	if (!in_callback(pool))
		(void)!wait_until_gone(pool, mp_deadline(0.8));
	pthread_mutex_unlock(&pool->lock);
	return 0;
	//}
}

int
mp_pool_join(struct mp_pool *pool, double timeout)
{
	/* pool.7: until the supervisor is gone. */
	//{
	int64_t deadline = mp_deadline(timeout);

	if (pool->owner != getpid())
		return MP_NOT_PARENT;
	pthread_mutex_lock(&pool->lock);
	int error = !pool->closed	? MP_POOL_RUNNING
		    : in_callback(pool) ? -EDEADLK
					: wait_until_gone(pool, deadline);
	pthread_mutex_unlock(&pool->lock);
	return error;
	//}
}

void
mp_pool_free(struct mp_pool *pool)
{
	/* pool.7: end it in good order, and give up the owner's reference. */
	//{
	if (!pool || pool->owner != getpid())
		return;
	pthread_mutex_lock(&pool->lock);
	bool closed = pool->closed;
	pthread_mutex_unlock(&pool->lock);
	if (!closed)
		(void)!mp_pool_terminate(pool);
	(void)!mp_pool_join(pool, MP_FOREVER);
	mp__pool_unref(pool);
	//}
}

const char *
mp_pool_why(struct mp_pool *pool)
{
	/* pool.6: written once, before the pool is broken. */
	//{
	pthread_mutex_lock(&pool->lock);
	const char *why = pool->doom == MP_POOL_BROKEN ? pool->why : "";
	pthread_mutex_unlock(&pool->lock);
	return why;
	//}
}
