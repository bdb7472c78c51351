/* SPDX-License-Identifier: MIT */
#ifndef MP_HEAP_H
#define MP_HEAP_H
/*
 * malloc for memory that processes share: Python's multiprocessing.heap.
 *
 * A heap is one anonymous file in memory (memfd), mapped by every process that has it: by
 * fork, or by its descriptor. Large pieces of the file, the arenas, are cut into blocks. A
 * block is named by its offset in the file, because its address is another in each process.
 * Any process may allocate, and any may give back what another allocated.
 *
 * Invariants: the blocks tile the arenas: each begins where the one before it ends. An
 * arena without a used block does not exist. All of this holds between any two machine
 * instructions, so a process may be killed inside of any of these calls, and the others go
 * on; what it had allocated stays allocated.
 *
 * Example:
 *	#include <mp/heap.h>
 *	#include <string.h>
 *	int
 *	main(void)
 *	{
 *		struct mp_heap *heap;
 *		uint64_t word;
 *		if (mp_heap_new(&heap, 1 << 20) || mp_heap_alloc(heap, 6, &word))
 *			return 1;
 *		strcpy(mp_heap_at(heap, word), "hello"); // seen by every child from now on
 *		return mp_heap_dealloc(heap, word);
 *	}
 */
#include <mp/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mp_heap;
struct mp_class;

/* To put a heap into the arguments of a process: mp_object(&mp_heap_class, heap). It is mapped
 * there, by its descriptor; in any other message MP_NOT_SPAWNING. Tasks shm.7 */
extern const struct mp_class mp_heap_class;

/*
 * Make an empty heap.
 *
 * limit   the file's greatest size. So much address space is taken now, and no memory but
 *         one page; memory comes and goes with the arenas
 * Owns    the caller owns *out: mp_heap_free
 * Returns 0, or MP_INVALID limit is too small for a page and an arena, -ENOMEM, -errno
 * Tasks   shm.3
 */
int mp_heap_new(struct mp_heap **out, size_t limit) MP_MUST_CHECK;

/*
 * Map the heap behind a descriptor that came from another process.
 *
 * Owns    fd is taken over, even in case of errors
 * Returns 0, or MP_DAMAGED it is not a heap, -errno
 * Tasks   shm.3
 */
int mp_heap_open(struct mp_heap **out, int fd) MP_MUST_CHECK;

/* Take one more reference, to be given back by mp_heap_free. Tasks shm.3 */
struct mp_heap *mp_heap_ref(struct mp_heap *heap);

/* Give back one reference; the last one unmaps. The memory goes when every process has let
 * go of it, or is dead. NULL is fine. Tasks shm.3 */
void mp_heap_free(struct mp_heap *heap);

/* The descriptor of the file; the heap owns it. Tasks shm.3 */
int mp_heap_fd(const struct mp_heap *heap);

/* Where a block is in this process; valid until mp_heap_free. Tasks shm.3 */
void *mp_heap_at(const struct mp_heap *heap, uint64_t offset);

/*
 * Allocate a block of size bytes, all zero, also when the memory was used before.
 *
 * The first place that fits is taken; neighbours that are free become one; where nothing
 * fits, the heap gets another arena. Offsets are multiples of 16, and never 0.
 *
 * Blocks  while another process is in the heap
 * Returns 0, or
 *   -ENOMEM     the limit                                   MemoryError
 *   -ENOSPC     the machine has no more memory for it       OSError
 *   MP_DAMAGED  somebody wrote past the end of a block      RuntimeError
 * Safe    between processes and threads yes; in signal handlers no
 * Tasks   shm.3 shm.4
 */
int mp_heap_alloc(struct mp_heap *heap, size_t size, uint64_t *offset) MP_MUST_CHECK;

/*
 * Give a block back. With the last block of an arena its memory goes back to the machine.
 *
 * Returns 0, or MP_INVALID there is no such block (any more), MP_DAMAGED
 * Safe    as mp_heap_alloc
 * Tasks   shm.3 shm.4
 */
int mp_heap_dealloc(struct mp_heap *heap, uint64_t offset) MP_MUST_CHECK;

/* One block of an arena, as mp_heap_walk shows it. */
struct mp_heap_block {
	uint64_t arena, arena_size; /* where its arena begins, and how long that is */
	uint64_t start, size;	    /* the block, with what the heap keeps of it */
	uint64_t offset;	    /* what mp_heap_alloc gave, if it is used */
	bool used;
};

/*
 * Show every block: arena after arena, in each from its start to its end.
 *
 * visit   is called with the heap locked, and must not call the heap; not 0 ends the walk
 * Returns 0, or what visit returned, or MP_DAMAGED
 * Tasks   shm.3
 */
int mp_heap_walk(struct mp_heap *heap, int (*visit)(const struct mp_heap_block *block, void *arg),
    void *arg) MP_MUST_CHECK;

#endif
