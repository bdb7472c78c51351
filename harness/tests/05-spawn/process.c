/* SPDX-License-Identifier: MIT */
/*
 * The rows of 01-process, for each start method (travel.h).
 */
#define BY_METHOD
#include "tests/01-process.c"
