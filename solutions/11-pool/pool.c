/* SPDX-License-Identifier: MIT */
/*
 * The pool: how it is made, and how long it lives.
 *
 * It lives as long as somebody holds it: its owner, its supervisor, and every result.
 *
 * Invariants: a forked child has a copy of its parent's pools, and may do nothing with it.
 * Handout: labs/11-pool/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <mp/context.h>
#include <mp/io.h>
#include <mp/value.h>

#include "parts.h"

//{
static void
destroy(struct mp_pool *pool)
{
	mp__list_remove(pool);
	mp_close(&pool->news);
	mp_close(&pool->wake);
	mp_close(&pool->memory_fd);
	if (pool->wall)
		munmap(pool->wall, pool->wall_size + pool->memory_size);
	for (int i = 0; i < pool->processes; i++) {
		free(pool->workers[i].heard.data);
		free(pool->workers[i].said.data);
	}
	while (pool->blocks) {
		struct block *next = pool->blocks->next;
		free(pool->blocks);
		pool->blocks = next;
	}
	mp_value_free(pool->initargs);
	pthread_cond_destroy(&pool->changed);
	pthread_mutex_destroy(&pool->lock);
	free(pool);
}

static int
prepare(struct mp_pool *pool)
{
	struct epoll_event wake = {.events = EPOLLIN, .data.u32 = WAKE};
	int error = mp__memory_map(pool);

	if (error)
		return error;
	pool->news = epoll_create1(EPOLL_CLOEXEC);
	pool->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (pool->news < 0 || pool->wake < 0 ||
	    epoll_ctl(pool->news, EPOLL_CTL_ADD, pool->wake, &wake))
		return -errno;
	return mp__list_add(pool);
}

/* Signals are the business of the owner's threads; the supervisor, and so the workers at first,
 * have all blocked. */
static int
start_supervisor(struct mp_pool *pool)
{
	pthread_attr_t attributes;
	sigset_t all;

	sigfillset(&all);
	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	pthread_sigmask(SIG_SETMASK, &all, &pool->mask);
	mp__pool_ref(pool);
	int error = -pthread_create(&pool->supervisor, &attributes, mp__pool_supervise, pool);
	pthread_sigmask(SIG_SETMASK, &pool->mask, NULL);
	pthread_attr_destroy(&attributes);
	if (error) {
		mp__pool_unref(pool);
		return error;
	}
	pthread_mutex_lock(&pool->lock);
	while (!pool->started || (pool->start_error && !pool->gone))
		pthread_cond_wait(&pool->changed, &pool->lock);
	error = pool->start_error;
	pthread_mutex_unlock(&pool->lock);
	return error;
}

static struct mp_pool *
blank(int processes, const struct mp_pool_options *o)
{
	struct mp_pool *pool = calloc(1, sizeof(*pool) + (size_t)processes * sizeof(struct worker));
	pthread_condattr_t monotonic;

	if (!pool)
		return NULL;
	pool->owner = getpid();
	pool->processes = processes;
	pool->maxtasks = o->maxtasksperchild;
	pool->initializer = o->initializer;
	pool->initargs = mp_value_ref(o->initargs);
	pool->context = o->context;
	pool->by_name = mp_context_method(o->context) != MP_FORK;
	pool->references = 1;
	pool->memory_fd = pool->news = pool->wake = -1;
	for (int i = 0; i < processes; i++) {
		struct worker *w = &pool->workers[i];
		w->orders = w->orders_end = w->answers = -1;
		w->oldest = w->next = 1; /* 0 is READY */
	}
	pthread_mutex_init(&pool->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&pool->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	return pool;
}
//}

int
mp_cpus(void)
{
	/* pool.1: the affinity mask, not what the machine has. */
	//{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) ? 1 : CPU_COUNT(&set);
	//}
}

struct mp_pool *
mp__pool_ref(struct mp_pool *pool)
{
	/* pool.1: one more who needs it. */
	//{
	atomic_fetch_add(&pool->references, 1);
	return pool;
	//}
}

void
mp__pool_unref(struct mp_pool *pool)
{
	/* pool.1: the last one frees. Not in a forked child: the locks are as the fork found them. */
	//{
	if (atomic_fetch_sub(&pool->references, 1) == 1)
		destroy(pool);
	//}
}

void
mp__pool_wake(struct mp_pool *pool)
{
	/* pool.2: so that the supervisor has a turn now. */
	//{
	uint64_t one = 1;

	if (!pool->gone && pool->wake >= 0)
		(void)!write(pool->wake, &one, sizeof(one));
	//}
}

int
mp__pool_open(struct mp_pool *pool)
{
	/* pool.2: may a task be given to it? */
	//{
	return pool->doom == MP_POOL_BROKEN ? MP_POOL_BROKEN
	       : pool->closed || pool->doom ? MP_POOL_CLOSED
					    : 0;
	//}
}

int
mp_pool_new(struct mp_pool **out, int processes, const struct mp_pool_options *options)
{
	/* pool.1: the object, the memory that all see, the supervisor; it starts the workers. */
	//{
	static const struct mp_pool_options defaults;
	const struct mp_pool_options *o = options ? options : &defaults;

	if (processes < 1 || o->maxtasksperchild < 0)
		return MP_INVALID;
	struct mp_pool *pool = blank(processes, o);
	if (!pool)
		return -ENOMEM;
	int error = prepare(pool);
	if (!error)
		error = start_supervisor(pool);
	if (error) {
		mp__pool_unref(pool);
		return error;
	}
	*out = pool;
	return 0;
	//}
}
