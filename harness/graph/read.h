/* SPDX-License-Identifier: MIT */
#ifndef GRAPH_READ_H
#define GRAPH_READ_H
/* What read.c, events.c and pipes.c share while a log is read. */
#include "graph/model.h"

struct reader {
	struct graph *graph;
	size_t line;
	char *error;
	size_t size;
};

/* Say what is wrong with this line. Returns -1. */
__attribute__((format(printf, 2, 3))) int read_fail(struct reader *reader, const char *format, ...);

/* A field of an event; NULL or 0 if it is not there or of another type. */
const char *read_text(const json_t *event, const char *field);
long long read_number(const json_t *event, const char *field);

/* One event into the model. 0, or -1 and the error said. */
int read_event(struct reader *reader, const json_t *event);

/* The events of pipes. */
int event_pipe(struct reader *reader, const json_t *event, struct process *who);
int event_hold(struct reader *reader, const json_t *event, struct process *who);
int event_drop(struct reader *reader, const json_t *event, struct process *who);

/* The events of names. */
int event_create(struct reader *reader, const json_t *event, struct process *who);
int event_unlink(struct reader *reader, const json_t *event, struct process *who);

/* A child holds what its parent holds. 0, or -1: no memory. */
int pipes_inherit(struct graph *graph, struct process *parent, struct process *child);
/* The process executes a program: before that is kept. */
void pipes_exec(struct process *process);
/* The process ended: what it held is what it held at its exit. */
void pipes_release(struct process *process);
/* The process came back from a wait: both ends of a pipe in hand are a leak. */
void pipes_waited(struct process *process);

#endif
