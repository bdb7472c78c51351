/* SPDX-License-Identifier: MIT */
#ifndef POOL_OBJECT_H
#define POOL_OBJECT_H
/*
 * What the files of this stage know of each other: the pool, its workers, tasks on their way,
 * results.
 *
 * A task is queued, then in the hand of one worker, then delivered to its result. Orders go to
 * a worker through a pipe of its own, several ahead. Which of them it has begun, the worker
 * writes on its desk, a piece of shared memory: so when it dies, whoever looks at the desk
 * knows what was lost, and what somebody else can do. Small answers lie on the desk, too.
 *
 * Invariants: everything that "hold lock" stands above belongs to the lock; only the pool's own
 * thread, the supervisor, starts, hears and buries workers. Nobody waits under the lock.
 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/types.h>

#include <mp/bytes.h>
#include <mp/imap.h>
#include <mp/pool.h>
#include <mp/process.h>
#include <mp/results.h>
#include <mp/tasks.h>

#define DEPTH	  32  /* tasks in the hand of one worker */
#define SLOT_ROOM 232 /* a larger answer goes through the pipe */

/* --- on the desk, shared with one worker; on the wall, with all --- */

/* The word of a slot is 4 * the task's number, and how far it is. Taken back: 0. */
enum stage { OFFERED = 1, BEGUN, DONE };

struct slot {
	_Atomic uint64_t word;
	int64_t error;
	uint64_t size;
	char data[SLOT_ROOM];
};

struct desk {
	struct slot slots[DEPTH];
};

struct wall {
	atomic_int attentive; /* the supervisor sleeps: ring after every answer */
	struct desk desks[];
};

static inline uint64_t
tag(uint64_t number, enum stage stage)
{
	return number << 2 | stage;
}

/* --- in the pipes: a header, then size bytes --- */

enum kind { LEAVE, VALUES, TUPLES, BYTES };

struct order {
	uint64_t number, size;
	uint64_t function; /* its address; 0: found by its name, which stands before the rest */
	uint32_t kind, name;
};

/* What a task of bytes is made of: places in the shared memory. */
struct piece {
	uint64_t in, out, n;
};

/* Instead of the number of a task. */
#define READY 0 /* the initializer is done; or has failed, and here is why */
#define RING  UINT64_MAX

struct answer {
	uint64_t number;
	int64_t error; /* then the rest is text */
	uint64_t size;
};

/* Bytes that came, or have to go: those between from and to. */
struct buffer {
	char *data;
	size_t from, to, room;
};

/* --- in the owner's process --- */

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

/* pool.c */
struct mp_pool *mp__pool_ref(struct mp_pool *pool);
void mp__pool_unref(struct mp_pool *pool);
void mp__pool_wake(struct mp_pool *pool); /* hold lock */
int mp__pool_open(struct mp_pool *pool);  /* hold lock: 0, or why no task is taken */

/* supervisor.c */
void *mp__pool_supervise(void *pool);
void
mp__pool_break(struct mp_pool *pool, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* hire.c: birth and death of workers. The supervisor only. */
int mp__pool_hire(struct mp_pool *pool, struct worker *w);
void mp__pool_bury(struct mp_pool *pool, struct worker *w);

/* hear.c: what workers say. How many tasks that ended. */
int mp__pool_hear(struct mp_pool *pool, struct worker *w);
int mp__pool_look(struct mp_pool *pool, struct worker *w);

/* dispatch.c; hold lock */
void mp__pool_enqueue(struct mp_pool *pool, struct task *first, struct task *last);
void mp__pool_dispatch(struct mp_pool *pool);
void mp__pool_dismiss(struct mp_pool *pool, struct worker *w);
void mp__pool_end(struct mp_pool *pool, struct task *t, int error, const void *data, size_t size);
void mp__pool_requeue(struct mp_pool *pool, struct task *t);

/* worker.c: the other side */
struct station {
	int orders, answers;
	struct wall *wall;
	struct desk *desk;
	char *memory;
	int (*initializer)(struct mp_value *args);
	struct mp_value *initargs;
	sigset_t mask;
	struct mp_pool *pool; /* over fork: a copy, with descriptors that are not ours */
};
int mp__pool_work(const struct station *station);

/* station.c */
int mp__station_process(struct mp_process **out, const struct station *station,
    const struct mp_process_options *options);

/* perform.c: one task, in the worker */
struct performance {
	int error;
	void *data; /* malloc'd: a pickle, or text */
	size_t size;
};
void mp__pool_perform(
    char *memory, const struct order *order, const char *rest, struct performance *done);
const char *mp__task_text(int error);
void mp__task_text_clear(void);

/* registry.c */
const char *mp__task_name(void (*function)(void));
void (*mp__task_named(const char *name))(void);

/* bell.c */
unsigned mp__bell_listen(struct bell *b); /* first; then look whether to sleep at all */
int mp__bell_sleep(struct bell *b, unsigned heard, int64_t deadline); /* 0, or MP_TIMEOUT */
void mp__bell_leave(struct bell *b);
void mp__bell_ring(struct bell *b);

/* buffer.c */
int mp__buffer_reserve(struct buffer *b, size_t size);
int mp__buffer_add(struct buffer *b, const void *data, size_t size);

/* result.c */
int mp__result_new(struct mp_result **out, struct mp_pool *pool, size_t items, size_t chunksize,
    const struct mp_callbacks *callbacks);
struct mp_result *mp__result_ref(struct mp_result *r);
void mp__result_deliver(
    struct mp_result *r, size_t part, int error, const void *data, size_t size); /* hold lock */
void mp__result_finish(struct mp_result *r);					 /* hold lock */
void mp__result_call(struct mp_result *r);

/* tasks.c */
struct task *mp__task_new(struct mp_result *r, size_t part, size_t items, enum kind kind,
    void (*function)(void), const char *name, const void *rest, size_t size);
int mp__pool_function(struct mp_pool *pool, void (*function)(void), const char **name);
int
mp__pool_submit(struct mp_pool *pool, struct mp_result *r, struct task *first, struct task *last);
void mp__tasks_drop(struct task *first);
int mp__pool_chunk(struct task **out, struct mp_result *r, size_t part, enum kind kind, mp_task *f,
    const char *name, const struct mp_value *items, size_t from, size_t n);

/* imap.c */
void mp__imap_done(struct mp_result *r); /* hold lock */
void mp__imap_unref(struct mp_imap *it);

/* memory.c; hold lock */
void *mp__memory_take(struct mp_pool *pool, size_t size);
void mp__memory_give(struct mp_pool *pool, void *memory);
bool mp__memory_holds(struct mp_pool *pool, const void *memory, size_t size);

#endif
