/* SPDX-License-Identifier: MIT */
/*
 * The roll: which process has how many, and which of them are dead.
 *
 * A number that a process adds to and dies before it has subtracted stays wrong for ever. So
 * everybody has a number of its own, under its name; the total is counted when somebody
 * asks, and what the dead have left is struck off by who finds them dead.
 *
 * Handout: labs/09-queue/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <unistd.h>

#include <mp/futex.h>
#include <mp/internal.h>
#include <mp/proc.h>
#include <mp/todo.h>

void
mp__who_am_i(struct mp__who *who)
{
	/* queue.2: this process's name; its pid last: with it the name is valid. */
	mp_todo("queue.2");
}

bool
mp__who_is_dead(const struct mp__who *who)
{
	/* queue.2: nobody is not dead; a zombie is, and who bears the number of an earlier one. */
	mp_todo("queue.2");
}

int
mp__watch(const _Atomic uint32_t *word, uint32_t expected, int64_t deadline, int64_t *nap)
{
	/* queue.2: sleep for a nap at most; one that was not disturbed makes the next one longer. */
	mp_todo("queue.2");
}

int
mp__roll_add(struct mp__roll *roll, int n)
{
	/* queue.3: add to this process's number; enter it first, if it is new. */
	mp_todo("queue.3");
}

int
mp__roll_take(struct mp__roll *roll)
{
	/* queue.3: one off this process's number; if it has none, off somebody else's. */
	mp_todo("queue.3");
}

int64_t
mp__roll_total(const struct mp__roll *roll)
{
	/* queue.3: of the living and the dead. */
	mp_todo("queue.3");
}

int64_t
mp__roll_bury(struct mp__roll *roll)
{
	/* queue.3: what the dead have left; their lines become 0, and can be had by others. */
	mp_todo("queue.3");
}
