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

void
paint_labelled(
    const struct paint *paint, const char *label, enum paint_style style, const char *text)
{
	fprintf(paint->out, "%*s", LABEL_INDENT, "");
	int column = LABEL_INDENT + paint_text(paint, PAINT_QUIET, label);
	paint_wrapped(paint, style, column, TEXT_INDENT, text);
}

/* One line, tabs as blanks to the next eighth column, cut at the margin. */
static void
put_line(const struct paint *paint, int column, const char *line, size_t length)
{
	uint32_t code;
	int start = column;

	for (size_t i = 0, n; i < length; i += n) {
		n = text_next(line + i, length - i, &code);
		if (column >= PAINT_WIDTH - 1 && i + n < length) {
			fputs("…", paint->out);
			return;
		}
		int width = code == '\t' ? 8 - (column - start) % 8 : 1;
		if (code == '\t')
			fprintf(paint->out, "%*s", width, "");
		else
			text_write(paint->out, TEXT_LINE, line + i, n);
		column += width;
	}
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
