/* SPDX-License-Identifier: MIT */
/*
 * Letting go: of values, and of all that they alone held.
 *
 * Lists may be nested deeper than any stack, so this is a loop: a node without references
 * goes on a list of the dead, linked through itself; taking one from there and letting go of
 * its parts may add others. What may be part of a cycle and still has references is a suspect,
 * for cycle.c. Nothing here recurses, and nothing allocates.
 *
 * Handout: labs/04-pickle/README.md
 */
#include "object.h"

//{
/* The memory of one value. Values of one block are often neighbours: they are counted
 * together. */
static void
free_memory(struct morgue *m, struct mp_value *v)
{
	if (v->place == 0) {
		free(v);
		return;
	}
	struct block *block = (struct block *)v - v->place;
	if (block != m->block) {
		if (m->block)
			mp__block_release(m->block, m->freed);
		m->block = block;
		m->freed = 0;
	}
	m->freed++;
}

static inline void let_go(struct morgue *m, struct mp_value *v);

/* Of a global, and of an object of the library. */
static void
let_go_owned(struct morgue *m, struct mp_value *v)
{
	if (v->kind == MP_OBJECT) {
		struct object *object = (struct object *)v;
		if (object->class->unref)
			object->class->unref(object->object);
	} else if (v->kind == MP_GLOBAL) { /* two strs: it goes no deeper than this */
		let_go(m, ((struct global *)v)->module);
		let_go(m, ((struct global *)v)->name);
	}
}

/* One reference less. Who holds the only one need not count atomically. */
static inline void
let_go(struct morgue *m, struct mp_value *v)
{
	uint32_t count = v ? count_of(v) : IMMORTAL;

	if (count >= IMMORTAL)
		return;
	count = count == 1 ? 0 : atomic_fetch_sub_explicit(&v->count, 1, memory_order_acq_rel) - 1;
	if (count == 0 && !is_node(v)) {
		if (v->kind > MP_REDUCE)
			let_go_owned(m, v);
		free_memory(m, v);
	} else if (count == 0) {
		atomic_store_explicit(&v->count, 0, memory_order_relaxed);
		if (v->color == PLAIN) /* else it is among the suspects, and found out there */
			link_first(&m->dead, v);
	} else if (v->cyclic && v->color == PLAIN) {
		v->color = SUSPECT;
		link_first(&m->suspects, v);
	}
}

static void
empty_dead(struct morgue *m)
{
	struct mp_value *v;

	while ((v = m->dead)) {
		m->dead = node_of(v)->link;
		for (size_t i = 0, n = children(v); i < n; i++)
			let_go(m, *child(v, i));
		if (v->kind == MP_LIST)
			free(((struct items *)v)->at);
		if (v->kind == MP_DICT || v->kind == MP_SET || v->kind == MP_FROZENSET) {
			free(((struct table *)v)->entries);
			free(((struct table *)v)->slot);
		}
		free_memory(m, v);
	}
}

void
mp__let_go(struct mp_value **values, size_t n)
{
	struct morgue m = {.dead = NULL};

	for (size_t i = 0; i < n; i++)
		let_go(&m, values[i]);
	while (m.dead || m.suspects) {
		empty_dead(&m);
		if (m.suspects)
			mp__find_out(&m);
	}
	if (m.block)
		mp__block_release(m.block, m.freed);
}
//}
