/* SPDX-License-Identifier: MIT */
#ifndef LOCK_LINE_H
#define LOCK_LINE_H
/*
 * The line as it lies in shared memory, for the files of this stage only: a lock, and a
 * semaphore, have one each, and what is theirs beside it.
 */
#include <mp/internal.h>
#include <mp/line.h>

struct mp_line {
	/* yours */
};

/* Make a free line in memory that is shared already. */
void mp__line_init(struct mp_line *line, uint32_t first);

/* mp_line_new, of a Lock or an RLock. */
int mp__line_new(struct mp_line **out, uint32_t first, enum mp__kind kind) MP_MUST_CHECK;

/* A line as a value, and back: see mp__shared_send. */
int mp__line_receive(const struct mp_value *place, struct mp_line **out) MP_MUST_CHECK;

/* What mp_line_free does, but the memory is the caller's to give back: true, if it may. */
bool mp__line_forget(struct mp_line *line);

/* Is nobody inside, and nobody waiting? It may be otherwise when the answer is read. */
bool mp__line_is_empty(struct mp_line *line);

/* Get in by a deadline: to try is one that has passed. */
int mp__line_enter(struct mp_line *line, int64_t deadline);

#endif
