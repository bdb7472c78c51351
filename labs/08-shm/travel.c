/* SPDX-License-Identifier: MIT */
/*
 * To a process that did not inherit our memory: what has a name goes by its name, a heap by
 * its descriptor, and what lies in it by the heap and an offset.
 *
 * Several Values lie in one heap, and there it shall be one heap again: mapped once, known by
 * its file's number.
 *
 * Handout: labs/08-shm/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mp/internal.h>
#include <mp/io.h>
#include <mp/shareable_list.h>
#include <mp/todo.h>
#include <mp/value.h>

#include "shared.h"

static int
memory_reduce(void *object, struct mp_value **state)
{
	/* shm.7: its name says all. */
	mp_todo("shm.7");
}

static int
memory_rebuild(const struct mp_value *state, void **object)
{
	/* shm.7: attach. */
	mp_todo("shm.7");
}

static int
list_reduce(void *object, struct mp_value **state)
{
	/* shm.7: its segment's name. */
	mp_todo("shm.7");
}

static int
list_rebuild(const struct mp_value *state, void **object)
{
	/* shm.7: attach. */
	mp_todo("shm.7");
}

static int
heap_reduce(void *object, struct mp_value **state)
{
	/* shm.7: its descriptor, if there is a child on its way who can have it. */
	mp_todo("shm.7");
}

static int
heap_rebuild(const struct mp_value *state, void **object)
{
	/* shm.7: map it, or find that it is mapped. */
	mp_todo("shm.7");
}

static int
shared_reduce(void *object, struct mp_value **state)
{
	/* shm.7: the heap, the offset, the code, the length; the lock, or None. */
	mp_todo("shm.7");
}

static int
shared_rebuild(const struct mp_value *state, void **object)
{
	/* shm.7: the same elements; the block is still the maker's to give back. */
	mp_todo("shm.7");
}

#define CLASS(name, object, function)                                                              \
	static void function##_take(void *it)                                                      \
	{                                                                                          \
		mp_##object##_ref(it);                                                             \
	}                                                                                          \
	static void function##_drop(void *it)                                                      \
	{                                                                                          \
		mp_##object##_free(it);                                                            \
	}                                                                                          \
	const struct mp_class mp_##object##_class = {                                              \
	    name, function##_reduce, function##_rebuild, function##_take, function##_drop};        \
	MP_REGISTER_CLASS(mp_##object##_class)

CLASS("SharedMemory", shared_memory, memory);
CLASS("ShareableList", shareable_list, list);
CLASS("Heap", heap, heap);
CLASS("Shared", shared, shared);
