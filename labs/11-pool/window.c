/* SPDX-License-Identifier: MIT */
/*
 * The window of an imap: from the input into tasks, and back out of them.
 *
 * Each chunk is a result of its own. Those who are ahead of the reader stand in the window; those
 * that may be read stand in the line. Both have an end: so nobody is ever far ahead.
 *
 * Handout: labs/11-pool/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>

#include "window.h"

#include <mp/todo.h>

int
mp__imap_fill(struct mp_imap *it)
{
	/* pool.4: as much of the input as the window has room for; all of it at once. */
	mp_todo("pool.4");
}

struct mp_result *
mp__imap_take(struct mp_imap *it)
{
	/* pool.4: the first in the line, if it is done; it leaves the window. */
	mp_todo("pool.4");
}

struct mp_result *
mp__imap_await(struct mp_imap *it, int64_t deadline)
{
	/* pool.4: take, or wait until there is one; NULL: not in time. */
	mp_todo("pool.4");
}

void
mp__imap_withdraw(struct mp_imap *it)
{
	/* pool.4: of the queue, what is for this reader. Hold the lock. */
	mp_todo("pool.4");
}

void
mp__imap_unref(struct mp_imap *it)
{
	/* pool.4: the bell stays for the last who rings it. */
	mp_todo("pool.4");
}

void
mp__imap_done(struct mp_result *r)
{
	/* pool.4: a chunk is done; of imap_unordered it may be read from now on. */
	mp_todo("pool.4");
}
