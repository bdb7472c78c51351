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
#include <mp/tracker.h>

#include "reserve.h"

struct mp_shared_memory {
	//{
	/* set when made, then read-only */
	char *path; /* the name, with a slash in front */
	size_t size;
	bool is_made; /* by us, or by who forked us: our tracker knows the name */

	void *buf; /* NULL: closed */
	atomic_int references;
	//}
};

//{
#define KIND "shared_memory" /* as Python's tracker calls it */

static void
destroy(struct mp_shared_memory *memory)
{
	mp_shared_memory_close(memory);
	free(memory->path);
	free(memory);
}

static struct mp_shared_memory *
made(const char *name)
{
	struct mp_shared_memory *memory = calloc(1, sizeof(*memory));
	char random[] = "psm_01234567";
	uint32_t number;

	if (!memory)
		return NULL;
	if (!name && getrandom(&number, sizeof(number), 0) == sizeof(number))
		snprintf(random, sizeof(random), "psm_%08x", number);
	atomic_init(&memory->references, 1);
	if (asprintf(&memory->path, "/%s", name ? name : random) >= 0)
		return memory;
	free(memory);
	return NULL;
}

/* Map what fd is open on, all of it. */
static int
map(struct mp_shared_memory *memory, int fd)
{
	struct stat stat;

	if (fstat(fd, &stat))
		return -errno;
	if (stat.st_size == 0)
		return -ENODATA;
	memory->size = (size_t)stat.st_size;
	void *buf = mmap(NULL, memory->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (buf == MAP_FAILED)
		return -errno;
	memory->buf = buf;
	return 0;
}

/* The name exists, and is ours: tell the tracker before anything else, then fill it. */
static int
furnish(struct mp_shared_memory *memory, int fd, int64_t size)
{
	int error = mp_tracker_register(memory->path, KIND);

	memory->is_made = true;
	if (!error) {
		error = mp__reserve(fd, 0, size);
		if (!error)
			error = map(memory, fd);
		if (!error)
			return 0;
		(void)!mp_tracker_unregister(memory->path, KIND);
	}
	shm_unlink(memory->path);
	return error;
}
//}

int
mp_shared_memory_create(struct mp_shared_memory **out, const char *name, int64_t size)
{
	/*
	 * shm.1: a name that did not exist (of random ones, one that did not), bytes that are
	 * there and not only promised, a map of them. What failed leaves no name behind.
	 * shm.2: and the tracker, which is there before the name is, knows it at once.
	 */
	//{
	if (size <= 0)
		return MP_INVALID;
	/* Now, and not between the name's birth and its entry: that moment shall be short. */
	int error = mp_tracker_fd();
	if (error < 0)
		return error;
	struct mp_shared_memory *memory = made(name);
	if (!memory)
		return -ENOMEM;
	int fd = shm_open(memory->path, O_CREAT | O_EXCL | O_RDWR, 0600);
	error = fd < 0 ? -errno : furnish(memory, fd, size);
	mp_close(&fd);
	if (!error) {
		*out = memory;
		return 0;
	}
	destroy(memory);
	return error == -EEXIST && !name ? mp_shared_memory_create(out, name, size) : error;
	//}
}

int
mp_shared_memory_attach(struct mp_shared_memory **out, const char *name)
{
	/* shm.1: map what is there, as long as the kernel says it is. */
	//{
	struct mp_shared_memory *memory = made(name);

	if (!memory)
		return -ENOMEM;
	int fd = shm_open(memory->path, O_RDWR, 0);
	int error = fd < 0 ? -errno : map(memory, fd);
	mp_close(&fd);
	if (error) {
		destroy(memory);
		return error;
	}
	*out = memory;
	return 0;
	//}
}

struct mp_shared_memory *
mp_shared_memory_ref(struct mp_shared_memory *memory)
{
	/* shm.1: one more owner. */
	//{
	atomic_fetch_add(&memory->references, 1);
	return memory;
	//}
}

void
mp_shared_memory_free(struct mp_shared_memory *memory)
{
	/* shm.1: one owner fewer; the last one unmaps. The name is not touched. */
	//{
	if (memory && atomic_fetch_sub(&memory->references, 1) == 1)
		destroy(memory);
	//}
}

const char *
mp_shared_memory_name(const struct mp_shared_memory *memory)
{
	/* shm.1: without the slash. */
	//{
	return memory->path + 1;
	//}
}

size_t
mp_shared_memory_size(const struct mp_shared_memory *memory)
{
	/* shm.1: the kernel's. */
	//{
	return memory->size;
	//}
}

void *
mp_shared_memory_buf(const struct mp_shared_memory *memory)
{
	/* shm.1: the first byte, while it is mapped. */
	//{
	return memory->buf;
	//}
}

void
mp_shared_memory_close(struct mp_shared_memory *memory)
{
	/* shm.1: unmap, once. */
	//{
	if (memory->buf)
		munmap(memory->buf, memory->size);
	memory->buf = NULL;
	//}
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
	//{
	if (shm_unlink(memory->path))
		return -errno;
	int error = memory->is_made ? 0 : mp_tracker_register(memory->path, KIND);
	return error ? error : mp_tracker_unregister(memory->path, KIND);
	//}
}
