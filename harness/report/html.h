/* SPDX-License-Identifier: MIT */
#ifndef HTML_H
#define HTML_H
/* What the HTML report is made of: text made harmless, the look, the matrix. */
#include <jansson.h>
#include <stdio.h>

/* One line of text between two pieces of markup; nothing at all for NULL. */
void html_text(FILE *out, const char *before, const char *text, const char *after);

/* The style sheet, in its element. */
void html_style(FILE *out);

/* The word, in HTML, for what became of a row, and the class of its colour. */
void html_verdict(FILE *out, const json_t *row);

/* A section of the matrix of a stage; nothing if it has none. */
void html_matrix(FILE *out, const json_t *stage);

#endif
