/* SPDX-License-Identifier: MIT */
#ifndef PICKLE_DECODE_H
#define PICKLE_DECODE_H
/*
 * The machine that runs a pickle, for decode.c, which has the loop, and its helpers.
 *
 * Invariants: the stack and the memo have a reference to each value in them; nobody else
 * knows these values yet, so they are counted without atomic operations. What is above
 * `floor` came after the last MARK, and only that may be taken off. Once a cycle may have been
 * closed, nothing is let go of before the end: only then all members of cycles are marked.
 */
#include "object.h"
#include "opcode.h"

/* Where stack, memo and marks begin: most pickles need no more. */
struct begin {
	//{
	struct mp_value *stack[32], *memo[16];
	size_t marks[8];
	//}
};

struct decoder {
	//{
	struct arena arena;	 /* where the values are made */
	const uint8_t *at, *end; /* what is still to be read */
	struct begin *begin;
	struct mp_value **stack;
	size_t height, room, floor;
	size_t *marks; /* the floors below this one */
	size_t marked, marks_room;
	struct mp_value **memo; /* with gaps */
	size_t memo_room, memo_used, memo_most;
	struct mp_value **trash; /* what was thrown away, once there may be cycles */
	size_t trashed, trash_room;
	size_t left; /* so much may still be copied or compared, of what was read before */
	bool old;    /* protocol 2: Python 2's names */
	bool cyclic; /* there may be a cycle */
	/* a class has seen values, and may have told other threads */
	bool rebuilt;
	//}
};

//{
/* stack.c */
int mp__push(struct decoder *d, struct mp_value *v); /* v is NULL, or the stack is full */
int mp__mark(struct decoder *d);
/* Take off all above the last mark, and the mark: where they are, and in *n how many; they
 * are the caller's until something is pushed. NULL: there is no mark. */
struct mp_value **mp__pop_mark(struct decoder *d, size_t *n);
int mp__memo_put(struct decoder *d, size_t number);
/* Throw away n values. */
void mp__discard(struct decoder *d, struct mp_value **values, size_t n);
void mp__decoder_release(struct decoder *d);

/* fill.c: of n values on top, or of all above the mark */
int mp__push_tuple(struct decoder *d, size_t n);
int mp__push_marked(
    struct decoder *d, struct mp_value *(*make)(struct arena *, struct mp_value **, size_t));
int mp__push_table(struct decoder *d, enum mp_kind kind);
int mp__fill_few(struct decoder *d, enum opcode op, size_t n);
int mp__fill_marked(struct decoder *d, enum opcode op);

/* call.c: what a call makes is put on the stack; nothing is called. */
int mp__call(struct decoder *d, enum opcode op);
int mp__global_line(struct decoder *d);
int mp__global_stack(struct decoder *d);
int mp__build(struct decoder *d);

static inline int
push(struct decoder *d, struct mp_value *v)
{
	if (!v || d->height == d->room)
		return mp__push(d, v);
	d->stack[d->height++] = v;
	return 0;
}

/* Take the value on top off the stack; NULL: there is none above the last mark. */
static inline struct mp_value *
pop(struct decoder *d)
{
	return d->height > d->floor ? d->stack[--d->height] : NULL;
}

/* The value on top, which stays; NULL as above. */
static inline struct mp_value *
top(const struct decoder *d)
{
	return d->height > d->floor ? d->stack[d->height - 1] : NULL;
}

/* v gets new parts. Stack and memo have a reference each: a third one may come from them. */
static inline void
changes(struct decoder *d, const struct mp_value *v)
{
	d->cyclic = d->cyclic || count_of(v) > 2;
}

/* Copying and comparing need bytes of the pickle to pay for them. */
static inline int
pay(struct decoder *d, size_t n)
{
	if (d->left < n)
		return MP_UNPICKLING;
	d->left -= n;
	return 0;
}
//}

#endif
