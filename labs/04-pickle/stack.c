/* SPDX-License-Identifier: MIT */
/*
 * The stack, the marks and the memo of the pickle machine.
 *
 * None of them grows faster than the pickle is read: one instruction pushes at most one
 * value, and the highest number in the memo may not be above the size of the pickle.
 *
 * Handout: labs/04-pickle/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>

#include <mp/pickle.h>

#include "decode.h"
