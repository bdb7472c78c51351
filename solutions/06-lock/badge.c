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
#include <linux/futex.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <mp/futex.h>
#include <mp/internal.h>

//{
_Static_assert(
    MP__OWNER == FUTEX_TID_MASK && MP__DIED == FUTEX_OWNER_DIED && MP__SLEEPER == FUTEX_WAITERS,
    "the low half of a badge is the kernel's");
_Static_assert(offsetof(struct mp__badge, next) == 32 && offsetof(struct mp__badge, prev) == 24,
    "a badge is laid out as the C library's mutex");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ && sizeof(void *) == 8,
    "the low half of a word comes first, and addresses have 8 bytes");

#define MARK 0x6d70 /* where a robust mutex has its kind: none has this one */

/* This thread, as the kernel knows it; id 0: not asked yet. */
static _Thread_local __attribute__((tls_model("initial-exec"))) struct {
	uint32_t id;
	struct robust_list_head *head;
} self;

static pthread_once_t prepared = PTHREAD_ONCE_INIT;

/* The kernel looks at our memory at the moment of our death, in the order of our program:
 * the compiler must not change that order. The processor does not, for one thread. */
static void
in_order(void)
{
	atomic_signal_fence(memory_order_seq_cst);
}

static void
forget_self(void)
{
	self.id = 0;
}

static void
prepare(void)
{
	pthread_atfork(NULL, NULL, forget_self); /* a child has another id */
}

static void
know_self(void)
{
	size_t size;

	if (self.id)
		return;
	pthread_once(&prepared, prepare);
	if (syscall(SYS_get_robust_list, 0, &self.head, &size) == 0)
		self.id = (uint32_t)gettid();
}

static void *
entry(struct mp__badge *badge)
{
	return &badge->next;
}

/* The badge of an entry; also for the C library's, and for the head, whose prev and next
 * are in the same places. (Its lowest bit marks an entry of another kind of futex.) */
static struct mp__badge *
badge_of(void *list_entry)
{
	uintptr_t address = (uintptr_t)list_entry & ~(uintptr_t)1;

	return (struct mp__badge *)(address - offsetof(struct mp__badge, next));
}

static void
link_in(struct mp__badge *badge)
{
	badge->mark = MARK;
	badge->prev = self.head;
	badge->next = self.head->list.next;
	badge_of(badge->next)->prev = entry(badge);
	in_order(); /* whole before it is reachable */
	self.head->list.next = entry(badge);
}

static void
unlink_it(struct mp__badge *badge)
{
	badge_of(badge->next)->prev = badge->prev;
	badge_of(badge->prev)->next = badge->next;
}

static void
pend(void *list_entry)
{
	in_order();
	self.head->list_op_pending = list_entry;
	in_order();
}

/* Somebody gave back what was ours, and could not touch our list: do that now. */
static void
tidy(void)
{
	void *next;

	for (void *e = self.head->list.next; e != self.head; e = next) {
		struct mp__badge *badge = badge_of(e);
		next = badge->next;
		uint64_t word = atomic_load_explicit(&badge->word, memory_order_relaxed);
		if (badge->mark != MARK || !(word & MP__DIED))
			continue;
		pend(e);
		unlink_it(badge);
		atomic_fetch_and(&badge->word, ~(MP__OWNER | MP__DIED | MP__SLEEPER));
		pend(NULL);
	}
}
//}

int
mp__badge_ready(void)
{
	/* lock.4: find the thread's robust list, and whether it is laid out as ours. */
	//{
	know_self();
	return self.id && self.head->futex_offset == -(long)offsetof(struct mp__badge, next)
		   ? 0
		   : -ENOSYS;
	//}
}

uint32_t
mp__badge_self(void)
{
	/* lock.4: the thread's id; asking the kernel each time would cost more than the lock. */
	//{
	know_self();
	return self.id;
	//}
}

bool
mp__badge_take(struct mp__badge *badge, uint64_t *word, uint32_t high)
{
	/*
	 * lock.4: write high and your id into the word, if it is what you think, and enter it
	 * in the list. You may be killed at any instruction: the kernel must know of it.
	 */
	//{
	know_self();
	if (self.head->list.next != (void *)self.head)
		tidy();
	pend(entry(badge));
	bool taken = atomic_compare_exchange_strong_explicit(&badge->word, word,
	    (uint64_t)high << 32 | self.id, memory_order_acquire, memory_order_acquire);
	if (taken)
		link_in(badge);
	pend(NULL);
	return taken;
	//}
}

bool
mp__badge_drop(struct mp__badge *badge, uint32_t from, uint32_t to)
{
	/*
	 * lock.4: the way back: out of the list, then the word without your id, then the
	 * wake. As soon as the word is free, another thread may link the badge into its list.
	 */
	//{
	know_self();
	pend(entry(badge));
	unlink_it(badge);
	uint64_t word = atomic_load_explicit(&badge->word, memory_order_relaxed), free;
	do {
		uint32_t high = (uint32_t)(word >> 32);
		free = (uint64_t)(high == from ? to : high) << 32;
	} while (!atomic_compare_exchange_weak_explicit(
	    &badge->word, &word, free, memory_order_release, memory_order_relaxed));
	/* Killed here, with nobody's id in the word: the kernel wakes one sleeper for us. */
	if (word & MP__SLEEPER)
		mp_futex_wake(mp__badge_futex(badge), 1);
	pend(NULL);
	return word >> 32 == from;
	//}
}

bool
mp__badge_died(uint64_t word)
{
	/* lock.4: the kernel's mark, without an id. */
	//{
	return (word & MP__DIED) && !(word & MP__OWNER);
	//}
}

_Atomic uint32_t *
mp__badge_futex(struct mp__badge *badge)
{
	/* lock.4: the half of the word that the kernel watches. */
	//{
	return (_Atomic uint32_t *)&badge->word;
	//}
}

void
mp__will(_Atomic uint32_t *word)
{
	/* lock.4: where a badge with this word would have its entry. */
	//{
	know_self();
	pend((char *)word + offsetof(struct mp__badge, next));
	//}
}

void
mp__will_done(void)
{
	/* lock.4: nothing is pending. */
	//{
	pend(NULL);
	//}
}
