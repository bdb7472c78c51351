/* SPDX-License-Identifier: MIT */
/*
 * A result: parts that come one by one in any order, and one moment at which all are there.
 *
 * The supervisor only keeps what comes, as it is: bytes (get.c makes the value).
 *
 * Invariants: left is the number of parts that have not come; at 0, and only then, the result is
 * ready, and nothing of it changes but value. Handout: labs/11-pool/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "parts.h"

#include <mp/todo.h>

int
mp__result_new(struct mp_result **out, struct mp_pool *pool, size_t items, size_t chunksize,
    const struct mp_callbacks *callbacks)
{
	/* pool.2: one reference, for the caller; a part for each chunk. */
	mp_todo("pool.2");
}

struct mp_result *
mp__result_ref(struct mp_result *r)
{
	/* pool.2: one more who needs it. */
	mp_todo("pool.2");
}

void
mp_result_free(struct mp_result *r)
{
	/* pool.2: the last one frees. */
	mp_todo("pool.2");
}

void
mp__result_finish(struct mp_result *r)
{
	/*
	 * pool.2: all parts are there. It is ready from now on; who waits is woken by the
	 * supervisor, without the lock, and so are the callbacks called. The ear knows at once.
	 */
	mp_todo("pool.2");
}

void
mp__result_deliver(struct mp_result *r, size_t part, int error, const void *data, size_t size)
{
	/* pool.2: one part has come, or has failed. The first failure is the result's. */
	mp_todo("pool.2");
}

void
mp__result_call(struct mp_result *r)
{
	/* pool.2: in the supervisor, without the lock: ring, and call one of the two. */
	mp_todo("pool.2");
}
