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
#include <mp/todo.h>

#include "parts.h"

void *
mp__pool_supervise(void *arg)
{
	/*
	 * pool.2: start the workers; then, until the pool is over: hear who has written, bury who
	 * has died, start whom we lack, deal out tasks, call callbacks, sleep until there is news.
	 */
	mp_todo("pool.2");
}
