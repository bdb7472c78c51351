/* SPDX-License-Identifier: MIT */
#ifndef HANDIN_H
#define HANDIN_H
/*
 * Submissions made up for a test, graded in this process, and what must be true after that:
 * nothing lives, no descriptor is open, no name in /dev/shm and no scratch folder is left.
 *
 * A hand-in is a temporary folder with a copy of solutions/ in it (base/sub), spoilt as the
 * test likes. TMPDIR is base/tmp meanwhile, so what the grader forgets is found there, and a
 * process that outlived its row by that path in its environment.
 */
#include <jansson.h>

#include "grade/grade.h"

struct handin {
	char base[64];
	char sub[128]; /* what is handed in */
	char graphs[128];
	char *tmpdir; /* what TMPDIR was */

	/* of the last grading */
	int code; /* what grade returned; 0: there are results */
	char message[GRADE_MESSAGE];
	json_t *results;
};

/* Make one; of stage only ("02-reap") when it is not NULL. */
void handin_open(struct handin *h, const char *stage);
void handin_close(struct handin *h);

/* Run a shell command in the folder that is handed in. */
void
handin_shell(const struct handin *h, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Grade it, and see to it that nothing is left; wanted ends with NULL. */
void handin_grade(struct handin *h, struct grade_options options, char *const *wanted);

/* The row of the last results; NULL if it is not there. Borrowed. */
const json_t *handin_row(const struct handin *h, const char *id);
/* A text of it; "" for null. */
const char *handin_text(const json_t *row, const char *key);

#endif
