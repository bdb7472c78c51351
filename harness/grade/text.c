/* SPDX-License-Identifier: MIT */
/*
 * Texts for the results: JSON wants UTF-8, students' programs print what they like.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grade/grade.h"

/* The length of the UTF-8 sequence that begins here; 0 if it is none (RFC 3629). */
static size_t
sequence(const unsigned char *s, size_t left)
{
	size_t n = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;

	if (s[0] > 0xf4 || n > left)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return n;
}

json_t *
text_json(const char *bytes, size_t size)
{
	static const char replacement[] = "\xef\xbf\xbd";
	char *clean = malloc(size * 3 + 1), *to = clean;

	for (size_t i = 0; clean && i < size;) {
		size_t n = bytes[i] ? sequence((const unsigned char *)bytes + i, size - i) : 0;
		memcpy(to, n ? bytes + i : replacement, n ? n : 3);
		to += n ? n : 3;
		i += n ? n : 1;
	}
	json_t *text = clean ? json_stringn(clean, (size_t)(to - clean)) : NULL;
	free(clean);
	return text;
}

json_t *
text_field(const char *field, size_t size)
{
	size_t n = strnlen(field, size);

	return n ? text_json(field, n) : json_null();
}

json_t *
text_format(const char *format, ...)
{
	char *text;
	va_list list;

	va_start(list, format);
	int n = vasprintf(&text, format, list);
	va_end(list);
	if (n < 0)
		return NULL;
	json_t *json = text_json(text, (size_t)n);
	free(text);
	return json;
}
