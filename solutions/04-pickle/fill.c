/* SPDX-License-Identifier: MIT */
/*
 * What has parts, made and filled from the stack of the pickle machine.
 *
 * The parts lie above the last mark, or on top, so many as the instruction says. They move:
 * from the stack into the value, without being counted; or, when they do not fit, away.
 *
 * Handout: labs/04-pickle/README.md
 */
#include <errno.h>
#include <string.h>

#include <mp/pickle.h>

#include "decode.h"

//{
int
mp__push_tuple(struct decoder *d, size_t n)
{
	if (d->height - d->floor < n)
		return MP_UNPICKLING;
	d->height -= n;
	return push(d, mp__new_tuple(&d->arena, d->stack + d->height, n));
}

/* All above the mark become the parts of a tuple or a list. */
int
mp__push_marked(
    struct decoder *d, struct mp_value *(*make)(struct arena *, struct mp_value **, size_t))
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

int
mp__fill_marked(struct decoder *d, enum opcode op)
{
	size_t n;
	struct mp_value **parts = mp__pop_mark(d, &n);

	return parts ? fill(d, op, parts, n) : MP_UNPICKLING;
}

/* One item, or one pair, without a mark. */
int
mp__fill_few(struct decoder *d, enum opcode op, size_t n)
{
	if (d->height - d->floor < n)
		return MP_UNPICKLING;
	d->height -= n;
	return fill(d, op, d->stack + d->height, n);
}

/* MARK key value... DICT, MARK element... FROZENSET */
int
mp__push_table(struct decoder *d, enum mp_kind kind)
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
//}
