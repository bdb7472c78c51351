/* SPDX-License-Identifier: MIT */
/*
 * Cycles: marked when they are closed, found when nobody outside is left.
 *
 * A list that holds itself has a reference that never goes away. Counting cannot see that
 * nobody outside is left; so whenever a value that may be part of a cycle loses a reference,
 * and has others, we look whether these others all come from inside ("trial deletion"):
 *
 *	1. gather all that the suspects reach; held = its references
 *	2. for every reference among those gathered: held - 1
 *	3. held > 0: somebody outside holds it, and so all that it reaches
 *	4. the rest holds only itself: cut it apart, and it is dead like anything else
 *
 * Only values marked as cyclic are walked: nobody else pays. To mark them, whatever is put
 * into a value that is itself in another one is looked through. Nothing here recurses or
 * allocates: a node is in at most one list, by `link`; the stack of step 3 goes by `work`.
 *
 * Handout: labs/04-pickle/README.md
 */
#include "object.h"

//{
/* Behind the last one of the queue. */
static void
gather(struct mp_value *v, struct mp_value **tail)
{
	v->color = GATHERED;
	node_of(v)->held = count_of(v);
	node_of(v)->link = NULL;
	if (*tail)
		node_of(*tail)->link = v;
	*tail = v;
}

/* Steps 1 and 2: the queue grows while it is walked. */
static void
gather_all(struct mp_value *suspects)
{
	struct mp_value *tail = NULL, *next;

	for (struct mp_value *v = suspects; v; v = next) {
		next = node_of(v)->link;
		gather(v, &tail);
	}
	for (struct mp_value *v = suspects; v; v = node_of(v)->link)
		for (size_t i = 0, n = children(v); i < n; i++) {
			struct mp_value *part = *child(v, i);
			if (!part || !part->cyclic)
				continue;
			if (part->color == PLAIN)
				gather(part, &tail);
			node_of(part)->held--;
		}
}

/* Step 3, for one that is held, and all that it reaches. */
static void
hold(struct mp_value *v)
{
	struct mp_value *stack = NULL;

	v->color = HELD;
	for (;;) {
		for (size_t i = 0, n = children(v); i < n; i++) {
			struct mp_value *part = *child(v, i);
			if (!part || !part->cyclic || part->color != GATHERED)
				continue;
			part->color = HELD;
			node_of(part)->work = stack;
			stack = part;
		}
		if (!(v = stack))
			return;
		stack = node_of(v)->work;
	}
}

/* Step 4: what only holds itself loses its references to others that were gathered. */
static void
cut(struct mp_value *v)
{
	for (size_t i = 0, n = children(v); i < n; i++) {
		struct mp_value **part = child(v, i);
		if (!*part || (*part)->color == PLAIN || (*part)->color == SUSPECT)
			continue;
		if ((*part)->color == HELD && count_of(*part) < IMMORTAL)
			atomic_fetch_sub_explicit(&(*part)->count, 1, memory_order_acq_rel);
		*part = NULL;
	}
}

void
mp__find_out(struct morgue *m)
{
	struct mp_value *queue = m->suspects, *next;

	m->suspects = NULL;
	gather_all(queue);
	for (struct mp_value *v = queue; v; v = node_of(v)->link)
		if (v->color == GATHERED && node_of(v)->held > 0)
			hold(v);
	for (struct mp_value *v = queue; v; v = node_of(v)->link)
		if (v->color == GATHERED)
			cut(v);
	for (struct mp_value *v = queue; v; v = next) {
		next = node_of(v)->link;
		if (v->color == GATHERED)
			link_first(&m->dead, v);
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
		v->cyclic |= mark;
		for (size_t i = 0, parts = children(v); i < parts && !found; i++)
			if (is_walked(*child(v, i)))
				gather(*child(v, i), &tail);
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

static bool
is_owned(const struct mp_value *v)
{
	return atomic_load_explicit(&v->owned, memory_order_relaxed);
}

/* Several threads may do this to one value; whoever could close a cycle through it, has seen
 * it being put in. */
bool
mp__own(struct mp_value **values, size_t n)
{
	bool all = true;

	for (size_t i = 0; i < n; i++)
		if (!values[i])
			all = false;
		else if (is_node(values[i]) && !is_owned(values[i]))
			atomic_store_explicit(&values[i]->owned, true, memory_order_relaxed);
	return all;
}
//}

void
mp__joins(struct mp_value *whole, struct mp_value *part)
{
	/*
	 * pickle.7: part is about to become part of whole. If whole can be reached from part, a
	 * cycle is being closed: see to it that mp_value_free will find it.
	 */
	//{
	mp__own(&part, 1);
	/* What was never put into anything is not in its part. */
	if (is_owned(whole) && is_node(part) && walk(&part, 1, whole, false))
		mp__mark_cyclic(&part, 1);
	//}
}
