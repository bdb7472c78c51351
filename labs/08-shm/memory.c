/* SPDX-License-Identifier: MIT */
/*
 * SharedMemory: a file in /dev/shm, mapped.
 *
 * The descriptor is closed as soon as the file is mapped: the mapping keeps the memory. From
 * the moment the name exists the tracker knows it, whatever happens to us.
 *
 * Handout: labs/08-shm/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mp/io.h>
#include <mp/shm.h>
#include <mp/todo.h>
#include <mp/tracker.h>

#include "reserve.h"

struct mp_shared_memory {
	/* yours */
};

int
mp_shared_memory_create(struct mp_shared_memory **out, const char *name, int64_t size)
{
	/*
	 * shm.1: a name that did not exist (of random ones, one that did not), bytes that are
	 * there and not only promised, a map of them. What failed leaves no name behind.
	 * shm.2: and the tracker, which is there before the name is, knows it at once.
	 */
	mp_todo("shm.2");
}

int
mp_shared_memory_attach(struct mp_shared_memory **out, const char *name)
{
	/* shm.1: map what is there, as long as the kernel says it is. */
	mp_todo("shm.1");
}

struct mp_shared_memory *
mp_shared_memory_ref(struct mp_shared_memory *memory)
{
	/* shm.1: one more owner. */
	mp_todo("shm.1");
}

void
mp_shared_memory_free(struct mp_shared_memory *memory)
{
	/* shm.1: one owner fewer; the last one unmaps. The name is not touched. */
	mp_todo("shm.1");
}

const char *
mp_shared_memory_name(const struct mp_shared_memory *memory)
{
	/* shm.1: without the slash. */
	mp_todo("shm.1");
}

size_t
mp_shared_memory_size(const struct mp_shared_memory *memory)
{
	/* shm.1: the kernel's. */
	mp_todo("shm.1");
}

void *
mp_shared_memory_buf(const struct mp_shared_memory *memory)
{
	/* shm.1: the first byte, while it is mapped. */
	mp_todo("shm.1");
}

void
mp_shared_memory_close(struct mp_shared_memory *memory)
{
	/* shm.1: unmap, once. */
	mp_todo("shm.1");
}

int
mp_shared_memory_unlink(struct mp_shared_memory *memory)
{
	/*
	 * shm.1: take the name away.
	 * shm.2: and let the tracker forget it. If we only attached, our tracker may know the
	 * name (a relative of ours made it) or may never have heard of it: but to register
	 * twice is to register once, so after both lines it does not know it.
	 */
	mp_todo("shm.2");
}
