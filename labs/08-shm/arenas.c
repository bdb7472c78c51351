/* SPDX-License-Identifier: MIT */
/*
 * The heap's file: made, mapped, locked; arenas added and dropped.
 *
 * An arena exists while its line in the table has a size. Memory is reserved before that
 * size is stored, and given back after it is cleared: who dies between leaves pages that
 * belong to no arena, and the next owner of the lock, who is told, gives those back.
 *
 * Handout: labs/08-shm/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mp/io.h>
#include <mp/todo.h>

#include "arenas.h"
#include "reserve.h"

int
mp_heap_new(struct mp_heap **out, size_t limit)
{
	/*
	 * shm.3: a memfd of one page, mapped as long as it may become; in the page a lock for
	 * processes, and no arena.
	 */
	mp_todo("shm.3");
}

int
mp_heap_open(struct mp_heap **out, int fd)
{
	/* shm.3: the same file, somewhere else. First look whether it is a heap at all. */
	mp_todo("shm.3");
}

struct mp_heap *
mp_heap_ref(struct mp_heap *heap)
{
	/* shm.3: one more owner in this process. */
	mp_todo("shm.3");
}

void
mp_heap_free(struct mp_heap *heap)
{
	/* shm.3: one owner fewer; the last one unmaps, and nothing else: others may go on. */
	mp_todo("shm.3");
}

int
mp_heap_fd(const struct mp_heap *heap)
{
	/* shm.3: the heap keeps it open. */
	mp_todo("shm.3");
}

void *
mp_heap_at(const struct mp_heap *heap, uint64_t offset)
{
	/* shm.3: here, and elsewhere in every other process. */
	mp_todo("shm.3");
}
