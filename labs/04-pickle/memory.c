/* SPDX-License-Identifier: MIT */
/*
 * Where values are made.
 *
 * A value is one malloc; but those that loads makes, hundreds at a time, are cut from blocks
 * of a kibibyte, then two, then four, which is several times as fast. A block counts the values
 * in it, and goes with the last one: so a value that is kept, keeps at most its block.
 *
 * Handout: labs/04-pickle/README.md
 */
#include "object.h"
