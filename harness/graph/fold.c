/* SPDX-License-Identifier: MIT */
/*
 * Folding: of more than four siblings with one shape the first stands for all.
 *
 * A process below a folded one is stood for by its counterpart below the one that is
 * drawn; like shapes have like children, so there is one. Where a picture would burst, the
 * later born are only counted, by their nearest ancestor that is drawn. Parents come before
 * children.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "graph/shape.h"

struct key {
	size_t shape;
	const struct process *process;
};

static int
by_shape(const void *a, const void *b)
{
	const struct key *left = a, *right = b;

	if (left->shape != right->shape)
		return left->shape < right->shape ? -1 : 1;
	return left->process->index < right->process->index ? -1 : 1;
}

static void
fold_run(struct fold *folds, const struct key *keys, size_t n)
{
	struct fold *first = &folds[keys[0].process->index];

	if (n <= FOLD_MORE_THAN)
		return;
	first->count = n;
	first->last = keys[n - 1].process;
	for (size_t i = 1; i < n; i++)
		folds[keys[i].process->index].drawn = keys[0].process;
}

static int
fold_children(struct fold *folds, const struct process *parent, const size_t *shapes)
{
	struct key *keys = calloc(parent->children + 1, sizeof(*keys));
	size_t n = 0;

	if (!keys)
		return -1;
	for (const struct process *c = parent->first_child; c; c = c->next_sibling)
		keys[n++] = (struct key){shapes[c->index], c};
	qsort(keys, n, sizeof(*keys), by_shape);
	for (size_t i = 0, first = 0; i < n; i++)
		if (i + 1 == n || keys[i + 1].shape != keys[first].shape) {
			fold_run(folds, keys + first, i + 1 - first);
			first = i + 1;
		}
	free(keys);
	return 0;
}

/* Below a folded process: the counterpart below the one that stands for it. */
static void
follow(struct fold *folds, const struct process *process, const size_t *shapes)
{
	const struct process *parent = folds[process->parent->index].drawn;
	const struct process *c = parent->first_child;

	if (parent == process->parent || folds[process->parent->index].crowded)
		return;
	while (c && shapes[c->index] != shapes[process->index])
		c = c->next_sibling;
	if (c)
		folds[process->index].drawn = folds[c->index].drawn;
}

/* Is there no room for it? Then its ancestor counts it. */
static bool
is_crowded(struct fold *folds, const struct process *process, size_t *siblings, size_t *all)
{
	struct fold *fold = &folds[process->index];
	const struct process *parent = folds[process->parent->index].drawn;

	if (folds[process->parent->index].crowded) {
		fold->crowded = true;
	} else if (fold->drawn == process) {
		size_t *drawn = &siblings[process->parent->index];
		fold->crowded = *drawn >= FOLD_CHILDREN || *all >= FOLD_PROCESSES;
		*drawn += !fold->crowded;
		*all += !fold->crowded;
	} else {
		fold->crowded = folds[fold->drawn->index].crowded;
	}
	if (fold->crowded) {
		fold->drawn = parent;
		folds[parent->index].below++;
	}
	return fold->crowded;
}

static int
fold_each(struct fold *folds, const struct graph *graph, const size_t *shapes)
{
	size_t *siblings = calloc(graph->size, sizeof(*siblings)), all = 0;
	int failed = siblings ? 0 : -1;

	for (size_t i = 0; !failed && i < graph->size; i++) {
		const struct process *process = graph->processes[i];
		if (process->parent) {
			follow(folds, process, shapes);
			if (is_crowded(folds, process, siblings, &all))
				continue;
			folds[i].times = folds[i].count * folds[process->parent->index].times;
		}
		if (folds[i].drawn == process)
			failed = fold_children(folds, process, shapes);
	}
	free(siblings);
	return failed;
}

struct fold *
fold_all(const struct graph *graph)
{
	struct shape_table table = {0};
	struct fold *folds = calloc(graph->size, sizeof(*folds));
	size_t *shapes = shape_all(graph, &table, SHAPE_EXACT);
	int failed = !folds || !shapes;

	for (size_t i = 0; !failed && i < graph->size; i++)
		folds[i] = (struct fold){.drawn = graph->processes[i],
		    .last = graph->processes[i],
		    .count = 1,
		    .times = 1};
	if (!failed)
		failed = fold_each(folds, graph, shapes);
	shape_release(&table);
	free(shapes);
	if (failed) {
		free(folds);
		return NULL;
	}
	return folds;
}

/* A path with a star for each number that is one of many. */
static void
starred(const struct fold *folds, const struct process *process, bool last, char *name, size_t size)
{
	const char *number = strrchr(process->path, '.');

	if (!process->parent) {
		snprintf(name, size, "%s", process->path);
		return;
	}
	starred(folds, process->parent, true, name, size);
	size_t n = strlen(name);
	bool many = last && folds[process->index].count > 1;
	snprintf(name + n, size - n, "%s", many ? ".*" : number);
}

void
fold_name(const struct fold *folds, const struct process *process, char *name, size_t size)
{
	const struct fold *fold = &folds[process->index];

	starred(folds, process, false, name, size);
	if (fold->count > 1) {
		size_t n = strlen(name), stem = (size_t)(strrchr(name, '.') - name);
		char last[64];
		snprintf(last, sizeof(last), "%s", strrchr(fold->last->path, '.'));
		n += (size_t)snprintf(name + n, size - n, " … ");
		if (n + stem + sizeof(last) < size)
			sprintf(mempcpy(name + n, name, stem), "%s", last);
	}
}
