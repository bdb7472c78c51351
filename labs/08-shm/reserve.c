/* SPDX-License-Identifier: MIT */
/*
 * Memory that is there: for segments with a name and for the arenas of a heap.
 *
 * Handout: labs/08-shm/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>

#include "reserve.h"
