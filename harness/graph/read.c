/* SPDX-License-Identifier: MIT */
/*
 * An event log in, a model out: one line at a time, within bounds.
 *
 * Events and fields that are not known are passed over, for a newer tracer may say more;
 * what is known must be right, and an error names its line. The events are in events.c,
 * those of pipes in pipes.c.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "graph/read.h"

int
read_fail(struct reader *reader, const char *format, ...)
{
	va_list arguments;
	int n = snprintf(reader->error, reader->size, "line %zu: ", reader->line);

	va_start(arguments, format);
	if (n >= 0 && (size_t)n < reader->size)
		vsnprintf(reader->error + n, reader->size - (size_t)n, format, arguments);
	va_end(arguments);
	return -1;
}

const char *
read_text(const json_t *event, const char *field)
{
	return json_string_value(json_object_get(event, field));
}

long long
read_number(const json_t *event, const char *field)
{
	return json_integer_value(json_object_get(event, field));
}

/* One line without its newline: its length, -1 at the end, -2 and the error if too long. */
static long
next_line(struct reader *reader, FILE *log, char *line)
{
	size_t n = 0;
	int c;

	reader->line++;
	while ((c = getc_unlocked(log)) != EOF && c != '\n') {
		if (n == MODEL_LINE)
			return read_fail(reader, "longer than %d bytes", MODEL_LINE), -2;
		line[n++] = (char)c;
	}
	return c == EOF && n == 0 ? -1 : (long)n;
}

static int
read_line(struct reader *reader, const char *line, size_t n)
{
	json_error_t why;
	json_t *event = json_loadb(line, n, JSON_REJECT_DUPLICATES, &why);
	int result;

	if (event)
		result = read_event(reader, event);
	else
		result = read_fail(reader, "not JSON: %s", why.text);
	json_decref(event);
	return result;
}

static int
read_log(struct reader *reader, FILE *log, char *line)
{
	for (;;) {
		long n = next_line(reader, log, line);
		if (n == -1)
			break;
		if (n == -2 || (n > 0 && read_line(reader, line, (size_t)n)))
			return -1;
		if (reader->graph->kept > MODEL_BYTES)
			reader->graph->cut = reader->line;
		if (reader->graph->cut)
			break;
	}
	if (ferror(log))
		return read_fail(reader, "%s", strerror(errno));
	return reader->graph->size ? 0 : read_fail(reader, "not an event log: it is empty");
}

struct graph *
graph_read(FILE *log, char *error, size_t size)
{
	struct reader reader = {.graph = model_new(), .error = error, .size = size};
	char *line = malloc(MODEL_LINE);

	if (!line || !reader.graph || read_log(&reader, log, line)) {
		if (!line || !reader.graph)
			snprintf(error, size, "out of memory");
		graph_free(reader.graph);
		reader.graph = NULL;
	}
	free(line);
	if (reader.graph)
		model_derive(reader.graph);
	return reader.graph;
}
