/* SPDX-License-Identifier: MIT */
#ifndef TERMINAL_ROW_H
#define TERMINAL_ROW_H
/* The block that the terminal report gives to a row that failed, or a stage that does not
 * build: what was asked and seen, the run, the program's own output, what to do next. */
#include <jansson.h>

#include "paint.h"

void terminal_row(const struct paint *paint, const json_t *row);
void terminal_build(const struct paint *paint, const json_t *stage, bool others);

/* The mark of a row: ✓ ✗ · ? and its style. */
const char *terminal_mark(const json_t *row, enum paint_style *style);

#endif
