/* SPDX-License-Identifier: MIT */
/*
 * What shared memory costs: a step of a locked counter, an element, a segment with a name, a
 * block of the heap.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
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

struct guarded {
	pthread_mutex_t lock;
	volatile int count;
	int numbers[1000];
};

static struct guarded *
guarded(bool robust)
{
	struct guarded *page =
	    mmap(NULL, sizeof(*page), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_mutexattr_t attributes;

	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
	if (robust)
		pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(&page->lock, &attributes);
	pthread_mutexattr_destroy(&attributes);
	return page;
}

static void
count_with_mutex(struct bench *b, bool robust)
{
	struct guarded *page = guarded(robust);

	bench_start(b);
	for (long i = 0; i < b->count; i++) {
		pthread_mutex_lock(&page->lock);
		page->count++;
		pthread_mutex_unlock(&page->lock);
	}
	bench_stop(b);
	munmap(page, sizeof(*page));
}

BENCH("Value: add one, holding its lock", "raw mutex")
{
	count_with_mutex(b, false);
}

BENCH("Value: add one, holding its lock", "raw robust mutex")
{
	count_with_mutex(b, true);
}

/* One after the other, so that the next is always another one. */
static void
walk_array(struct bench *b, struct mp_lock *lock)
{
	struct mp_shared *array;
	int64_t number;

	NEED(mp_shared_array(&array, 'i', 1000, lock));
	bench_start(b);
	for (long i = 0; i < b->count; i++) {
		NEED(mp_shared_get_int(array, (size_t)(i % 1000), &number));
		NEED(mp_shared_set_int(array, (size_t)(i % 1000), number + 1));
	}
	bench_stop(b);
	mp_shared_free(array);
}

BENCH("Array: get one element and set it, unlocked", "libmp")
{
	walk_array(b, MP_UNLOCKED);
}

BENCH("Array: get one element and set it, unlocked", "raw pointer")
{
	volatile int *array =
	    mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	bench_start(b);
	for (long i = 0; i < b->count; i++)
		array[i % 1000] = array[i % 1000] + 1;
	bench_stop(b);
	munmap((void *)array, 4096);
}

BENCH("Array: get one element and set it, each locked", "libmp")
{
	walk_array(b, NULL);
}

BENCH("Array: copy 1,000 ints out, locked", "libmp")
{
	struct mp_shared *array;
	int copy[1000];

	NEED(mp_shared_array(&array, 'i', 1000, NULL));
	bench_start(b);
	for (long i = 0; i < b->count; i++)
		NEED(mp_shared_read(array, 0, 1000, copy));
	bench_stop(b);
	mp_shared_free(array);
}

BENCH("Array: copy 1,000 ints out, locked", "raw robust mutex, memcpy")
{
	struct guarded *page = guarded(true);
	int copy[1000];

	bench_start(b);
	for (long i = 0; i < b->count; i++) {
		pthread_mutex_lock(&page->lock);
		memcpy(copy, page->numbers, sizeof(copy));
		pthread_mutex_unlock(&page->lock);
		__asm__ volatile("" ::"r"(copy) : "memory");
	}
	bench_stop(b);
	munmap(page, sizeof(*page));
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

BENCH("SharedMemory: attach 1 MiB, close", "libmp")
{
	struct mp_shared_memory *memory, *again;

	NEED(mp_shared_memory_create(&memory, NULL, 1 << 20));
	bench_start(b);
	for (long i = 0; i < b->count; i++) {
		NEED(mp_shared_memory_attach(&again, mp_shared_memory_name(memory)));
		mp_shared_memory_free(again);
	}
	bench_stop(b);
	NEED(mp_shared_memory_unlink(memory));
	mp_shared_memory_free(memory);
	NEED(mp_tracker_stop());
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
