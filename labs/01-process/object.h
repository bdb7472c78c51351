/* SPDX-License-Identifier: MIT */
#ifndef PROCESS_OBJECT_H
#define PROCESS_OBJECT_H
/*
 * The object behind struct mp_process, for the files of this stage only.
 *
 * It holds what the child will run, and from start on a pidfd: a descriptor that means
 * this process and no other, polls readable when it is dead, and can be signalled and
 * waited for without ever naming a pid that might by now be a stranger's.
 *
 * Invariants: state only moves forward; death is written once, under the lock, by whoever
 * finds the zombie first; objects of another process (creator != getpid()) are never
 * waited for.
 */
#include <pthread.h>
#include <stdatomic.h>

#include <mp/internal.h>
#include <mp/process.h>

struct mp_process {
	/* How it is born and ends, if not as usual (stage 05); NULL: as usual. Given. */
	const struct mp__birth *birth;
	/* yours */
};

#endif
