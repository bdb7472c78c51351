/* SPDX-License-Identifier: MIT */
/*
 * Standing in line: draw a ticket, watch the one before, get in, or give up.
 *
 * Invariants: those of line.c. Nobody is called: who waits looks, and whoever changes what
 * it looks at (release, give up, die) wakes it.
 *
 * Handout: labs/06-lock/README.md
 */
#include <mp/futex.h>
#include <mp/todo.h>

#include "badge.h"
#include "line.h"

bool
mp__line_is_empty(struct mp_line *line)
{
	/* lock.3: nobody is inside, and nobody waits. */
	mp_todo("lock.3");
}

int
mp__line_enter(struct mp_line *line, int64_t deadline)
{
	/* lock.3: as above, by a deadline; one of the past is a try. */
	mp_todo("lock.3");
}

int
mp_line_acquire(struct mp_line *line, double timeout)
{
	/* lock.3: draw; then watch those before you, until none is left or it is late. */
	mp_todo("lock.3");
}
