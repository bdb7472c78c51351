/* SPDX-License-Identifier: MIT */
#ifndef PICKLE_OBJECT_H
#define PICKLE_OBJECT_H
/*
 * The objects behind struct mp_value, for the files of this stage only.
 *
 * Every value begins with its count and its kind; each kind has a struct of its own, which
 * begins with a struct mp_value. Those that hold values begin with a struct node: it can be
 * linked into lists, so that no walk over a graph of values needs a stack or memory.
 *
 * Invariants: a value of which there is one for all (None, True, 5) is IMMORTAL and not
 * counted. `cyclic` is set in all members of a cycle, before the cycle is closed. A list's
 * items, a table's keys are never NULL, but in a value that is being freed.
 */
#include <stdatomic.h>

#include <mp/value.h>

#include "given.h"

struct mp_value {
	/* yours */
};

/* cycle.c: before part goes into whole. */
void mp__joins(struct mp_value *whole, struct mp_value *part);

#endif
