/* SPDX-License-Identifier: MIT */
#ifndef SHM_SHARED_H
#define SHM_SHARED_H
/*
 * The object behind struct mp_shared, for the files of this stage only.
 *
 * Invariants: only the process that made it gives the block back; nothing but the block is
 * shared, so every process has an object of its own.
 */
#include <stdatomic.h>
#include <sys/types.h>

#include <mp/heap.h>
#include <mp/sharedctypes.h>

struct mp_shared {
	/* yours */
};

#endif
