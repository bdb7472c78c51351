/* SPDX-License-Identifier: MIT */
#ifndef LOCK_LINE_H
#define LOCK_LINE_H
/*
 * The line as it lies in shared memory, for the files of this stage only: a lock, and a
 * semaphore, have one each, and what is theirs beside it.
 */
#include <mp/internal.h>
#include <mp/line.h>

struct mp_line {
	//{
	/* A hint: no ticket before this one is free. */
	_Atomic uint32_t next;
	/* The ticket of the last one who got in, written by it; slots before it may be reused. */
	_Atomic uint32_t entered;
	/* Not 0: somebody waits for room, at entered. */
	_Atomic uint32_t outside;
	/* Its thread, for whoever looks from outside. */
	_Atomic uint32_t holder;
	/* An RLock's: how often its owner has acquired it; only the owner looks. */
	uint32_t depth;
	/* Ticket t has slot t modulo their number. */
	struct mp__badge slot[MP_LINE_ROOM];
	//}
};

//{
enum { WAITING, OWNING, LEFT, DONE };

#define TICKET	   UINT32_C(4) /* from one to the next */
#define FATE(w)	   ((uint32_t)((w) >> 32) % TICKET)
#define WHOSE(w)   ((uint32_t)((w) >> 32) / TICKET * TICKET)

#define WORD(high) ((uint64_t)(high) << 32)

/* The verdict about those before us: none of them is in our way, or one is. */
enum { FREE = 0, BUSY = 1 };

static inline struct mp__badge *
slot_of(struct mp_line *line, uint32_t ticket)
{
	return &line->slot[ticket / TICKET % MP_LINE_ROOM];
}

static inline uint64_t
look(struct mp__badge *slot)
{
	return atomic_load_explicit(&slot->word, memory_order_acquire);
}
//}

/* Make a free line in memory that is shared already. */
void mp__line_init(struct mp_line *line, uint32_t first);

/* mp_line_new, of a Lock or an RLock. */
int mp__line_new(struct mp_line **out, uint32_t first, enum mp__kind kind) MP_MUST_CHECK;

/* A line as a value, and back: see mp__shared_send. */
int mp__line_receive(const struct mp_value *place, struct mp_line **out) MP_MUST_CHECK;

/* What mp_line_free does, but the memory is the caller's to give back: true, if it may. */
bool mp__line_forget(struct mp_line *line);

/* Is nobody inside, and nobody waiting? It may be otherwise when the answer is read. */
bool mp__line_is_empty(struct mp_line *line);

/* Get in by a deadline: to try is one that has passed. */
int mp__line_enter(struct mp_line *line, int64_t deadline);

#endif
