/* SPDX-License-Identifier: MIT */
#ifndef SHM_LAYOUT_H
#define SHM_LAYOUT_H
/*
 * The bytes of a ShareableList, for the files of this stage only: where an item is, and how a
 * value looks there.
 */
#include <mp/value.h>

#endif
