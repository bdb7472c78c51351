/* SPDX-License-Identifier: MIT */
/*
 * The heap's blocks: found, split, made one, given back.
 *
 * Under the lock nobody else moves; but who holds it may be killed, and then the next owner
 * begins with what is there. Hence the order of stores: prepare where nobody looks, then
 * store one size.
 *
 * Handout: labs/08-shm/README.md
 */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "arenas.h"

//{
int
mp__arena_lock(struct mp_heap *heap)
{
	int error = pthread_mutex_lock(&heap->page->lock);

	if (error == EOWNERDEAD) {
		mp__arena_sweep(heap);
		error = pthread_mutex_consistent(&heap->page->lock);
	}
	return -error;
}

void
mp__arena_unlock(struct mp_heap *heap)
{
	pthread_mutex_unlock(&heap->page->lock);
}

static uint64_t
end_of(const struct arena *arena)
{
	return arena->start + arena->size;
}

static bool
is_used(const struct mp_heap *heap, uint64_t start)
{
	return mp__tag_at(heap, start)->size & USED;
}

static uint64_t
size_of(const struct mp_heap *heap, uint64_t start)
{
	return mp__tag_at(heap, start)->size & ~USED;
}

/* A free block swallows the free blocks behind it, one store each. */
static int
swallow(const struct mp_heap *heap, const struct arena *arena, uint64_t start)
{
	uint64_t next;

	while ((next = start + size_of(heap, start)) < end_of(arena)) {
		if (!mp__arena_is_tag(heap, arena, next))
			return MP_DAMAGED;
		if (is_used(heap, next))
			return 0;
		mp__tag_at(heap, start)->size += size_of(heap, next);
	}
	return 0;
}

/* The first free block of `need` bytes in this arena: 1 and *start, 0 none, MP_DAMAGED. */
static int
find_in(const struct mp_heap *heap, struct arena *arena, uint64_t need, uint64_t *start)
{
	for (uint64_t at = arena->hint; at < end_of(arena); at += size_of(heap, at)) {
		if (!mp__arena_is_tag(heap, arena, at))
			return MP_DAMAGED;
		if (is_used(heap, at)) {
			if (at == arena->hint)
				arena->hint = at + size_of(heap, at);
			continue;
		}
		int error = swallow(heap, arena, at);
		if (error)
			return error;
		if (size_of(heap, at) >= need) {
			*start = at;
			return 1;
		}
	}
	return 0;
}

static int
find(struct mp_heap *heap, uint64_t need, uint64_t *start)
{
	int found = 0;

	for (struct arena *a = heap->page->arenas; a < heap->page->arenas + ARENAS && !found; a++)
		if (a->size)
			found = find_in(heap, a, need, start);
	return found;
}

/* Mark `need` bytes of a free block as used. The rest gets its tag first, inside of what is
 * still one free block: so there is no moment at which it is nobody's. */
static void
occupy(const struct mp_heap *heap, uint64_t start, uint64_t need)
{
	uint64_t size = size_of(heap, start);

	assert(!is_used(heap, start) && size >= need);
	if (size > need)
		mp__arena_tag(heap, start + need, size - need);
	mp__tag_at(heap, start)->size = need | USED;
}

static struct arena *
arena_around(struct mp_heap *heap, uint64_t at)
{
	for (struct arena *a = heap->page->arenas; a < heap->page->arenas + ARENAS; a++)
		if (a->size && at >= a->start && at < end_of(a))
			return a;
	return NULL;
}

static int
vacate(struct mp_heap *heap, uint64_t start)
{
	struct arena *arena = arena_around(heap, start);

	if (!arena || start % UNIT || !mp__arena_is_tag(heap, arena, start) ||
	    !is_used(heap, start))
		return MP_INVALID;
	/* Before it is free: the hint may be too low, never too high. */
	if (start < arena->hint)
		arena->hint = start;
	mp__tag_at(heap, start)->size &= ~USED;
	/* Is it all free? Then the first block can swallow everything. */
	start = arena->start;
	int error = is_used(heap, start) ? 0 : swallow(heap, arena, start);
	if (!error && !is_used(heap, start) && size_of(heap, start) == arena->size)
		mp__arena_drop(heap, arena);
	return error;
}
//}

int
mp_heap_alloc(struct mp_heap *heap, size_t size, uint64_t *offset)
{
	/*
	 * shm.3: the first free block that is large enough, after neighbours have become one;
	 * what is left of it is a block again. None: another arena, and look again. Zero it.
	 * shm.4: nothing is half done, wherever this process may be killed.
	 */
	//{
	if (size > heap->limit)
		return -ENOMEM;
	uint64_t start, need = UNIT + (size + UNIT - 1) / UNIT * UNIT;
	int found = mp__arena_lock(heap);

	if (found)
		return found;
	found = find(heap, need, &start);
	if (found == 0) {
		found = mp__arena_grow(heap, need);
		if (!found)
			found = find(heap, need, &start);
	}
	if (found == 1)
		occupy(heap, start, need);
	mp__arena_unlock(heap);
	if (found != 1)
		return found;
	/* It is ours: nobody needs to wait while we write. */
	memset(mp_heap_at(heap, start + UNIT), 0, need - UNIT);
	*offset = start + UNIT;
	return 0;
	//}
}

int
mp_heap_dealloc(struct mp_heap *heap, uint64_t offset)
{
	/*
	 * shm.3: mark it as free; if nothing of the arena is used any more, the arena goes.
	 * shm.4: nothing is half done, wherever this process may be killed.
	 */
	//{
	int error = mp__arena_lock(heap);

	if (error)
		return error;
	error = vacate(heap, offset - UNIT);
	mp__arena_unlock(heap);
	return error;
	//}
}

//{
static int
walk_arena(const struct mp_heap *heap, const struct arena *arena,
    int (*visit)(const struct mp_heap_block *block, void *arg), void *arg)
{
	int result = 0;

	for (uint64_t at = arena->start; at < end_of(arena) && !result; at += size_of(heap, at)) {
		if (!mp__arena_is_tag(heap, arena, at))
			return MP_DAMAGED;
		struct mp_heap_block block = {
		    .arena = arena->start,
		    .arena_size = arena->size,
		    .start = at,
		    .size = size_of(heap, at),
		    .offset = is_used(heap, at) ? at + UNIT : 0,
		    .used = is_used(heap, at),
		};
		result = visit(&block, arg);
	}
	return result;
}
//}

int
mp_heap_walk(
    struct mp_heap *heap, int (*visit)(const struct mp_heap_block *block, void *arg), void *arg)
{
	/* shm.3: under the lock, from the lowest arena to the highest. */
	//{
	uint64_t from = 0;
	struct arena *arena;
	int result = mp__arena_lock(heap);

	if (result)
		return result;
	for (; !result && (arena = mp__arena_next(heap, from)); from = end_of(arena))
		result = walk_arena(heap, arena, visit, arg);
	mp__arena_unlock(heap);
	return result;
	//}
}
