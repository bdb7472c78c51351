/* SPDX-License-Identifier: MIT */
#ifndef SHM_ARENAS_H
#define SHM_ARENAS_H
/*
 * The heap's file, for the files of this stage only.
 *
 * Page 0 holds the lock and the table of arenas; arenas lie behind it, blocks tile arenas.
 * A block begins with a tag, which says how long it is and whether it is used. There is no
 * list of free blocks and no count of used ones: what is not stored cannot be wrong.
 *
 * Invariants: every change is made by ONE store, of a size; whatever else it needs is
 * written before, where nobody looks yet. So the file is a sound heap between any two
 * instructions, and who dies with the lock leaves a sound heap.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include <mp/heap.h>

//{
enum { UNIT = 16, PAGE = 4096, ARENAS = 32, SMALLEST_ARENA = 16 * PAGE };
#define USED UINT64_C(1)

struct tag {
	_Atomic uint64_t size; /* of the block with its tag; lowest bit: used */
	uint64_t mark;	       /* says that a block begins here */
};

struct arena {
	_Atomic uint64_t size; /* 0: there is none in this line of the table */
	uint64_t start;
	_Atomic uint64_t hint; /* a block: before it none is free */
};

struct page {
	/* set before anybody else can see it, then read-only */
	uint64_t magic, limit;

	pthread_mutex_t lock; /* robust: the next owner is told when one has died */

	/* hold lock */
	struct arena arenas[ARENAS];
};
_Static_assert(sizeof(struct page) <= PAGE, "the table fits into the first page");
_Static_assert(sizeof(struct tag) == UNIT, "a block's bytes begin at a multiple of the unit");
//}

struct mp_heap {
	//{
	/* this process only */
	struct page *page; /* where the file is mapped */
	size_t limit;
	int fd;
	atomic_int references;
	//}
};

//{
static inline struct tag *
mp__tag_at(const struct mp_heap *heap, uint64_t start)
{
	return (struct tag *)((char *)heap->page + start);
}

/* Write a free block's tag, where no block is seen yet. */
void mp__arena_tag(const struct mp_heap *heap, uint64_t start, uint64_t size);

/* Is there a tag that can be true? Not if somebody wrote past the end of the block before. */
bool mp__arena_is_tag(const struct mp_heap *heap, const struct arena *arena, uint64_t start);

/* The arena with the lowest start that is not below `from`; NULL: none. */
struct arena *mp__arena_next(struct mp_heap *heap, uint64_t from);

/* Add an arena with room for a block of `need` bytes: 0, or -errno. */
int mp__arena_grow(struct mp_heap *heap, uint64_t need);

/* Take an arena out, and give its memory back to the machine. */
void mp__arena_drop(struct mp_heap *heap, struct arena *arena);

/* Give back the pages that belong to no arena. */
void mp__arena_sweep(struct mp_heap *heap);

/* Lock the heap. If its last owner has died in it, the heap is sound all the same: but pages
 * that belong to no arena may be left, and go now. 0, or -errno. */
int mp__arena_lock(struct mp_heap *heap);
void mp__arena_unlock(struct mp_heap *heap);
//}

#endif
