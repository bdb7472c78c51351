/* SPDX-License-Identifier: MIT */
#ifndef MP_EVENT_H
#define MP_EVENT_H
/*
 * Event: a flag that many can wait for.
 *
 * One word, which is odd while the flag is set, and counts every change. No lock: so set may
 * be called from a signal handler, also while the same thread waits, or sets (CPython's
 * can deadlock there). Who waits is let go by every set that comes after the wait began, even if it
 * has been cleared again before the waiter could look.
 *
 * Invariants: the word never goes back; whoever set it has woken all who slept, in the same
 * step: a process killed in set has done both or nothing.
 *
 * Example:
 *	#include <mp/event.h>
 *	int
 *	main(void)
 *	{
 *		struct mp_event *event;
 *		if (mp_event_new(&event))
 *			return 1;
 *		int early = mp_event_wait(event, 0.01);
 *		mp_event_set(event);
 *		if (early != MP_TIMEOUT || mp_event_wait(event, MP_FOREVER))
 *			return 2;
 *		mp_event_free(event);
 *		return 0;
 *	}
 */
#include <mp/deadline.h>
#include <mp/error.h>
#include <mp/opaque.h>
#include <stdbool.h>

struct mp_event;

/*
 * Make an event that is not set.
 *
 * Owns    the caller owns *out: mp_event_free, in each process that has it
 * Returns 0, or -errno
 * Python  Event()
 * Tasks   sync.3
 */
int mp_event_new(struct mp_event **out) MP_MUST_CHECK;

/* Take one more reference, to be given back by mp_event_free. Tasks sync.3 */
struct mp_event *mp_event_ref(struct mp_event *event);

/* Give back one reference; NULL is fine. Tasks sync.3 */
void mp_event_free(struct mp_event *event);

/* To put it into the arguments of a child: mp_object(&mp_event_class, event). By spawn and
 * forkserver it reaches the child that is being started, and nobody else. Tasks sync.3 */
extern const struct mp_class mp_event_class;

/* Is it set? Safe in signal handlers. Tasks sync.3 */
bool mp_event_is_set(const struct mp_event *event);

/* Set it, and let all go who wait. Safe in signal handlers; errno is kept. Tasks sync.3 */
void mp_event_set(struct mp_event *event);

/* Clear it. Safe in signal handlers. Tasks sync.3 */
void mp_event_clear(struct mp_event *event);

/*
 * Wait until it is set, or has been set since this call began.
 *
 * Blocks  at most timeout seconds; 0 and negative: is_set
 * Returns 0, or MP_TIMEOUT (False)
 * Safe    between threads and processes yes
 * Python  Event.wait
 * Tasks   sync.3
 */
int mp_event_wait(struct mp_event *event, double timeout) MP_MUST_CHECK;

#endif
