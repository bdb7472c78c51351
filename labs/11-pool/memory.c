/* SPDX-License-Identifier: MIT */
/*
 * Memory that the workers see, too: pieces of the one mapping that all have had since they
 * began. A list of what is taken, in the order of the addresses; the first gap that is large
 * enough is given. What is given back is zeros again, and its pages are the machine's.
 *
 * Invariants: pieces begin at a page, so that giving one back touches no other; the list is the
 * owner's alone, in memory that no worker can write to. Handout: labs/11-pool/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "parts.h"

#include <mp/todo.h>

int
mp__memory_map(struct mp_pool *pool)
{
	/*
	 * pool.8: the wall, and behind it as much memory as the machine has; or half of that,
	 * and so on, if something limits us. Pages are there only once they are touched.
	 */
	mp_todo("pool.8");
}

void *
mp__memory_take(struct mp_pool *pool, size_t size)
{
	/* pool.8: the first gap. */
	mp_todo("pool.8");
}

void
mp__memory_give(struct mp_pool *pool, void *memory)
{
	/* pool.8: strike it out, and let the pages go. */
	mp_todo("pool.8");
}

bool
mp__memory_holds(struct mp_pool *pool, const void *memory, size_t size)
{
	/* pool.8: is all of it in the mapping? */
	mp_todo("pool.8");
}

int
mp_pool_alloc(struct mp_pool *pool, size_t size, void **memory)
{
	/* pool.8: a piece for the user; of size 0, too, one that can be given back. */
	mp_todo("pool.8");
}

void
mp_pool_dealloc(struct mp_pool *pool, void *memory)
{
	/* pool.8: what is not the user's is not there. */
	mp_todo("pool.8");
}
