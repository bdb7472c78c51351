/* SPDX-License-Identifier: MIT */
/*
 * Semaphores: a count, and a line in front of it.
 *
 * Only the one at the head of the line (inside it) may take a unit or wait for one: so at
 * most one sleeps for a unit, and the order is that of the line. To give a unit back nobody
 * stands in line. The sleeper lies at a bell of its own, not at the count: the kernel can
 * ring a bell in the name of a process that was killed, if its lower 30 bits are 0.
 *
 * Handout: labs/06-lock/README.md
 */
#include <errno.h>
#include <stdlib.h>

#include <mp/futex.h>
#include <mp/semaphore.h>
#include <mp/todo.h>

#include "line.h"

struct mp_semaphore {
	/* yours */
};

int
mp_semaphore_new(struct mp_semaphore **out, int value)
{
	/* lock.6: units, and a line. */
	mp_todo("lock.6");
}

int
mp_bounded_semaphore_new(struct mp_semaphore **out, int value)
{
	/* lock.6: the same, and never more than at first. */
	mp_todo("lock.6");
}

struct mp_semaphore *
mp_semaphore_ref(struct mp_semaphore *semaphore)
{
	/* lock.6: one more owner of the handle. */
	mp_todo("lock.6");
}

void
mp_semaphore_free(struct mp_semaphore *semaphore)
{
	/* lock.6: the last one gives the memory back. */
	mp_todo("lock.6");
}

int
mp_semaphore_acquire(struct mp_semaphore *semaphore, double timeout)
{
	/*
	 * lock.6: take a unit if nobody waits for one; else stand in line, and at its head take
	 * one or wait. A try does not stand in line. (That an owner of the line has died is no
	 * matter here: the count is right at every instruction.)
	 */
	mp_todo("lock.6");
}

int
mp_semaphore_release(struct mp_semaphore *semaphore)
{
	/* lock.6: check and add in one step; then ring, if somebody sleeps. */
	mp_todo("lock.6");
}

int
mp_semaphore_value(const struct mp_semaphore *semaphore)
{
	/* lock.6: as it is now; it may be otherwise before you look at the answer. */
	mp_todo("lock.6");
}

static int
semaphore_reduce(void *object, struct mp_value **state)
{
	/* lock.6: where the units lie, and how many there may be. */
	mp_todo("lock.6");
}

static int
semaphore_rebuild(const struct mp_value *state, void **object)
{
	/* lock.6: a handle on the same units. */
	mp_todo("lock.6");
}

static void
semaphore_ref(void *object)
{
	(void)mp_semaphore_ref(object);
}

static void
semaphore_unref(void *object)
{
	mp_semaphore_free(object);
}

const struct mp_class mp_semaphore_class = {
    "Semaphore", semaphore_reduce, semaphore_rebuild, semaphore_ref, semaphore_unref};
MP_REGISTER_CLASS(mp_semaphore_class);
