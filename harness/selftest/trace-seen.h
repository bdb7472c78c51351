/* SPDX-License-Identifier: MIT */
#ifndef TRACE_SEEN_H
#define TRACE_SEEN_H
/*
 * A traced run and what its log says, for tests. A key that an event has not is "" or -1.
 */
#include "trace/trace.h"

#include <jansson.h>

struct seen {
	struct trace_result result;
	json_t *events;
};

/* Trace a command, or a program of trace-programs.c; checks that nothing is left of it. */
struct seen seen_command(char *const *argv, struct trace_options options);
struct seen seen_with(const char *program, struct trace_options options);
struct seen seen_of(const char *program);
void seen_free(struct seen *seen);

/* The n-th event of this kind by this process, or its place; NULL or -1: there is none.
 * who NULL: by any. */
json_t *seen_find(const struct seen *seen, const char *kind, const char *who, int n);
int seen_where(const struct seen *seen, const char *kind, const char *who, int n);
int seen_count(const struct seen *seen, const char *kind, const char *who);
const char *seen_text(json_t *event, const char *key);
long long seen_number(json_t *event, const char *key);

/* How the child was reaped by this process; "" if it was not. */
const char *seen_reaped(const struct seen *seen, const char *who, const char *child);

/* How many descriptors this process has open. */
size_t seen_descriptors(void);

#endif
