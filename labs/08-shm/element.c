/* SPDX-License-Identifier: MIT */
/*
 * The elements of a Value or an Array: got and set, one or several, under the lock.
 *
 * The lock's last owner may have died: then the lock is ours all the same, the work is done,
 * and the caller is told. It is told once: who drops that answer drops it for everybody.
 *
 * Handout: labs/08-shm/README.md
 */
#define _GNU_SOURCE
#include <stdbool.h>
#include <string.h>

#include "shared.h"

#include <mp/todo.h>

struct mp_lock *
mp_shared_lock(const struct mp_shared *shared)
{
	/* shm.5: the one that it was made with. */
	mp_todo("shm.5");
}

int
mp_shared_acquire(struct mp_shared *shared, double timeout)
{
	/* shm.5: nothing to wait for where there is no lock. */
	mp_todo("shm.5");
}

int
mp_shared_release(struct mp_shared *shared)
{
	/* shm.5: as often as acquired. */
	mp_todo("shm.5");
}

int
mp_shared_get_int(struct mp_shared *shared, size_t i, int64_t *number)
{
	/* shm.5: of the element's own type. What is refused anyway does not take the lock. */
	mp_todo("shm.5");
}

int
mp_shared_set_int(struct mp_shared *shared, size_t i, int64_t number)
{
	/* shm.5: if it fits; an element that is a float takes it, too. */
	mp_todo("shm.5");
}

int
mp_shared_get_float(struct mp_shared *shared, size_t i, double *number)
{
	/* shm.5: a float made wider is the same number. */
	mp_todo("shm.5");
}

int
mp_shared_set_float(struct mp_shared *shared, size_t i, double number)
{
	/* shm.5: as near as the element can. */
	mp_todo("shm.5");
}

int
mp_shared_read(struct mp_shared *shared, size_t i, size_t n, void *items)
{
	/* shm.5: all of them while nobody writes. */
	mp_todo("shm.5");
}

int
mp_shared_write(struct mp_shared *shared, size_t i, size_t n, const void *items)
{
	/* shm.5: all of them while nobody reads. */
	mp_todo("shm.5");
}
