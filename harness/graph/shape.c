/* SPDX-License-Identifier: MIT */
/*
 * Shapes: each is a line of text about one process and the numbers of its children's
 * shapes, and a table gives equal texts equal numbers. See shape.h.
 *
 * Computed from the last born to the first, so that children come before parents.
 */
#define _GNU_SOURCE
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "graph/shape.h"

struct shape {
	char *text;
	size_t number;
};

static int
by_text(const void *a, const void *b)
{
	return strcmp(((const struct shape *)a)->text, ((const struct shape *)b)->text);
}

static void
free_shape(void *node)
{
	struct shape *shape = node;

	free(shape->text);
	free(shape);
}

void
shape_release(struct shape_table *table)
{
	tdestroy(table->tree, free_shape);
	table->tree = NULL;
}

/* The number of a text, which is taken over; 0: no memory. */
static size_t
intern(struct shape_table *table, char *text)
{
	struct shape key = {.text = text};
	struct shape **found = tfind(&key, &table->tree, by_text);

	if (found) {
		free(text);
		return (*found)->number;
	}
	struct shape *shape = malloc(sizeof(*shape));
	if (shape)
		*shape = (struct shape){text, ++table->count};
	if (!shape || !tsearch(shape, &table->tree, by_text)) {
		free(text);
		free(shape);
		return 0;
	}
	return shape->number;
}

/* --- relations -------------------------------------------------------------------------------- */

/* How the one is related to the other: "up 1", "up 2 down 3.1". */
static void
print_relation(
    FILE *out, const struct process *from, const struct process *to, enum precision precision)
{
	const struct process *common = from;
	size_t up = 0;

	if (!to) {
		fputs("outside", out);
		return;
	}
	for (; strncmp(to->path, common->path, strlen(common->path)) ||
	       (to->path[strlen(common->path)] && to->path[strlen(common->path)] != '.');
	     up++)
		common = common->parent;
	fprintf(out, "up %zu", up);
	if (to == common)
		return;
	if (precision == SHAPE_EXACT)
		fprintf(out, " down %s", to->path + strlen(common->path));
	else
		fprintf(out, " down %zu", to->depth - common->depth);
}

/* --- one process ------------------------------------------------------------------------------ */

static void
print_execs(FILE *out, const struct process *process)
{
	/* The root's first is how the run was started, not what it did. */
	const struct exec *exec = process->parent ? process->execs : process->execs->next;

	for (; exec; exec = exec->next) {
		/* How the program is called differs between places; its name does not. */
		const char *name = exec->argc ? basename(exec->argv[0]) : "";
		fprintf(out, "exec %zu:%s", strlen(name), name);
		for (size_t i = 1; i < exec->argc; i++)
			fprintf(out, " %zu:%s", strlen(exec->argv[i]), exec->argv[i]);
		fputc('\n', out);
	}
}

static void
print_life(FILE *out, const struct process *process, enum precision precision)
{
	fprintf(out, "%s %d %d %d %d %d z%d o%d l%d s%d r%d d%d t%d\n", process->how,
	    process->ending, process->code, process->signal, process->core, process->reaping,
	    process->zombie, process->orphan, process->left != 0, process->session,
	    process->subreaper, process->death_signal, process->stops > 0);
	if (process->reaping == REAP_WAIT) {
		fputs("reaper ", out);
		print_relation(out, process, process->reaper, precision);
	}
	if (process->last_adoption) {
		fputs(" adopter ", out);
		print_relation(out, process, process->last_adoption->to, precision);
	}
	fputc('\n', out);
}

static void
print_kills(FILE *out, const struct process *process, enum precision precision)
{
	for (const struct kill *kill = process->sent; kill; kill = kill->next_sent) {
		if (kill->to && kill->to->parent == process && !kill->after)
			continue; /* the child tells */
		fprintf(out, "kill %d %d %d ", kill->signal, kill->error, kill->after != NULL);
		print_relation(out, process, kill->to, precision);
		fputc('\n', out);
	}
	for (const struct kill *kill = process->received; kill; kill = kill->next_received) {
		fprintf(out, "killed %d %d ", kill->signal, kill->error);
		print_relation(out, process, kill->from, precision);
		fputc('\n', out);
	}
}

/* A pipe between a process and its parent alone is like the pipes of its siblings. */
static void
print_pipes(FILE *out, const struct process *process, const unsigned char *users)
{
	for (const struct hold *hold = process->holds; hold; hold = hold->next) {
		if (!hold->used || hold->spare)
			continue;
		const struct hold *above = hold->from;
		bool own = users[hold->pipe->number] == 1 + (above && above->used && !above->spare);
		fprintf(out, "%s %u ", hold->pipe->kind, hold->used);
		if (own)
			fprintf(out, "own %u\n", above ? above->used : 0);
		else
			fprintf(out, "%zu\n", hold->pipe->number);
	}
}

static int
by_number(const void *a, const void *b)
{
	size_t left = *(const size_t *)a, right = *(const size_t *)b;

	return (left > right) - (left < right);
}

/* The children's shapes, sorted and counted. */
static void
print_children(FILE *out, const struct process *process, const size_t *shapes)
{
	size_t *sorted = calloc(process->children + 1, sizeof(*sorted)), n = 0;

	for (const struct process *c = process->first_child; sorted && c; c = c->next_sibling)
		sorted[n++] = shapes[c->index];
	if (sorted)
		qsort(sorted, n, sizeof(*sorted), by_number);
	for (size_t i = 0, run = 1; i < n; i++, run++)
		if (i + 1 == n || sorted[i + 1] != sorted[i]) {
			fprintf(out, "%zu of %zu\n", run, sorted[i]);
			run = 0;
		}
	free(sorted);
}

static char *
describe(const struct process *process, const size_t *shapes, const unsigned char *users,
    enum precision precision)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	print_execs(out, process);
	print_life(out, process, precision);
	print_kills(out, process, precision);
	print_pipes(out, process, users);
	print_children(out, process, shapes);
	return fclose(out) ? free(text), NULL : text;
}

/* By the number of the pipe: how many processes use it, at most 255. */
static unsigned char *
count_users(const struct graph *graph)
{
	unsigned char *users = calloc(graph->npipes + 1, 1);

	for (size_t i = 0; users && i < graph->size; i++)
		for (const struct hold *h = graph->processes[i]->holds; h; h = h->next)
			if (h->used && !h->spare && users[h->pipe->number] < 255)
				users[h->pipe->number]++;
	return users;
}

size_t *
shape_all(const struct graph *graph, struct shape_table *table, enum precision precision)
{
	size_t *shapes = calloc(graph->size + 1, sizeof(*shapes));
	size_t i = graph->size;
	unsigned char *users = count_users(graph);

	while (shapes && users && i > 0) {
		char *text = describe(graph->processes[i - 1], shapes, users, precision);
		if (!text || !(shapes[i - 1] = intern(table, text)))
			break;
		i--;
	}
	free(users);
	if (!shapes || i > 0) {
		free(shapes);
		return NULL;
	}
	return shapes;
}
