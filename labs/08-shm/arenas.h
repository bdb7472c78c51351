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

struct mp_heap {
	/* yours */
};

#endif
