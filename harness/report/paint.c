/* SPDX-License-Identifier: MIT */
/*
 * Styles, margins and wrapping for the terminal report. See paint.h.
 *
 * A column is a character: what the kit writes is as wide as that, and what a student
 * writes may stand over the margin at worst.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "paint.h"
#include "text.h"

#define LABEL_INDENT 4
#define TEXT_INDENT  14
#define MOST_TEXT    400

/* No white, no black, no background: the terminal's own choice stays readable. */
static const char *const escapes[] = {[PAINT_PLAIN] = "",
    [PAINT_GOOD] = "\033[32m",
    [PAINT_BAD] = "\033[31m",
    [PAINT_CARE] = "\033[33m",
    [PAINT_QUIET] = "\033[2m",
    [PAINT_STRONG] = "\033[1m"};

static void
begin(const struct paint *paint, enum paint_style style)
{
	if (paint->colour)
		fputs(escapes[style], paint->out);
}

static void
end(const struct paint *paint, enum paint_style style)
{
	if (paint->colour && style != PAINT_PLAIN)
		fputs("\033[0m", paint->out);
}

static int
columns(const char *text, size_t size)
{
	int width = 0;

	for (size_t i = 0; i < size; i++)
		width += ((unsigned char)text[i] & 0xc0) != 0x80;
	return width;
}

int
paint_text(const struct paint *paint, enum paint_style style, const char *text)
{
	begin(paint, style);
	text_put(paint->out, TEXT_LINE, text);
	end(paint, style);
	return columns(text, strlen(text));
}

int
paint_format(const struct paint *paint, enum paint_style style, const char *format, ...)
{
	char *text;
	va_list arguments;

	va_start(arguments, format);
	int size = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (size < 0)
		return 0;
	int width = paint_text(paint, style, text);
	free(text);
	return width;
}

void
paint_right(const struct paint *paint, int column, enum paint_style style, const char *text)
{
	int blanks = PAINT_WIDTH - column - columns(text, strlen(text));

	fprintf(paint->out, "%*s", blanks > 1 ? blanks : 1, "");
	paint_text(paint, style, text);
	putc('\n', paint->out);
}

/* Break before a word that would pass the margin; a longer word is left whole. */
static void
wrap(FILE *out, int column, int indent, const char *text)
{
	bool fresh = true;

	while (*text) {
		size_t blanks = strspn(text, " "), word = strcspn(text + blanks, " ");
		int width = (int)blanks + columns(text + blanks, word);

		if (!fresh && column + width > PAINT_WIDTH) {
			fprintf(out, "\n%*s", indent, "");
			width -= (int)blanks;
			column = indent;
			text += blanks;
			blanks = 0;
		}
		fwrite(text, 1, blanks + word, out);
		column += width;
		text += blanks + word;
		fresh = false;
	}
}

void
paint_wrapped(
    const struct paint *paint, enum paint_style style, int column, int indent, const char *text)
{
	char *shown = text_copy(TEXT_LINE, text);

	if (!shown)
		return;
	if (column < indent)
		fprintf(paint->out, "%*s", indent - column, "");
	begin(paint, style);
	wrap(paint->out, indent, indent, shown);
	end(paint, style);
	putc('\n', paint->out);
	free(shown);
}

/* A value may be a book; its beginning says what it is, the JSON results have it whole. */
static size_t
beginning(const char *text)
{
	size_t size = strlen(text);

	if (size > MOST_TEXT)
		for (size = MOST_TEXT; ((unsigned char)text[size] & 0xc0) == 0x80;)
			size--;
	return size;
}

void
paint_labelled(
    const struct paint *paint, const char *label, enum paint_style style, const char *text)
{
	fprintf(paint->out, "%*s", LABEL_INDENT, "");
	int column = LABEL_INDENT + paint_text(paint, PAINT_QUIET, label);
	size_t size = beginning(text);
	char *shown;
	if (asprintf(&shown, "%.*s%s", (int)size, text, text[size] ? "…" : "") < 0)
		return;
	paint_wrapped(paint, style, column, TEXT_INDENT, shown);
	free(shown);
}

/* How much of line fits from column to the margin, with tabs as blanks to the next eighth. */
static size_t
fitting(int column, const char *line, size_t length)
{
	uint32_t code;
	int at = 0;
	size_t i = 0;

	while (i < length && column + at < PAINT_WIDTH - 1) {
		i += text_next(line + i, length - i, &code);
		at = code == '\t' ? (at | 7) + 1 : at + 1;
	}
	return i;
}

/* Between tabs whole, so that text.h sees what stands next to what. */
static void
put_line(const struct paint *paint, int column, const char *line, size_t length)
{
	size_t size = fitting(column, line, length);
	int at = 0;

	for (size_t i = 0; i < size; i++) {
		const char *tab = memchr(line + i, '\t', size - i);
		size_t part = tab ? (size_t)(tab - line) - i : size - i;
		text_write(paint->out, TEXT_LINE, line + i, part);
		at += columns(line + i, part);
		if (tab)
			fprintf(paint->out, "%*s", 8 - at % 8, "");
		at = (at | 7) + 1;
		i += part;
	}
	if (size < length)
		fputs("…", paint->out);
}

static int
count_lines(const char *text)
{
	size_t length;
	int lines = 0;

	while (text_line(&text, &length))
		lines++;
	return lines;
}

void
paint_lines(const struct paint *paint, const char *prefix, int most, const char *text)
{
	const char *line;
	size_t length;
	int lines = count_lines(text), first = lines, last = 0;

	if (lines > most) {
		last = most / 3;
		first = most - last - 1;
	}
	for (int i = 0; (line = text_line(&text, &length)); i++) {
		if (i >= first && i < lines - last) {
			if (i == first)
				fprintf(paint->out, "%s⋮ %d more lines\n", prefix,
				    lines - first - last);
			continue;
		}
		fputs(prefix, paint->out);
		put_line(paint, columns(prefix, strlen(prefix)), line, length);
		putc('\n', paint->out);
	}
}
