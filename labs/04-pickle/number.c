/* SPDX-License-Identifier: MIT */
/*
 * Numbers: ints of any size, and floats seen as ints.
 *
 * Python's == and hash look through the kinds: 2**70 and 2.0**70 are the same key. So there is
 * one form for every whole number, the fewest bytes of two's complement that hold it, and
 * comparing, hashing and pickling all use that.
 *
 * Handout: labs/04-pickle/README.md
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "object.h"
