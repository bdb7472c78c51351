/* SPDX-License-Identifier: MIT */
/*
 * Lock and RLock: the line, with Python's rules about who may release.
 *
 * A handle is private to its process and counts its owners there; what it stands for lies in
 * shared memory, so a child's copy of the handle means the same lock.
 *
 * Handout: labs/06-lock/README.md
 */
#include <errno.h>
#include <stdlib.h>

#include <mp/lock.h>
#include <mp/todo.h>

#include "line.h"

struct mp_lock {
	/* yours */
};

int
mp_lock_new(struct mp_lock **out)
{
	/* lock.5: a line, and a handle on it. */
	mp_todo("lock.5");
}

int
mp_rlock_new(struct mp_lock **out)
{
	/* lock.5: the same, and its owner may come again. */
	mp_todo("lock.5");
}

struct mp_lock *
mp_lock_ref(struct mp_lock *lock)
{
	/* lock.5: one more owner of the handle. */
	mp_todo("lock.5");
}

void
mp_lock_free(struct mp_lock *lock)
{
	/* lock.5: the last one gives the line back. */
	mp_todo("lock.5");
}

int
mp_lock_acquire(struct mp_lock *lock, double timeout)
{
	/* lock.5: an RLock's owner is in already, and only counts. */
	mp_todo("lock.5");
}

int
mp_lock_release(struct mp_lock *lock)
{
	/* lock.5: a Lock by anybody, if it is held; an RLock by its owner, the last time for all. */
	mp_todo("lock.5");
}

bool
mp_lock_is_mine(const struct mp_lock *lock)
{
	/* lock.5: ask the line. */
	mp_todo("lock.5");
}

int
mp_lock_depth(const struct mp_lock *lock)
{
	/* lock.5: 0 for who is not the owner. */
	mp_todo("lock.5");
}

int
mp_lock_release_all(struct mp_lock *lock)
{
	/* lock.5: read the depth while it is yours. */
	mp_todo("lock.5");
}

int
mp_lock_acquire_depth(struct mp_lock *lock, int depth)
{
	/* lock.5: acquire it once, and say it was so often. */
	mp_todo("lock.5");
}

static int
lock_reduce(void *object, struct mp_value **state)
{
	/* lock.5: where the line lies, and what may be done with it. */
	mp_todo("lock.5");
}

static int
lock_rebuild(const struct mp_value *state, void **object)
{
	/* lock.5: a handle on the same line. */
	mp_todo("lock.5");
}

static void
lock_ref(void *object)
{
	(void)mp_lock_ref(object);
}

static void
lock_unref(void *object)
{
	mp_lock_free(object);
}

const struct mp_class mp_lock_class = {"Lock", lock_reduce, lock_rebuild, lock_ref, lock_unref};
MP_REGISTER_CLASS(mp_lock_class);
