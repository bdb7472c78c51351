/* SPDX-License-Identifier: MIT */
#ifndef MP_LINE_H
#define MP_LINE_H
/*
 * A ticket lock that outlives its users: each one in the line watches the one before.
 *
 * A counter that says whose turn it is cannot know that somebody has given up, or died. So
 * every ticket has a slot, and in it stands who holds it and what became of it. Whoever
 * waits looks at the slot before its own: still there, then sleep at that word; has given
 * up, or died waiting, then look at the one before that; done, then it is my turn; died
 * inside, then it is my turn, and I am told. Nobody is ever called: so nobody needs to be
 * alive, or patient, to be passed over.
 *
 * Invariants: tickets are drawn in order, with the name of the one who draws, in one step;
 * what has become of a ticket never changes back; at most one process sleeps at a slot.
 *
 * Example:
 *	#include <mp/line.h>
 *	int
 *	main(void)
 *	{
 *		struct mp_line *line;
 *		if (mp_line_new(&line, 0) || mp_line_acquire(line, MP_FOREVER))
 *			return 1;
 *		int error = mp_line_acquire(line, 0.01); // nobody gets in twice
 *		if (error != MP_TIMEOUT || mp_line_release(line))
 *			return 2;
 *		mp_line_free(line);
 *		return 0;
 *	}
 */
#include <mp/deadline.h>
#include <mp/error.h>
#include <stdbool.h>
#include <stdint.h>

struct mp_line;

/* So many may be inside and in line; who comes then waits for room first, in no order. */
#define MP_LINE_ROOM 64

/*
 * Make a free line in memory shared with every child to come; its first ticket has the
 * number first (modulo 2^30): any will do.
 *
 * Owns    each process that has it calls mp_line_free; what is shared goes with the last
 * Returns 0, or -errno
 * Tasks   lock.3
 */
int mp_line_new(struct mp_line **out, uint32_t first) MP_MUST_CHECK;

/* Give it back in this process; NULL is fine. Not while a thread of this process waits in
 * it or holds it. Tasks lock.3 */
void mp_line_free(struct mp_line *line);

/*
 * Stand in line, and get in when everybody before is done, has given up, or is dead.
 *
 * Blocks  at most timeout seconds; 0 and negative: do not stand in line at all
 * Returns 0 you are in, or
 *   MP_OWNER_DIED  YOU ARE IN; the one before died inside (as a process, or by the end of
 *                  its thread): what the lock guards may be half done. Release as always
 *   MP_TIMEOUT     you are not in, and those behind you have kept their places
 * Safe    between threads and processes yes; in signal handlers no
 * Tasks   lock.3 lock.4
 */
int mp_line_acquire(struct mp_line *line, double timeout) MP_MUST_CHECK;

/*
 * Leave: the next one in line gets in.
 *
 * Returns 0, or MP_NOT_OWNER this thread is not inside
 * Tasks   lock.3
 */
int mp_line_release(struct mp_line *line) MP_MUST_CHECK;

/*
 * Leave in the name of whoever is inside, alive or dead: any process may.
 *
 * The owner's slot is free again when the owner next uses a lock of any kind, or ends.
 * Returns 0, or MP_OVER_RELEASED nobody is inside
 * Tasks   lock.5
 */
int mp_line_release_any(struct mp_line *line) MP_MUST_CHECK;

/* Is this thread inside? Tasks lock.3 */
bool mp_line_is_mine(const struct mp_line *line);

#endif
