/* SPDX-License-Identifier: MIT */
/*
 * Programs that knot themselves with what is in memory: mutexes, semaphores, conditions,
 * barriers, futexes, threads. See stuck-programs.h.
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "selftest/stuck-programs.h"
#include "selftest/stuck-tools.h"
#include "stuck/registry.h"

static void
cross(struct shared *s)
{
	if (child()) {
		pthread_mutex_lock(&s->a);
		sem_post(&s->gate);
		sem_wait(&s->other_gate);
		tied();
		pthread_mutex_lock(&s->b);
		_exit(0);
	}
	if (child()) {
		pthread_mutex_lock(&s->b);
		sem_post(&s->other_gate);
		sem_wait(&s->gate);
		tied();
		pthread_mutex_lock(&s->a);
		_exit(0);
	}
	join_all();
}

static void
crossed(void)
{
	cross(share(PTHREAD_MUTEX_STALLED, PTHREAD_PROCESS_SHARED));
}

static void
crossed_robust(void)
{
	cross(share(PTHREAD_MUTEX_ROBUST, PTHREAD_PROCESS_SHARED));
}

static void
self_lock(void)
{
	struct shared *s = share(PTHREAD_MUTEX_STALLED, PTHREAD_PROCESS_SHARED);

	pthread_mutex_lock(&s->a);
	tied();
	pthread_mutex_lock(&s->a);
}

static void
dead_holder(void)
{
	struct shared *s = share(PTHREAD_MUTEX_STALLED, PTHREAD_PROCESS_SHARED);

	if (child()) {
		pthread_mutex_lock(&s->a);
		_exit(0);
	}
	join_all();
	tied();
	pthread_mutex_lock(&s->a);
}

/* A mutex in shared memory that was not made process-shared: an unlock wakes nobody there. */
static void
not_shared(void)
{
	struct shared *s = share(PTHREAD_MUTEX_STALLED, PTHREAD_PROCESS_PRIVATE);

	pthread_mutex_lock(&s->a);
	if (child()) {
		tied();
		pthread_mutex_lock(&s->a);
		_exit(0);
	}
	join_all();
}

static void
semaphore(void)
{
	struct shared *s = share(PTHREAD_MUTEX_STALLED, PTHREAD_PROCESS_SHARED);

	if (child()) {
		tied();
		sem_wait(&s->semaphore);
		_exit(0);
	}
	join_all();
}

static void
condition(void)
{
	struct shared *s = share(PTHREAD_MUTEX_STALLED, PTHREAD_PROCESS_SHARED);

	if (child()) {
		pthread_mutex_lock(&s->a);
		tied();
		pthread_cond_wait(&s->condition, &s->a);
		_exit(0);
	}
	join_all();
}

static void
barrier(void)
{
	struct shared *s = share(PTHREAD_MUTEX_STALLED, PTHREAD_PROCESS_SHARED);

	for (int i = 0; i < 2; i++)
		if (child()) {
			tied();
			pthread_barrier_wait(&s->barrier);
			_exit(0);
		}
	join_all();
}

static void
bare_futex(void)
{
	struct shared *s = share(PTHREAD_MUTEX_STALLED, PTHREAD_PROCESS_SHARED);

	if (child()) {
		tied();
		syscall(SYS_futex, &s->word, FUTEX_WAIT, 0, NULL, NULL, 0);
		_exit(0);
	}
	join_all();
}

/* What a library says of its own: registry.h. Who waits sleeps at two of its words. */
static void
wait_registered(uint32_t kind)
{
	struct page {
		struct stuck_notes notes;
		struct stuck_note note;
		uint32_t word, other, holder;
	} * page;
	int fd = memfd_create("mp-lock", MFD_CLOEXEC);

	if (ftruncate(fd, sizeof(*page)))
		_exit(9);
	page = mmap(NULL, sizeof(*page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	*page = (struct page){.notes = {STUCK_MAGIC, STUCK_VERSION, 1},
	    .note = {.kind = kind,
		.words = offsetof(struct page, word),
		.words_size = 8,
		.holder = offsetof(struct page, holder),
		.name = "tickets"},
	    .holder = (uint32_t)getpid()};
	struct futex_waitv words[] = {
	    {0, (uintptr_t)&page->other, FUTEX_32, 0}, {0, (uintptr_t)&page->word, FUTEX_32, 0}};
	if (child()) {
		tied();
		if (syscall(SYS_futex_waitv, words, 2, 0, NULL, 0) < 0)
			syscall(SYS_futex, &page->word, FUTEX_WAIT, 0, NULL, NULL, 0);
		_exit(0);
	}
	join_all();
}

static void
registered(void)
{
	wait_registered(STUCK_NOTE_RLOCK);
}

/* The same, and anybody may release it. */
static void
registered_lock(void)
{
	wait_registered(STUCK_NOTE_LOCK);
}

static pthread_t first;

static void *
joins_first(void *argument)
{
	(void)argument;
	tied();
	pthread_join(first, NULL);
	return NULL;
}

static void
threads(void)
{
	pthread_t second;

	first = pthread_self();
	pthread_create(&second, NULL, joins_first, NULL);
	pthread_join(second, NULL);
}

#define PROGRAM(name, function, tasks, ...)                                                        \
	{                                                                                          \
		name, function, {__VA_ARGS__}, tasks, false, false                                 \
	}

const struct stuck_program stuck_locks[] = {
    PROGRAM("crossed", crossed, 3, "P.1 locks a mutex held by P.2", "P.2 locks a mutex held by P.1",
	"P waits until one of its children ends: P.1 and P.2"),
    PROGRAM("crossed-robust", crossed_robust, 3, "P.1 locks a robust mutex held by P.2",
	"P.2 locks a robust mutex held by P.1"),
    PROGRAM("self-lock", self_lock, 1, "P locks a mutex held by itself"),
    PROGRAM("dead-holder", dead_holder, 1, "P locks a mutex whose holder, ",
	"is dead: nobody will ever unlock it"),
    PROGRAM(
	"not-shared", not_shared, 2, "P.1 locks a mutex that is not process-shared", "P joins P.1"),
    PROGRAM("semaphore", semaphore, 2,
	"P.1 waits for a semaphore that is 0; only P and it itself could post it", "P joins P.1"),
    PROGRAM("condition", condition, 2,
	"P.1 waits for a condition; only P and it itself could notify it", "P joins P.1"),
    PROGRAM("barrier", barrier, 3, "P.1 waits at a barrier to which 2 of 3 have come; only P",
	"P.2 waits at a barrier to which 2 of 3 have come; only P"),
    PROGRAM("bare-futex", bare_futex, 2,
	"P.1 waits on a futex; only P and it itself have its memory", "P joins P.1"),
    PROGRAM(
	"registered", registered, 2, "P.1 waits for the lock 'tickets' held by P", "P joins P.1"),
    PROGRAM("registered-lock", registered_lock, 2,
	"P.1 waits for the lock 'tickets' that P holds; only P and it itself could release it",
	"P joins P.1"),
    PROGRAM("threads", threads, 2, "P's thread 1 joins P's thread 2",
	"P's thread 2 joins P's thread 1"),
    {0},
};
