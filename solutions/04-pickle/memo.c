/* SPDX-License-Identifier: MIT */
/*
 * The memo of dumps: what has been written, and by which number it can be asked for.
 *
 * What has one reference can occur once. Only what has several is entered here; and what is
 * in a cycle, because a cycle may be come upon at any of its members.
 *
 * Handout: labs/04-pickle/README.md
 */
#define _GNU_SOURCE
#include "encode.h"

//{
void
mp__fetch(struct encoder *e, uintptr_t number)
{
	if (number < 256)
		put_op(e, BINGET, number, 1);
	else
		put_op(e, LONG_BINGET, number, 4);
}

/* What is known of it; if it has a number, that is written. Now it is begun, at least. */
uintptr_t
mp__recall(struct encoder *e, const struct mp_value *v)
{
	uintptr_t *place = mp__seen_place(&e->memo, v);
	if (!place) {
		e->out.failed = true;
		return UNKNOWN;
	}
	uintptr_t known = *place;
	if (known >= NUMBERED)
		mp__fetch(e, known - NUMBERED);
	else
		*place = BEGUN;
	return known;
}

/* It has just been put on the stack: give it a number, if it may be asked for again. */
void
mp__memoize(struct encoder *e, const struct mp_value *v)
{
	uintptr_t *place = mp__seen_find(&e->memo, v);

	if (!place)
		return;
	buffer_byte(&e->out, MEMOIZE);
	*place = NUMBERED + e->numbers++;
}

/* The same, for what was made of its parts: one of them may have led back here. */
void
mp__memoize_made(struct encoder *e, const struct mp_value *v)
{
	uintptr_t *place = mp__seen_find(&e->memo, v);

	if (place && *place >= NUMBERED) {
		buffer_byte(&e->out, POP);
		mp__fetch(e, *place - NUMBERED);
	} else {
		mp__memoize(e, v);
	}
}

bool
mp__is_numbered(const struct encoder *e, const struct mp_value *v)
{
	const uintptr_t *place = mp__seen_find(&e->memo, v);

	return place && *place >= NUMBERED;
}

/* From here on, is what is written written again? Returns whether it was until here. */
bool
mp__turn(struct encoder *e, bool again)
{
	bool was = e->again;

	if (was)
		e->twice += e->out.size - e->since;
	e->since = e->out.size;
	e->again = again;
	return was;
}
//}
