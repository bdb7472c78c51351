/* SPDX-License-Identifier: MIT */
/*
 * loads: the stack machine that runs a pickle.
 *
 * Each instruction reads what follows it, takes values off the stack, and puts one on. Every
 * length is compared with what is left of the pickle before it is believed, every value is
 * asked for its kind before it is used as one.
 *
 * Handout: labs/04-pickle/README.md
 */
#define _GNU_SOURCE
#include <endian.h>
#include <errno.h>
#include <string.h>

#include <mp/pickle.h>

#include "decode.h"

//{
/* --- reading ----------------------------------------------------------------------------- */

/* The next n bytes; NULL: there are not so many. */
static inline const uint8_t *
take(struct decoder *d, uint64_t n)
{
	const uint8_t *from = d->at;

	if ((uint64_t)(d->end - from) < n)
		return NULL;
	d->at += n;
	return from;
}

/* A number of `size` bytes. */
static inline bool
read_number(struct decoder *d, size_t size, uint64_t *number)
{
	uint64_t word = 0;

	if ((size_t)(d->end - d->at) < size)
		return false;
	memcpy(&word, d->at, size);
	d->at += size;
	*number = le64toh(word);
	return true;
}

/* --- scalars ----------------------------------------------------------------------------- */

static inline int
push_int(struct decoder *d, size_t size)
{
	uint64_t number;

	if (!read_number(d, size, &number))
		return MP_UNPICKLING;
	return push(d, mp__new_int(&d->arena, size == 4 ? (int32_t)number : (int64_t)number));
}

static int
push_long(struct decoder *d, size_t size)
{
	uint64_t n;
	const uint8_t *bytes;

	if (!read_number(d, size, &n) || n > INT32_MAX || !(bytes = take(d, n)))
		return MP_UNPICKLING;
	return push(d, mp_int_n(bytes, n));
}

static int
push_float(struct decoder *d)
{
	uint64_t bits;
	double number;

	if (!read_number(d, 8, &bits))
		return MP_UNPICKLING;
	bits = be64toh(htole64(bits));
	memcpy(&number, &bits, sizeof(number));
	return push(d, mp__new_float(&d->arena, number));
}

/* Behind a length of `size` bytes: text or bytes. */
static inline int
push_bytes(struct decoder *d, enum mp_kind kind, size_t size)
{
	uint64_t n;
	const uint8_t *bytes;

	if (!read_number(d, size, &n) || !(bytes = take(d, n)))
		return MP_UNPICKLING;
	if (kind == MP_STR && !mp__is_utf8((const char *)bytes, n))
		return MP_UNPICKLING;
	return push(d, mp__new_bytes(&d->arena, kind, bytes, n));
}

/* --- the stack itself ------------------------------------------------------------------------------ */

static int
drop(struct decoder *d)
{
	struct mp_value *v = pop(d);
	size_t n;

	if (v)
		mp__discard(d, &v, 1);
	else if (!mp__pop_mark(d, &n)) /* nothing above the mark: then the mark */
		return MP_UNPICKLING;
	return 0;
}

static int
drop_marked(struct decoder *d)
{
	size_t n;
	struct mp_value **parts = mp__pop_mark(d, &n);

	if (!parts)
		return MP_UNPICKLING;
	mp__discard(d, parts, n);
	return 0;
}

static int
duplicate(struct decoder *d)
{
	if (!top(d))
		return MP_UNPICKLING;
	d->cyclic = d->cyclic || is_node(top(d));
	return push(d, ref_private(top(d)));
}

static int
remember(struct decoder *d, size_t size)
{
	uint64_t number;

	return read_number(d, size, &number) ? mp__memo_put(d, number) : MP_UNPICKLING;
}

static inline int
recall(struct decoder *d, size_t size)
{
	uint64_t number;

	if (!read_number(d, size, &number) || number >= d->memo_room || !d->memo[number])
		return MP_UNPICKLING;
	struct mp_value *v = d->memo[number];
	return push(d, d->rebuilt ? mp_value_ref(v) : ref_private(v));
}

static int
start(struct decoder *d, enum opcode op)
{
	uint64_t number;

	if (!read_number(d, op == PROTO ? 1 : 8, &number))
		return MP_UNPICKLING;
	if (op == FRAME)
		return number <= (uint64_t)(d->end - d->at) ? 0 : MP_UNPICKLING;
	d->old = number < 3;
	return number <= 5 ? 0 : MP_UNPICKLING;
}

static int
step(struct decoder *d, enum opcode op)
{
	switch (op) {
	case PROTO:
	case FRAME:
		return start(d, op);
	case NONE:
		return push(d, mp_none());
	case NEWTRUE:
	case NEWFALSE:
		return push(d, mp_bool(op == NEWTRUE));
	case BININT1:
		return push_int(d, 1);
	case BININT2:
		return push_int(d, 2);
	case BININT:
		return push_int(d, 4);
	case LONG1:
		return push_long(d, 1);
	case LONG4:
		return push_long(d, 4);
	case BINFLOAT:
		return push_float(d);
	case SHORT_BINUNICODE:
		return push_bytes(d, MP_STR, 1);
	case BINUNICODE:
		return push_bytes(d, MP_STR, 4);
	case BINUNICODE8:
		return push_bytes(d, MP_STR, 8);
	case SHORT_BINBYTES:
		return push_bytes(d, MP_BYTES, 1);
	case BINBYTES:
		return push_bytes(d, MP_BYTES, 4);
	case BINBYTES8:
		return push_bytes(d, MP_BYTES, 8);
	case BYTEARRAY8:
		return push_bytes(d, MP_BYTEARRAY, 8);
	case MARK:
		return mp__mark(d);
	case EMPTY_TUPLE:
		return push(d, mp_tuple_n(NULL, 0));
	case TUPLE1:
		return mp__push_tuple(d, 1);
	case TUPLE2:
		return mp__push_tuple(d, 2);
	case TUPLE3:
		return mp__push_tuple(d, 3);
	case TUPLE:
		return mp__push_marked(d, mp__new_tuple);
	case EMPTY_LIST:
		return push(d, mp__new_list(&d->arena, NULL, 0));
	case LIST:
		return mp__push_marked(d, mp__new_list);
	case APPEND:
		return mp__fill_few(d, APPENDS, 1);
	case SETITEM:
		return mp__fill_few(d, SETITEMS, 2);
	case APPENDS:
	case SETITEMS:
	case ADDITEMS:
		return mp__fill_marked(d, op);
	case EMPTY_DICT:
		return push(d, (struct mp_value *)mp__table_new(&d->arena, MP_DICT));
	case DICT:
		return mp__push_table(d, MP_DICT);
	case EMPTY_SET:
		return push(d, (struct mp_value *)mp__table_new(&d->arena, MP_SET));
	case FROZENSET:
		return mp__push_table(d, MP_FROZENSET);
	case POP:
		return drop(d);
	case POP_MARK:
		return drop_marked(d);
	case DUP:
		return duplicate(d);
	case MEMOIZE:
		return mp__memo_put(d, d->memo_used);
	case BINPUT:
		return remember(d, 1);
	case LONG_BINPUT:
		return remember(d, 4);
	case BINGET:
		return recall(d, 1);
	case LONG_BINGET:
		return recall(d, 4);
	case GLOBAL:
		return mp__global_line(d);
	case STACK_GLOBAL:
		return mp__global_stack(d);
	case REDUCE:
	case NEWOBJ:
	case NEWOBJ_EX:
		return mp__call(d, op);
	case BUILD:
		return mp__build(d);
	default:
		return MP_UNPICKLING;
	}
}
//}

int
mp_pickle_loads(const void *data, size_t size, struct mp_value **out)
{
	/* pickle.5: run the program until STOP; then the value on top is the result. */
	//{
	struct begin begin;
	struct decoder d = {.arena = mp__arena_open(size),
	    .begin = &begin,
	    .stack = begin.stack,
	    .room = sizeof(begin.stack) / sizeof(*begin.stack),
	    .memo = memset(begin.memo, 0, sizeof(begin.memo)),
	    .memo_room = sizeof(begin.memo) / sizeof(*begin.memo),
	    .marks = begin.marks,
	    .marks_room = sizeof(begin.marks) / sizeof(*begin.marks),
	    .at = data,
	    .end = (const uint8_t *)data + size,
	    .memo_most = size,
	    .left = size < SIZE_MAX / 4 ? size * 4 : SIZE_MAX,
	    .old = true};
	int error = 0;

	while (!error && d.at < d.end && *d.at != STOP)
		error = step(&d, *d.at++);
	if (!error && (d.at == d.end || !top(&d)))
		error = MP_UNPICKLING;
	if (!error)
		*out = mp_value_ref(top(&d));
	mp__decoder_release(&d);
	return error;
	//}
}
