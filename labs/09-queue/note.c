/* SPDX-License-Identifier: MIT */
/*
 * What a queue says of itself to `procsmith stuck`, which sees only that somebody sleeps at a
 * word: "P.1's feeder writes 1,000,000 bytes into queue 1, which is full". docs/stuck.md has
 * the format. Nothing here is needed for the queue to work.
 *
 * Handout: labs/09-queue/README.md
 */
#include <stdio.h>
#include <string.h>

#include "ring.h"
