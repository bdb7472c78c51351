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
#include <mp/value.h>

#include "shared.h"

//{
/* Heaps that came to this process, kept for good: hold mutex. */
static struct known {
	struct known *next;
	struct mp_heap *heap;
} * known;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static bool
same_file(int a, int b)
{
	struct stat one, other;

	return fstat(a, &one) == 0 && fstat(b, &other) == 0 && one.st_ino == other.st_ino &&
	       one.st_dev == other.st_dev;
}

/* fd is taken over; a new reference. */
static int
heap_of(int fd, struct mp_heap **heap)
{
	struct known *k = known;
	int error = 0;

	while (k && !same_file(mp_heap_fd(k->heap), fd))
		k = k->next;
	if (k) {
		mp_close(&fd);
	} else if (!(k = malloc(sizeof(*k)))) {
		mp_close(&fd);
		return -ENOMEM;
	} else if ((error = mp_heap_open(&k->heap, fd))) {
		free(k);
		return error;
	} else {
		k->next = known;
		known = k;
	}
	*heap = mp_heap_ref(k->heap);
	return 0;
}

/* The text in place 0 of a tuple; NULL: something else has come. */
static const char *
only_text(const struct mp_value *state)
{
	return mp_value_str(mp_value_at(state, 0));
}

static int
by_name(const struct mp_shared_memory *memory, struct mp_value **state)
{
	*state = mp_tuple(mp_str(mp_shared_memory_name(memory)));
	return *state ? 0 : -ENOMEM;
}
//}

static int
memory_reduce(void *object, struct mp_value **state)
{
	/* shm.7: its name says all. */
	//{
	return by_name(object, state);
	//}
}

static int
memory_rebuild(const struct mp_value *state, void **object)
{
	/* shm.7: attach. */
	//{
	const char *name = only_text(state);

	return name ? mp_shared_memory_attach((struct mp_shared_memory **)object, name) : MP_KIND;
	//}
}

static int
list_reduce(void *object, struct mp_value **state)
{
	/* shm.7: its segment's name. */
	//{
	return by_name(mp_shareable_list_shm(object), state);
	//}
}

static int
list_rebuild(const struct mp_value *state, void **object)
{
	/* shm.7: attach. */
	//{
	const char *name = only_text(state);

	return name ? mp_shareable_list_attach((struct mp_shareable_list **)object, name) : MP_KIND;
	//}
}

static int
heap_reduce(void *object, struct mp_value **state)
{
	/* shm.7: its descriptor, if there is a child on its way who can have it. */
	//{
	int index = mp__spawning_fd(mp_heap_fd(object));

	if (index < 0)
		return index;
	*state = mp_tuple(mp_int(index));
	return *state ? 0 : -ENOMEM;
	//}
}

static int
heap_rebuild(const struct mp_value *state, void **object)
{
	/* shm.7: map it, or find that it is mapped. */
	//{
	int64_t index;
	int error = mp_value_int(mp_value_at(state, 0), &index);
	int fd = error ? error : mp__spawned_fd((int)index);

	if (fd < 0)
		return fd;
	pthread_mutex_lock(&mutex);
	error = heap_of(fd, (struct mp_heap **)object);
	pthread_mutex_unlock(&mutex);
	return error;
	//}
}

//{
/* Of a tuple, the numbers in places 1 to 3; not negative. */
static int
numbers(const struct mp_value *state, int64_t number[3])
{
	for (size_t i = 0; i < 3; i++) {
		int error = mp_value_int(mp_value_at(state, 1 + i), &number[i]);
		if (error || number[i] < 0)
			return MP_KIND;
	}
	return 0;
}
//}

static int
shared_reduce(void *object, struct mp_value **state)
{
	/* shm.7: the heap, the offset, the code, the length; the lock, or None. */
	//{
	const struct mp_shared *shared = object;

	*state = mp_tuple(mp_object(&mp_heap_class, shared->heap), mp_int((int64_t)shared->offset),
	    mp_int(shared->code), mp_int((int64_t)shared->length),
	    shared->lock ? mp_object(&mp_lock_class, shared->lock) : mp_none());
	return *state ? 0 : -ENOMEM;
	//}
}

static int
shared_rebuild(const struct mp_value *state, void **object)
{
	/* shm.7: the same elements; the block is still the maker's to give back. */
	//{
	struct mp_heap *heap = mp_value_object(mp_value_at(state, 0), &mp_heap_class);
	const struct mp_value *locked = mp_value_at(state, 4);
	struct mp_lock *lock = mp_value_object(locked, &mp_lock_class);
	int64_t number[3];
	int error = heap ? numbers(state, number) : MP_KIND;

	if (error)
		return error;
	if (!lock && mp_value_kind(locked) != MP_NONE)
		return MP_KIND;
	return mp__shared_in((struct mp_shared **)object, heap, (uint64_t)number[0],
	    (char)number[1], (size_t)number[2], lock);
	//}
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
