/* SPDX-License-Identifier: MIT */
/*
 * The bytes of a ShareableList.
 *
 * All numbers are 8 bytes. Item i begins where offset i says, counted from the end of the
 * offsets; offset n, where the items end and the formats begin. Anybody may write there, at
 * any moment: so each number is read once, checked, and used as it was when checked.
 *
 * Handout: labs/08-shm/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "layout.h"
