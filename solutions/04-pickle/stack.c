/* SPDX-License-Identifier: MIT */
/*
 * The stack, the marks and the memo of the pickle machine.
 *
 * None of them grows faster than the pickle is read: one instruction pushes at most one
 * value, and the highest number in the memo may not be above the size of the pickle.
 *
 * Handout: labs/04-pickle/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>

#include <mp/pickle.h>

#include "decode.h"

//{
/* More room for an array of n words; it leaves the place where it began. */
static void *
grow(void *old, const void *began, size_t n, size_t room)
{
	void *larger = reallocarray(old == began ? NULL : old, room, sizeof(void *));

	if (larger && old == began)
		memcpy(larger, began, n * sizeof(void *));
	return larger;
}

int
mp__push(struct decoder *d, struct mp_value *v)
{
	size_t room = d->room * 2;
	struct mp_value **stack = v ? grow(d->stack, d->begin->stack, d->height, room) : NULL;

	if (!stack) {
		mp__let_go(&v, 1);
		return -ENOMEM;
	}
	d->stack = stack;
	d->room = room;
	d->stack[d->height++] = v;
	return 0;
}

int
mp__mark(struct decoder *d)
{
	if (d->marked == d->marks_room) {
		size_t room = d->marks_room * 2;
		size_t *marks = grow(d->marks, d->begin->marks, d->marked, room);
		if (!marks)
			return -ENOMEM;
		d->marks = marks;
		d->marks_room = room;
	}
	d->marks[d->marked++] = d->floor;
	d->floor = d->height;
	return 0;
}

struct mp_value **
mp__pop_mark(struct decoder *d, size_t *n)
{
	if (d->marked == 0)
		return NULL;
	*n = d->height - d->floor;
	d->height = d->floor;
	d->floor = d->marks[--d->marked];
	return d->stack + d->height;
}

int
mp__memo_put(struct decoder *d, size_t number)
{
	if (!top(d) || number > d->memo_most)
		return MP_UNPICKLING;
	if (number >= d->memo_room) {
		size_t room = d->memo_room * 2;
		while (room <= number)
			room *= 2;
		struct mp_value **memo = grow(d->memo, d->begin->memo, d->memo_room, room);
		if (!memo)
			return -ENOMEM;
		memset(memo + d->memo_room, 0, (room - d->memo_room) * sizeof(*memo));
		d->memo = memo;
		d->memo_room = room;
	}
	struct mp_value *old = d->memo[number];
	d->memo[number] = ref_private(top(d));
	d->memo_used += !old;
	if (old) {
		d->cyclic = true; /* one reference is gone that `changes` counts on */
		mp__discard(d, &old, 1);
	}
	return 0;
}

void
mp__discard(struct decoder *d, struct mp_value **values, size_t n)
{
	if (!d->cyclic) {
		mp__let_go(values, n);
		return;
	}
	if (d->trash_room - d->trashed < n) {
		size_t room =
		    d->trash_room * 2 > d->trashed + n ? d->trash_room * 2 : d->trashed + n;
		struct mp_value **trash = reallocarray(d->trash, room, sizeof(*trash));
		if (!trash) { /* slow, but nothing is lost */
			mp__mark_cyclic(values, n);
			mp__let_go(values, n);
			return;
		}
		d->trash = trash;
		d->trash_room = room;
	}
	for (size_t i = 0; i < n; i++)
		d->trash[d->trashed++] = values[i];
}

/* Everything goes that is not in the result. Cycles among it are found only when marked. */
void
mp__decoder_release(struct decoder *d)
{
	if (d->cyclic) {
		mp__mark_cyclic(d->stack, d->height);
		mp__mark_cyclic(d->memo, d->memo_room);
		mp__mark_cyclic(d->trash, d->trashed);
	}
	mp__let_go(d->stack, d->height);
	for (size_t i = 0; i < d->memo_room && !d->cyclic && !d->rebuilt; i++) {
		uint32_t count = d->memo[i] ? count_of(d->memo[i]) : IMMORTAL;
		if (count > 1 && count < IMMORTAL) { /* the usual case: no atomic subtraction */
			atomic_store_explicit(&d->memo[i]->count, count - 1, memory_order_relaxed);
			d->memo[i] = NULL;
		}
	}
	mp__let_go(d->memo, d->memo_room);
	mp__let_go(d->trash, d->trashed);
	mp__arena_close(&d->arena);
	free(d->trash);
	if (d->stack != d->begin->stack)
		free(d->stack);
	if (d->marks != d->begin->marks)
		free(d->marks);
	if (d->memo != d->begin->memo)
		free(d->memo);
}
//}
