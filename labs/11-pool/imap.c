/* SPDX-License-Identifier: MIT */
/*
 * imap as its reader sees it: an item of this chunk, or the first of the next.
 *
 * The reader asks for results; when there is none, or the window is half empty, he fills it from
 * the input. So the input is read by one thread, the reader's, never under the lock, and never
 * further than the window reaches.
 *
 * Handout: labs/11-pool/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "window.h"

#include <mp/todo.h>

int
mp_pool_imap(struct mp_pool *pool, mp_task *f, struct mp_input input,
    const struct mp_imap_options *options, struct mp_imap **out)
{
	/* pool.4: the line is in the order of the input. */
	mp_todo("pool.4");
}

int
mp_pool_imap_unordered(struct mp_pool *pool, mp_task *f, struct mp_input input,
    const struct mp_imap_options *options, struct mp_imap **out)
{
	/* pool.4: the line is in the order in which chunks are done. */
	mp_todo("pool.4");
}

int
mp_imap_next(struct mp_imap *it, double timeout, struct mp_value **value)
{
	/* pool.4: an item of this chunk, or the first of the next. */
	mp_todo("pool.4");
}

const char *
mp_imap_why(struct mp_imap *it)
{
	/* pool.4: the last complaint. */
	mp_todo("pool.4");
}

void
mp_imap_free(struct mp_imap *it)
{
	/* pool.4: nobody reads any more: withdraw what waits, let go of what runs. */
	mp_todo("pool.4");
}
