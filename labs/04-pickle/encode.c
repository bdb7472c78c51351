/* SPDX-License-Identifier: MIT */
/*
 * dumps: a value as the program of a small stack machine, which loads runs.
 *
 * What has one reference can occur once. Only what has several is looked up in the memo, and
 * given a number there (MEMOIZE) when it is written for the first time, so that it can be
 * fetched by it (BINGET) from then on. What can change gets its number before its parts are
 * written: so it may be one of them. A tuple exists only when its parts do; when one of them
 * led back to it, it has been made meanwhile, and what was begun is thrown away.
 *
 * Handout: labs/04-pickle/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>

#include <mp/pickle.h>
#include <mp/todo.h>

#include "encode.h"

int
mp_pickle_dumps(const struct mp_value *v, void **data, size_t *size, struct mp_pickle_error *why)
{
	/* pickle.4: write the program that makes v, in protocol 4. */
	mp_todo("pickle.4");
}
