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
#include <sys/single_threaded.h>

static void
next_block(struct morgue *m, struct block *block)
{
	if (m->block)
		mp__block_release(m->block, m->freed);
	m->block = block;
	m->freed = 0;
}

/* The memory of one value. Values of one block are often neighbours: they are counted
 * together. */
static inline void
free_memory(struct morgue *m, struct mp_value *v)
{
	struct block *block = (struct block *)v - v->place;

	if (v->place == 0) {
		free(v);
		return;
	}
	if (block != m->block)
		next_block(m, block);
	m->freed++;
}

static inline void let_go(struct morgue *m, struct mp_value *v);

/* What is neither a node nor memory alone. */
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

/* The last reference is gone. */
static inline void
bury(struct morgue *m, struct mp_value *v)
{
	if (is_node(v)) {
		atomic_store_explicit(&v->count, 0, memory_order_relaxed);
		if (v->color == PLAIN) /* else it is among the suspects, and found out there */
			link_first(&m->dead, v);
		return;
	}
	if (v->kind > MP_REDUCE)
		let_go_owned(m, v);
	free_memory(m, v);
}

/* How many are left. Who holds the only one need not count atomically, nor need a process of
 * one thread: an atomic operation takes as long as twenty others. */
static inline uint32_t
count_down(struct mp_value *v, uint32_t count)
{
	if (count == 1)
		return 0;
	if (!__libc_single_threaded)
		return atomic_fetch_sub_explicit(&v->count, 1, memory_order_acq_rel) - 1;
	atomic_store_explicit(&v->count, count - 1, memory_order_relaxed);
	return count - 1;
}

/* One reference less. */
static inline void
let_go(struct morgue *m, struct mp_value *v)
{
	uint32_t count = v ? count_of(v) : IMMORTAL;

	if (count >= IMMORTAL)
		return;
	if (count_down(v, count) == 0) {
		bury(m, v);
	} else if (v->cyclic && v->color == PLAIN) {
		v->color = SUSPECT;
		link_first(&m->suspects, v);
	}
}

static void
let_go_all(struct morgue *m, struct mp_value **values, size_t n)
{
	for (size_t i = 0; i < n; i++)
		let_go(m, values[i]);
}

static void
empty_table(struct morgue *m, struct table *t)
{
	for (size_t i = 0; i < t->size; i++) {
		let_go(m, t->entries[i].key);
		let_go(m, t->entries[i].value);
	}
	if (t->entries != t->few)
		free(t->entries);
	free(t->slot);
}

static void
empty_dead(struct morgue *m)
{
	struct mp_value *v;

	while ((v = m->dead)) {
		m->dead = node_of(v)->link;
		if (has_items(v)) {
			struct items *items = (struct items *)v;
			let_go_all(m, items->at, items->size);
			if (v->kind == MP_LIST)
				free(items->at);
		} else if (v->kind == MP_REDUCE) {
			let_go_all(m, ((struct reduce *)v)->part, PARTS);
		} else {
			empty_table(m, (struct table *)v);
		}
		free_memory(m, v);
	}
}

void
mp__let_go(struct mp_value **values, size_t n)
{
	struct morgue m = {.dead = NULL};

	let_go_all(&m, values, n);
	while (m.dead || m.suspects) {
		empty_dead(&m);
		if (m.suspects)
			mp__find_out(&m);
	}
	if (m.block)
		mp__block_release(m.block, m.freed);
}
//}
