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

#include "arenas.h"
#include "reserve.h"

//{
#define MAGIC UINT64_C(0x7061656820706d31) /* "1mp heap" */

static uint64_t
round_up(uint64_t size, uint64_t unit)
{
	return (size + unit - 1) / unit * unit;
}

/* The first process to see the page: nobody else can, yet. */
static int
furnish(struct page *page, size_t limit)
{
	pthread_mutexattr_t attributes;
	int error = pthread_mutexattr_init(&attributes);

	if (error)
		return -error;
	pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
	error = pthread_mutex_init(&page->lock, &attributes);
	pthread_mutexattr_destroy(&attributes);
	page->limit = limit;
	page->magic = MAGIC;
	return -error;
}

/* fd is taken over, even in case of errors. */
static int
map(struct mp_heap **out, int fd, size_t limit)
{
	struct mp_heap *heap = calloc(1, sizeof(*heap));
	int error = heap ? 0 : -ENOMEM;
	/* All that it may become is mapped now; behind the end of the file nobody looks. */
	void *page =
	    error ? MAP_FAILED
		  : mmap(NULL, limit, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd, 0);

	if (page == MAP_FAILED) {
		error = error ? error : -errno;
		free(heap);
		mp_close(&fd);
		return error;
	}
	*heap = (struct mp_heap){.page = page, .limit = limit, .fd = fd, .references = 1};
	*out = heap;
	return 0;
}

static void
punch(const struct mp_heap *heap, uint64_t start, uint64_t end)
{
	if (start < end)
		(void)!fallocate(heap->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)start,
		    (off_t)(end - start));
}

/* The lowest place behind the first page where no arena is; 0: none so large. */
static uint64_t
place(struct mp_heap *heap, uint64_t size)
{
	uint64_t start = PAGE;
	struct arena *arena;

	for (; (arena = mp__arena_next(heap, start)); start = arena->start + arena->size)
		if (arena->start - start >= size)
			return start;
	return heap->limit - start >= size ? start : 0;
}

static struct arena *
free_line(struct mp_heap *heap, unsigned *used)
{
	struct arena *line = NULL;

	*used = 0;
	for (struct arena *a = heap->page->arenas; a < heap->page->arenas + ARENAS; a++) {
		if (a->size)
			++*used;
		else if (!line)
			line = a;
	}
	return line;
}

static int
add(struct mp_heap *heap, struct arena *line, uint64_t size)
{
	uint64_t start = place(heap, size);
	int error = start ? mp__reserve(heap->fd, start, size) : -ENOMEM;

	if (error)
		return error;
	mp__arena_tag(heap, start, size);
	line->start = start;
	line->hint = start;
	line->size = size; /* now it exists */
	return 0;
}
//}

int
mp_heap_new(struct mp_heap **out, size_t limit)
{
	/*
	 * shm.3: a memfd of one page, mapped as long as it may become; in the page a lock for
	 * processes, and no arena.
	 */
	//{
	limit = limit / PAGE * PAGE;
	if (limit < PAGE + SMALLEST_ARENA)
		return MP_INVALID;
	int fd = memfd_create("mp-heap", MFD_CLOEXEC);
	int error = fd < 0 ? -errno : mp__reserve(fd, 0, PAGE);
	if (error) {
		mp_close(&fd);
		return error;
	}
	struct mp_heap *heap;
	error = map(&heap, fd, limit);
	if (error)
		return error;
	error = furnish(heap->page, limit);
	if (error) {
		mp_heap_free(heap);
		return error;
	}
	*out = heap;
	return 0;
	//}
}

int
mp_heap_open(struct mp_heap **out, int fd)
{
	/* shm.3: the same file, somewhere else. First look whether it is a heap at all. */
	//{
	struct page *page = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
	struct stat stat;
	int error = page == MAP_FAILED || fstat(fd, &stat) ? -errno : 0;
	size_t limit = 0;

	if (!error && (stat.st_size < PAGE || page->magic != MAGIC))
		error = MP_DAMAGED;
	else if (!error)
		limit = page->limit;
	if (page != MAP_FAILED)
		munmap(page, PAGE);
	if (!error)
		return map(out, fd, limit);
	mp_close(&fd);
	return error;
	//}
}

struct mp_heap *
mp_heap_ref(struct mp_heap *heap)
{
	/* shm.3: one more owner in this process. */
	//{
	atomic_fetch_add(&heap->references, 1);
	return heap;
	//}
}

void
mp_heap_free(struct mp_heap *heap)
{
	/* shm.3: one owner fewer; the last one unmaps, and nothing else: others may go on. */
	//{
	if (!heap || atomic_fetch_sub(&heap->references, 1) != 1)
		return;
	munmap(heap->page, heap->limit);
	mp_close(&heap->fd);
	free(heap);
	//}
}

int
mp_heap_fd(const struct mp_heap *heap)
{
	/* shm.3: the heap keeps it open. */
	//{
	return heap->fd;
	//}
}

void *
mp_heap_at(const struct mp_heap *heap, uint64_t offset)
{
	/* shm.3: here, and elsewhere in every other process. */
	//{
	return (char *)heap->page + offset;
	//}
}

//{
void
mp__arena_tag(const struct mp_heap *heap, uint64_t start, uint64_t size)
{
	struct tag *tag = mp__tag_at(heap, start);

	tag->mark = start ^ MAGIC;
	tag->size = size;
}

bool
mp__arena_is_tag(const struct mp_heap *heap, const struct arena *arena, uint64_t start)
{
	const struct tag *tag = mp__tag_at(heap, start);
	uint64_t size = tag->size & ~USED, room = arena->start + arena->size - start;

	return tag->mark == (start ^ MAGIC) && size >= UNIT && size <= room && size % UNIT == 0;
}

struct arena *
mp__arena_next(struct mp_heap *heap, uint64_t from)
{
	struct arena *next = NULL;

	for (struct arena *a = heap->page->arenas; a < heap->page->arenas + ARENAS; a++)
		if (a->size && a->start >= from && (!next || a->start < next->start))
			next = a;
	return next;
}

int
mp__arena_grow(struct mp_heap *heap, uint64_t need)
{
	unsigned used;
	struct arena *line = free_line(heap, &used);
	uint64_t least = round_up(need, PAGE), size = (uint64_t)SMALLEST_ARENA << used;

	if (!line)
		return -ENOMEM;
	int error = add(heap, line, size > least ? size : least);
	return error && size > least ? add(heap, line, least) : error;
}

void
mp__arena_sweep(struct mp_heap *heap)
{
	uint64_t start = PAGE;
	struct arena *arena;

	for (; (arena = mp__arena_next(heap, start)); start = arena->start + arena->size)
		punch(heap, start, arena->start);
	punch(heap, start, heap->limit);
}

void
mp__arena_drop(struct mp_heap *heap, struct arena *arena)
{
	uint64_t start = arena->start, end = start + arena->size;

	arena->size = 0; /* now it does not exist: only then may its pages go */
	punch(heap, start, end);
}
//}
