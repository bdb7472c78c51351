/* SPDX-License-Identifier: MIT */
#ifndef TERMINAL_MATRIX_H
#define TERMINAL_MATRIX_H
/* The rows that a stage runs again by each start method: a line a task, a mark a row, and
 * below why some make no sense. Nothing where the stage has none, or none was judged. */
#include <jansson.h>

#include "paint.h"

void terminal_matrix(const struct paint *paint, const json_t *stage);

#endif
