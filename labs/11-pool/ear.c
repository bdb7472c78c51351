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
#include <mp/todo.h>

#include "parts.h"

void
mp__ear_wait(struct mp_result *r, int64_t deadline)
{
	/*
	 * pool.2: listen for r, if it is one task, nobody else listens, and the supervisor
	 * sleeps and has no more to do than that; until r is ready, or the deadline.
	 */
	mp_todo("pool.2");
}

void
mp__ear_ring(struct wall *wall)
{
	/* pool.2: by whoever knows something new: a worker, or who finishes the ear's result. */
	mp_todo("pool.2");
}
