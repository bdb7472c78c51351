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

#include "line.h"

struct mp_lock {
	//{
	struct mp_line *line; /* shared */
	bool recursive;
	atomic_int references; /* in this process */
			       //}
};

//{
static int
make(struct mp_lock **out, bool recursive)
{
	struct mp_lock *lock = malloc(sizeof(*lock));

	if (!lock)
		return -ENOMEM;
	*lock = (struct mp_lock){.recursive = recursive, .references = 1};
	int error = mp_line_new(&lock->line, 0);
	if (error) {
		free(lock);
		return error;
	}
	*out = lock;
	return 0;
}
//}

int
mp_lock_new(struct mp_lock **out)
{
	/* lock.5: a line, and a handle on it. */
	//{
	return make(out, false);
	//}
}

int
mp_rlock_new(struct mp_lock **out)
{
	/* lock.5: the same, and its owner may come again. */
	//{
	return make(out, true);
	//}
}

struct mp_lock *
mp_lock_ref(struct mp_lock *lock)
{
	/* lock.5: one more owner of the handle. */
	//{
	atomic_fetch_add(&lock->references, 1);
	return lock;
	//}
}

void
mp_lock_free(struct mp_lock *lock)
{
	/* lock.5: the last one gives the line back. */
	//{
	if (!lock || atomic_fetch_sub(&lock->references, 1) > 1)
		return;
	mp_line_free(lock->line);
	free(lock);
	//}
}

int
mp_lock_acquire(struct mp_lock *lock, double timeout)
{
	/* lock.5: an RLock's owner is in already, and only counts. */
	//{
	if (lock->recursive && mp_line_is_mine(lock->line)) {
		lock->line->depth++;
		return 0;
	}
	int error = mp_line_acquire(lock->line, timeout);
	if (lock->recursive && error != MP_TIMEOUT)
		lock->line->depth = 1;
	return error;
	//}
}

int
mp_lock_release(struct mp_lock *lock)
{
	/* lock.5: a Lock by anybody, if it is held; an RLock by its owner, the last time for all. */
	//{
	if (!lock->recursive)
		return mp_line_release_any(lock->line);
	if (!mp_line_is_mine(lock->line))
		return MP_NOT_OWNER;
	return --lock->line->depth > 0 ? 0 : mp_line_release(lock->line);
	//}
}

bool
mp_lock_is_mine(const struct mp_lock *lock)
{
	/* lock.5: ask the line. */
	//{
	return mp_line_is_mine(lock->line);
	//}
}

int
mp_lock_depth(const struct mp_lock *lock)
{
	/* lock.5: 0 for who is not the owner. */
	//{
	if (!mp_line_is_mine(lock->line))
		return 0;
	return lock->recursive ? (int)lock->line->depth : 1;
	//}
}

int
mp_lock_release_all(struct mp_lock *lock)
{
	/* lock.5: read the depth while it is yours. */
	//{
	int depth = mp_lock_depth(lock);

	if (depth == 0)
		return MP_NOT_OWNER;
	int error = mp_line_release(lock->line);
	return error ? error : depth;
	//}
}

int
mp_lock_acquire_depth(struct mp_lock *lock, int depth)
{
	/* lock.5: acquire it once, and say it was so often. */
	//{
	int error = mp_line_acquire(lock->line, MP_FOREVER);

	if (lock->recursive)
		lock->line->depth = (uint32_t)depth;
	return error;
	//}
}
