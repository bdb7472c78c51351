/* SPDX-License-Identifier: MIT */
/*
 * The calls: apply, map, starmap, each made into a result and its tasks.
 *
 * Everything is encoded here, in the caller's thread, before the pool hears of it: so what
 * cannot be encoded fails where it was asked for, and the arguments are the caller's again.
 *
 * Handout: labs/11-pool/README.md
 */
#define _GNU_SOURCE
#include <errno.h>

#include "parts.h"

#include <mp/todo.h>

int
mp_pool_apply(struct mp_pool *pool, mp_task *f, struct mp_value *args, struct mp_value **value)
{
	/* pool.1: as apply_async, and wait. */
	mp_todo("pool.1");
}

int
mp_pool_apply_async(struct mp_pool *pool, mp_task *f, struct mp_value *args,
    const struct mp_callbacks *callbacks, struct mp_result **out)
{
	/* pool.2: starmap of one tuple; the value is its only result. */
	mp_todo("pool.2");
}

int
mp_pool_map(struct mp_pool *pool, mp_task *f, struct mp_value *items, size_t chunksize,
    struct mp_value **value)
{
	/* pool.3: as map_async, and wait. */
	mp_todo("pool.3");
}

int
mp_pool_map_async(struct mp_pool *pool, mp_task *f, struct mp_value *items, size_t chunksize,
    const struct mp_callbacks *callbacks, struct mp_result **out)
{
	/* pool.3: each item is made a tuple, in the worker. */
	mp_todo("pool.3");
}

int
mp_pool_starmap(struct mp_pool *pool, mp_task *f, struct mp_value *items, size_t chunksize,
    struct mp_value **value)
{
	/* pool.3: as starmap_async, and wait. */
	mp_todo("pool.3");
}

int
mp_pool_starmap_async(struct mp_pool *pool, mp_task *f, struct mp_value *items, size_t chunksize,
    const struct mp_callbacks *callbacks, struct mp_result **out)
{
	/* pool.3: each item is a tuple already. */
	mp_todo("pool.3");
}
