/* SPDX-License-Identifier: MIT */
/*
 * Standing in line: draw a ticket, watch the one before, get in, or give up.
 *
 * Invariants: those of line.c. Nobody is called: who waits looks, and whoever changes what
 * it looks at (release, give up, die) wakes it.
 *
 * Handout: labs/06-lock/README.md
 */
#include <mp/futex.h>

#include "badge.h"
#include "line.h"

//{
/* The next in line looks so often before it sleeps: to sleep and be woken costs as much. */
enum { LOOKS = 20 };

/*
 * Nobody need wake us but the one before us, or the kernel at its death. But a stranger that
 * releases in an owner's name may be killed before it wakes us: while there is one, and while
 * we wait for room, we look every tenth of a second.
 */
#define NAP INT64_C(100000000)

static int64_t
nap_until(int64_t nap, int64_t deadline)
{
	int64_t until = mp_now() + nap;

	return until < deadline ? until : deadline;
}

/*
 * Go back from ticket *p to the nearest one that is not passed over: its word, and *p. Ends
 * at `entered` at the latest, whose fate is OWNING or DONE.
 */
static int
before(struct mp_line *line, uint32_t *p, uint64_t *word)
{
	for (;; *p -= TICKET) {
		*word = look(slot_of(line, *p));
		if (WHOSE(*word) != *p)
			return BUSY; /* drawn again: we are not in line, and far behind */
		bool dead = mp__badge_died(*word);
		if (FATE(*word) == DONE)
			return FREE;
		if (FATE(*word) == OWNING && dead)
			return MP_OWNER_DIED;
		if (FATE(*word) != LEFT && !dead)
			return BUSY;
	}
}

/* The first ticket that is not drawn, and what lies in its slot. */
static uint32_t
first_free(struct mp_line *line, uint64_t *word)
{
	uint32_t ticket = atomic_load_explicit(&line->next, memory_order_relaxed);

	for (;; ticket += TICKET) {
		*word = look(slot_of(line, ticket));
		int32_t ahead = (int32_t)(WHOSE(*word) - ticket);
		if (ahead < 0)
			return ticket;
		ticket = WHOSE(*word); /* drawn, and so are all before it */
	}
}

/* Is there room for this ticket: is whoever had its slot before not looked at any more? */
static bool
has_room(struct mp_line *line, uint32_t ticket)
{
	uint32_t entered = atomic_load_explicit(&line->entered, memory_order_relaxed);

	return ticket - entered < MP_LINE_ROOM * TICKET;
}

/*
 * The line is full: sleep until somebody gets in. If all tickets are over, nobody will: their
 * slots are in the lists of threads that have not come back. Begin the next round then, and
 * see whether one has come free.
 */
static int
wait_for_room(struct mp_line *line, uint32_t ticket, int verdict, int64_t deadline)
{
	int64_t until = nap_until(verdict == BUSY ? NAP : NAP / 10, deadline);
	uint32_t entered = atomic_load(&line->entered);

	if (verdict != BUSY) {
		uint64_t last = look(slot_of(line, ticket - TICKET));
		uint64_t done = (last & UINT32_MAX) | (uint64_t)((ticket - TICKET) | DONE) << 32;
		if (WHOSE(last) == ticket - TICKET && FATE(last) == LEFT &&
		    atomic_compare_exchange_strong(
			&slot_of(line, ticket - TICKET)->word, &last, done))
			atomic_compare_exchange_strong(&line->entered, &entered, ticket - TICKET);
		entered = atomic_load(&line->entered);
	}

	atomic_store(&line->outside, 1);
	if (verdict == BUSY && has_room(line, ticket))
		return 0;
	int error = mp_futex_wait(&line->entered, entered, until);
	return error == MP_TIMEOUT && mp_now() < deadline ? 0 : error;
}

/* We are the owner, and say so: what is before us may be drawn again. */
static inline int
get_in(struct mp_line *line, uint32_t mine, int verdict)
{
	atomic_store_explicit(&line->entered, mine, memory_order_relaxed);
	atomic_store_explicit(&line->holder, badge_id(), memory_order_relaxed);
	if (atomic_load_explicit(&line->outside, memory_order_relaxed)) {
		atomic_store_explicit(&line->outside, 0, memory_order_relaxed);
		mp_futex_wake(&line->entered, INT32_MAX);
	}
	return verdict;
}

/* Nobody is before us, everything is as in the books: the same as draw, in a few lines. */
static inline bool
draw_at_once(struct mp_line *line)
{
	uint32_t ticket = atomic_load_explicit(&line->next, memory_order_relaxed);
	struct mp__badge *slot = slot_of(line, ticket);
	uint64_t word = atomic_load_explicit(&slot->word, memory_order_relaxed);

	if (look(slot_of(line, ticket - TICKET)) != WORD((ticket - TICKET) | DONE) ||
	    word != WORD((ticket - MP_LINE_ROOM * TICKET) | DONE) ||
	    !badge_take(slot, &word, ticket | OWNING))
		return false;
	atomic_store_explicit(&line->next, ticket + TICKET, memory_order_relaxed);
	get_in(line, ticket, FREE);
	return true;
}

/*
 * Draw a ticket: *mine. If nobody is in the way, it is drawn as the owner's.
 *
 * Returns the verdict, or MP_TIMEOUT if it would have to wait and may not
 */
static int
draw(struct mp_line *line, bool may_wait, int64_t deadline, uint32_t *mine)
{
	for (;;) {
		uint64_t word, last;
		uint32_t ticket = first_free(line, &word), p = ticket - TICKET;
		int verdict = before(line, &p, &last);
		if (verdict == BUSY && !may_wait)
			return MP_TIMEOUT;
		if (!has_room(line, ticket)) {
			int error = wait_for_room(line, ticket, verdict, deadline);
			if (error)
				return error;
			continue;
		}
		if (word & MP__OWNER) { /* still in somebody's list: nobody gets this ticket */
			atomic_compare_exchange_strong(&slot_of(line, ticket)->word, &word,
			    (word & UINT32_MAX) | (uint64_t)(ticket | LEFT) << 32);
			continue;
		}
		*mine = ticket;
		if (!badge_take(slot_of(line, ticket), &word,
			ticket | (verdict == BUSY ? WAITING : OWNING)))
			continue;
		atomic_store_explicit(&line->next, ticket + TICKET, memory_order_relaxed);
		return verdict;
	}
}

/* From WAITING to OWNING; whoever is behind us may say meanwhile that it sleeps. */
static void
become_owner(struct mp_line *line, uint32_t mine)
{
	atomic_fetch_add(&slot_of(line, mine)->word, (uint64_t)(OWNING - WAITING) << 32);
}

/* Sleep at the slot of the one before, unless it has changed since we saw its word. */
static int
sleep_at(struct mp__badge *slot, uint64_t word, int64_t deadline)
{
	int64_t until = word & MP__DIED ? nap_until(NAP, deadline) : deadline;

	if (!(word & MP__SLEEPER) &&
	    !atomic_compare_exchange_strong(&slot->word, &word, word | MP__SLEEPER))
		return 0;
	int error = mp_futex_wait(mp__badge_futex(slot), (uint32_t)(word | MP__SLEEPER), until);
	return error == MP_TIMEOUT && mp_now() < deadline ? 0 : error;
}

static void
relax(void)
{
#ifdef __x86_64__
	__builtin_ia32_pause();
#endif
}

/* With a ticket, until it is our turn or the deadline. */
static int
wait_in_line(struct mp_line *line, uint32_t mine, int64_t deadline)
{
	uint32_t p = mine - TICKET;
	uint64_t word;
	int verdict, error = 0;

	for (int looks = 0; (verdict = before(line, &p, &word)) == BUSY; looks++) {
		if (error) {
			(void)badge_drop(slot_of(line, mine), mine | WAITING, mine | LEFT);
			return error;
		}
		if (looks < LOOKS && FATE(word) == OWNING)
			relax();
		else
			error = sleep_at(slot_of(line, p), word, deadline);
	}
	become_owner(line, mine);
	return verdict;
}
//}

bool
mp__line_is_empty(struct mp_line *line)
{
	/* lock.3: nobody is inside, and nobody waits. */
	//{
	uint64_t word;
	uint32_t p = first_free(line, &word) - TICKET;

	return before(line, &p, &word) != BUSY;
	//}
}

int
mp__line_enter(struct mp_line *line, int64_t deadline)
{
	/* lock.3: as above, by a deadline; one of the past is a try. */
	//{
	uint32_t mine;
	bool may_wait = deadline == MP_NEVER || (deadline > 0 && mp_now() < deadline);
	int verdict = draw(line, may_wait, deadline, &mine);

	if (verdict == MP_TIMEOUT)
		return verdict;
	if (verdict == BUSY && (verdict = wait_in_line(line, mine, deadline)) == MP_TIMEOUT)
		return verdict;
	return get_in(line, mine, verdict);
	//}
}

int
mp_line_acquire(struct mp_line *line, double timeout)
{
	/* lock.3: draw; then watch those before you, until none is left or it is late. */
	//{
	if (draw_at_once(line))
		return 0;
	return mp__line_enter(line, timeout == MP_FOREVER ? MP_NEVER
				    : timeout > 0	  ? mp_deadline(timeout)
							  : 0);
	//}
}
