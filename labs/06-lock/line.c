/* SPDX-License-Identifier: MIT */
/*
 * The line: a ring of slots, one for each ticket, and everyone watches the slot before.
 *
 * A slot's word has the ticket and its fate in the high half, the holder in the low half
 * (a badge, see mp/internal.h). A ticket counts in fours: its two low bits are the fate.
 *
 *	WAITING -> OWNING -> DONE	and the holder's death, in the low half, at any time
 *	       \-> LEFT
 *
 * Invariants: the tickets drawn are consecutive; LEFT and dead while WAITING are passed
 * over; at most one ticket is OWNING and alive, and all before it are over. Only slots of
 * tickets before `entered` are drawn again, and nobody in line looks at those any more.
 *
 * Handout: labs/06-lock/README.md
 */
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <unistd.h>

#include "badge.h"
#include "line.h"

#include <mp/todo.h>

void
mp__line_init(struct mp_line *line, uint32_t first)
{
	/* lock.3: nobody is inside: the last ticket before the first is done. */
	mp_todo("lock.3");
}

bool
mp__line_forget(struct mp_line *line)
{
	/*
	 * lock.3: give back what this thread has in it. What another thread of this process
	 * still has in its list may not be unmapped.
	 */
	mp_todo("lock.3");
}

int
mp__line_new(struct mp_line **out, uint32_t first, enum mp__kind kind)
{
	/* lock.3: mp__shared_new, a line in it, and a note of what it is. */
	mp_todo("lock.3");
}

int
mp_line_new(struct mp_line **out, uint32_t first)
{
	/* lock.3: as above. Only its owner can release it, as an RLock. */
	mp_todo("lock.3");
}

int
mp__line_receive(const struct mp_value *place, struct mp_line **out)
{
	/* lock.5: mp__shared_receive; nothing is initialised, somebody may be inside. */
	mp_todo("lock.5");
}

void
mp_line_free(struct mp_line *line)
{
	/* lock.3: the memory goes back; nobody else in this process uses it. */
	mp_todo("lock.3");
}

int
mp_line_release(struct mp_line *line)
{
	/* lock.3: DONE: that is all. The next in line is watching. */
	mp_todo("lock.3");
}

bool
mp_line_is_mine(const struct mp_line *line)
{
	/* lock.3: is the last one who got in still inside, and this thread? */
	mp_todo("lock.3");
}

int
mp_line_release_any(struct mp_line *line)
{
	/*
	 * lock.5: DONE, in the owner's name. But its slot is in the owner's list, where only the
	 * owner may take it out: so its id stays, with MP__DIED beside it, until it does. Nor
	 * does the kernel wake a sleeper for us if we are killed here. So MP__DIED comes first,
	 * and wakes it: from then on it does not sleep without looking up now and then.
	 */
	mp_todo("lock.5");
}
