/* SPDX-License-Identifier: MIT */
/*
 * The object, and who is who: made, named, counted, freed; this process and its parent.
 *
 * A running child has one reference more than its owners hold: the family's (see start).
 * So an owner may give up a handle at any time, and the child is still reaped.
 *
 * Handout: labs/01-process/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <mp/io.h>
#include <mp/process.h>
#include <mp/todo.h>

#include "object.h"

int
mp_process_new(struct mp_process **out, int (*target)(void *arg), void *arg,
    const struct mp_process_options *options)
{
	/*
	 * process.1: make the object; no process yet. Name, daemon flag and death signal
	 * come from the options, else from the creator (mp_current_process()).
	 */
	mp_todo("process.1");
}

struct mp_process *
mp_process_ref(struct mp_process *p)
{
	/* process.1: one more owner; several threads may do this at once. */
	mp_todo("process.1");
}

void
mp_process_free(struct mp_process *p)
{
	/*
	 * process.1: one owner fewer; the last one frees the memory and the descriptor.
	 * A running child has one owner more, its family (see start), so it stays.
	 * p->birth->release, if there is one, gets p's arg first.
	 */
	mp_todo("process.1");
}

const char *
mp_process_name(const struct mp_process *p)
{
	/* process.1: "Process-1", in its child "Process-1:1"; or what was given. */
	mp_todo("process.1");
}

int
mp_process_set_name(struct mp_process *p, const char *name)
{
	/* process.1: keep a copy; the old name is kept when there is no memory. */
	mp_todo("process.1");
}

bool
mp_process_daemon(const struct mp_process *p)
{
	/* process.1: the flag. */
	mp_todo("process.1");
}

int
mp_process_set_daemon(struct mp_process *p, bool daemon)
{
	/* process.1: only before start. */
	mp_todo("process.1");
}

int
mp__process_death_signal(const struct mp_process *p)
{
	/* process.1: what new has settled; for stage 05. */
	mp_todo("process.1");
}

/* Given: for stage 05. */
void
mp__process_otherwise(struct mp_process *p, const struct mp__birth *birth)
{
	p->birth = birth;
}

struct mp_process *
mp_current_process(void)
{
	/* process.6: the main process has an object, too. */
	mp_todo("process.6");
}

struct mp_process *
mp_parent_process(void)
{
	/* process.6: known by a pidfd made before the fork, so that it cannot be missed. */
	mp_todo("process.6");
}
