/* SPDX-License-Identifier: MIT */
/*
 * Letting go: of values, of all that they alone held, and of cycles.
 *
 * A list that holds itself has a reference that never goes away. Counting cannot see that
 * nobody outside is left; so whenever a value that may be part of a cycle loses a reference,
 * and has others, we look whether these others all come from inside ("trial deletion"):
 *
 *	1. gather all that the suspect reaches; held = its references
 *	2. for every reference among those gathered: held - 1
 *	3. held > 0: somebody outside holds it, and so all that it reaches
 *	4. the rest holds only itself: cut it apart, and it is dead like anything else
 *
 * Only values in `cyclic` are walked: nobody else pays. Nothing here recurses or allocates:
 * a node is in at most one list, by `link`; the stack of step 3 goes through `work`.
 *
 * Handout: labs/04-pickle/README.md
 */
#include "object.h"

//{
enum color { PLAIN, SUSPECT, GATHERED, HELD };

struct morgue {
	struct mp_value *dead;	   /* no references: to be emptied and freed */
	struct mp_value *suspects; /* cyclic, lost a reference, have others */
};

static struct node *
node_of(struct mp_value *v)
{
	return (struct node *)v;
}

static void
push(struct mp_value **list, struct mp_value *v)
{
	node_of(v)->link = *list;
	*list = v;
}

static void
free_leaf(struct mp_value *v, struct mp_value *own[2])
{
	if (v->kind == MP_GLOBAL) {
		own[0] = ((struct global *)v)->module;
		own[1] = ((struct global *)v)->name;
	}
	if (v->kind == MP_OBJECT && ((struct object *)v)->class->unref)
		((struct object *)v)->class->unref(((struct object *)v)->object);
	free(v);
}

/* One reference less. Who holds the only one need not count atomically. */
static void
let_go(struct morgue *m, struct mp_value *v)
{
	uint32_t count = v ? count_of(v) : IMMORTAL;

	if (count >= IMMORTAL)
		return;
	count = count == 1 ? 0 : atomic_fetch_sub_explicit(&v->count, 1, memory_order_acq_rel) - 1;
	if (count == 0 && !is_node(v)) {
		struct mp_value *own[2] = {NULL, NULL};
		free_leaf(v, own);
		let_go(m, own[0]); /* strs: no deeper than this */
		let_go(m, own[1]);
	} else if (count == 0) {
		atomic_store_explicit(&v->count, 0, memory_order_relaxed);
		if (v->color == PLAIN) /* else it is among the suspects, and found out there */
			push(&m->dead, v);
	} else if (v->cyclic && v->color == PLAIN) {
		v->color = SUSPECT;
		push(&m->suspects, v);
	}
}

static void
empty_dead(struct morgue *m)
{
	struct mp_value *v;

	while ((v = m->dead)) {
		m->dead = node_of(v)->link;
		for (size_t i = 0; i < mp__children(v); i++)
			let_go(m, *mp__child(v, i));
		mp__node_release(v);
	}
}

/* Behind the last one of the queue. */
static void
gather(struct mp_value *v, struct mp_value **tail)
{
	v->color = GATHERED;
	node_of(v)->held = count_of(v);
	if (*tail)
		node_of(*tail)->link = v;
	node_of(v)->link = NULL;
	*tail = v;
}

/* Steps 1 and 2: the queue grows while it is walked. */
static struct mp_value *
gather_all(struct mp_value *suspects)
{
	struct mp_value *queue = suspects, *tail = NULL, *next;

	for (struct mp_value *v = suspects; v; v = next) {
		next = node_of(v)->link;
		gather(v, &tail);
	}
	for (struct mp_value *v = queue; v; v = node_of(v)->link)
		for (size_t i = 0; i < mp__children(v); i++) {
			struct mp_value *child = *mp__child(v, i);
			if (!child || !child->cyclic)
				continue;
			if (child->color == PLAIN)
				gather(child, &tail);
			node_of(child)->held--;
		}
	return queue;
}

/* Step 3, for one that is held, and all that it reaches. */
static void
hold(struct mp_value *v)
{
	struct mp_value *stack = NULL;

	for (;;) {
		v->color = HELD;
		for (size_t i = 0; i < mp__children(v); i++) {
			struct mp_value *child = *mp__child(v, i);
			if (child && child->cyclic && child->color == GATHERED) {
				child->color = HELD;
				node_of(child)->work = stack;
				stack = child;
			}
		}
		if (!(v = stack))
			return;
		stack = node_of(v)->work;
	}
}

/* Step 4: what only holds itself loses its references to the others that were gathered. */
static void
cut(struct mp_value *v)
{
	for (size_t i = 0; i < mp__children(v); i++) {
		struct mp_value **child = mp__child(v, i);
		if (!*child || !(*child)->cyclic)
			continue;
		if ((*child)->color == HELD && count_of(*child) < IMMORTAL)
			atomic_fetch_sub_explicit(&(*child)->count, 1, memory_order_acq_rel);
		*child = NULL;
	}
}

static void
find_out_suspects(struct morgue *m)
{
	struct mp_value *queue = gather_all(m->suspects), *next;

	m->suspects = NULL;
	for (struct mp_value *v = queue; v; v = node_of(v)->link)
		if (v->color == GATHERED && node_of(v)->held > 0)
			hold(v);
	for (struct mp_value *v = queue; v; v = node_of(v)->link)
		if (v->color == GATHERED)
			cut(v);
	for (struct mp_value *v = queue; v; v = next) {
		next = node_of(v)->link;
		if (v->color == GATHERED)
			push(&m->dead, v);
		v->color = PLAIN;
	}
}

/* A node that can be walked: not the empty tuple, which belongs to everybody. */
static bool
is_walked(const struct mp_value *v)
{
	return v && is_node(v) && count_of(v) < IMMORTAL && v->color == PLAIN;
}

/* Everything that the roots reach: is the wanted one there? Mark it all. */
static bool
walk(struct mp_value **roots, size_t n, const struct mp_value *wanted, bool mark)
{
	struct mp_value *queue = NULL, *tail = NULL, *next;
	bool found = false;

	for (size_t i = 0; i < n; i++)
		if (is_walked(roots[i])) {
			gather(roots[i], &tail);
			queue = queue ? queue : tail;
		}
	for (struct mp_value *v = queue; v; v = node_of(v)->link) {
		found = found || v == wanted;
		v->cyclic = v->cyclic || mark;
		for (size_t i = 0; i < mp__children(v) && !found; i++) {
			struct mp_value *child = *mp__child(v, i);
			if (is_walked(child))
				gather(child, &tail);
		}
	}
	for (struct mp_value *v = queue; v; v = next) {
		next = node_of(v)->link;
		v->color = PLAIN;
	}
	return found;
}

void
mp__mark_cyclic(struct mp_value **values, size_t n)
{
	walk(values, n, NULL, true);
}

void
mp__joins(struct mp_value *whole, struct mp_value *part)
{
	/* Whoever has only one reference, the caller's, is in nothing, and so not in its part. */
	if (count_of(whole) > 1 && is_node(part) && walk(&part, 1, whole, false))
		mp__mark_cyclic(&part, 1);
}
//}

void
mp__let_go(struct mp_value **values, size_t n)
{
	/*
	 * pickle.7: free n values at once, what they alone held, and cycles that nobody outside
	 * holds: in a loop, for they may be nested deeper than any stack.
	 */
	//{
	struct morgue m = {NULL, NULL};

	for (size_t i = 0; i < n; i++)
		let_go(&m, values[i]);
	while (m.dead || m.suspects) {
		empty_dead(&m);
		if (m.suspects)
			find_out_suspects(&m);
	}
	//}
}
