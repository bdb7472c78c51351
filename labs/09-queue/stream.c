/* SPDX-License-Identifier: MIT */
/*
 * Messages through the ring: whole ones by one store, longer ones in pieces, by two
 * processes that are there at the same time.
 *
 * While a message goes in pieces, nobody else may put (sender) or get (receiver): the names
 * of the two stand in shared memory, so that those who wait can see whether they are dead.
 * If the sender dies, the receiver is told. If the receiver dies, the message is lost with
 * it: the next one passes over what is left.
 *
 * Handout: labs/09-queue/README.md
 */
#include <errno.h>
#include <stdlib.h>

#include "ring.h"
