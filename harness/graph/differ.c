/* SPDX-License-Identifier: MIT */
/*
 * How a process differs from its twin: one function for each thing that can.
 *
 * The halves of a sentence are in the past and in the singular; compare.c joins those of
 * several processes that say the same.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "graph/compare.h"
#include "graph/words.h"

enum { DIFFERENCES = 1000 };

/* The format has both halves, with a semicolon between them. */
__attribute__((format(printf, 5, 6))) static void
tell(struct comparison *c, enum rank rank, const struct process *subject,
    const struct process *counterpart, const char *format, ...)
{
	char both[320];
	va_list arguments;

	if (c->count == DIFFERENCES)
		return;
	struct difference *d = &c->found[c->count];
	va_start(arguments, format);
	vsnprintf(both, sizeof(both), format, arguments);
	va_end(arguments);
	char *after = strchr(both, ';');
	*after = '\0';
	snprintf(d->before, sizeof(d->before), "%.150s", both);
	snprintf(d->after, sizeof(d->after), "%.150s", after + 1);
	d->rank = rank;
	d->order = c->count++;
	d->subject = subject;
	d->counterpart = counterpart;
}

static void
ending(const struct process *p, char *text, size_t size)
{
	char room[32];

	if (p->ending == END_NONE)
		snprintf(text, size, "was not seen to end");
	else if (p->ending == END_EXIT)
		snprintf(text, size, "exited with %d", p->code);
	else
		snprintf(
		    text, size, "was ended by %s", words_signal(p->signal, room, sizeof(room)));
}

static bool
same_ending(const struct process *p, const struct process *q)
{
	return p->ending == q->ending && p->code == q->code && p->signal == q->signal;
}

static void
differ_ending(struct comparison *c, const struct process *p, const struct process *q)
{
	char seen[64], expected[64];

	ending(p, seen, sizeof(seen));
	ending(q, expected, sizeof(expected));
	if (!same_ending(p, q))
		tell(c, RANK_ENDING, p, q, "%s;%s", seen, expected);
}

static bool
by_parent(const struct process *p)
{
	return p->reaping == REAP_WAIT && p->reaper == p->parent;
}

static void
differ_reap(struct comparison *c, const struct process *p, const struct process *q)
{
	const char *reaper = q->reaper ? q->reaper->path : "";

	if (!p->parent || p->orphan || q->orphan)
		return;
	if (!p->reaping && q->reaping == REAP_WAIT)
		tell(c, RANK_REAP, p, NULL, "was never reaped;%s reaped it", reaper);
	else if (p->reaping == REAP_IGNORED && q->reaping == REAP_WAIT)
		tell(c, RANK_REAP, p, NULL,
		    "was never waited for, since SIGCHLD was ignored;%s reaped it", reaper);
	else if (p->reaping == REAP_WAIT && !by_parent(p) && by_parent(q))
		tell(c, RANK_REAP, p, NULL, "was reaped by %s;%s reaped it", p->reaper->path,
		    reaper);
	else if (by_parent(p) && q->reaping == REAP_WAIT && !by_parent(q))
		tell(c, RANK_REAP, p, q, "was reaped by its parent;was reaped by %s", reaper);
	else if (p->reaping && !q->reaping)
		tell(c, RANK_REAP, p, q, "was reaped;is never reaped");
}

static const char *
adopter(const struct process *p)
{
	return p->last_adoption ? words_adopter(p->last_adoption) : "nobody";
}

static void
differ_orphan(struct comparison *c, const struct process *p, const struct process *q)
{
	if (p->orphan && !q->orphan)
		tell(c, RANK_ORPHAN, p, q, "outlived its parent;ended first");
	else if (!p->orphan && q->orphan)
		tell(c, RANK_ORPHAN, p, q, "ended before its parent;outlived it");
	else if (p->orphan && strcmp(adopter(p), adopter(q)))
		tell(c, RANK_ORPHAN, p, q, "was adopted by %s;was adopted by %s", adopter(p),
		    adopter(q));
	if (p->left && !q->left)
		tell(c, RANK_LEFT, p, q, "was still alive when P had ended;had ended by then");
	else if (!p->left && q->left)
		tell(c, RANK_LEFT, p, q, "had ended before P did;was still alive then");
}

static const struct hold *
leaked(const struct process *p)
{
	const struct hold *hold = p->holds;

	while (hold && !hold->leaked)
		hold = hold->next;
	return hold;
}

static const char *
end_name(unsigned end, const struct pipe *pipe)
{
	return pipe->pair ? "an end" : end & END_W ? "the writing end" : "the reading end";
}

/* Pipes of one number are one pipe, if both runs made as many. */
static void
differ_pipes(struct comparison *c, const struct process *p, const struct process *q)
{
	const struct hold *leak = leaked(p);

	if (leak && !leaked(q)) {
		tell(c, RANK_PIPE, p, q, "kept both ends of %s;kept one at most", leak->pipe->name);
		return;
	}
	if (c->seen->npipes != c->reference->npipes)
		return;
	const struct hold *b = q->holds;
	for (const struct hold *a = p->holds; a; a = a->next) {
		while (b && b->pipe->number < a->pipe->number)
			b = b->next;
		unsigned theirs = b && b->pipe->number == a->pipe->number ? b->ever : 0;
		unsigned more = theirs ? a->at_exit & ~(b->at_exit | b->used) : 0;
		if (!more || a->spare)
			continue;
		tell(c, RANK_PIPE, p, q, "held %s of %s to its end;had closed it",
		    end_name(more, a->pipe), a->pipe->name);
		return;
	}
}

static size_t
count_kills(const struct process *p, int signal, const struct process **from)
{
	size_t n = 0;

	for (const struct kill *kill = p->received; kill; kill = kill->next_received)
		if (kill->signal == signal && !kill->error && kill->from != p) {
			*from = kill->from;
			n++;
		}
	return n;
}

static const struct kill *
late_kill(const struct process *p)
{
	const struct kill *kill = p->sent;

	while (kill && !kill->after)
		kill = kill->next_sent;
	return kill;
}

static void
differ_kills(struct comparison *c, const struct process *p, const struct process *q)
{
	const struct kill *late = late_kill(p);
	const struct process *killer = NULL;
	char name[32];

	if (late && !late_kill(q))
		tell(c, RANK_REAP, p, q, "sent a signal to %s after its reap;did not",
		    late->after->path);
	for (int signal = 1; signal < 65; signal++) {
		bool told = !same_ending(p, q) && (p->signal == signal || q->signal == signal);
		size_t n = count_kills(p, signal, &killer), m = count_kills(q, signal, &killer);
		if (told || !n == !m)
			continue;
		words_signal(signal, name, sizeof(name));
		if (n)
			tell(c, RANK_KILL, p, q, "was sent %s by %s;was not", name, killer->path);
		else
			tell(c, RANK_KILL, p, NULL, "was never sent %s;%s sent it", name,
			    killer->path);
	}
}

/* The root's first is how it was started, not what it did. */
static const struct exec *
own_execs(const struct process *p)
{
	return p->parent || !p->execs ? p->execs : p->execs->next;
}

static bool
same_exec(const struct exec *a, const struct exec *b)
{
	if (a->argc != b->argc || (a->argc && strcmp(basename(a->argv[0]), basename(b->argv[0]))))
		return false;
	for (size_t i = 1; i < a->argc; i++)
		if (strcmp(a->argv[i], b->argv[i]))
			return false;
	return true;
}

static void
ran(const struct exec *exec, char *text, size_t size)
{
	char command[128] = "";

	if (exec)
		words_command(exec, 40, command, sizeof(command));
	/* The semicolon parts the halves of the sentence. */
	for (char *s = exec ? strchr(command, ';') : NULL; s; s = strchr(s, ';'))
		*s = ',';
	snprintf(text, size, exec ? "ran %s" : "ran no program", command);
}

static void
differ_execs(struct comparison *c, const struct process *p, const struct process *q)
{
	const struct exec *a = own_execs(p), *b = own_execs(q);
	char seen[160], expected[160];

	while (a && b && same_exec(a, b)) {
		a = a->next;
		b = b->next;
	}
	if (!a && !b)
		return;
	ran(a, seen, sizeof(seen));
	ran(b, expected, sizeof(expected));
	tell(c, RANK_EXEC, p, q, "%s;%s", seen, expected);
}

static void
differ_state(struct comparison *c, const struct process *p, const struct process *q)
{
	if (p->session != q->session)
		tell(c, RANK_STATE, p, q,
		    p->session ? "led a session;did not" : "led no session;led one");
	if (p->subreaper != q->subreaper)
		tell(c, RANK_STATE, p, q,
		    p->subreaper ? "adopted orphans as a subreaper;did not"
				 : "was no subreaper;was one");
	if (!p->death_signal != !q->death_signal)
		tell(c, RANK_STATE, p, q,
		    p->death_signal ? "was to die with its parent;was not"
				    : "was not to die with its parent;was");
}

static void
differ_children(struct comparison *c, const struct process *p, const struct process *q)
{
	const char *plural = q->children == 1 ? "" : "ren";

	for (const struct process *child = q->first_child; child; child = child->next_sibling)
		if (!c->back[child->index] && !model_find(c->seen, child->path))
			tell(c, RANK_MISSING, child, NULL,
			    "was never started;%s starts %zu child%s", q->path, q->children,
			    plural);
		else if (!c->back[child->index])
			tell(c, RANK_MISSING, p, NULL, "started %zu child%s;%s starts %zu",
			    p->children, p->children == 1 ? "" : "ren", q->path, q->children);
	for (const struct process *child = p->first_child; child; child = child->next_sibling)
		if (!c->twin[child->index])
			tell(c, RANK_MISSING, child, NULL,
			    "was started as well;%s starts %zu child%s", q->path, q->children,
			    plural);
}

void
differ_all(struct comparison *c)
{
	c->found = calloc(DIFFERENCES, sizeof(*c->found));
	for (size_t i = 0; c->found && i < c->seen->size; i++) {
		const struct process *p = c->seen->processes[i], *q = c->twin[i];
		if (!q)
			continue;
		differ_children(c, p, q);
		differ_ending(c, p, q);
		differ_reap(c, p, q);
		differ_orphan(c, p, q);
		differ_pipes(c, p, q);
		differ_kills(c, p, q);
		differ_execs(c, p, q);
		differ_state(c, p, q);
	}
}
