/* SPDX-License-Identifier: MIT */
/* What shared memory costs: a step of a locked counter, a segment with a name, a block. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mp.h>

#include "bench/bench.h"

BENCH("Value: add one, holding its lock", "libmp")
{
	struct mp_shared *value;

	NEED(mp_shared_value(&value, 'i', NULL));
	bench_start(b);
	for (long i = 0; i < b->count; i++) {
		NEED(mp_shared_acquire(value, MP_FOREVER));
		++*MP_SHARED(int, value);
		NEED(mp_shared_release(value));
	}
	bench_stop(b);
	mp_shared_free(value);
}

static void
count_with_mutex(struct bench *b, bool robust)
{
	struct {
		pthread_mutex_t lock;
		volatile int count;
	} *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_mutexattr_t attributes;

	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
	if (robust)
		pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(&page->lock, &attributes);
	bench_start(b);
	for (long i = 0; i < b->count; i++) {
		pthread_mutex_lock(&page->lock);
		page->count++;
		pthread_mutex_unlock(&page->lock);
	}
	bench_stop(b);
	munmap(page, 4096);
}

BENCH("Value: add one, holding its lock", "raw mutex")
{
	count_with_mutex(b, false);
}

BENCH("Value: add one, holding its lock", "raw robust mutex")
{
	count_with_mutex(b, true);
}

BENCH("SharedMemory: create, touch, unlink 4 KiB", "libmp")
{
	bench_start(b);
	for (long i = 0; i < b->count; i++) {
		struct mp_shared_memory *memory;
		NEED(mp_shared_memory_create(&memory, NULL, 4096));
		*(char *)mp_shared_memory_buf(memory) = 1;
		NEED(mp_shared_memory_unlink(memory));
		mp_shared_memory_free(memory);
	}
	bench_stop(b);
	NEED(mp_tracker_stop());
}

/* Nobody is told, so who is killed leaks: the floor, not the peer. */
BENCH("SharedMemory: create, touch, unlink 4 KiB", "raw shm_open, mmap")
{
	bench_start(b);
	for (long i = 0; i < b->count; i++) {
		int fd = shm_open("/mp-bench-shm", O_CREAT | O_EXCL | O_RDWR, 0600);
		NEED(fd);
		NEED(-posix_fallocate(fd, 0, 4096));
		char *bytes = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		close(fd);
		*bytes = 1;
		munmap(bytes, 4096);
		NEED(shm_unlink("/mp-bench-shm"));
	}
	bench_stop(b);
}

BENCH("heap: a block of 100 bytes, and back", "libmp")
{
	struct mp_heap *heap;
	uint64_t keep, offset;

	NEED(mp_heap_new(&heap, 1 << 20));
	NEED(mp_heap_alloc(heap, 100, &keep)); /* or the arena would come and go */
	bench_start(b);
	for (long i = 0; i < b->count; i++) {
		NEED(mp_heap_alloc(heap, 100, &offset));
		NEED(mp_heap_dealloc(heap, offset));
	}
	bench_stop(b);
	mp_heap_free(heap);
}

BENCH("heap: a block of 100 bytes, and back", "calloc, not shared")
{
	bench_start(b);
	for (long i = 0; i < b->count; i++) {
		void *volatile block = calloc(1, 100);
		free(block);
	}
	bench_stop(b);
}
