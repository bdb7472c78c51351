/* SPDX-License-Identifier: MIT */
/*
 * The ring's bytes: made, mapped, locked; records written and read, across its end.
 *
 * Everything that a reader trusts is made visible by the store to tail, everything that a
 * writer may use again by the store to head. ring.h has the invariants.
 *
 * Handout: labs/09-queue/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <mp/futex.h>
#include <mp/io.h>

#include "ring.h"
