/* SPDX-License-Identifier: MIT */
#ifndef PICKLE_ENCODE_H
#define PICKLE_ENCODE_H
/*
 * The writer of pickles, for encode.c, which goes down the value, and memo.c.
 *
 * Invariants: a node or leaf with one reference is not in the memo; what is in it stays alive
 * until the pickle is written.
 */
#include <endian.h>

#include <mp/pickle.h>

#include "object.h"
#include "opcode.h"

struct encoder {
	/* yours */
};

#endif
