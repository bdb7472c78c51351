/* SPDX-License-Identifier: MIT */
/*
 * Equality and hash, which see values as Python does.
 *
 * A value may hold the same list many times over, or itself. Comparing two such values part
 * by part would take exponential time, or never end. So two nodes that are being compared
 * are put into one set of "taken to be equal" (union-find): whoever comes to the pair again,
 * goes on. If they differ after all, the answer is "unequal" as a whole, and nobody has
 * been misled. A hash is kept in the value, once known, for the same reason.
 *
 * Handout: labs/04-pickle/README.md
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "object.h"

//{
static const void *
root_of(struct seen *same, const void *v)
{
	uintptr_t *up;

	while ((up = mp__seen_find(same, v)) && *up) {
		uintptr_t *next = mp__seen_find(same, (const void *)*up);
		if (next && *next)
			*up = *next; /* shorter for who comes next */
		v = (const void *)*up;
	}
	return v;
}

/* Take two to be equal: 1, they were already; 0, now they are; or -ENOMEM. */
static int
take_as_same(struct seen *same, const void *a, const void *b)
{
	const void *from = root_of(same, a), *to = root_of(same, b);

	if (from == to)
		return 1;
	uintptr_t *up = mp__seen_place(same, from);
	if (!up)
		return -ENOMEM;
	*up = (uintptr_t)to;
	return 0;
}

static bool
is_number(const struct mp_value *v)
{
	return v->kind == MP_INT || v->kind == MP_BOOL || v->kind == MP_FLOAT;
}

static bool
is_bytes(const struct mp_value *v)
{
	return v->kind == MP_BYTES || v->kind == MP_BYTEARRAY;
}

static bool
is_set(const struct mp_value *v)
{
	return v->kind == MP_SET || v->kind == MP_FROZENSET;
}

static bool
numbers_equal(const struct mp_value *a, const struct mp_value *b)
{
	const struct number *x = (const struct number *)a, *y = (const struct number *)b;
	struct whole one, two;

	if (a->kind == MP_FLOAT && b->kind == MP_FLOAT)
		return x->real == y->real;
	if (a->kind != MP_FLOAT && b->kind != MP_FLOAT && !a->big && !b->big)
		return x->whole == y->whole;
	return mp__whole(a, &one) && mp__whole(b, &two) && one.size == two.size &&
	       !memcmp(one.bytes, two.bytes, one.size);
}

static int
bytes_equal(struct compare *c, const struct bytes *a, const struct bytes *b)
{
	if (a->size != b->size)
		return 0;
	if (c->left < a->size)
		return MP_UNPICKLING;
	c->left -= a->size;
	return !memcmp(a->data, b->data, a->size);
}

static int
items_equal(struct compare *c, const struct items *a, const struct items *b)
{
	int equal = a->size == b->size;

	for (size_t i = 0; i < a->size && equal == 1; i++)
		equal = mp__equal(c, a->at[i], b->at[i]);
	return equal;
}

/* Each key of a is one of b, with an equal value. */
static int
tables_equal(struct compare *c, const struct table *a, const struct table *b)
{
	struct entry *other;
	int equal = a->live == b->live;

	for (size_t i = 0; i < a->size && equal == 1; i++) {
		const struct entry *entry = &a->entries[i];
		if (!entry->key)
			continue;
		equal = mp__table_find(b, entry->key, NULL, &other);
		if (equal == 1 && entry->value)
			equal = mp__equal(c, entry->value, other->value);
	}
	return equal;
}

static int
reduces_equal(struct compare *c, const struct reduce *a, const struct reduce *b)
{
	int equal = a->newobj == b->newobj && !c->keys;

	for (size_t i = 0; i < PARTS && equal == 1; i++)
		if (a->part[i] != b->part[i])
			equal = a->part[i] && b->part[i] && mp__equal(c, a->part[i], b->part[i]);
	return equal;
}

static int
nodes_equal(struct compare *c, struct mp_value *a, struct mp_value *b)
{
	/* Only what has several references, or is in a cycle, can be come upon again. */
	int same = 0;
	if (count_of(a) > 1 || count_of(b) > 1 || a->cyclic || b->cyclic)
		same = take_as_same(&c->same, a, b);
	if (same)
		return same;
	if (c->depth >= DEEPEST)
		return MP_TOO_DEEP;
	c->depth++;
	if (is_set(a) || a->kind == MP_DICT)
		same = tables_equal(c, (struct table *)a, (struct table *)b);
	else if (a->kind == MP_REDUCE)
		same = reduces_equal(c, (struct reduce *)a, (struct reduce *)b);
	else
		same = items_equal(c, (struct items *)a, (struct items *)b);
	c->depth--;
	return same;
}

/* 1, 0 or an error. What is the same is equal: that is how lists with nan are compared. */
int
mp__equal(struct compare *c, struct mp_value *a, struct mp_value *b)
{
	if (a == b)
		return 1;
	if (is_number(a) && is_number(b))
		return numbers_equal(a, b);
	if (is_bytes(a) && is_bytes(b))
		return bytes_equal(c, (struct bytes *)a, (struct bytes *)b);
	if (a->kind != b->kind && !(is_set(a) && is_set(b)))
		return 0;
	if (is_node(a))
		return nodes_equal(c, a, b);
	switch (a->kind) {
	case MP_STR:
		return bytes_equal(c, (struct bytes *)a, (struct bytes *)b);
	case MP_GLOBAL: {
		struct global *x = (struct global *)a, *y = (struct global *)b;
		int equal = bytes_equal(c, (struct bytes *)x->module, (struct bytes *)y->module);
		if (equal != 1)
			return equal;
		return bytes_equal(c, (struct bytes *)x->name, (struct bytes *)y->name);
	}
	case MP_OBJECT: {
		struct object *x = (struct object *)a, *y = (struct object *)b;
		return x->class == y->class && x->object == y->object;
	}
	default: /* None, of which there is one */
		return 0;
	}
}
//}

int
mp_value_equal(const struct mp_value *a, const struct mp_value *b)
{
	/* pickle.2: through the kinds of numbers, in any depth, and through cycles. */
	//{
	struct compare c = {.left = SIZE_MAX};
	struct mp_value *x = (struct mp_value *)(uintptr_t)a, *y = (struct mp_value *)(uintptr_t)b;

	if (!x || !y)
		return x == y;
	if (x == y && x->kind == MP_FLOAT)
		return !isnan(((struct number *)x)->real);
	int equal = mp__equal(&c, x, y);
	mp__seen_release(&c.same);
	return equal;
	//}
}

//{
static int hash_of(struct mp_value *v, unsigned depth, uint64_t *hash);

static uint64_t
hash_number(const struct mp_value *v)
{
	struct whole whole;

	if (v->kind != MP_FLOAT && !v->big)
		return mp__hash_word((uint64_t)((const struct number *)v)->whole, MP_INT);
	double real = v->big ? 0 : ((const struct number *)v)->real;
	if (isnan(real)) /* equal to itself alone */
		return mp__hash_word((uintptr_t)v, MP_OBJECT);
	if (!mp__whole(v, &whole)) {
		uint64_t bits;
		memcpy(&bits, &real, sizeof(bits));
		return mp__hash_word(bits, MP_FLOAT);
	}
	if (whole.size > 8)
		return mp__hash_bytes(whole.bytes, whole.size, MP_INT);
	return mp__hash_word((uint64_t)(int64_t)real, MP_INT); /* as the int of the same value */
}

static int
hash_items(const struct items *items, unsigned depth, uint64_t *hash)
{
	uint64_t sum = items->size, one;

	for (size_t i = 0; i < items->size; i++) {
		int error = hash_of(items->at[i], depth + 1, &one);
		if (error)
			return error;
		sum = mp__hash_word(sum ^ one, MP_TUPLE);
	}
	*hash = sum;
	return 0;
}

/* The elements have no order, so neither has their sum. */
static uint64_t
hash_elements(const struct table *set)
{
	uint64_t sum = set->live;

	for (size_t i = 0; i < set->size; i++)
		if (set->entries[i].key)
			sum += mp__hash_word(set->entries[i].hash, MP_FROZENSET);
	return sum;
}

/* Of what is long, or has parts: known already, or to be found and kept. */
static int
kept_hash(struct mp_value *v, _Atomic uint64_t *kept, unsigned depth, uint64_t *hash)
{
	const struct bytes *b = (const struct bytes *)v;
	int error = 0;

	*hash = atomic_load_explicit(kept, memory_order_relaxed);
	if (*hash)
		return 0;
	if (v->kind == MP_TUPLE)
		error = depth < DEEPEST ? hash_items((struct items *)v, depth, hash) : MP_TOO_DEEP;
	else if (v->kind == MP_FROZENSET)
		*hash = hash_elements((struct table *)v);
	else
		*hash = v->big ? hash_number(v) : mp__hash_bytes(b->data, b->size, v->kind);
	if (error)
		return error;
	*hash += *hash == 0;
	atomic_store_explicit(kept, *hash, memory_order_relaxed);
	return 0;
}

static int
hash_of(struct mp_value *v, unsigned depth, uint64_t *hash)
{
	switch (v->kind) {
	case MP_INT:
		if (v->big)
			return kept_hash(v, &((struct bytes *)v)->hash, depth, hash);
		/* fallthrough */
	case MP_BOOL:
	case MP_FLOAT:
		*hash = hash_number(v);
		return 0;
	case MP_STR:
	case MP_BYTES:
		return kept_hash(v, &((struct bytes *)v)->hash, depth, hash);
	case MP_TUPLE:
		return kept_hash(v, &((struct items *)v)->hash, depth, hash);
	case MP_FROZENSET:
		return kept_hash(v, &((struct table *)v)->hash, depth, hash);
	case MP_GLOBAL: {
		struct global *global = (struct global *)v;
		uint64_t module;
		int error = hash_of(global->module, depth, &module);
		if (!error)
			error = hash_of(global->name, depth, hash);
		*hash = mp__hash_word(*hash ^ module, MP_GLOBAL);
		return error;
	}
	case MP_OBJECT:
		*hash = mp__hash_word((uintptr_t)((struct object *)v)->object, MP_OBJECT);
		return 0;
	case MP_NONE:
	case MP_REDUCE:
		*hash = mp__hash_word((uintptr_t)v, MP_OBJECT);
		return 0;
	default:
		return MP_UNHASHABLE;
	}
}
//}

int
mp_value_hash(const struct mp_value *v, uint64_t *hash)
{
	/* pickle.2: equal values have equal hashes: 1, True and 1.0, too. */
	//{
	uint64_t found;
	int error = hash_of((struct mp_value *)(uintptr_t)v, 0, &found);

	if (!error)
		*hash = found;
	return error;
	//}
}
