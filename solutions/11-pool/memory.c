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

//{
static size_t
whole_pages(size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return (size + page - 1) / page * page;
}

/* How long a file may be that this process writes: to go beyond is a signal. */
static size_t
file_limit(void)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_FSIZE, &limit) || limit.rlim_cur > SIZE_MAX / 2
		   ? SIZE_MAX / 2
		   : (size_t)limit.rlim_cur;
}

/* Memory that workers see: forked, they have the mapping; to others a file is handed over. */
static int
map_shared(struct mp_pool *pool, size_t size)
{
	int flags = MAP_SHARED | MAP_NORESERVE | (pool->by_name ? 0 : MAP_ANONYMOUS);

	if (pool->by_name && pool->memory_fd < 0)
		pool->memory_fd = memfd_create("mp-pool", MFD_CLOEXEC);
	if (pool->by_name && (size > file_limit() || ftruncate(pool->memory_fd, (off_t)size)))
		return -ENOMEM;
	void *map = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, pool->memory_fd, 0);
	if (map == MAP_FAILED)
		return -errno;
	pool->wall = map;
	pool->memory = (char *)map + pool->wall_size;
	return 0;
}
//}

int
mp__memory_map(struct mp_pool *pool)
{
	/*
	 * pool.8: the wall, and behind it as much memory as the machine has; or half of that,
	 * and so on, if something limits us. Pages are there only once they are touched.
	 */
	//{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t wall = sizeof(struct wall) + (size_t)pool->processes * sizeof(struct desk);
	size_t pages = (size_t)sysconf(_SC_PHYS_PAGES);
	int error;

	pool->wall_size = (wall + page - 1) / page * page;
	do {
		pool->memory_size = pages * page;
		error = map_shared(pool, pool->wall_size + pool->memory_size);
	} while (error && (pages /= 2));
	return error;
	//}
}

void *
mp__memory_take(struct mp_pool *pool, size_t size)
{
	/* pool.8: the first gap. */
	//{
	struct block **next = &pool->blocks;
	size_t at = 0;

	if (size == 0 || size > pool->memory_size)
		return NULL;
	size = whole_pages(size);
	for (; *next && (*next)->offset - at < size; next = &(*next)->next)
		at = (*next)->offset + (*next)->size;
	struct block *block = pool->memory_size - at >= size ? malloc(sizeof(*block)) : NULL;
	if (!block)
		return NULL;
	*block = (struct block){*next, at, size};
	*next = block;
	return pool->memory + at;
	//}
}

void
mp__memory_give(struct mp_pool *pool, void *memory)
{
	/* pool.8: strike it out, and let the pages go. */
	//{
	if (!memory)
		return;
	size_t offset = (size_t)((char *)memory - pool->memory);
	for (struct block **next = &pool->blocks; *next; next = &(*next)->next) {
		struct block *block = *next;
		if (block->offset != offset)
			continue;
		madvise(memory, block->size, MADV_REMOVE);
		*next = block->next;
		free(block);
		return;
	}
	//}
}

bool
mp__memory_holds(struct mp_pool *pool, const void *memory, size_t size)
{
	/* pool.8: is all of it in the mapping? */
	//{
	size_t offset = (size_t)((const char *)memory - pool->memory);

	return (const char *)memory >= pool->memory && offset < pool->memory_size &&
	       size <= pool->memory_size - offset;
	//}
}

int
mp_pool_alloc(struct mp_pool *pool, size_t size, void **memory)
{
	/* pool.8: a piece for the user; of size 0, too, one that can be given back. */
	//{
	if (pool->owner != getpid())
		return MP_NOT_PARENT;
	pthread_mutex_lock(&pool->lock);
	void *piece = mp__memory_take(pool, size ? size : 1);
	pthread_mutex_unlock(&pool->lock);
	if (!piece)
		return -ENOMEM;
	*memory = piece;
	return 0;
	//}
}

void
mp_pool_dealloc(struct mp_pool *pool, void *memory)
{
	/* pool.8: what is not the user's is not there. */
	//{
	if (pool->owner != getpid())
		return;
	pthread_mutex_lock(&pool->lock);
	mp__memory_give(pool, memory);
	pthread_mutex_unlock(&pool->lock);
	//}
}
