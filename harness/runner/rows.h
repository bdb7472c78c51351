/* SPDX-License-Identifier: MIT */
#ifndef ROWS_H
#define ROWS_H
/* The rows of this program, for its main function (row.c). */
#include "runner/row.h"

/* A row, in one of its ways or in its own. */
struct rows_choice {
	const struct row *row;
	const struct way *way; /* NULL: in its own */
	const char *id;
};

/* The row of that id; false: there is none. */
bool rows_find(const char *id, struct rows_choice *choice);

/* One JSON line each, on standard output, after one with the stage's title. */
void rows_list(void);

#endif
