/* SPDX-License-Identifier: MIT */
/*
 * Words that the kernel marks when their owner dies: robust futexes, without the mutex.
 *
 * A thread tells the kernel once where its list is; when it ends, by whatever cause, the
 * kernel walks the list, and every word in it that has the thread's id gets FUTEX_OWNER_DIED
 * in its place, and one sleeper is woken. The list is in user space and there is one per
 * thread, the C library's: so we enter ours there, laid out as it lays out its own mutexes
 * (an entry points at `next`; `prev` is 8 bytes before it, the word 32). What cannot be in
 * the list yet, or no more, stands in list_op_pending: the kernel looks there, too.
 *
 * Invariant: at every instruction between the one that writes our id into a word and the one
 * that removes it, the list or list_op_pending leads to that word.
 *
 * Handout: labs/06-lock/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "badge.h"

#include <mp/todo.h>

int
mp__badge_ready(void)
{
	/* lock.4: find the thread's robust list, and whether it is laid out as ours. */
	mp_todo("lock.4");
}

uint32_t
mp__badge_self(void)
{
	/* lock.4: as above. */
	mp_todo("lock.4");
}

bool
mp__badge_take(struct mp__badge *badge, uint64_t *word, uint32_t high)
{
	/* lock.4: as above, for other stages. */
	mp_todo("lock.4");
}

bool
mp__badge_drop(struct mp__badge *badge, uint32_t from, uint32_t to)
{
	/* lock.4: as above, for other stages. */
	mp_todo("lock.4");
}

void
mp__will(_Atomic uint32_t *word)
{
	/* lock.4: what is pending need not be a badge: the kernel only counts back to the word. */
	mp_todo("lock.4");
}

void
mp__will_done(void)
{
	/* lock.4: nothing is pending. */
	mp_todo("lock.4");
}
