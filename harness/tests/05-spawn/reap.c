/* SPDX-License-Identifier: MIT */
/*
 * The rows of 02-reap, for each start method (travel.h).
 */
#define BY_METHOD
#include "tests/02-reap.c"
