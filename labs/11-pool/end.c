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
#include <mp/todo.h>

#include "parts.h"

int
mp_pool_close(struct mp_pool *pool)
{
	/* pool.7: write it down, and wake the supervisor. */
	mp_todo("pool.7");
}

int
mp_pool_terminate(struct mp_pool *pool)
{
	/*
	 * pool.7: as close, and what is not done is given up. Wait until the workers are gone;
	 * not in a callback, and not for one that never returns.
	 */
	mp_todo("pool.7");
}

int
mp_pool_join(struct mp_pool *pool, double timeout)
{
	/* pool.7: until the supervisor is gone. */
	mp_todo("pool.7");
}

void
mp_pool_free(struct mp_pool *pool)
{
	/* pool.7: end it in good order, and give up the owner's reference. */
	mp_todo("pool.7");
}

const char *
mp_pool_why(struct mp_pool *pool)
{
	/* pool.6: written once, before the pool is broken. */
	mp_todo("pool.6");
}
