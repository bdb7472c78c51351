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
static const uint8_t *
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

/* --- containers -------------------------------------------------------------------------------- */

static int
push_tuple(struct decoder *d, size_t n)
{
	if (d->height - d->floor < n)
		return MP_UNPICKLING;
	d->height -= n;
	return push(d, mp__new_tuple(&d->arena, d->stack + d->height, n));
}

/* All above the mark become the parts of a tuple or a list. */
static int
push_marked(struct decoder *d, struct mp_value *(*make)(struct arena *, struct mp_value **, size_t))
{
	size_t n;
	struct mp_value **parts = mp__pop_mark(d, &n);

	return parts ? push(d, make(&d->arena, parts, n)) : MP_UNPICKLING;
}

/* The list of what a reduce appends or sets; made when it is asked for. */
static struct items *
contents(struct decoder *d, struct mp_value *v, enum part part)
{
	struct reduce *reduce = (struct reduce *)v;

	if (!reduce->part[part])
		reduce->part[part] = mp__new_list(&d->arena, NULL, 0);
	return (struct items *)reduce->part[part];
}

static int
append(struct decoder *d, struct items *list, struct mp_value **parts, size_t n)
{
	if (!list || mp__items_grow(list, n)) {
		mp__discard(d, parts, n);
		return -ENOMEM;
	}
	if (n)
		memcpy(list->at + list->size, parts, n * sizeof(*parts));
	list->size += n;
	return 0;
}

/* Key, value, key, value: or, of a set, elements. */
static int
put_all(struct decoder *d, struct mp_value *v, struct mp_value **parts, size_t n)
{
	size_t step = v->kind == MP_DICT ? 2 : 1;
	int error = 0;

	for (size_t i = 0; i < n; i += step) {
		struct mp_value *rest[2] = {parts[i], step == 2 ? parts[i + 1] : NULL};
		if (!error)
			error = mp__table_put((struct table *)v, rest[0], rest[1], &d->left, rest);
		if (rest[0])
			mp__discard(d, rest, 2);
	}
	return error;
}

/* Put n parts, which were above it on the stack, into the value that is now on top. */
static int
fill(struct decoder *d, enum opcode op, struct mp_value **parts, size_t n)
{
	struct mp_value *v = top(d);
	enum mp_kind kind = v ? v->kind : MP_NONE;
	bool appends = op == APPENDS, pairs = op == SETITEMS;

	if (v)
		changes(d, v);
	if (appends && kind == MP_LIST)
		return append(d, (struct items *)v, parts, n);
	if (appends && kind == MP_REDUCE)
		return append(d, contents(d, v, ITEMS), parts, n);
	if (pairs && kind == MP_REDUCE && n % 2 == 0)
		return append(d, contents(d, v, PAIRS), parts, n);
	if ((pairs && kind == MP_DICT && n % 2 == 0) || (op == ADDITEMS && kind == MP_SET))
		return put_all(d, v, parts, n);
	mp__discard(d, parts, n);
	return MP_UNPICKLING;
}

static int
fill_marked(struct decoder *d, enum opcode op)
{
	size_t n;
	struct mp_value **parts = mp__pop_mark(d, &n);

	return parts ? fill(d, op, parts, n) : MP_UNPICKLING;
}

/* One item, or one pair, without a mark. */
static int
fill_few(struct decoder *d, enum opcode op, size_t n)
{
	if (d->height - d->floor < n)
		return MP_UNPICKLING;
	d->height -= n;
	return fill(d, op, d->stack + d->height, n);
}

/* MARK key value... DICT, MARK element... FROZENSET */
static int
push_table(struct decoder *d, enum mp_kind kind)
{
	size_t n;
	struct mp_value **parts = mp__pop_mark(d, &n);

	if (!parts || (kind == MP_DICT && n % 2)) {
		mp__discard(d, parts, parts ? n : 0);
		return MP_UNPICKLING;
	}
	struct mp_value *v = (struct mp_value *)mp__table_new(&d->arena, kind);
	if (!v) {
		mp__discard(d, parts, n);
		return -ENOMEM;
	}
	int error = put_all(d, v, parts, n);
	if (!error)
		return push(d, v);
	mp__discard(d, &v, 1);
	return error;
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

static int
recall(struct decoder *d, size_t size)
{
	uint64_t number;

	return read_number(d, size, &number) ? mp__memo_get(d, number) : MP_UNPICKLING;
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
		return push_tuple(d, 1);
	case TUPLE2:
		return push_tuple(d, 2);
	case TUPLE3:
		return push_tuple(d, 3);
	case TUPLE:
		return push_marked(d, mp__new_tuple);
	case EMPTY_LIST:
		return push(d, mp__new_list(&d->arena, NULL, 0));
	case LIST:
		return push_marked(d, mp__new_list);
	case APPEND:
		return fill_few(d, APPENDS, 1);
	case SETITEM:
		return fill_few(d, SETITEMS, 2);
	case APPENDS:
	case SETITEMS:
	case ADDITEMS:
		return fill_marked(d, op);
	case EMPTY_DICT:
		return push(d, (struct mp_value *)mp__table_new(&d->arena, MP_DICT));
	case DICT:
		return push_table(d, MP_DICT);
	case EMPTY_SET:
		return push(d, (struct mp_value *)mp__table_new(&d->arena, MP_SET));
	case FROZENSET:
		return push_table(d, MP_FROZENSET);
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
	struct decoder d = {.at = data,
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
