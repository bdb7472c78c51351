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

//{
#define ADDRESS_SPACE (UINT64_C(1) << 36) /* taken for a heap; not memory */

/* hold own_mutex: the heap for what this process makes, while there is anything in it */
static pthread_mutex_t own_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct mp_heap *own_heap; /* no reference: its users have some */
static size_t own_users;	 /* objects in it */
static pid_t own_pid;		 /* whose it is: after a fork, the parent's */

static void
hold(void)
{
	pthread_mutex_lock(&own_mutex);
}

static void
let_go(void)
{
	pthread_mutex_unlock(&own_mutex);
}

/* No child may be born while a thread that it will not have is in here. */
__attribute__((constructor)) static void
at_fork(void)
{
	pthread_atfork(hold, let_go, let_go);
}

static int
new_heap(struct mp_heap **heap)
{
	struct rlimit limit = {.rlim_cur = RLIM_INFINITY};

	getrlimit(RLIMIT_AS, &limit);
	return mp_heap_new(
	    heap, limit.rlim_cur == RLIM_INFINITY ? ADDRESS_SPACE : limit.rlim_cur / 8);
}

/* A reference to this process's heap, and one user more. */
static int
enter(struct mp_heap **heap)
{
	int error = 0;

	hold();
	if (own_heap && own_pid == getpid()) {
		mp_heap_ref(own_heap);
	} else {
		struct mp_heap *fresh;
		error = new_heap(&fresh);
		if (!error) {
			own_heap = fresh;
			own_pid = getpid();
			own_users = 0;
		}
	}
	if (!error) {
		own_users++;
		*heap = own_heap;
	}
	let_go();
	return error;
}

static void
leave(struct mp_heap *heap)
{
	hold();
	if (heap && heap == own_heap && --own_users == 0)
		own_heap = NULL;
	let_go();
	mp_heap_free(heap);
}

static unsigned char
size_of(char code)
{
	switch (code) {
#define X(letter, name, type)                                                                      \
	case letter:                                                                               \
		return sizeof(type);
		MP__INTEGERS(X)
		MP__FLOATS(X)
#undef X
	}
	return 0;
}

static int
get_lock(struct mp_lock **out, struct mp_lock *given)
{
	if (!given)
		return mp_rlock_new(out);
	*out = given == MP_UNLOCKED ? NULL : mp_lock_ref(given);
	return 0;
}

static void
destroy(struct mp_shared *shared)
{
	if (shared->offset && shared->maker == getpid())
		(void)!mp_heap_dealloc(shared->heap, shared->offset);
	leave(shared->heap);
	mp_lock_free(shared->lock);
	free(shared);
}

static int
furnish(struct mp_shared *shared, struct mp_lock *lock)
{
	size_t bytes;
	int error = get_lock(&shared->lock, lock);

	if (!error)
		error = enter(&shared->heap);
	if (!error && __builtin_mul_overflow(shared->length, shared->itemsize, &bytes))
		error = -ENOMEM;
	return error ? error : mp_heap_alloc(shared->heap, bytes, &shared->offset);
}

int
mp__shared_in(struct mp_shared **out, struct mp_heap *heap, uint64_t offset, char code,
    size_t length, struct mp_lock *lock)
{
	struct stat stat;
	uint64_t size = size_of(code);

	if (!size || fstat(mp_heap_fd(heap), &stat) || offset > (uint64_t)stat.st_size ||
	    length > ((uint64_t)stat.st_size - offset) / size)
		return MP_KIND; /* no such code, or outside of the heap */
	struct mp_shared *shared = malloc(sizeof(*shared));
	if (!shared)
		return -ENOMEM;
	*shared = (struct mp_shared){
	    .code = code,
	    .itemsize = (unsigned char)size,
	    .length = length,
	    .heap = mp_heap_ref(heap),
	    .offset = offset,
	    .lock = lock ? mp_lock_ref(lock) : NULL,
	    .references = 1,
	};
	*out = shared;
	return 0;
}
//}

int
mp_shared_array(struct mp_shared **out, char code, size_t length, struct mp_lock *lock)
{
	/* shm.5: a block of this process's heap for the elements, and a lock. */
	//{
	unsigned char itemsize = size_of(code);

	if (!itemsize)
		return MP_KIND;
	struct mp_shared *shared = malloc(sizeof(*shared));
	if (!shared)
		return -ENOMEM;
	*shared = (struct mp_shared){
	    .code = code,
	    .itemsize = itemsize,
	    .length = length,
	    .maker = getpid(),
	    .references = 1,
	};
	int error = furnish(shared, lock);
	if (error) {
		destroy(shared);
		return error;
	}
	*out = shared;
	return 0;
	//}
}

int
mp_shared_value(struct mp_shared **out, char code, struct mp_lock *lock)
{
	/* shm.5: an array of one. */
	//{
	return mp_shared_array(out, code, 1, lock);
	//}
}

struct mp_shared *
mp_shared_ref(struct mp_shared *shared)
{
	/* shm.5: one more owner in this process. */
	//{
	atomic_fetch_add(&shared->references, 1);
	return shared;
	//}
}

void
mp_shared_free(struct mp_shared *shared)
{
	/* shm.5: one owner fewer; the last one gives the block back, if this process made it. */
	//{
	if (shared && atomic_fetch_sub(&shared->references, 1) == 1)
		destroy(shared);
	//}
}

char
mp_shared_code(const struct mp_shared *shared)
{
	/* shm.5: the code. */
	//{
	return shared->code;
	//}
}

size_t
mp_shared_length(const struct mp_shared *shared)
{
	/* shm.5: how many. */
	//{
	return shared->length;
	//}
}

size_t
mp_shared_itemsize(const struct mp_shared *shared)
{
	/* shm.5: how large each of them is. */
	//{
	return shared->itemsize;
	//}
}

void *
mp_shared_data(const struct mp_shared *shared, size_t itemsize)
{
	/* shm.5: where the elements are in this process. */
	//{
	return itemsize == shared->itemsize ? mp_heap_at(shared->heap, shared->offset) : NULL;
	//}
}
