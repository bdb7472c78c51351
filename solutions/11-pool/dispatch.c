/* SPDX-License-Identifier: MIT */
/*
 * Who does what: the queue, and the hands of the workers.
 *
 * Each worker has a few tasks in hand, so that it need not wait for us between two of them.
 * What it has not begun can be taken back, and given to one who has nothing to do: the offer
 * on its desk is withdrawn by the same compare-and-swap with which the worker would accept
 * it, so exactly one of the two gets the task.
 *
 * Invariants: all of this under the pool's lock, by whichever thread has news. A task is in
 * the queue, or in one hand, or delivered. Handout: labs/11-pool/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "parts.h"

//{
static struct slot *
slot_of(struct mp_pool *pool, const struct worker *w, uint64_t number)
{
	return &pool->wall->desks[w - pool->workers].slots[number % DEPTH];
}

static struct task *
dequeue(struct mp_pool *pool)
{
	struct task *t = pool->queue;

	pool->queue = t->next;
	if (!pool->queue)
		pool->last = NULL;
	return t;
}

/* May this worker be given one more? */
static bool
has_room(const struct mp_pool *pool, const struct worker *w)
{
	return w->process && !w->leaving && !w->died && !w->blocked &&
	       w->next - w->oldest < DEPTH &&
	       (!pool->maxtasks || w->finished + w->load < pool->maxtasks);
}

static struct worker *
least_loaded(struct mp_pool *pool)
{
	struct worker *best = NULL;

	for (struct worker *w = pool->workers; w < end_of(pool); w++) {
		if (!has_room(pool, w) || (best && w->load >= best->load))
			continue;
		best = w;
		if (w->load == 0)
			break;
	}
	return best;
}

/* Write what the pipe takes now; for the rest the supervisor is told when there is room. */
static void
say(struct mp_pool *pool, struct worker *w)
{
	while (w->said.from < w->said.to) {
		ssize_t n =
		    write(w->orders, w->said.data + w->said.from, w->said.to - w->said.from);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break; /* full; what else could be wrong with the pipe, its end tells */
		w->said.from += (size_t)n;
	}
	bool blocked = w->said.from < w->said.to;
	if (blocked != w->blocked) {
		struct epoll_event event = {.events = blocked ? EPOLLOUT : 0,
		    .data.u32 = (uint32_t)(w - pool->workers) * 2};
		epoll_ctl(pool->news, EPOLL_CTL_MOD, w->orders, &event);
		w->blocked = blocked;
	}
}

/* Put a task into a worker's hand. The order is only written down: see say. */
static int
offer(struct mp_pool *pool, struct worker *w, struct task *t)
{
	uint64_t number = w->next;

	((struct order *)t->message)->number = number;
	int error = mp__buffer_add(&w->said, t->message, t->size);
	if (error)
		return error;
	atomic_store(&slot_of(pool, w, number)->word, tag(number, OFFERED));
	w->hand[number % DEPTH] = t;
	w->next++;
	w->load++;
	return 0;
}

/* Take back half of what waits in w's hand, the last first. */
static void
take_back(struct mp_pool *pool, struct worker *w)
{
	int half = w->load / 2;

	for (uint64_t number = w->next; half > 0 && number-- > w->oldest;) {
		struct task *t = w->hand[number % DEPTH];
		uint64_t offered = tag(number, OFFERED);
		if (!t ||
		    !atomic_compare_exchange_strong(&slot_of(pool, w, number)->word, &offered, 0))
			continue;
		w->hand[number % DEPTH] = NULL;
		w->load--;
		half--;
		mp__pool_requeue(pool, t);
	}
}

/* The queue is empty. If somebody has nothing to do and another much, share. */
static bool
balance(struct mp_pool *pool)
{
	struct worker *idle = least_loaded(pool), *busy = NULL;

	if (!idle || idle->load)
		return false;
	for (struct worker *w = pool->workers; w < end_of(pool); w++)
		if (w->load > 1 && (!busy || w->load > busy->load))
			busy = w;
	if (busy)
		take_back(pool, busy);
	return pool->queue;
}

static void
deal(struct mp_pool *pool)
{
	struct worker *w;

	while (pool->queue && (w = least_loaded(pool))) {
		struct task *t = dequeue(pool);
		int error = offer(pool, w, t);
		if (error)
			mp__pool_end(pool, t, error, "", 0);
	}
}
//}

void
mp__pool_requeue(struct mp_pool *pool, struct task *t)
{
	/* pool.6: to the front: it was there before. */
	//{
	t->next = pool->queue;
	pool->queue = t;
	if (!pool->last)
		pool->last = t;
	//}
}

void
mp__pool_enqueue(struct mp_pool *pool, struct task *first, struct task *last)
{
	/* pool.2: a list of tasks, at the end of the queue. */
	//{
	if (pool->last)
		pool->last->next = first;
	else
		pool->queue = first;
	pool->last = last;
	last->next = NULL;
	for (struct task *t = first; t; t = t->next)
		pool->given += t->items;
	//}
}

void
mp__pool_dispatch(struct mp_pool *pool)
{
	/* pool.2: from the queue into hands, evenly; then write each worker's orders at once. */
	//{
	if (pool->doom)
		return;
	do
		deal(pool);
	while (!pool->queue && balance(pool));
	for (struct worker *w = pool->workers; w < end_of(pool); w++)
		if (w->process && w->said.from < w->said.to)
			say(pool, w);
	//}
}

void
mp__pool_dismiss(struct mp_pool *pool, struct worker *w)
{
	/* pool.7: an order that is no task: leave. */
	//{
	struct order leave = {.kind = LEAVE};

	if (w->leaving || mp__buffer_add(&w->said, &leave, sizeof(leave)))
		return;
	w->leaving = true;
	say(pool, w);
	//}
}

void
mp__pool_end(struct mp_pool *pool, struct task *t, int error, const void *data, size_t size)
{
	/* pool.2: a task has ended, well or not: its result is told, and the task is no more. */
	//{
	struct mp_result *r = t->result;

	if (error)
		pool->failed += t->items;
	else
		pool->done += t->items;
	mp__result_deliver(r, t->part, error, data, size);
	mp_result_free(r);
	free(t);
	//}
}
