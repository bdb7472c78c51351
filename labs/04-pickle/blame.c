/* SPDX-License-Identifier: MIT */
/*
 * What cannot be pickled, by its name: which part, and why.
 *
 * "TypeError: cannot pickle 'Lock' object" is all that Python says, of a value that may hold a
 * thousand objects. The encoder knows the way that it went down, as a chain of steps on
 * its stack; here it is written as one would write it in Python: [2]['lock'].
 *
 * Handout: labs/04-pickle/README.md
 */
#include <stdio.h>
#include <string.h>

#include <mp/pickle.h>

#include "object.h"
