/* SPDX-License-Identifier: MIT */
/*
 * All pools of this process: so that one who leaves ends them before anything else is ended.
 *
 * The list's lock may be held by another thread at the moment of a fork: fork waits for it, and
 * the child, who inherits the list, leaves alone what it does not own.
 * Handout: labs/11-pool/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <unistd.h>

#include <mp/reap.h>

#include "parts.h"

//{
static pthread_mutex_t list_lock = PTHREAD_MUTEX_INITIALIZER;
static struct mp_pool *pools;
static pid_t exit_registered; /* for this process */

static void
lock_list(void)
{
	pthread_mutex_lock(&list_lock);
}

static void
unlock_list(void)
{
	pthread_mutex_unlock(&list_lock);
}

/* Before the daemons are ended: a worker that dies then would be replaced. */
static void
terminate_all(void *arg)
{
	(void)arg;
	lock_list();
	struct mp_pool *pool = pools;
	while (pool && pool->owner != getpid())
		pool = pool->next_pool;
	if (pool)
		mp__pool_ref(pool);
	unlock_list();
	if (!pool)
		return;
	(void)!mp_pool_terminate(pool);
	lock_list();
	pool->owner = 0; /* done */
	unlock_list();
	mp__pool_unref(pool);
	terminate_all(NULL);
}
//}

int
mp__list_add(struct mp_pool *pool)
{
	/* pool.7: enter it, and see to it, once in each process, that leaving terminates all. */
	//{
	static bool fork_safe;

	lock_list();
	int error = exit_registered == getpid() ? 0 : mp_atexit(15, terminate_all, NULL);
	if (!error && !fork_safe && pthread_atfork(lock_list, unlock_list, unlock_list))
		error = -ENOMEM;
	if (!error) {
		fork_safe = true;
		exit_registered = getpid();
		pool->next_pool = pools;
		pools = pool;
	}
	unlock_list();
	return error;
	//}
}

void
mp__list_remove(struct mp_pool *pool)
{
	/* pool.7: strike it out; absent is fine. */
	//{
	lock_list();
	for (struct mp_pool **p = &pools; *p; p = &(*p)->next_pool)
		if (*p == pool) {
			*p = pool->next_pool;
			break;
		}
	unlock_list();
	//}
}
