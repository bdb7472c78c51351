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
	//{
	struct mp__ring ring; /* shared */

	atomic_int references; /* in this process; the feeder has one */

	/* this process only; hold mutex */
	pthread_mutex_t mutex;
	pthread_cond_t idle; /* nothing waits any more */
	struct waiting *first, **last;
	size_t count;
	pthread_t feeder; /* if feeding; the exit joins it if awaited, else it is detached */
	bool feeding, awaited, abandoned, closed;

	/* all queues of this process; hold the lock of feeder.c */
	struct mp_queue *next, **link;
	//}
};

//{
/* A queue of this process, on a ring that is taken over if that works: 0, or -errno. */
int mp__queue_from(const struct mp__ring *ring, struct mp_queue **out);

/* It has no owner any more. */
void mp__queue_release(struct mp_queue *q);

/* simple.c: the same, and the ring inside. */
int mp__simple_queue_from(const struct mp__ring *ring, struct mp_simple_queue **out);
const struct mp__ring *mp__simple_queue_ring(const struct mp_simple_queue *q);

/* feeder.c */

/* Hold the mutex. Keep a copy of a message until there is room for it: 0, or -errno. */
int mp__queue_keep(struct mp_queue *q, const void *data, size_t size);

/* Once in each process, before it puts: let its exit wait for the feeders. Without the mutex:
 * a fork holds the family's lock first. 0, or -ENOMEM. */
int mp__queue_flush_at_exit(void);

/* Enter it among those that a fork must know; strike it out. */
int mp__queue_enlist(struct mp_queue *q);
void mp__queue_strike(struct mp_queue *q);
//}

#endif
