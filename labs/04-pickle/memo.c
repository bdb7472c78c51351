/* SPDX-License-Identifier: MIT */
/*
 * The memo of dumps: what has been written, and by which number it can be asked for.
 *
 * What has one reference can occur once. Only what has several is entered here; and what is
 * in a cycle, because a cycle may be come upon at any of its members.
 *
 * Handout: labs/04-pickle/README.md
 */
#define _GNU_SOURCE
#include "encode.h"
