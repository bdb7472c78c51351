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
/* A handle on a new line, or on the one at that place. */
static int
make(struct mp_lock **out, bool recursive, const struct mp_value *place)
{
	struct mp_lock *lock = malloc(sizeof(*lock));

	if (!lock)
		return -ENOMEM;
	*lock = (struct mp_lock){.recursive = recursive, .references = 1};
	int error = place ? mp__line_receive(place, &lock->line)
			  : mp__line_new(&lock->line, 0, recursive ? MP__RLOCK : MP__LOCK);
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
	return make(out, false, NULL);
	//}
}

int
mp_rlock_new(struct mp_lock **out)
{
	/* lock.5: the same, and its owner may come again. */
	//{
	return make(out, true, NULL);
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

static int
lock_reduce(void *object, struct mp_value **state)
{
	/* lock.5: where the line lies, and what may be done with it. */
	//{
	const struct mp_lock *lock = object;
	struct mp_value *place;
	int error = mp__shared_send(lock->line, &place);

	if (error)
		return error;
	*state = mp_tuple(place, mp_bool(lock->recursive));
	return *state ? 0 : -ENOMEM;
	//}
}

static int
lock_rebuild(const struct mp_value *state, void **object)
{
	/* lock.5: a handle on the same line. */
	//{
	const struct mp_value *place = mp_value_at(state, 0), *recursive = mp_value_at(state, 1);

	return place && recursive
		   ? make((struct mp_lock **)object, mp_value_truth(recursive), place)
		   : MP_KIND;
	//}
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
