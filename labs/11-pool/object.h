/* SPDX-License-Identifier: MIT */
#ifndef POOL_OBJECT_H
#define POOL_OBJECT_H
/*
 * What the owner of a pool has: the pool, its workers, tasks on their way, results.
 *
 * A task is queued, then in the hand of one worker, then delivered to its result. Only the
 * pool's own thread, the supervisor, starts, hears and buries workers; any thread may queue
 * and deal out tasks, and wait for results.
 *
 * Invariants: everything that "hold lock" stands above belongs to the pool's lock. Nobody waits
 * under the lock, and no user's function is called under it.
 */
#include <pthread.h>
#include <stdbool.h>
#include <sys/types.h>

#include <mp/bytes.h>
#include <mp/imap.h>
#include <mp/pool.h>
#include <mp/results.h>

#include "desk.h"

/* What a thread sleeps on until something is true, and who makes it true rings. Not a condition
 * variable: who wakes from that needs the lock, which who woke him often still holds. */
struct bell {
	atomic_uint rung, waiters;
};

struct task {
	struct task *next;
	struct mp_result *result; /* a reference */
	size_t part;		  /* which of its chunks */
	size_t items;
	size_t size; /* of the message: an order, and what follows */
	_Alignas(struct order) char message[];
};

struct worker {
	/* the supervisor's */
	bool rings, died;
	int orders_end; /* the worker's end of orders: while we hold it, no write can kill us */
	int answers;
	struct buffer heard;
	int64_t patience; /* when it is killed, after SIGTERM */
	/* hold lock */
	struct mp_process *process; /* NULL: there is none */
	int orders;
	struct buffer said;
	struct task *hand[DEPTH]; /* number % DEPTH; NULL: delivered, or taken back */
	uint64_t oldest, next;	  /* numbers that are out: oldest <= number < next */
	int load;		  /* how many tasks are in hand */
	int finished;		  /* tasks, since its birth */
	bool ready, leaving, blocked;
};

struct block {
	struct block *next;
	size_t offset, size;
};

struct mp_pool {
	/* set by new, then read-only */
	struct mp_pool *next_pool; /* the list's lock */
	pid_t owner;
	int processes, maxtasks;
	int (*initializer)(struct mp_value *args);
	struct mp_value *initargs;
	const struct mp_context *context;
	bool by_name;
	sigset_t mask; /* the creator's */
	int memory_fd; /* -1 over fork: the workers have the mapping */
	struct wall *wall;
	size_t wall_size, memory_size;
	char *memory; /* behind the wall */
	int news;     /* epoll: worker's index * 2, + 1 for its pidfd; WAKE */
	int wake;     /* eventfd */
	atomic_int references;
	pthread_mutex_t lock;
	pthread_cond_t changed; /* started, gone */

	/* hold lock */
	pthread_t supervisor;
	bool started, closed, gone;
	int doom; /* 0, MP_TERMINATED or MP_POOL_BROKEN */
	int start_error;
	struct task *queue, *last;
	struct mp_result *ear;		     /* whose caller listens himself: ear.c */
	struct mp_result *calls, *last_call; /* finished: to be told to who waits */
	struct block *blocks;
	size_t queued, given, done, failed, born, lost;
	int early_deaths, failed_starts; /* in a row */
	int64_t retry;
	char why[256];
	struct worker workers[];
};

#define WAKE UINT32_MAX

static inline struct worker *
end_of(struct mp_pool *pool)
{
	return pool->workers + pool->processes;
}

struct part {
	int error;
	size_t size;
	void *data;
};

struct mp_result {
	/* set before it is given to the pool, then read-only */
	atomic_int references;
	struct mp_pool *pool; /* a reference */
	bool single;	      /* apply: the value is the first item */
	bool bytes;	      /* there is no value */
	size_t items, chunksize, count;
	struct mp_callbacks callbacks;
	char *copy_in, *copy_out; /* in the shared memory; NULL: in and out are there themselves */
	char *out;
	size_t in_size, out_size;
	struct mp_imap *reader; /* a reference, if it is a chunk of an imap */
	struct bell *bell;	/* own, or the reader's */
	struct bell own;
	_Atomic(struct mp_value *) value; /* made by the first who gets it */
	atomic_size_t left;		  /* 0: ready */

	/* hold the pool's lock; once it is ready, read-only */
	struct mp_imap *stream; /* the reader, as long as it wants to know */
	struct mp_result *next_call, *next_in_stream;
	size_t ended;
	int error;
	char *why;
	struct part parts[];
};

#endif
