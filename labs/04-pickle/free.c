/* SPDX-License-Identifier: MIT */
/*
 * Letting go: of values, and of all that they alone held.
 *
 * Lists may be nested deeper than any stack, so this is a loop: a node without references
 * goes on a list of the dead, linked through itself; taking one from there and letting go of
 * its parts may add others. What may be part of a cycle and still has references is a suspect,
 * for cycle.c. Nothing here recurses, and nothing allocates.
 *
 * Handout: labs/04-pickle/README.md
 */
#include "object.h"
