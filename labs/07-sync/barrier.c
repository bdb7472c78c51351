/* SPDX-License-Identifier: MIT */
/*
 * Barrier: seats again, a line in front of them, and a generation.
 *
 * Everything changes inside the line (a lock that survives its owner). Who comes takes a
 * seat; the last one writes into every seat that it may go, and only then counts the
 * generation up, at which all sleep. So each reads its own fate in its own seat: a slow
 * one cannot be told what the next pass has decided.
 *
 * Invariants: HERE becomes PASSED or BROKE, by somebody else, inside the line; a seat whose
 * owner is dead while HERE, or while enlisted, breaks the barrier for whoever looks.
 *
 * Handout: labs/07-sync/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <mp/barrier.h>
#include <mp/futex.h>
#include <mp/internal.h>
#include <mp/line.h>
#include <mp/todo.h>

struct mp_barrier {
	/* yours */
};

int
mp_barrier_new(
    struct mp_barrier **out, int parties, int (*action)(void *arg), void *arg, double timeout)
{
	/* sync.4: a line, and a hall in shared memory. */
	mp_todo("sync.4");
}

struct mp_barrier *
mp_barrier_ref(struct mp_barrier *barrier)
{
	/* sync.4: one more owner of the handle. */
	mp_todo("sync.4");
}

void
mp_barrier_free(struct mp_barrier *barrier)
{
	/* sync.4: the last one retires, and gives the memory back. */
	mp_todo("sync.4");
}

int
mp_barrier_wait(struct mp_barrier *barrier, double timeout)
{
	/*
	 * sync.4: take a seat. Not the last: wait until you are told. The last: the action, then
	 * tell all that they may go. Your number is how many were here before you.
	 */
	mp_todo("sync.4");
}

int
mp_barrier_enlist(struct mp_barrier *barrier)
{
	/* sync.5: a seat that is yours until you retire, or die. */
	mp_todo("sync.5");
}

void
mp_barrier_retire(struct mp_barrier *barrier)
{
	/* sync.5: and get up from it. */
	mp_todo("sync.5");
}

void
mp_barrier_abort(struct mp_barrier *barrier)
{
	/* sync.5: break it. */
	mp_todo("sync.5");
}

void
mp_barrier_reset(struct mp_barrier *barrier)
{
	/* sync.5: who is here is told; the dead are forgotten. */
	mp_todo("sync.5");
}

int
mp_barrier_parties(const struct mp_barrier *barrier)
{
	/* sync.4: how many are needed. */
	mp_todo("sync.4");
}

int
mp_barrier_n_waiting(const struct mp_barrier *barrier)
{
	/* sync.4: how many are here. */
	mp_todo("sync.4");
}

bool
mp_barrier_broken(const struct mp_barrier *barrier)
{
	/* sync.4: whether it is broken; a death that nobody has noticed yet, too. */
	mp_todo("sync.4");
}
