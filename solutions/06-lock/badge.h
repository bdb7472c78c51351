/* SPDX-License-Identifier: MIT */
#ifndef LOCK_BADGE_H
#define LOCK_BADGE_H
/*
 * Taking a badge and giving it back, for the files of this stage only: inline, because a call
 * costs as much as the rest. What a badge is: mp/internal.h; how the kernel knows: badge.c.
 */
#include <linux/futex.h>

#include <mp/futex.h>
#include <mp/internal.h>

//{
/* This thread, as the kernel knows it; id 0: not asked yet. */
struct badge_self {
	uint32_t id;
	struct robust_list_head *head;
};
extern _Thread_local __attribute__((tls_model("initial-exec"))) struct badge_self badge_self;

void badge_know_self(void);
void badge_tidy(void);

/* The kernel looks at our memory at the moment of our death, in the order of our program:
 * the compiler must not change that order. The processor does not, for one thread. */
static inline void
badge_pend(void *list_entry)
{
	atomic_signal_fence(memory_order_seq_cst);
	badge_self.head->list_op_pending = list_entry;
	atomic_signal_fence(memory_order_seq_cst);
}

/* The links of an entry: of a badge, of a mutex of the C library's, of the head. (Its lowest bit
 * marks an entry of another kind of futex.) */
struct badge_links {
	void *prev, *next;
};

static inline struct badge_links *
badge_links(void *list_entry)
{
	uintptr_t address = (uintptr_t)list_entry & ~(uintptr_t)1;

	return (struct badge_links *)(address - offsetof(struct badge_links, next));
}

static inline void
badge_unlink(struct mp__badge *badge)
{
	badge_links(badge->next)->prev = badge->prev;
	badge_links(badge->prev)->next = badge->next;
}
//}

static inline uint32_t
badge_id(void)
{
	/* lock.4: the thread's id; asking the kernel each time would cost more than the lock. */
	//{
	if (!badge_self.id)
		badge_know_self();
	return badge_self.id;
	//}
}

static inline bool
badge_take(struct mp__badge *badge, uint64_t *word, uint32_t high)
{
	/*
	 * lock.4: write high and your id into the word, if it is what you think, and enter it
	 * in the list. You may be killed at any instruction: the kernel must know of it.
	 */
	//{
	uint64_t taken = (uint64_t)high << 32 | badge_id();
	struct robust_list_head *head = badge_self.head;
	void *first = head->list.next;

	if (first != (void *)head) {
		badge_tidy();
		first = head->list.next;
	}
	badge_pend(&badge->next);
	if (!atomic_compare_exchange_strong_explicit(
		&badge->word, word, taken, memory_order_acquire, memory_order_acquire)) {
		badge_pend(NULL);
		return false;
	}
	badge->prev = head;
	badge->next = first;
	badge_links(first)->prev = &badge->next;
	atomic_signal_fence(memory_order_seq_cst); /* whole before it is reachable */
	head->list.next = (void *)&badge->next;
	badge_pend(NULL);
	return true;
	//}
}

static inline bool
badge_drop(struct mp__badge *badge, uint32_t from, uint32_t to)
{
	/*
	 * lock.4: the way back: out of the list, then the word without your id, then the
	 * wake. As soon as the word is free, another thread may link the badge into its list.
	 */
	//{
	uint64_t word = (uint64_t)from << 32 | badge_id(), free;

	badge_pend(&badge->next);
	badge_unlink(badge);
	do
		free = (uint64_t)(word >> 32 == from ? to : word >> 32) << 32;
	while (!atomic_compare_exchange_weak_explicit(
	    &badge->word, &word, free, memory_order_release, memory_order_relaxed));
	/* Killed here, with nobody's id in the word: the kernel wakes one sleeper for us. */
	if (word & MP__SLEEPER)
		mp_futex_wake(mp__badge_futex(badge), 1);
	badge_pend(NULL);
	return word >> 32 == from;
	//}
}

#endif
