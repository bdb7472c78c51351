/* SPDX-License-Identifier: MIT */
/*
 * The model's storage, and what follows from the events once all are read.
 *
 * Made of an obstack that owns every record, an array of processes in order of birth, and
 * a tree (tsearch) that finds one by its path. Derived: zombies, orphans, the most that
 * were alive at once, and which ends of a pipe a process had for its work.
 */
#define _GNU_SOURCE
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "graph/model.h"

#define obstack_chunk_alloc malloc
#define obstack_chunk_free  free

struct graph *
model_new(void)
{
	struct graph *graph = calloc(1, sizeof(*graph));

	if (graph)
		obstack_init(&graph->keep);
	return graph;
}

static void
keep_node(void *process)
{
	(void)process; /* the obstack's */
}

void
graph_free(struct graph *graph)
{
	if (!graph)
		return;
	for (size_t i = 0; i < graph->size; i++)
		free(graph->processes[i]->fds);
	tdestroy(graph->by_path, keep_node);
	free(graph->processes);
	obstack_free(&graph->keep, NULL);
	free(graph);
}

void *
model_keep(struct graph *graph, size_t size)
{
	void *room = obstack_alloc(&graph->keep, size);

	graph->kept += size;
	return memset(room, 0, size);
}

const char *
model_keep_text(struct graph *graph, const char *text)
{
	size_t size = strlen(text);

	/* Never cut inside a character of several bytes. */
	if (size > MODEL_TEXT)
		for (size = MODEL_TEXT; size && ((unsigned char)text[size] & 0xc0) == 0x80;)
			size--;
	graph->kept += size + 1;
	return obstack_copy0(&graph->keep, text, (int)size);
}

void
graph_title(struct graph *graph, const char *title)
{
	graph->title = title ? model_keep_text(graph, title) : NULL;
}

size_t
graph_size(const struct graph *graph)
{
	return graph->size;
}

size_t
graph_exits(const struct graph *graph, int code)
{
	size_t count = 0;

	for (size_t i = 0; i < graph->size; i++)
		count +=
		    graph->processes[i]->ending == END_EXIT && graph->processes[i]->code == code;
	return count;
}

static int
by_path(const void *a, const void *b)
{
	const struct process *left = a, *right = b;

	return strcmp(left->path, right->path);
}

struct process *
model_find(const struct graph *graph, const char *path)
{
	struct process key = {.path = path};
	struct process **found = tfind(&key, &graph->by_path, by_path);

	return found ? *found : NULL;
}

/* A process newly born; NULL if there is no room. It holds what its parent holds. */
struct process *
model_process(struct graph *graph, struct process *parent, const char *path)
{
	if (graph->size == graph->capacity) {
		size_t capacity = graph->capacity ? 2 * graph->capacity : 64;
		void *more = reallocarray(graph->processes, capacity, sizeof(struct process *));
		if (!more)
			return NULL;
		graph->processes = more;
		graph->capacity = capacity;
	}
	struct process *process = model_keep(graph, sizeof(*process));
	process->path = model_keep_text(graph, path);
	process->index = graph->size;
	process->parent = parent;
	if (!tsearch(process, &graph->by_path, by_path))
		return NULL;
	graph->processes[graph->size++] = process;
	if (parent) {
		process->depth = parent->depth + 1;
		parent->children++;
		MODEL_APPEND(parent->first_child, parent->last_child, process, next_sibling);
	}
	return process;
}

struct hold *
model_hold(const struct process *process, const struct pipe *pipe)
{
	struct hold *hold = process->holds;

	while (hold && hold->pipe != pipe)
		hold = hold->next;
	return hold;
}

/* --- what follows ----------------------------------------------------------------------------- */

/*
 * Deaths that come together are told by the kernel in either order: a parent is killed and
 * its child ends because of it; a daemon ends while the process between is on its way out.
 * So a parent that did nothing more than end, and within a second, had no time to reap.
 * Not so the root: nobody but itself decides when it ends.
 */
static bool
parent_ended_with_it(const struct process *process)
{
	const struct process *parent = process->parent;

	return parent->parent && parent->acted_at < process->died_at &&
	       parent->died - process->died < 1000 * 1000 * 1000;
}

static void
derive_life(struct process *process)
{
	const struct process *parent = process->parent;

	if (!parent || !parent->died_at)
		return;
	process->orphan = !process->died_at || process->died_at > parent->died_at ||
			  parent_ended_with_it(process);
	process->zombie = !process->orphan && process->reaping != REAP_IGNORED &&
			  !(process->reaping == REAP_WAIT && process->reaper == parent);
}

static bool
one_end(unsigned ends)
{
	return ends == END_R || ends == END_W;
}

/*
 * The ends a process had for its work: those it held when it ended; or else the one it was
 * down to before it closed that too, unless it only had it to pass it on: a descendant
 * has that end, and that alone, for its own work.
 */
static void
derive_used(struct process *process)
{
	for (struct hold *hold = process->holds; hold; hold = hold->next) {
		hold->used = hold->at_exit | hold->now;
		if (!hold->used && !(hold->below & hold->alone))
			hold->used = hold->alone;
		if (hold->leaked)
			hold->used = END_BOTH;
		if (hold->from)
			hold->from->below |= hold->below | (one_end(hold->used) ? hold->used : 0);
	}
}

/* One end, inherited and never touched, is spare if somebody who did touch it uses it. */
static void
derive_spare(struct graph *graph)
{
	unsigned *worked = calloc(graph->npipes + 1, sizeof(*worked));

	for (size_t i = 0; worked && i < graph->size; i++)
		for (struct hold *h = graph->processes[i]->holds; h; h = h->next)
			if (h->touched)
				worked[h->pipe->number] |= h->used;
	for (size_t i = 0; worked && i < graph->size; i++)
		for (struct hold *h = graph->processes[i]->holds; h; h = h->next)
			h->spare =
			    !h->touched && one_end(h->used) && (worked[h->pipe->number] & h->used);
	free(worked);
}

struct change {
	size_t at;
	int by;
	struct process *process;
};

static int
by_time(const void *a, const void *b)
{
	const struct change *left = a, *right = b;

	return (left->at > right->at) - (left->at < right->at);
}

static void
derive_alive(struct graph *graph)
{
	struct change *changes = calloc(2 * graph->size + 1, sizeof(*changes));
	size_t n = 0, alive = 0;

	for (size_t i = 0; changes && i < graph->size; i++) {
		struct process *p = graph->processes[i];
		changes[n++] = (struct change){p->born_at, 1, p};
		if (p->died_at)
			changes[n++] = (struct change){p->died_at, -1, p};
	}
	if (changes)
		qsort(changes, n, sizeof(*changes), by_time);
	for (size_t i = 0; i < n; i++) {
		alive += (size_t)changes[i].by;
		if (alive > graph->most_alive && changes[i].by > 0) {
			graph->most_alive = alive;
			graph->most_alive_when = changes[i].process;
		}
	}
	free(changes);
}

void
model_derive(struct graph *graph)
{
	for (size_t i = graph->size; i-- > 0;) {
		derive_life(graph->processes[i]);
		derive_used(graph->processes[i]); /* children first */
	}
	derive_spare(graph);
	derive_alive(graph);
}
