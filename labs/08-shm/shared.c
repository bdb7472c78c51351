/* SPDX-License-Identifier: MIT */
/*
 * Value and Array: elements in the heap of the process that made them.
 *
 * Each process has a heap of its own, made at its first Value, gone with its last. A child
 * by fork keeps what it has inherited, and makes a heap of its own for what it makes itself:
 * so when it dies, however it dies, its heap goes with it.
 *
 * Handout: labs/08-shm/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shared.h"

#include <mp/todo.h>

int
mp_shared_array(struct mp_shared **out, char code, size_t length, struct mp_lock *lock)
{
	/* shm.5: a block of this process's heap for the elements, and a lock. */
	mp_todo("shm.5");
}

int
mp_shared_value(struct mp_shared **out, char code, struct mp_lock *lock)
{
	/* shm.5: an array of one. */
	mp_todo("shm.5");
}

struct mp_shared *
mp_shared_ref(struct mp_shared *shared)
{
	/* shm.5: one more owner in this process. */
	mp_todo("shm.5");
}

void
mp_shared_free(struct mp_shared *shared)
{
	/* shm.5: one owner fewer; the last one gives the block back, if this process made it. */
	mp_todo("shm.5");
}

char
mp_shared_code(const struct mp_shared *shared)
{
	/* shm.5: the code. */
	mp_todo("shm.5");
}

size_t
mp_shared_length(const struct mp_shared *shared)
{
	/* shm.5: how many. */
	mp_todo("shm.5");
}

size_t
mp_shared_itemsize(const struct mp_shared *shared)
{
	/* shm.5: how large each of them is. */
	mp_todo("shm.5");
}

void *
mp_shared_data(const struct mp_shared *shared, size_t itemsize)
{
	/* shm.5: where the elements are in this process. */
	mp_todo("shm.5");
}
