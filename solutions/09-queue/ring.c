/* SPDX-License-Identifier: MIT */
/*
 * The ring's bytes: made, mapped, locked; records written and read, across its end.
 *
 * Everything that a reader trusts is made visible by the store to tail, everything that a
 * writer may use again by the store to head. ring.h has the invariants.
 *
 * Handout: labs/09-queue/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <mp/futex.h>
#include <mp/io.h>

#include "ring.h"

//{
static uint32_t
place(uint64_t end)
{
	return (uint32_t)end;
}

static uint32_t
number(uint64_t end)
{
	return (uint32_t)(end >> 32);
}

static uint64_t
moved(uint64_t end, size_t bytes, unsigned messages)
{
	return (uint64_t)(number(end) + messages) << 32 | (uint32_t)(place(end) + bytes);
}

static void
copy_in(struct mp__pages *pages, uint32_t at, const void *data, size_t size)
{
	size_t start = at % RING_ROOM;
	size_t first = size < RING_ROOM - start ? size : RING_ROOM - start;

	memcpy(pages->bytes + start, data, first);
	if (first < size)
		memcpy(pages->bytes, (const char *)data + first, size - first);
}

static void
copy_out(const struct mp__pages *pages, uint32_t at, void *data, size_t size)
{
	size_t start = at % RING_ROOM;
	size_t first = size < RING_ROOM - start ? size : RING_ROOM - start;

	memcpy(data, pages->bytes + start, first);
	if (first < size)
		memcpy((char *)data + first, pages->bytes, size - first);
}

int
mp__ring_map(struct mp__ring *ring, int fd)
{
	void *pages =
	    mmap(NULL, sizeof(struct mp__pages), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (pages == MAP_FAILED) {
		int error = -errno;
		mp_close(&fd);
		return error;
	}
	*ring = (struct mp__ring){.pages = pages, .fd = fd};
	return 0;
}

static void
init_lock(pthread_mutex_t *lock)
{
	pthread_mutexattr_t attributes;

	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(lock, &attributes);
	pthread_mutexattr_destroy(&attributes);
}

int
mp__ring_new(struct mp__ring *ring, size_t capacity)
{
	int fd = memfd_create("mp-queue", MFD_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (ftruncate(fd, sizeof(struct mp__pages))) {
		int error = -errno;
		mp_close(&fd);
		return error;
	}
	int error = mp__ring_map(ring, fd);
	if (!error) {
		init_lock(&ring->pages->lock);
		ring->pages->capacity = capacity;
		mp__ring_note(ring->pages);
	}
	return error;
}

void
mp__ring_release(struct mp__ring *ring)
{
	munmap(ring->pages, sizeof(*ring->pages));
	mp_close(&ring->fd);
}

/* If its owner has died, the lock is ours all the same, and the ring is sound. */
void
mp__ring_hold(struct mp__ring *ring)
{
	if (pthread_mutex_lock(&ring->pages->lock) == EOWNERDEAD)
		pthread_mutex_consistent(&ring->pages->lock);
}

void
mp__ring_let_go(struct mp__ring *ring)
{
	pthread_mutex_unlock(&ring->pages->lock);
}

/*
 * asleep is taken back last: who dies before that leaves a wake too many, not one too few.
 * All are woken: one alone might die before it has looked, and the others would sleep on.
 */
void
mp__ring_wake(struct mp__bell *bell)
{
	if (!atomic_load(&bell->asleep))
		return;
	atomic_fetch_add(&bell->rung, 1);
	mp_futex_wake(&bell->rung, INT_MAX);
	atomic_store(&bell->asleep, 0);
}

uint32_t
mp__ring_await(struct mp__bell *bell)
{
	atomic_store(&bell->asleep, 1);
	return atomic_load(&bell->rung);
}

int
mp__ring_sleep(struct mp__bell *bell, uint32_t rung, int64_t deadline, int64_t *nap)
{
	if (nap)
		return mp__watch(&bell->rung, rung, deadline, nap);
	return mp_futex_wait(&bell->rung, rung, deadline) == MP_TIMEOUT ? MP_TIMEOUT : 0;
}

size_t
mp__ring_need(size_t size)
{
	return sizeof(struct mp__record) + (size + RING_STEP - 1) / RING_STEP * RING_STEP;
}

size_t
mp__ring_free(const struct mp__ring *ring)
{
	struct mp__pages *pages = ring->pages;

	return RING_ROOM - (uint32_t)(place(pages->tail) - place(pages->head));
}

bool
mp__ring_empty(const struct mp__ring *ring)
{
	return place(ring->pages->tail) == place(ring->pages->head);
}

void
mp__ring_write(struct mp__ring *ring, struct mp__record record, const void *data, unsigned messages)
{
	struct mp__pages *pages = ring->pages;
	uint64_t tail = pages->tail;

	copy_in(pages, place(tail), &record, sizeof(record));
	copy_in(pages, place(tail) + (uint32_t)sizeof(record), data, record.size);
	mp__ring_wake(&pages->more);
	atomic_store_explicit(
	    &pages->tail, moved(tail, mp__ring_need(record.size), messages), memory_order_release);
}

struct mp__record
mp__ring_peek(const struct mp__ring *ring)
{
	struct mp__record record;

	copy_out(ring->pages, place(ring->pages->head), &record, sizeof(record));
	return record;
}

void
mp__ring_read(const struct mp__ring *ring, void *data, size_t size)
{
	uint32_t at = place(ring->pages->head) + (uint32_t)sizeof(struct mp__record);

	copy_out(ring->pages, at, data, size);
}

/* A message has gone with its first piece: it is being received. */
void
mp__ring_pass(struct mp__ring *ring, const struct mp__record *record)
{
	struct mp__pages *pages = ring->pages;

	mp__ring_wake(&pages->room);
	atomic_store_explicit(&pages->head,
	    moved(pages->head, mp__ring_need(record->size), record->kind != NEXT),
	    memory_order_release);
}

size_t
mp__ring_count(const struct mp__ring *ring)
{
	uint64_t head, tail;

	do {
		head = ring->pages->head;
		tail = ring->pages->tail;
	} while (head != ring->pages->head);
	return number(tail) - number(head);
}
//}
