/* SPDX-License-Identifier: MIT */
/*
 * Which process holds which end of which pipe, while the log is read.
 *
 * Each living process has a table of its descriptors that are pipe ends; its holds say, for
 * each pipe, which ends those add up to, now and ever. Invariant: hold->now is the union
 * of the ends of the descriptors that point to it.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "graph/read.h"

static struct pipe *
find_pipe(const struct graph *graph, const char *name)
{
	struct pipe *pipe = graph->pipes;

	while (pipe && strcmp(pipe->name, name))
		pipe = pipe->next;
	return pipe;
}

static struct hold *
hold_of(struct graph *graph, struct process *process, struct pipe *pipe)
{
	struct hold *hold = model_hold(process, pipe);

	if (!hold) {
		hold = model_keep(graph, sizeof(*hold));
		hold->pipe = pipe;
		MODEL_APPEND(process->holds, process->last_hold, hold, next);
	}
	return hold;
}

static void
add_up(struct process *process, struct hold *hold)
{
	hold->now = 0;
	for (size_t i = 0; i < process->nfds; i++)
		if (process->fds[i].hold == hold)
			hold->now |= process->fds[i].end;
	hold->ever |= hold->now;
}

/* It came down to one end by its own doing, or let go of the last. */
static void
note_alone(struct hold *hold, unsigned before)
{
	unsigned ends = hold->now ? hold->now : before;

	if (hold->now != before && (ends == END_R || ends == END_W))
		hold->alone = ends;
}

static void
forget(struct process *process, size_t i, bool own)
{
	struct hold *hold = process->fds[i].hold;
	unsigned before = hold->now;

	process->fds[i] = process->fds[--process->nfds];
	add_up(process, hold);
	hold->touched |= own;
	if (own)
		note_alone(hold, before);
}

static size_t
find_fd(const struct process *process, int fd)
{
	size_t i = 0;

	while (i < process->nfds && process->fds[i].fd != fd)
		i++;
	return i;
}

static int
learn(struct process *process, struct hold *hold, int fd, unsigned end)
{
	size_t i = find_fd(process, fd);

	if (i < process->nfds)
		forget(process, i, false); /* dup2 onto it */
	if (process->nfds >= MODEL_ENDS)
		return 0;
	void *more = reallocarray(process->fds, process->nfds + 1, sizeof(*process->fds));
	if (!more)
		return -1;
	process->fds = more;
	process->fds[process->nfds++] = (struct descriptor){fd, end, hold};
	unsigned before = hold->now;
	add_up(process, hold);
	note_alone(hold, before);
	return 0;
}

/* --- events ----------------------------------------------------------------------------------- */

static bool
is_name(const char *name)
{
	size_t n = name ? strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") : 0;

	return n > 0 && n <= 32 && name[n] == '\0';
}

int
event_pipe(struct reader *reader, const json_t *event, struct process *who)
{
	const char *name = read_text(event, "pipe"), *kind = read_text(event, "kind");
	const json_t *fds = json_object_get(event, "fds");
	struct graph *graph = reader->graph;

	if (!is_name(name))
		return read_fail(reader, "\"pipe\" without a name");
	if (find_pipe(graph, name))
		return read_fail(reader, "%s is made twice", name);
	if (json_array_size(fds) != 2)
		return read_fail(reader, "\"fds\" must be two descriptors");
	if (graph->npipes >= MODEL_NAMES) {
		graph->cut = reader->line;
		return 0;
	}
	struct pipe *pipe = model_keep(graph, sizeof(*pipe));
	pipe->name = model_keep_text(graph, name);
	pipe->pair = kind && !strcmp(kind, "socketpair");
	pipe->kind = pipe->pair ? "socketpair" : "pipe";
	pipe->maker = who;
	pipe->number = ++graph->npipes;
	pipe->ns = read_number(event, "ns");
	MODEL_APPEND(graph->pipes, graph->last_pipe, pipe, next);
	struct hold *hold = hold_of(graph, who, pipe);
	hold->touched = true;
	for (size_t i = 0; i < 2; i++)
		if (learn(who, hold, (int)json_integer_value(json_array_get(fds, i)), 1u << i))
			return read_fail(reader, "out of memory");
	hold->alone = 0;
	return 0;
}

int
event_hold(struct reader *reader, const json_t *event, struct process *who)
{
	const char *name = read_text(event, "pipe"), *end = read_text(event, "end");
	struct pipe *pipe = name ? find_pipe(reader->graph, name) : NULL;

	if (!pipe)
		return read_fail(reader, "\"hold\" of a pipe that was never made");
	if (!end || !*end || !strchr("rwab", *end))
		return read_fail(reader, "\"end\" must be one of r w a b");
	struct hold *hold = hold_of(reader->graph, who, pipe);
	hold->touched = true;
	unsigned which = *end == 'r' || *end == 'a' ? END_R : END_W;
	if (learn(who, hold, (int)read_number(event, "fd"), which))
		return read_fail(reader, "out of memory");
	return 0;
}

int
event_drop(struct reader *reader, const json_t *event, struct process *who)
{
	const char *why = read_text(event, "why");
	size_t i = find_fd(who, (int)read_number(event, "fd"));

	(void)reader;
	if (i < who->nfds)
		forget(who, i, !why || strcmp(why, "exec"));
	return 0;
}

int
pipes_inherit(struct graph *graph, struct process *parent, struct process *child)
{
	if (!parent->nfds)
		return 0;
	child->fds = calloc(parent->nfds, sizeof(*child->fds));
	if (!child->fds)
		return -1;
	child->nfds = parent->nfds;
	for (struct hold *from = parent->holds; from; from = from->next) {
		if (!from->now)
			continue;
		struct hold *to = model_keep(graph, sizeof(*to));
		to->pipe = from->pipe;
		to->from = from;
		to->now = to->ever = from->now;
		MODEL_APPEND(child->holds, child->last_hold, to, next);
		from->copy = to;
	}
	for (size_t i = 0; i < parent->nfds; i++) {
		child->fds[i] = parent->fds[i];
		child->fds[i].hold = parent->fds[i].hold->copy;
	}
	return 0;
}

void
pipes_waited(struct process *process)
{
	for (struct hold *hold = process->holds; hold; hold = hold->next)
		hold->leaked |= hold->now == END_BOTH;
}

/* What it had closed by then, it had not worked with: it only tidied up for the program. */
void
pipes_exec(struct process *process)
{
	for (struct hold *hold = process->holds; hold; hold = hold->next)
		if (!hold->now && !process->execs)
			hold->alone = 0;
}

void
pipes_release(struct process *process)
{
	if (process->ending == END_EXIT)
		pipes_waited(process);
	for (struct hold *hold = process->holds; hold; hold = hold->next) {
		hold->at_exit = hold->now;
		hold->now = 0;
	}
	free(process->fds);
	process->fds = NULL;
	process->nfds = 0;
}
