/* SPDX-License-Identifier: MIT */
/*
 * dumps: a value as the program of a small stack machine, which loads runs.
 *
 * What has one reference can occur once. Only what has several is looked up in the memo, and
 * given a number there (MEMOIZE) when it is written for the first time, so that it can be
 * fetched by it (BINGET) from then on. What can change gets its number before its parts are
 * written: so it may be one of them. A tuple exists only when its parts do; when one of them
 * led back to it, it has been made meanwhile, and what was begun is thrown away.
 *
 * Handout: labs/04-pickle/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>

#include <mp/pickle.h>

#include "encode.h"

//{
/* So much may be written twice, besides as much as is written once. */
#define TWICE (1 << 20)

static int save(struct encoder *e, const struct mp_value *v, const struct step *up);

/* --- leaves ------------------------------------------------------------------------------------ */

static void
save_long(struct encoder *e, const struct mp_value *v)
{
	struct whole whole;

	mp__whole(v, &whole);
	put_op(e, whole.size < 256 ? LONG1 : LONG4, whole.size, whole.size < 256 ? 1 : 4);
	buffer_put(&e->out, whole.bytes, whole.size);
}

static inline void
save_int(struct encoder *e, const struct mp_value *v)
{
	int64_t number = v->big ? INT64_MAX : ((const struct number *)v)->whole;

	if (number >= 0 && number <= UINT8_MAX)
		put_op(e, BININT1, (uint64_t)number, 1);
	else if (number >= 0 && number <= UINT16_MAX)
		put_op(e, BININT2, (uint64_t)number, 2);
	else if (number >= INT32_MIN && number <= INT32_MAX)
		put_op(e, BININT, (uint64_t)number, 4);
	else
		save_long(e, v);
}

static void
save_float(struct encoder *e, double number)
{
	uint64_t bits;

	memcpy(&bits, &number, sizeof(bits));
	put_op(e, BINFLOAT, htobe64(bits), 8); /* the only big-endian number */
}

/* Bytes behind their length, of which there are three sizes. */
static void
save_bytes(struct encoder *e, const struct bytes *b, enum opcode shortest, enum opcode usual,
    enum opcode longest)
{
	if (b->size <= UINT8_MAX)
		put_op(e, shortest, b->size, 1);
	else if (b->size <= UINT32_MAX)
		put_op(e, usual, b->size, 4);
	else
		put_op(e, longest, b->size, 8);
	buffer_put(&e->out, b->data, b->size);
}

static void
save_str(struct encoder *e, const struct bytes *text)
{
	save_bytes(e, text, SHORT_BINUNICODE, BINUNICODE, BINUNICODE8);
}

static void
save_name(struct encoder *e, const char *module, const char *name)
{
	put_op(e, BINUNICODE, strlen(module), 4);
	buffer_put(&e->out, module, strlen(module));
	put_op(e, BINUNICODE, strlen(name), 4);
	buffer_put(&e->out, name, strlen(name));
	buffer_byte(&e->out, STACK_GLOBAL);
}

/* What has no parts, and will not be asked for again; false: it is something else. In the loop over
 * a list's items a call would cost as much as the rest, and gcc -O2 would make one. */
static inline __attribute__((always_inline)) bool
save_simple(struct encoder *e, const struct mp_value *v)
{
	const struct number *number = (const struct number *)v;

	switch (v->kind) {
	case MP_NONE:
		buffer_byte(&e->out, NONE);
		return true;
	case MP_BOOL:
		buffer_byte(&e->out, number->whole ? NEWTRUE : NEWFALSE);
		return true;
	case MP_INT:
		save_int(e, v);
		return true;
	case MP_FLOAT:
		save_float(e, number->real);
		return true;
	case MP_STR:
		if (may_recur(v))
			return false;
		save_str(e, (const struct bytes *)v);
		return true;
	default:
		return false;
	}
}

/* Protocol 4 has no opcode for bytearrays: bytearray(b'...') */
static void
save_bytearray(struct encoder *e, const struct bytes *b)
{
	save_name(e, "builtins", "bytearray");
	save_bytes(e, b, SHORT_BINBYTES, BINBYTES, BINBYTES8);
	buffer_byte(&e->out, TUPLE1);
	buffer_byte(&e->out, REDUCE);
}

/* --- nodes --------------------------------------------------------------------------------------- */

/* All values that a node holds, in order. For a tuple in a cycle: until it has a number. */
static int
save_children(struct encoder *e, const struct mp_value *v, struct step *here)
{
	bool cyclic = v->kind == MP_TUPLE && v->cyclic;
	struct mp_value *const *items = has_items(v) ? ((const struct items *)v)->at : NULL;
	int error = 0;

	for (size_t i = 0, n = children(v); i < n && !error; i++) {
		const struct mp_value *part = items ? items[i] : *child(v, i);
		if (!part)
			continue;
		here->part = i;
		error = save_simple(e, part) ? 0 : save(e, part, here);
		if (cyclic && is_node(part) && mp__is_numbered(e, v))
			break;
	}
	return error;
}

static int
save_tuple(struct encoder *e, const struct mp_value *v, struct step *here)
{
	static const enum opcode made[] = {EMPTY_TUPLE, TUPLE1, TUPLE2, TUPLE3};
	size_t n = children(v);
	bool marked = n > 3 || v->cyclic; /* what was begun may have to be thrown away */

	if (marked)
		buffer_byte(&e->out, MARK);
	int error = save_children(e, v, here);
	if (!error && mp__is_numbered(e, v)) {
		buffer_byte(&e->out, POP_MARK);
		mp__fetch(e, *mp__seen_find(&e->memo, v) - NUMBERED);
		return 0;
	}
	buffer_byte(&e->out, marked ? TUPLE : made[n]);
	memoize(e, v);
	return error;
}

static int
save_frozenset(struct encoder *e, const struct mp_value *v, struct step *here)
{
	buffer_byte(&e->out, MARK);
	int error = save_children(e, v, here);
	buffer_byte(&e->out, FROZENSET);
	mp__memoize_made(e, v);
	return error;
}

/* Lists, dicts and sets: first empty, then with a number, then filled. */
static int
save_filled(struct encoder *e, const struct mp_value *v, struct step *here)
{
	bool list = v->kind == MP_LIST, dict = v->kind == MP_DICT;
	int error = 0;

	buffer_byte(&e->out, list ? EMPTY_LIST : dict ? EMPTY_DICT : EMPTY_SET);
	memoize(e, v);
	if (mp_value_len(v) > 0) {
		bool was = e->again && mp__turn(e, false);
		buffer_byte(&e->out, MARK);
		error = save_children(e, v, here);
		buffer_byte(&e->out, list ? APPENDS : dict ? SETITEMS : ADDITEMS);
		if (was)
			mp__turn(e, was);
	}
	return error;
}

/* What a reduce appends or sets, and its state: they come when the object has been made. */
static int
save_contents(struct encoder *e, const struct reduce *reduce, struct step *here)
{
	int error = 0;

	for (here->part = ITEMS; here->part <= PAIRS && !error; here->part++) {
		if (!reduce->part[here->part])
			continue;
		struct step step = {here, reduce->part[here->part], 0, here->depth + 1};
		buffer_byte(&e->out, MARK);
		error = save_children(e, step.of, &step);
		buffer_byte(&e->out, here->part == ITEMS ? APPENDS : SETITEMS);
	}
	if (!error && reduce->part[STATE]) {
		error = save(e, reduce->part[STATE], here);
		buffer_byte(&e->out, BUILD);
	}
	return error;
}

static int
save_reduce(struct encoder *e, const struct reduce *reduce, struct step *here)
{
	const struct mp_value *v = &reduce->node.head;
	int error = 0;

	for (here->part = CALLABLE; here->part <= KEYWORDS && !error; here->part++)
		if (reduce->part[here->part])
			error = save(e, reduce->part[here->part], here);
	if (error)
		return error;
	buffer_byte(&e->out, reduce->part[KEYWORDS] ? NEWOBJ_EX : reduce->newobj ? NEWOBJ : REDUCE);
	bool made = mp__is_numbered(e, v); /* by one of the arguments, with its contents */
	mp__memoize_made(e, v);
	if (made)
		return 0;
	bool was = mp__turn(e, false);
	error = save_contents(e, reduce, here);
	mp__turn(e, was);
	return error;
}

static int
save_node(struct encoder *e, const struct mp_value *v, const struct step *up, bool begun)
{
	struct step here = {up, v, 0, up ? up->depth + 1 : 1};
	bool was = begun && mp__turn(e, true);
	int error = 0;

	if (here.depth > DEEPEST || e->twice > TWICE + e->out.size / 2)
		error = mp__blame(e->why, MP_TOO_DEEP, up, NULL);
	else if (v->kind == MP_TUPLE)
		error = save_tuple(e, v, &here);
	else if (v->kind == MP_FROZENSET)
		error = save_frozenset(e, v, &here);
	else if (v->kind == MP_REDUCE)
		error = save_reduce(e, (const struct reduce *)v, &here);
	else
		error = save_filled(e, v, &here);
	if (begun)
		mp__turn(e, was);
	return error;
}

/* --- objects of the library ------------------------------------------------------------------------ */

static int
save_object(struct encoder *e, const struct mp_value *v, const struct step *up)
{
	const struct mp_class *class = ((const struct object *)v)->class;
	struct mp_value *state = NULL;
	struct step here = {up, v, 0, up ? up->depth + 1 : 1};
	int error = here.depth > DEEPEST ? MP_TOO_DEEP : MP_NOT_PICKLABLE;

	if (class->reduce && here.depth <= DEEPEST)
		error = class->reduce(((const struct object *)v)->object, &state);
	if (error)
		return mp__blame(e->why, error, up, class->name);
	if (!e->states && !(e->states = mp_list_n(NULL, 0)))
		mp_value_free(state);
	if (!e->states || mp_list_append(e->states, state))
		return -ENOMEM;
	save_name(e, "mp", class->name);
	error = save(e, state, &here);
	buffer_byte(&e->out, TUPLE1);
	buffer_byte(&e->out, REDUCE);
	memoize(e, v);
	return error;
}

/* --- any value ----------------------------------------------------------------------------------------- */

static void
save_leaf(struct encoder *e, const struct mp_value *v)
{
	const struct bytes *b = (const struct bytes *)v;

	switch (v->kind) {
	case MP_STR:
		save_str(e, b);
		break;
	case MP_BYTES:
		save_bytes(e, b, SHORT_BINBYTES, BINBYTES, BINBYTES8);
		break;
	case MP_BYTEARRAY:
		save_bytearray(e, b);
		break;
	default: /* a global: its strs may be shared, but not with what is shown to anybody */
		save(e, ((const struct global *)v)->module, NULL);
		save(e, ((const struct global *)v)->name, NULL);
		buffer_byte(&e->out, STACK_GLOBAL);
	}
	memoize(e, v);
}

static int
save(struct encoder *e, const struct mp_value *v, const struct step *up)
{
	if (e->out.failed)
		return -ENOMEM;
	if (save_simple(e, v))
		return 0;
	uintptr_t known = may_recur(v) ? mp__recall(e, v) : UNKNOWN;
	if (known >= NUMBERED)
		return 0;
	if (is_node(v))
		return save_node(e, v, up, known == BEGUN);
	if (v->kind == MP_OBJECT)
		return save_object(e, v, up);
	save_leaf(e, v);
	return 0;
}

/* The whole pickle. The frame's length is filled in at the end; a tiny body has no frame. */
static void
save_all(struct encoder *e, const struct mp_value *v, int *error)
{
	enum { HEAD = 2, HEAD_AND_FRAME = 11 };

	put_op(e, PROTO, 4, 1);
	put_op(e, FRAME, 0, 8);
	*error = save(e, v, NULL);
	buffer_byte(&e->out, STOP);
	if (e->out.failed)
		return;
	size_t body = e->out.size - HEAD_AND_FRAME;
	uint64_t length = htole64(body);
	if (body >= 4) {
		memcpy(e->out.data + HEAD + 1, &length, sizeof(length));
	} else {
		memmove(e->out.data + HEAD, e->out.data + HEAD_AND_FRAME, body);
		e->out.size = HEAD + body;
	}
}
//}

int
mp_pickle_dumps(const struct mp_value *v, void **data, size_t *size, struct mp_pickle_error *why)
{
	/* pickle.4: write the program that makes v, in protocol 4. */
	//{
	struct encoder e = {.why = why};
	int error = -EINVAL;

	if (why)
		why->error = 0;
	if (v)
		save_all(&e, v, &error);
	if (e.out.failed)
		error = -ENOMEM;
	mp__seen_release(&e.memo);
	mp_value_free(e.states);
	if (error) {
		free(e.out.data);
		if (why && !why->error)
			mp__blame(why, error, NULL, NULL);
		return error;
	}
	*data = e.out.data;
	*size = e.out.size;
	return 0;
	//}
}
