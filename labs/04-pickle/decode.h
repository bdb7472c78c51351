/* SPDX-License-Identifier: MIT */
#ifndef PICKLE_DECODE_H
#define PICKLE_DECODE_H
/*
 * The machine that runs a pickle, for decode.c, which has the loop, and its helpers.
 *
 * Invariants: the stack and the memo have a reference to each value in them; nobody else
 * knows these values yet, so they are counted without atomic operations. What is above
 * `floor` came after the last MARK, and only that may be taken off. Once a cycle may have been
 * closed, nothing is let go of before the end: only then all members of cycles are marked.
 */
#include "object.h"
#include "opcode.h"

/* Where stack, memo and marks begin: most pickles need no more. */
struct begin {
	/* yours */
};

struct decoder {
	/* yours */
};

#endif
