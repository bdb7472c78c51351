/* SPDX-License-Identifier: MIT */
/*
 * UTF-8 in, harmless UTF-8 out. See text.h.
 *
 * One loop decodes, replaces what must never be obeyed anywhere, and hands the rest to the
 * escape of its kind. An escape sees visible characters only.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "text.h"

#define REPLACEMENT 0xfffd

size_t
text_next(const char *text, size_t size, uint32_t *code)
{
	static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
	const unsigned char *s = (const unsigned char *)text;
	size_t more = s[0] < 0x80 ? 0 : s[0] < 0xe0 ? 1 : s[0] < 0xf0 ? 2 : 3;
	uint32_t c = more ? s[0] & (0x3fu >> more) : s[0];

	*code = REPLACEMENT;
	if ((s[0] & 0xc0) == 0x80 || s[0] >= 0xf8 || more >= size)
		return 1;
	for (size_t i = 1; i <= more; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 1;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[more] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 1;
	*code = c;
	return more + 1;
}

static void
put_code(FILE *out, uint32_t c)
{
	if (c < 0x80) {
		putc((int)c, out);
		return;
	}
	int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
	putc((int)((0xff00u >> (more + 1) & 0xff) | c >> 6 * more), out);
	while (more-- > 0)
		putc((int)(0x80 | (c >> 6 * more & 0x3f)), out);
}

/* C1 controls, zero widths, direction overrides, line separators, tags, non-characters. */
static bool
unseen(uint32_t c)
{
	static const uint32_t ranges[][2] = {{0x80, 0x9f}, {0xad, 0xad}, {0x34f, 0x34f},
	    {0x61c, 0x61c}, {0x115f, 0x1160}, {0x17b4, 0x17b5}, {0x180b, 0x180f}, {0x200b, 0x200f},
	    {0x2028, 0x202e}, {0x2060, 0x206f}, {0x3164, 0x3164}, {0xfe00, 0xfe0f},
	    {0xfeff, 0xfeff}, {0xffa0, 0xffa0}, {0xfff9, 0xfffb}, {0xfffe, 0xffff},
	    {0xe0000, 0xe0fff}};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++)
		if (c >= ranges[i][0] && c <= ranges[i][1])
			return true;
	return false;
}

static void
put_xml(FILE *out, uint32_t c)
{
	switch (c) {
	case '<':
		fputs("&lt;", out);
		break;
	case '>':
		fputs("&gt;", out);
		break;
	case '&':
		fputs("&amp;", out);
		break;
	case '"':
		fputs("&quot;", out);
		break;
	default:
		put_code(out, c);
	}
}

/* Entities where HTML would look, a backslash before any other punctuation: so no emphasis,
 * link, table, heading, mention or bare address comes about. */
static void
put_markdown(FILE *out, uint32_t c)
{
	if (c == '<' || c == '>' || c == '&')
		return put_xml(out, c);
	if (c < 0x80 && ispunct((int)c))
		putc('\\', out);
	put_code(out, c);
}

static void
put_command(FILE *out, uint32_t c)
{
	if (c == '%')
		fputs("%25", out);
	else
		put_code(out, c);
}

static void
put_property(FILE *out, uint32_t c)
{
	if (c == ':' || c == ',')
		fprintf(out, "%%%02X", (unsigned)c);
	else
		put_command(out, c);
}

static const struct {
	bool lines;
	void (*put)(FILE *out, uint32_t code);
} kinds[] = {
    [TEXT_LINE] = {false, put_code},
    [TEXT_LINES] = {true, put_code},
    [TEXT_XML_LINE] = {false, put_xml},
    [TEXT_XML] = {true, put_xml},
    [TEXT_MARKDOWN] = {false, put_markdown},
    [TEXT_COMMAND] = {false, put_command},
    [TEXT_PROPERTY] = {false, put_property},
};

/*
 * Whether what begins at i could command GitHub's runner: "##[" anywhere, "::" where a line
 * may come to begin, be it by wrapping. std::map may stay as it is.
 */
static bool
commands(const char *text, size_t size, size_t i)
{
	if (size - i >= 3 && !memcmp(text + i, "##[", 3))
		return true;
	return size - i >= 2 && !memcmp(text + i, "::", 2) &&
	       (i == 0 || (!isalnum((unsigned char)text[i - 1]) && text[i - 1] != '_'));
}

void
text_write(FILE *out, enum text_kind kind, const char *text, size_t size)
{
	uint32_t c;

	for (size_t i = 0, n; i < size; i += n) {
		n = text_next(text + i, size - i, &c);
		if (kinds[kind].lines && (c == '\n' || c == '\t'))
			put_code(out, c);
		else if (c < 0x20 || c == 0x7f)
			put_code(out, c == 0x7f ? 0x2421 : 0x2400 + c);
		else if (unseen(c))
			fprintf(out, "\u2039U+%04X\u203a", c);
		else
			kinds[kind].put(out, c);
		if (commands(text, size, i))
			putc(' ', out);
	}
}

void
text_put(FILE *out, enum text_kind kind, const char *text)
{
	text_write(out, kind, text, strlen(text));
}

const char *
text_line(const char **rest, size_t *length)
{
	const char *line = *rest;

	if (!*line)
		return NULL;
	*length = strcspn(line, "\n");
	*rest = line + *length + (line[*length] == '\n');
	return line;
}

int
text_fence(const char *text)
{
	int longest = 2, run = 0;

	for (; *text; text++) {
		run = *text == '`' ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	return longest + 1;
}

char *
text_copy(enum text_kind kind, const char *text)
{
	char *copy = NULL;
	size_t size;
	FILE *out = open_memstream(&copy, &size);

	if (!out)
		return NULL;
	text_put(out, kind, text);
	if (fclose(out) == 0)
		return copy;
	free(copy);
	return NULL;
}

json_t *
report_bytes(const void *bytes, size_t size)
{
	char *text = NULL;
	size_t length;
	uint32_t c;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		return NULL;
	for (size_t i = 0; i < size;) {
		i += text_next((const char *)bytes + i, size - i, &c);
		put_code(out, c ? c : 0x2400);
	}
	json_t *string = fclose(out) == 0 ? json_stringn(text, length) : NULL;
	free(text);
	return string;
}
