/* SPDX-License-Identifier: MIT */
#ifndef QUEUE_OBJECT_H
#define QUEUE_OBJECT_H
/*
 * The object behind struct mp_queue, for the files of this stage only: the ring, which all
 * processes share, and what of this process waits to go in.
 *
 * Invariants: messages of this process go into the ring in the order in which put took them:
 * so nothing is put directly while anything waits. The mutex is never held while waiting, and
 * held by whoever forks: in a child it is as in the parent, and nothing waits.
 */
#include <pthread.h>

#include <mp/queue.h>

#include "ring.h"

struct mp_queue {
	/* yours */
};

#endif
