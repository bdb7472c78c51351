/* SPDX-License-Identifier: MIT */
#ifndef TEXT_H
#define TEXT_H
/*
 * Text that a student's program made, made harmless for where it goes.
 *
 * Whatever the bytes are, what comes out is UTF-8 that is shown and never obeyed. Control
 * characters become their pictures (␛ for ESC); characters that show nothing, or turn others
 * around, become ‹U+202E›; what is not UTF-8 becomes U+FFFD. GitHub's runner reads whatever
 * is printed: it takes "##[" anywhere and "::" at a line's beginning for commands, so a blank
 * parts them. On top of that, each kind escapes what its reader would take for markup.
 *
 *	text_put(out, TEXT_XML_LINE, "a<b\n")	writes	a&lt;b␊
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum text_kind {
	TEXT_LINE,     /* plain, one line: newline and tab are pictures too */
	TEXT_LINES,    /* plain: newlines and tabs stay */
	TEXT_XML_LINE, /* an XML attribute */
	TEXT_XML,      /* XML content: newlines and tabs stay */
	TEXT_MARKDOWN, /* one line of Markdown or HTML text, outside of fences */
	TEXT_COMMAND,  /* the message of a GitHub workflow command */
	TEXT_PROPERTY, /* a property of one */
};

void text_write(FILE *out, enum text_kind kind, const char *text, size_t size);
void text_put(FILE *out, enum text_kind kind, const char *text);

/* Decode one character of size > 0 bytes into code; how many bytes it takes. */
size_t text_next(const char *text, size_t size, uint32_t *code);

/* The next line of *rest, its length without the newline; NULL after the last. */
const char *text_line(const char **rest, size_t *length);

/* How many backticks fence text so that nothing in it closes the fence; at least 3. */
int text_fence(const char *text);

/* A copy of text as the kind, for the caller to free; NULL without memory. */
char *text_copy(enum text_kind kind, const char *text);

#endif
