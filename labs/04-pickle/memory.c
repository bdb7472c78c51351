/* SPDX-License-Identifier: MIT */
/*
 * Where values are made.
 *
 * A value is one malloc; but those that loads makes, hundreds at a time, are cut from blocks
 * of a kibibyte (of a tiny pickle, less), then two, then four, which is several times as fast. A
 * block counts the values in it, and goes with the last one: so a value that is kept, keeps at
 * most its block.
 *
 * Handout: labs/04-pickle/README.md
 */
#include <mp/internal.h>
#include <mp/todo.h>

#include "object.h"

void
mp__brief_begin(size_t pickle)
{
	/* pickle.5: what this thread makes until the end will not live long: make it in blocks.
	 * Or do nothing: this only makes it faster. */
	mp_todo("pickle.5");
}

void
mp__brief_end(void)
{
	/* pickle.5: each by itself again; or nothing. */
	mp_todo("pickle.5");
}
