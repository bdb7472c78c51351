/* SPDX-License-Identifier: MIT */
/*
 * The log's lines. Written by hand and not by jansson, for the root of a run waits while we
 * write: building and dumping an object costs more than the stop that it tells of.
 *
 * Invariants: every line is valid JSON and valid UTF-8; a byte that is not part of UTF-8
 * becomes the code point of its own number. Without a file every call does nothing.
 */
#define _GNU_SOURCE
#include "trace/tracer.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

static int64_t
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

/* The length of the UTF-8 sequence that begins here; 0 if none does. */
static size_t
sequence(const unsigned char *s)
{
	static const struct {
		unsigned char mask, lead;
		uint32_t least;
	} kinds[] = {{0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};

	for (size_t k = 0; k < 3; k++) {
		if ((s[0] & kinds[k].mask) != kinds[k].lead)
			continue;
		uint32_t point = s[0] & (unsigned char)~kinds[k].mask;
		for (size_t i = 1; i <= k + 1; i++) {
			if ((s[i] & 0xc0) != 0x80)
				return 0;
			point = point << 6 | (s[i] & 0x3f);
		}
		bool surrogate = point >= 0xd800 && point <= 0xdfff;
		return point < kinds[k].least || point > 0x10ffff || surrogate ? 0 : k + 2;
	}
	return 0;
}

static void
quote(FILE *file, const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	putc_unlocked('"', file);
	while (*s) {
		size_t n = *s < 0x80 ? 1 : sequence(s);
		if (*s == '"' || *s == '\\')
			fprintf(file, "\\%c", *s++);
		else if (*s < 0x20 || *s == 0x7f || n == 0)
			fprintf(file, "\\u%04x", *s++);
		else
			for (; n > 0; n--)
				putc_unlocked(*s++, file);
	}
	putc_unlocked('"', file);
}

void
trace_log_open(struct trace_log *log, FILE *file)
{
	log->file = file;
	log->started = now();
}

void
trace_log_begin(struct trace_log *log, const char *event, const char *who)
{
	if (!log->file)
		return;
	fprintf(log->file, "{\"event\":\"%s\",\"ns\":%" PRId64, event, now() - log->started);
	if (who)
		fprintf(log->file, ",\"who\":\"%s\"", who);
}

void
trace_log_int(struct trace_log *log, const char *key, int64_t value)
{
	if (log->file)
		fprintf(log->file, ",\"%s\":%" PRId64, key, value);
}

void
trace_log_bool(struct trace_log *log, const char *key, bool value)
{
	if (log->file)
		fprintf(log->file, ",\"%s\":%s", key, value ? "true" : "false");
}

void
trace_log_text(struct trace_log *log, const char *key, const char *text)
{
	if (!log->file)
		return;
	fprintf(log->file, ",\"%s\":", key);
	if (text)
		quote(log->file, text);
	else
		fputs("null", log->file);
}

void
trace_log_array(struct trace_log *log, const char *key)
{
	if (log->file)
		fprintf(log->file, ",\"%s\":[", key);
}

void
trace_log_element(struct trace_log *log, bool first, const char *text)
{
	if (!log->file)
		return;
	if (!first)
		putc_unlocked(',', log->file);
	quote(log->file, text);
}

void
trace_log_number(struct trace_log *log, bool first, uint64_t number)
{
	if (log->file)
		fprintf(log->file, "%s%" PRIu64, first ? "" : ",", number);
}

void
trace_log_array_end(struct trace_log *log)
{
	if (log->file)
		putc_unlocked(']', log->file);
}

void
trace_log_end(struct trace_log *log)
{
	if (log->file)
		fputs("}\n", log->file);
}
