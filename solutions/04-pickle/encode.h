/* SPDX-License-Identifier: MIT */
#ifndef PICKLE_ENCODE_H
#define PICKLE_ENCODE_H
/*
 * The writer of pickles, for encode.c, which goes down the value, and memo.c.
 *
 * Invariants: a node or leaf with one reference is not in the memo; what is in it stays alive
 * until the pickle is written.
 */
#include <endian.h>

#include <mp/pickle.h>

#include "object.h"
#include "opcode.h"

struct encoder {
	//{
	struct buffer out;
	struct seen memo;
	uintptr_t numbers;	 /* given so far */
	bool again;		 /* in a tuple or the like that was begun before: since... */
	size_t since;		 /* ...here */
	size_t twice;		 /* so much was written so before */
	struct mp_value *states; /* made by reduce: kept, for the memo knows addresses */
	struct mp_pickle_error *why;
	//}
};

//{
enum { UNKNOWN, BEGUN, NUMBERED }; /* what the memo knows; NUMBERED + n: number n */

/* An instruction, and a number of `size` bytes. Eight are always written: it is faster. */
static inline void
put_op(struct encoder *e, enum opcode op, uint64_t number, size_t size)
{
	if (e->out.room - e->out.size < 9 && !mp__buffer_grow(&e->out, 9))
		return;
	number = htole64(number);
	e->out.data[e->out.size] = (char)op;
	memcpy(e->out.data + e->out.size + 1, &number, sizeof(number));
	e->out.size += 1 + size;
}

/* May it be come upon again? All others are not looked up. */
static inline bool
may_recur(const struct mp_value *v)
{
	uint32_t count = count_of(v);

	return (count > 1 && count < IMMORTAL) || v->cyclic;
}

/* memo.c: the number of a value is asked for; what is known of a value, now that it is come
 * upon (with a number, that is written); it has just been written, or made of its parts. */
void mp__fetch(struct encoder *e, uintptr_t number);
uintptr_t mp__recall(struct encoder *e, const struct mp_value *v);
void mp__memoize(struct encoder *e, const struct mp_value *v);
void mp__memoize_made(struct encoder *e, const struct mp_value *v);
bool mp__is_numbered(const struct encoder *e, const struct mp_value *v);

static inline void
memoize(struct encoder *e, const struct mp_value *v)
{
	if (may_recur(v))
		mp__memoize(e, v);
}

/* From here on, is what is written written again? Returns whether it was until here. */
bool mp__turn(struct encoder *e, bool again);
//}

#endif
