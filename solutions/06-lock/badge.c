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

//{
_Static_assert(
    MP__OWNER == FUTEX_TID_MASK && MP__DIED == FUTEX_OWNER_DIED && MP__SLEEPER == FUTEX_WAITERS,
    "the low half of a badge is the kernel's");
_Static_assert(offsetof(struct mp__badge, next) == 32 && offsetof(struct mp__badge, prev) == 24,
    "a badge is laid out as the C library's mutex");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ && sizeof(void *) == 8,
    "the low half of a word comes first, and addresses have 8 bytes");

_Thread_local struct badge_self badge_self;
static pthread_once_t prepared = PTHREAD_ONCE_INIT;

static void
forget_self(void)
{
	badge_self.id = 0;
}

static void
prepare(void)
{
	pthread_atfork(NULL, NULL, forget_self); /* a child has another id */
}

void
badge_know_self(void)
{
	size_t size;

	pthread_once(&prepared, prepare);
	if (syscall(SYS_get_robust_list, 0, &badge_self.head, &size) == 0)
		badge_self.id = (uint32_t)gettid();
}

/* The badge whose entry it is; NULL: it is a mutex of the C library's, which has its kind where a
 * badge has its mark. They differ. */
static struct mp__badge *
badge_at(void *list_entry)
{
	char *links = (char *)badge_links(list_entry);
	char *start = links - offsetof(struct mp__badge, prev);
	uint32_t mark;

	memcpy(&mark, start + offsetof(struct mp__badge, mark), sizeof(mark));
	return mark == MP__BADGE ? (struct mp__badge *)(void *)start : NULL;
}

/* Somebody gave back what was ours, and could not touch our list: do that now. */
void
badge_tidy(void)
{
	const uint64_t given = MP__DIED | UINT64_C(3) << 32;
	void *next;

	for (void *e = badge_self.head->list.next; e != badge_self.head; e = next) {
		struct mp__badge *badge = badge_at(e);
		next = badge_links(e)->next;
		if (badge && (atomic_load(&badge->word) & given) == given) {
			badge_pend(e);
			badge_unlink(badge);
			atomic_fetch_and(&badge->word, ~(uint64_t)UINT32_MAX);
			badge_pend(NULL);
		}
	}
}
//}

int
mp__badge_ready(void)
{
	/* lock.4: find the thread's robust list, and whether it is laid out as ours. */
	//{
	return badge_id() &&
		       badge_self.head->futex_offset == -(long)offsetof(struct mp__badge, next)
		   ? 0
		   : -ENOSYS;
	//}
}

uint32_t
mp__badge_self(void)
{
	/* lock.4: as above. */
	//{
	return badge_id();
	//}
}

bool
mp__badge_take(struct mp__badge *badge, uint64_t *word, uint32_t high)
{
	/* lock.4: as above, for other stages. */
	//{
	return badge_take(badge, word, high);
	//}
}

bool
mp__badge_drop(struct mp__badge *badge, uint32_t from, uint32_t to)
{
	/* lock.4: as above, for other stages. */
	//{
	return badge_drop(badge, from, to);
	//}
}

void
mp__will(_Atomic uint32_t *word)
{
	/* lock.4: what is pending need not be a badge: the kernel only counts back to the word. */
	//{
	badge_id();
	badge_pend((char *)word + offsetof(struct mp__badge, next));
	//}
}

void
mp__will_done(void)
{
	/* lock.4: nothing is pending. */
	//{
	badge_pend(NULL);
	//}
}
