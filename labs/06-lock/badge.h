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
#include <mp/todo.h>

static inline uint32_t
badge_id(void)
{
	/* lock.4: the thread's id; asking the kernel each time would cost more than the lock. */
	mp_todo("lock.4");
}

static inline bool
badge_take(struct mp__badge *badge, uint64_t *word, uint32_t high)
{
	/*
	 * lock.4: write high and your id into the word, if it is what you think, and enter it
	 * in the list. You may be killed at any instruction: the kernel must know of it.
	 */
	mp_todo("lock.4");
}

static inline bool
badge_drop(struct mp__badge *badge, uint32_t from, uint32_t to)
{
	/*
	 * lock.4: the way back: out of the list, then the word without your id, then the
	 * wake. As soon as the word is free, another thread may link the badge into its list.
	 */
	mp_todo("lock.4");
}

#endif
