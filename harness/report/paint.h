/* SPDX-License-Identifier: MIT */
#ifndef PAINT_H
#define PAINT_H
/*
 * Writing on a terminal: styles that are readable on a dark and on a light ground, lines
 * that end at one column, text that wraps. Without colour no escape byte is written.
 *
 * Text given to these is made harmless here (text.h), so it may be a student's.
 */
#include <stdbool.h>
#include <stdio.h>

#define PAINT_WIDTH 88

enum paint_style { PAINT_PLAIN, PAINT_GOOD, PAINT_BAD, PAINT_CARE, PAINT_QUIET, PAINT_STRONG };

struct paint {
	FILE *out;
	bool colour;
};

/* Text in a style; how many columns it took. */
int paint_text(const struct paint *paint, enum paint_style style, const char *text);
int paint_format(const struct paint *paint, enum paint_style style, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* End a line that holds column columns with text at the right margin. */
void paint_right(const struct paint *paint, int column, enum paint_style style, const char *text);

/* A paragraph after indent blanks; its first line is already at column. */
void paint_wrapped(
    const struct paint *paint, enum paint_style style, int column, int indent, const char *text);

/* "    label     text", wrapped under itself. */
void paint_labelled(
    const struct paint *paint, const char *label, enum paint_style style, const char *text);

/* Lines as they are, each after prefix, cut at the margin; of more than most lines the
 * first and the last are shown and the others counted. */
void paint_lines(const struct paint *paint, const char *prefix, int most, const char *text);

#endif
