/* SPDX-License-Identifier: MIT */
/*
 * What has parts, made and filled from the stack of the pickle machine.
 *
 * The parts lie above the last mark, or on top, so many as the instruction says. They move:
 * from the stack into the value, without being counted; or, when they do not fit, away.
 *
 * Handout: labs/04-pickle/README.md
 */
#include <errno.h>
#include <string.h>

#include <mp/pickle.h>

#include "decode.h"
