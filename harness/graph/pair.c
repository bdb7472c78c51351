/* SPDX-License-Identifier: MIT */
/*
 * Which process of one run is which of the other.
 *
 * The roots are twins. Of twins' children first those of one number and one shape are
 * paired, then those of one shape in order of birth, then the rest in that order, so that
 * like children born in another order are no difference.
 */
#define _GNU_SOURCE
#include <stdlib.h>

#include "graph/compare.h"

struct child {
	const struct process *process;
	size_t shape;
};

static int
by_shape(const void *a, const void *b)
{
	const struct child *left = a, *right = b;

	if (left->shape != right->shape)
		return left->shape < right->shape ? -1 : 1;
	return left->process->index < right->process->index ? -1 : 1;
}

static void
pair(struct comparison *c, const struct process *seen, const struct process *reference)
{
	c->twin[seen->index] = reference;
	c->back[reference->index] = seen;
}

static const struct process *
next_single(const struct process *const *twins, const struct process *child)
{
	while (child && twins[child->index])
		child = child->next_sibling;
	return child;
}

static struct child *
singles(const struct process *parent, const size_t *shapes, const struct process *const *twins,
    size_t *n)
{
	struct child *list = calloc(parent->children + 1, sizeof(*list));

	*n = 0;
	for (const struct process *p = parent->first_child; list && p; p = p->next_sibling)
		if (!twins[p->index])
			list[(*n)++] = (struct child){p, shapes[p->index]};
	if (list)
		qsort(list, *n, sizeof(*list), by_shape);
	return list;
}

static void
pair_numbers(struct comparison *c, const struct process *seen, const struct process *reference)
{
	const struct process *p = seen->first_child, *q = reference->first_child;

	for (; p && q; p = p->next_sibling, q = q->next_sibling)
		if (c->seen_shapes[p->index] == c->reference_shapes[q->index])
			pair(c, p, q);
}

static int
pair_shapes(struct comparison *c, const struct process *seen, const struct process *reference)
{
	size_t n, m;
	struct child *a = singles(seen, c->seen_shapes, c->twin, &n);
	struct child *b = singles(reference, c->reference_shapes, c->back, &m);
	int failed = !a || !b ? -1 : 0;

	for (size_t i = 0, j = 0; !failed && i < n && j < m;)
		if (a[i].shape == b[j].shape)
			pair(c, a[i++].process, b[j++].process);
		else if (a[i].shape < b[j].shape)
			i++;
		else
			j++;
	free(a);
	free(b);
	return failed;
}

static void
pair_rest(struct comparison *c, const struct process *seen, const struct process *reference)
{
	const struct process *p = next_single(c->twin, seen->first_child);
	const struct process *q = next_single(c->back, reference->first_child);

	while (p && q) {
		pair(c, p, q);
		p = next_single(c->twin, p);
		q = next_single(c->back, q);
	}
}

int
pair_all(struct comparison *c)
{
	c->twin = calloc(c->seen->size, sizeof(struct process *));
	c->back = calloc(c->reference->size, sizeof(struct process *));
	if (!c->twin || !c->back)
		return -1;
	pair(c, c->seen->processes[0], c->reference->processes[0]);
	/* Parents come before their children. */
	for (size_t i = 0; i < c->seen->size; i++) {
		const struct process *seen = c->seen->processes[i], *reference = c->twin[i];
		if (!reference)
			continue;
		pair_numbers(c, seen, reference);
		if (pair_shapes(c, seen, reference))
			return -1;
		pair_rest(c, seen, reference);
	}
	return 0;
}
