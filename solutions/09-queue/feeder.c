/* SPDX-License-Identifier: MIT */
/*
 * The feeder: a thread that moves what waits in this process into the ring.
 *
 * It is started when something must wait, and ends when nothing waits any more: so most
 * processes never have one, and nobody needs to stop it. It has a reference of its own: who
 * frees a queue does not lose what waits in it.
 *
 * A fork copies what waits, but not the thread. The parent's feeder still moves it, so the
 * child forgets it: else every message would come twice. All mutexes are held at the fork, so
 * none is copied in the middle of something.
 *
 * Handout: labs/09-queue/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <mp/reap.h>

#include "object.h"

//{
/* Finalizers below 0 run when the children have been joined, as Python's do. */
#define FLUSH_PRIORITY (-5)

struct waiting {
	struct waiting *next;
	size_t size;
	char data[];
};

static struct {
	/* hold lock */
	struct mp_queue *queues;
	bool watches_forks;
} all;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_bool flushes_at_exit; /* of this process */

static void
hold_all(void)
{
	pthread_mutex_lock(&lock);
	for (struct mp_queue *q = all.queues; q; q = q->next)
		pthread_mutex_lock(&q->mutex);
}

static void
let_all_go(void)
{
	for (struct mp_queue *q = all.queues; q; q = q->next)
		pthread_mutex_unlock(&q->mutex);
	pthread_mutex_unlock(&lock);
}

/* Hold the mutex. */
static void
drop_first(struct mp_queue *q)
{
	struct waiting *w = q->first;

	q->first = w->next;
	if (!q->first)
		q->last = &q->first;
	q->count--;
	free(w);
}

/* In a child: what waits is the parent's, and there is no feeder. If the feeder was the last
 * owner, nobody can free the queue any more; the end of the process will. */
static void
forget_all(void)
{
	for (struct mp_queue *q = all.queues; q; q = q->next) {
		while (q->first)
			drop_first(q);
		if (q->feeding)
			atomic_fetch_sub(&q->references, 1);
		q->feeding = false;
		pthread_cond_init(&q->idle, NULL);
	}
	atomic_store(&flushes_at_exit, false);
	let_all_go();
}

int
mp__queue_enlist(struct mp_queue *q)
{
	pthread_mutex_lock(&lock);
	int error = all.watches_forks ? 0 : -pthread_atfork(hold_all, let_all_go, forget_all);
	if (!error) {
		all.watches_forks = true;
		q->link = &all.queues;
		q->next = all.queues;
		if (q->next)
			q->next->link = &q->next;
		all.queues = q;
	}
	pthread_mutex_unlock(&lock);
	return error;
}

void
mp__queue_strike(struct mp_queue *q)
{
	pthread_mutex_lock(&lock);
	*q->link = q->next;
	if (q->next)
		q->next->link = q->link;
	pthread_mutex_unlock(&lock);
}

/* Hold the mutex. Wait until nothing waits: 0, or MP_TIMEOUT. */
static int
await_idle(struct mp_queue *q, int64_t deadline)
{
	struct timespec until = {.tv_sec = deadline / 1000000000, .tv_nsec = deadline % 1000000000};
	int error = 0;

	while (q->feeding && error != ETIMEDOUT)
		error = deadline == MP_NEVER ? pthread_cond_wait(&q->idle, &q->mutex)
					     : pthread_cond_timedwait(&q->idle, &q->mutex, &until);
	return q->feeding ? MP_TIMEOUT : 0;
}

/* A feeder that the exit must wait for, from now on not detached; false: none. */
static bool
find_feeder(pthread_t *feeder)
{
	bool found = false;

	pthread_mutex_lock(&lock);
	for (struct mp_queue *q = all.queues; q && !found; q = q->next) {
		pthread_mutex_lock(&q->mutex);
		found = q->feeding && !q->abandoned && !q->awaited;
		if (found) {
			q->awaited = true;
			*feeder = q->feeder;
		}
		pthread_mutex_unlock(&q->mutex);
	}
	pthread_mutex_unlock(&lock);
	return found;
}

static void
flush_all(void *unused)
{
	pthread_t feeder;

	(void)unused;
	while (find_feeder(&feeder))
		pthread_join(feeder, NULL);
}

static void *
feed(void *arg)
{
	struct mp_queue *q = arg;

	pthread_setname_np(pthread_self(), "mp-feeder");
	pthread_mutex_lock(&q->mutex);
	while (q->first) {
		struct waiting *w = q->first;
		pthread_mutex_unlock(&q->mutex);
		mp__ring_send(&q->ring, w->data, w->size, true);
		pthread_mutex_lock(&q->mutex);
		drop_first(q);
	}
	q->feeding = false;
	if (!q->awaited)
		pthread_detach(pthread_self());
	/* An owner no more, before anybody is told: who has joined and then frees, frees all. */
	bool last = atomic_fetch_sub(&q->references, 1) == 1;
	pthread_cond_broadcast(&q->idle);
	pthread_mutex_unlock(&q->mutex);
	if (last)
		mp__queue_release(q);
	return NULL;
}

/* Hold the mutex. A thread that takes no signals: they are for those that the program made. */
static int
start_feeder(struct mp_queue *q)
{
	sigset_t every, before;

	sigfillset(&every);
	pthread_sigmask(SIG_SETMASK, &every, &before);
	int error = -pthread_create(&q->feeder, NULL, feed, q);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error)
		return error;
	atomic_fetch_add(&q->references, 1);
	q->feeding = true;
	q->awaited = false;
	return 0;
}

int
mp__queue_flush_at_exit(void)
{
	if (atomic_load(&flushes_at_exit))
		return 0;
	int error = mp_atexit(FLUSH_PRIORITY, flush_all, NULL);
	if (!error)
		atomic_store(&flushes_at_exit, true);
	return error;
}

int
mp__queue_keep(struct mp_queue *q, const void *data, size_t size)
{
	struct waiting *w = malloc(sizeof(*w) + size);

	if (!w)
		return -ENOMEM;
	*w = (struct waiting){.size = size};
	memcpy(w->data, data, size);
	*q->last = w;
	q->last = &w->next;
	q->count++;
	int error = q->feeding ? 0 : start_feeder(q);
	if (error)
		drop_first(q); /* without a feeder, nothing waited before */
	return error;
}
//}

size_t
mp_queue_waiting(const struct mp_queue *q)
{
	/* queue.4: what put has taken and the feeder has not moved. */
	//{
	struct mp_queue *mine = (struct mp_queue *)(uintptr_t)q;

	pthread_mutex_lock(&mine->mutex);
	size_t count = q->count;
	pthread_mutex_unlock(&mine->mutex);
	return count;
	//}
}

void
mp_queue_close(struct mp_queue *q)
{
	/* queue.5: for this process. The feeder goes on until nothing waits. */
	//{
	pthread_mutex_lock(&q->mutex);
	q->closed = true;
	pthread_mutex_unlock(&q->mutex);
	//}
}

int
mp_queue_join_thread(struct mp_queue *q, double timeout)
{
	/* queue.5: only after close: or somebody could put something behind what is waited for. */
	//{
	int64_t deadline = mp_deadline(timeout);

	pthread_mutex_lock(&q->mutex);
	int error = q->closed ? await_idle(q, deadline) : MP_NOT_CLOSED;
	pthread_mutex_unlock(&q->mutex);
	return error;
	//}
}

void
mp_queue_cancel_join_thread(struct mp_queue *q)
{
	/* queue.5: the exit order will not wait for this one. */
	//{
	pthread_mutex_lock(&q->mutex);
	q->abandoned = true;
	pthread_mutex_unlock(&q->mutex);
	//}
}
