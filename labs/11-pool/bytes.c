/* SPDX-License-Identifier: MIT */
/*
 * Tasks over raw memory: an order says where the items are, and nothing else is sent.
 *
 * An array that the workers cannot see is copied into memory that they can, and copied back
 * part by part, as the parts are done. Handout: labs/11-pool/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "parts.h"

#include <mp/todo.h>

int
mp_pool_map_bytes_async(struct mp_pool *pool, mp_bytes_task *f, const void *in, size_t in_size,
    void *out, size_t out_size, size_t n, size_t chunksize, const struct mp_callbacks *callbacks,
    struct mp_result **result)
{
	/* pool.8: place the arrays, make a task of each chunk, submit. */
	mp_todo("pool.8");
}

int
mp_pool_map_bytes(struct mp_pool *pool, mp_bytes_task *f, const void *in, size_t in_size, void *out,
    size_t out_size, size_t n, size_t chunksize)
{
	/* pool.8: the same, and wait. */
	mp_todo("pool.8");
}
