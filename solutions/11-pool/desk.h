/* SPDX-License-Identifier: MIT */
#ifndef POOL_DESK_H
#define POOL_DESK_H
/*
 * What a worker and the owner of the pool both know: the desk, the pipes, the station.
 *
 * Orders go to a worker through a pipe of its own, several ahead. How far it is with each, it
 * writes on its desk, a piece of shared memory: so when it dies, whoever looks at the desk knows
 * what was lost with it, and what somebody else can do. Small answers lie on the desk, too; large
 * ones come through a second pipe.
 *
 * Invariants: nothing here holds an address that both would have to understand, but for
 * functions, and those only where the worker is a copy of the owner.
 */
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

#include <mp/process.h>
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

/* Who sleeps, and wants to be told of every answer: the supervisor, by its pipe; or a caller, by
 * the futex `rung`. */
enum listener { NOBODY, SUPERVISOR, CALLER };

struct wall {
	_Atomic enum listener attentive;
	_Atomic uint32_t rung;
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

/* buffer.c: 0, or -ENOMEM */
int mp__buffer_reserve(struct buffer *b, size_t size);
int mp__buffer_add(struct buffer *b, const void *data, size_t size);

/* --- in the worker --- */

/* worker.c */
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

/* ear.c */
void mp__ear_ring(struct wall *wall);

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

#endif
