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

void
mp__line_init(struct mp_line *line, uint32_t first)
{
	/* lock.3: nobody is inside: the last ticket before the first is done. */
	//{
	uint32_t ticket = first * TICKET;

	atomic_init(&line->next, ticket);
	atomic_init(&line->entered, ticket - TICKET);
	atomic_init(&line->outside, 0);
	atomic_init(&line->holder, 0);
	for (int i = 0; i < MP_LINE_ROOM; i++) {
		ticket -= TICKET;
		slot_of(line, ticket)->mark = MP__BADGE;
		atomic_init(&slot_of(line, ticket)->word, WORD(ticket | DONE));
	}
	//}
}

bool
mp__line_forget(struct mp_line *line)
{
	/*
	 * lock.3: give back what this thread has in it. What another thread of this process
	 * still has in its list may not be unmapped.
	 */
	//{
	bool nobody = true;

	for (int i = 0; i < MP_LINE_ROOM; i++) {
		uint64_t word = look(&line->slot[i]);
		uint32_t owner = word & MP__OWNER;
		if (owner == badge_id())
			(void)badge_drop(&line->slot[i], WHOSE(word) | OWNING, WHOSE(word) | DONE);
		else if (owner && syscall(SYS_tgkill, getpid(), owner, 0) == 0)
			nobody = false;
	}
	return nobody;
	//}
}

int
mp__line_new(struct mp_line **out, uint32_t first, enum mp__kind kind)
{
	/* lock.3: mp__shared_new, a line in it, and a note of what it is. */
	//{
	void *memory;
	int error = mp__badge_ready();

	if (!error)
		error = mp__shared_new(&memory, sizeof(struct mp_line));
	if (error)
		return error;
	mp__line_init(memory, first);
	*out = memory;
	mp__shared_note(memory, kind, sizeof(struct mp_line), &(*out)->holder);
	return 0;
	//}
}

int
mp_line_new(struct mp_line **out, uint32_t first)
{
	/* lock.3: as above. Only its owner can release it, as an RLock. */
	//{
	return mp__line_new(out, first, MP__RLOCK);
	//}
}

int
mp__line_receive(const struct mp_value *place, struct mp_line **out)
{
	/* lock.5: mp__shared_receive; nothing is initialised, somebody may be inside. */
	//{
	void *memory;
	int error = mp__badge_ready();

	if (!error)
		error = mp__shared_receive(place, sizeof(struct mp_line), &memory);
	if (!error)
		*out = memory;
	return error;
	//}
}

void
mp_line_free(struct mp_line *line)
{
	/* lock.3: the memory goes back; nobody else in this process uses it. */
	//{
	if (line && mp__line_forget(line))
		mp__shared_free(line);
	//}
}

int
mp_line_release(struct mp_line *line)
{
	/* lock.3: DONE: that is all. The next in line is watching. */
	//{
	uint32_t mine = atomic_load_explicit(&line->entered, memory_order_relaxed);
	struct mp__badge *slot = slot_of(line, mine);

	if ((look(slot) & ~(MP__SLEEPER | MP__DIED)) != (WORD(mine | OWNING) | badge_id()))
		return MP_NOT_OWNER;
	return badge_drop(slot, mine | OWNING, mine | DONE) ? 0 : MP_NOT_OWNER;
	//}
}

bool
mp_line_is_mine(const struct mp_line *line)
{
	/* lock.3: is the last one who got in still inside, and this thread? */
	//{
	uint32_t entered = atomic_load_explicit(&line->entered, memory_order_relaxed);
	uint64_t word = look(slot_of((struct mp_line *)line, entered));

	return (word & MP__OWNER) == badge_id() && FATE(word) == OWNING;
	//}
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
	//{
	bool announced = false;

	if (mp_line_release(line) == 0)
		return 0;
	for (;;) {
		uint32_t entered = atomic_load(&line->entered);
		struct mp__badge *slot = slot_of(line, entered);
		uint64_t word = look(slot), owner = word & MP__OWNER;
		if (WHOSE(word) != entered || FATE(word) != OWNING) {
			if (entered == atomic_load(&line->entered))
				return MP_OVER_RELEASED;
			continue;
		}
		bool announce = owner && word & MP__SLEEPER && !announced;
		uint64_t done = (uint64_t)(entered | DONE) << 32 | owner | (owner ? MP__DIED : 0);
		if (!atomic_compare_exchange_strong(
			&slot->word, &word, announce ? word | MP__DIED : done))
			continue;
		if (word & MP__SLEEPER)
			mp_futex_wake(mp__badge_futex(slot), 1);
		if (!announce)
			return 0;
		announced = true;
	}
	//}
}
