/* SPDX-License-Identifier: MIT */
#ifndef PICKLE_OBJECT_H
#define PICKLE_OBJECT_H
/*
 * The objects behind struct mp_value, for the files of this stage only.
 *
 * Every value begins with its count and its kind; each kind has a struct of its own, which
 * begins with a struct mp_value. Those that hold values begin with a struct node: it can be
 * linked into lists, so that no walk over a graph of values needs a stack or memory.
 *
 * Invariants: a value of which there is one for all (None, True, 5) is IMMORTAL and not
 * counted. `cyclic` is set in all members of a cycle, before the cycle is closed. A list's
 * items, a table's keys are never NULL, but in a value that is being freed.
 */
#include <stdatomic.h>

#include <mp/value.h>

#include "given.h"

struct mp_value {
	//{
	_Atomic uint32_t count; /* of references */
	uint8_t place;		/* in its block, in units of 16 bytes; 0: a malloc of its own */
	_Atomic bool owned;	/* a node that is in another one, or may be */
	uint8_t kind;		/* enum mp_kind */
	uint8_t big : 1;	/* an int that is a struct bytes */
	uint8_t cyclic : 1;	/* a node that may be part of a cycle */
	uint8_t color : 2;	/* of a node, while cycles are looked for */
				//}
};

//{
#define IMMORTAL UINT32_C(0x80000000) /* and above: a count that came here stays, too */

/* How deep a recursion over nested values goes: dumps needs 400 bytes of stack a level. */
#define DEEPEST 2000

/* bool, int, float */
struct number {
	struct mp_value head;
	union {
		int64_t whole;
		double real;
	};
};

/* str, bytes, bytearray, and an int that is too big for a struct number: two's complement,
 * least significant byte first, none too many. */
struct bytes {
	struct mp_value head;
	_Atomic uint64_t hash; /* 0: not known yet */
	size_t size;
	char data[]; /* and a NUL */
};

struct node {
	struct mp_value head;
	struct mp_value *link; /* of the list that this node is in */
	union {
		uint32_t held; /* references that come from outside: see cycle.c */
		struct mp_value *work;
	};
};

/* tuple, list */
struct items {
	struct node node;
	_Atomic uint64_t hash;
	size_t size, room;
	struct mp_value **at; /* a tuple's: inside */
	struct mp_value *inside[];
};

/* dict, set, frozenset: entries in order, the first few of them inside; where there are many,
 * a table of slots finds them. */
struct table {
	struct node node;
	_Atomic uint64_t hash;
	size_t live, size, room; /* entries: with a key; in use; that fit */
	struct entry {
		uint64_t hash;
		struct mp_value *key, *value; /* no key: removed; a set has no values */
	} * entries;
	size_t slots;	/* a power of two, or 0 */
	uint32_t *slot; /* 0: free; N: the entry N-1 */
	struct entry few[4];
};

/* What a reduce is made of. ITEMS are appended to the object, PAIRS (key, value, key...)
 * are set in it: subclasses of list and dict come so. KEYWORDS: of __newobj_ex__. */
enum part { CALLABLE, ARGS, KEYWORDS, ITEMS, PAIRS, STATE, PARTS };
struct reduce {
	struct node node;
	bool newobj;
	struct mp_value *part[PARTS];
};

struct global {
	struct mp_value head;
	struct mp_value *module, *name;
};

struct object {
	struct mp_value head;
	const struct mp_class *class;
	void *object;
};

/* memory.c: where values are made of one piece; NULL: by malloc. */
struct block {
	_Alignas(16) _Atomic uint32_t live; /* values in it */
};
#define UNIT 16
struct arena {
	struct block *block; /* that is being filled; one of these is a unit */
	uint32_t used, room; /* units, the block's head among them */
	uint32_t made;	     /* values */
};
void *mp__new_elsewhere(struct arena *arena, enum mp_kind kind, size_t size);
struct arena mp__arena_open(size_t pickle); /* for what a pickle of that size makes */
void mp__arena_close(struct arena *arena);
/* n values of this block are no more. */
void mp__block_release(struct block *block, uint32_t n);

/* One value: where the last one was made, if it fits there. What loads makes counts as owned. */
static inline void *
new_value(struct arena *arena, enum mp_kind kind, size_t size)
{
	size_t units = (size + UNIT - 1) / UNIT;

	if (!arena || arena->room - arena->used < units)
		return mp__new_elsewhere(arena, kind, size);
	struct mp_value *v = (struct mp_value *)(arena->block + arena->used);
	*v = (struct mp_value){
	    .count = 1, .place = (uint8_t)arena->used, .kind = (uint8_t)kind, .owned = true};
	arena->used += (uint32_t)units;
	arena->made++;
	return v;
}

/* value.c */
struct mp_value *
mp__new_bytes(struct arena *arena, enum mp_kind kind, const void *data, size_t size);
struct mp_value *mp__new_int(struct arena *arena, int64_t number);
struct mp_value *mp__new_float(struct arena *arena, double number);
bool mp__is_utf8(const char *text, size_t size);

static inline bool
is_node(const struct mp_value *v)
{
	return v->kind >= MP_TUPLE && v->kind <= MP_REDUCE;
}

static inline uint32_t
count_of(const struct mp_value *v)
{
	return atomic_load_explicit(&v->count, memory_order_acquire);
}

/* One more reference to what no other thread can know yet. */
static inline struct mp_value *
ref_private(struct mp_value *v)
{
	uint32_t count = atomic_load_explicit(&v->count, memory_order_relaxed);

	if (count < IMMORTAL)
		atomic_store_explicit(&v->count, count + 1, memory_order_relaxed);
	return v;
}

/* free.c: let go of n values at once. */
void mp__let_go(struct mp_value **values, size_t n);
struct morgue {
	struct mp_value *dead;	   /* no references: to be emptied and freed */
	struct mp_value *suspects; /* cyclic, lost a reference, have others */
	struct block *block;	   /* in which so many were freed last */
	uint32_t freed;
};

/* cycle.c: those of the suspects that nobody outside holds are dead. */
enum color { PLAIN, SUSPECT, GATHERED, HELD };
void mp__find_out(struct morgue *m);
/* All that these can reach may be part of a cycle from now on. */
void mp__mark_cyclic(struct mp_value **values, size_t n);
/* They become parts of a new value; false: one is missing. */
bool mp__own(struct mp_value **values, size_t n);

static inline struct node *
node_of(struct mp_value *v)
{
	return (struct node *)v;
}

static inline void
link_first(struct mp_value **list, struct mp_value *v)
{
	node_of(v)->link = *list;
	*list = v;
}

static inline bool
has_items(const struct mp_value *v)
{
	return v->kind == MP_TUPLE || v->kind == MP_LIST;
}

/* The values that a node holds, as an array with gaps. */
static inline size_t
children(const struct mp_value *v)
{
	switch (v->kind) {
	case MP_TUPLE:
	case MP_LIST:
		return ((const struct items *)v)->size;
	case MP_REDUCE:
		return PARTS;
	default:
		return is_node(v) ? ((const struct table *)v)->size * 2 : 0;
	}
}

static inline struct mp_value **
child(const struct mp_value *v, size_t i)
{
	if (has_items(v))
		return &((const struct items *)v)->at[i];
	if (v->kind == MP_REDUCE)
		return (struct mp_value **)&((const struct reduce *)v)->part[i];
	struct entry *entry = &((const struct table *)v)->entries[i / 2];
	return i % 2 ? &entry->value : &entry->key;
}

/* items.c: the parts are taken over. */
struct mp_value *mp__new_tuple(struct arena *arena, struct mp_value **parts, size_t n);
struct mp_value *mp__new_list(struct arena *arena, struct mp_value **parts, size_t n);
/* Make room for n more items. */
int mp__items_grow(struct items *list, size_t n);

/* compare.c. `left`: how many bytes may still be compared. In `keys`, reduces are equal only
 * to themselves. */
struct compare {
	struct seen same; /* taken to be equal: each points to another, a forest of sets */
	size_t left;
	unsigned depth;
	bool keys;
};
int mp__equal(struct compare *c, struct mp_value *a, struct mp_value *b);

/* table.c: left, if not NULL, as above, and what is used is taken off. put takes over key and
 * value; what is not needed of them, or of those that they replace, is in rest: let go of it. */
struct table *mp__table_new(struct arena *arena, enum mp_kind kind);
int mp__table_put(struct table *t, struct mp_value *key, struct mp_value *value, size_t *left,
    struct mp_value *rest[2]);
int mp__table_find(
    const struct table *t, const struct mp_value *key, size_t *left, struct entry **entry);

/* The hash of a key. Most are strs, which keep theirs. */
static inline int
hash_key(const struct mp_value *key, uint64_t *hash)
{
	if (key->kind == MP_STR) {
		const struct bytes *text = (const struct bytes *)key;
		*hash = atomic_load_explicit(&text->hash, memory_order_relaxed);
		if (*hash)
			return 0;
	}
	return mp_value_hash(key, hash);
}

/* opaque.c: what they are given is taken over. */
struct mp_value *mp__global(struct mp_value *module, struct mp_value *name);
struct mp_value *
mp__reduce(struct arena *arena, struct mp_value *callable, struct mp_value *args, bool newobj);
struct mp_value *mp__object(const struct mp_class *class, void *object);

/* The way down to where dumps is: at child `part` of `of`. */
struct step {
	const struct step *up;
	const struct mp_value *of;
	size_t part;
	unsigned depth;
};
/* blame.c: fill why, which may be NULL; class: the object's, or NULL. Returns error. */
struct mp_pickle_error;
int mp__blame(struct mp_pickle_error *why, int error, const struct step *at, const char *class);

/* number.c: a number as a whole one, in two's complement; false: it has a fraction. */
struct whole {
	const void *bytes;
	size_t size;
	uint8_t room[136];
};
bool mp__whole(const struct mp_value *v, struct whole *whole);
/* The nearest float; or MP_OVERFLOW. */
int mp__big_to_real(const struct bytes *big, double *number);
/* How many bytes of two's complement are needed; the others only repeat the sign. */
size_t mp__needed(const void *bytes, size_t size);
/* Decimal digits of an int, shortest ones of a float. */
int mp__put_int(struct buffer *out, const struct mp_value *v);
void mp__put_float(struct buffer *out, double number);
//}

/* cycle.c: before part goes into whole. */
void mp__joins(struct mp_value *whole, struct mp_value *part);

#endif
