/* SPDX-License-Identifier: MIT */
#ifndef POOL_WINDOW_H
#define POOL_WINDOW_H
/*
 * An imap: a window that moves over the input. Shared by imap.c, the reader, and window.c.
 *
 * Invariants: ahead counts chunks that were given out and not read; the line holds, in order,
 * those that may be read: of imap all, of imap_unordered those that are done.
 */
#include "parts.h"

struct mp_imap {
	atomic_int references; /* the user's, and each result's that may ring */
	struct bell bell;

	/* set before the first chunk, then read-only */
	struct mp_pool *pool;
	mp_task *f;
	const char *name;
	bool ordered;
	size_t chunksize, window;

	/* the reader's */
	struct mp_input input;
	int input_error;	/* 1: there is more; 0: it is over; or how it failed */
	struct mp_value *items; /* of the chunk that is being read */
	size_t at;
	size_t ahead;
	struct mp_result **window_of; /* all that are ahead; NULL where there is room */
	char *why;

	/* hold the pool's lock */
	struct mp_result *first, *last; /* the line */
};

int mp__imap_fill(struct mp_imap *it);
struct mp_result *mp__imap_take(struct mp_imap *it);
struct mp_result *mp__imap_await(struct mp_imap *it, int64_t deadline);
void mp__imap_withdraw(struct mp_imap *it); /* hold lock */

#endif
