/* SPDX-License-Identifier: MIT */
/*
 * Memory that a family of processes shares: pieces of memfds. Given: nothing to do here.
 *
 * A process cuts pieces only from arenas that it made itself: a child has its parent's, too,
 * and would cut the same piece again. A piece is never cut twice. An arena is unmapped when
 * all its pieces have been given back in this process, and its pages are freed when that is
 * so in all processes: the kernel counts.
 *
 * Handout: labs/06-lock/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <mp/internal.h>
#include <mp/io.h>

#define ARENA_SIZE (size_t)(128 << 10)
#define ALIGNED(n) (((n) + 63) & ~(size_t)63)

struct arena {
	struct arena *older;
	pid_t maker;
	int fd;
	unsigned char *memory;
	size_t size, used;
	unsigned pieces; /* that this process has and has not given back */
};

/* hold lock */
static struct arena *newest;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t prepared = PTHREAD_ONCE_INIT;

static void
enter(void)
{
	pthread_mutex_lock(&lock);
}

static void
leave(void)
{
	pthread_mutex_unlock(&lock);
}

/* fork waits until no other thread is inside: the child has one thread, and a free lock. */
static void
prepare(void)
{
	pthread_atfork(enter, leave, leave);
}

static void
destroy(struct arena *arena)
{
	struct arena **link = &newest;

	while (*link != arena)
		link = &(*link)->older;
	*link = arena->older;
	munmap(arena->memory, arena->size);
	mp_close(&arena->fd);
	free(arena);
}

static int
map(struct arena *arena)
{
	arena->fd = memfd_create("mp-arena", MFD_CLOEXEC);
	if (arena->fd < 0)
		return -errno;
	/* Not ftruncate: what has no page yet is a SIGBUS when memory has run out. */
	int error = posix_fallocate(arena->fd, 0, (off_t)arena->size);
	if (error)
		return -error;
	void *memory = mmap(NULL, arena->size, PROT_READ | PROT_WRITE, MAP_SHARED, arena->fd, 0);
	if (memory == MAP_FAILED)
		return -errno;
	arena->memory = memory;
	return 0;
}

/* One with room for size bytes; hold lock. */
static int
arena_with(size_t size, struct arena **out)
{
	for (struct arena *a = newest; a; a = a->older)
		if (a->maker == getpid() && a->size - a->used >= size) {
			*out = a;
			return 0;
		}
	struct arena *arena = malloc(sizeof(*arena));
	if (!arena)
		return -ENOMEM;
	*arena =
	    (struct arena){.older = newest, .maker = getpid(), .fd = -1, .size = ALIGNED(size)};
	if (arena->size < ARENA_SIZE)
		arena->size = ARENA_SIZE;
	int error = map(arena);
	if (error) {
		mp_close(&arena->fd);
		free(arena);
		return error;
	}
	newest = arena;
	*out = arena;
	return 0;
}

int
mp__shared_new(void **memory, size_t size)
{
	struct arena *arena;

	pthread_once(&prepared, prepare);
	enter();
	int error = arena_with(ALIGNED(size), &arena);
	if (!error) {
		*memory = arena->memory + arena->used;
		arena->used += ALIGNED(size);
		arena->pieces++;
	}
	leave();
	return error;
}

void
mp__shared_free(void *memory)
{
	const unsigned char *piece = memory;

	if (!memory)
		return;
	enter();
	for (struct arena *a = newest; a; a = a->older)
		if (piece >= a->memory && piece < a->memory + a->size) {
			if (--a->pieces == 0)
				destroy(a);
			break;
		}
	leave();
}
