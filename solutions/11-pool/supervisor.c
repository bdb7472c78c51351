/* SPDX-License-Identifier: MIT */
/*
 * The supervisor: a thread of the owner's that hears the workers, buries the dead, starts
 * others, deals out tasks and calls callbacks.
 *
 * It sleeps in one place, for news of three kinds: a worker has written, a worker has died
 * (its pidfd), or a thread of ours wants something (an eventfd). While many small answers
 * come, it does not want to be woken by each: then it tells the workers on the wall that it is
 * not attentive, naps for 100 us, and looks at their desks. When a nap was for nothing, it is
 * attentive again, and only then sleeps. Handout: labs/11-pool/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <mp/deadline.h>
#include <mp/io.h>

#include "parts.h"

//{
#define NAP (100 * 1000) /* ns */

static bool
is_over(struct mp_pool *pool)
{
	if (!(pool->closed || pool->doom) || pool->calls || pool->queue)
		return false;
	for (struct worker *w = pool->workers; w < end_of(pool); w++)
		if (w->process)
			return false;
	return true;
}

/* Tell what is finished, without the lock: who is told may want it. */
static void
call(struct mp_pool *pool)
{
	while (pool->calls) {
		struct mp_result *r = pool->calls;
		pool->calls = NULL;
		pthread_mutex_unlock(&pool->lock);
		while (r) {
			struct mp_result *next = r->next_call;
			mp__result_call(r);
			mp_result_free(r);
			r = next;
		}
		pthread_mutex_lock(&pool->lock);
	}
}

/* --- news --- */

/* Sleep until the deadline, or until there is news; write down what it is. Hold no lock. */
static void
sleep_until(struct mp_pool *pool, int64_t deadline)
{
	struct epoll_event events[64];
	uint64_t count;

	if (deadline != MP_NEVER) {
		struct pollfd news = {.fd = pool->news, .events = POLLIN};
		(void)!mp_poll(&news, 1, deadline);
	}
	int n = epoll_wait(pool->news, events, 64, deadline == MP_NEVER ? -1 : 0);
	for (int i = 0; i < n; i++) {
		uint32_t from = events[i].data.u32;
		if (from == WAKE)
			(void)!read(pool->wake, &count, sizeof(count));
		else if (from % 2)
			pool->workers[from / 2].died = true;
		else if (events[i].events & ~EPOLLOUT) /* that one: dispatch writes on */
			pool->workers[from / 2].rings = true;
	}
}

/* How long at most. */
static int64_t
next_deadline(struct mp_pool *pool)
{
	int64_t deadline = pool->retry;

	for (struct worker *w = pool->workers; w < end_of(pool); w++)
		if (w->process && w->patience && w->patience < deadline)
			deadline = w->patience;
	return deadline;
}

/* Sleep; ended: how many tasks the turn before has seen end. Hold lock. */
static void
rest(struct mp_pool *pool, int ended)
{
	int64_t deadline = next_deadline(pool);
	bool nap = ended && mp__pool_is_busy(pool);

	if (nap && mp_now() + NAP < deadline)
		deadline = mp_now() + NAP;
	/*
	 * The order of these two lines is what a worker relies on, who puts down an answer
	 * and then reads "attentive": either it sees who is, and rings, or we see the answer.
	 */
	atomic_store(&pool->wall->attentive, nap ? NOBODY : pool->ear ? CALLER : SUPERVISOR);
	if (!nap && mp__pool_look_around(pool))
		deadline = 0; /* there is something to deal with */
	pthread_mutex_unlock(&pool->lock);
	sleep_until(pool, deadline);
	pthread_mutex_lock(&pool->lock);
	atomic_store(&pool->wall->attentive, NOBODY);
}

/* --- one turn; hold lock --- */

static int
turn(struct mp_pool *pool)
{
	int ended = mp__pool_look_around(pool);

	for (struct worker *w = pool->workers; w < end_of(pool); w++)
		if (w->process && w->rings)
			ended += mp__pool_hear(pool, w);
	for (struct worker *w = pool->workers; w < end_of(pool); w++)
		if (w->process && w->died)
			mp__pool_bury(pool, w);
	if (pool->doom) {
		mp__pool_give_up(pool);
	} else {
		mp__pool_keep_up(pool);
		mp__pool_dispatch(pool);
	}
	call(pool);
	return ended;
}
//}

//{
/* The first workers: all of them, or none. Hold lock. */
static void
begin(struct mp_pool *pool)
{
	pool->supervisor = pthread_self();
	pool->retry = MP_NEVER;
	for (struct worker *w = pool->workers; w < end_of(pool); w++)
		if (!pool->start_error)
			pool->start_error = mp__pool_hire(pool, w);
	if (pool->start_error)
		pool->doom = MP_TERMINATED;
	pool->started = true;
	pthread_cond_broadcast(&pool->changed);
}
//}

void *
mp__pool_supervise(void *arg)
{
	/*
	 * pool.2: start the workers; then, until the pool is over: hear who has written, bury who
	 * has died, start whom we lack, deal out tasks, call callbacks, sleep until there is news.
	 */
	//{
	struct mp_pool *pool = arg;

	pthread_mutex_lock(&pool->lock);
	begin(pool);
	for (;;) {
		int ended = turn(pool);
		if (is_over(pool))
			break;
		rest(pool, ended);
	}
	mp_close(&pool->news);
	mp_close(&pool->wake);
	mp_close(&pool->memory_fd);
	pool->gone = true;
	pthread_cond_broadcast(&pool->changed);
	pthread_mutex_unlock(&pool->lock);
	mp__pool_unref(pool);
	return NULL;
	//}
}
