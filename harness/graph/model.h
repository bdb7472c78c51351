/* SPDX-License-Identifier: MIT */
#ifndef GRAPH_MODEL_H
#define GRAPH_MODEL_H
/*
 * The model of a run, private to graph/: read.c fills it, model.c derives, views only look.
 *
 * Everything is kept on one obstack and dies with the graph, except the table of open
 * descriptors of a living process. "At" is a place in the log (its line), which orders
 * events exactly; ns is the clock, shown to people and never compared.
 */
#include <jansson.h>
#include <obstack.h>
#include <stdbool.h>
#include <stdint.h>

#include "graph/graph.h"

/* What a hostile log may cost: reading stops there, and the views say so. */
enum {
	MODEL_LINE = 1 << 20,	   /* bytes in a line */
	MODEL_BYTES = 256 << 20,   /* bytes kept */
	MODEL_PROCESSES = 1 << 16, /* processes kept */
	MODEL_DEPTH = 200,	   /* generations kept */
	MODEL_ENDS = 4096,	   /* pipe ends that one process holds */
	MODEL_NAMES = 4096,	   /* created names that are followed */
	MODEL_ARGS = 64,	   /* arguments of one exec */
	MODEL_TEXT = 1024,	   /* bytes of one string */
	MODEL_FRAMES = 64,	   /* frames of one fault */
};

enum ends { END_R = 1, END_W = 2, END_BOTH = 3 }; /* of a socketpair: a is R, b is W */

struct exec {
	struct exec *next;
	int64_t ns;
	const char *exe; /* NULL: not told */
	size_t argc;
	const char **argv;
};

struct kill {
	struct kill *next_sent, *next_received;
	struct process *from, *to; /* to NULL: no process of the run got it */
	struct process *after;	   /* the reaped process whose pid was used again; or NULL */
	long pid;
	int signal, error;
	int64_t ns;
};

struct adoption {
	struct adoption *next;
	struct process *from, *to; /* to NULL: outside */
	long pid;
	const char *name;
	int64_t ns;
};

struct fault {
	struct fault *next;
	int signal;
	int64_t ns;
	uint64_t address;
	size_t depth;
	uint64_t *frames;
};

struct name {
	struct name *next;
	const char *path;
};

struct pipe {
	struct pipe *next;
	const char *name, *kind;
	struct process *maker;
	size_t number; /* from 1, in order of birth */
	int64_t ns;
	bool pair; /* a socketpair */
};

/* What one process had of one pipe. */
struct hold {
	struct hold *next;
	struct pipe *pipe;
	struct hold *from; /* the parent's, which it inherited */
	struct hold *copy; /* while forking: the child's */
	unsigned now, ever, at_exit;
	unsigned alone;	   /* the one end it was down to last, by its own doing */
	size_t alone_acts; /* how much it had done by then */
	bool kept;	   /* it did other things while it had that one end */
	bool touched;	   /* it made, duplicated or closed an end itself */
	/* derived */
	unsigned below; /* the ends of which some descendant uses one alone */
	unsigned used;	/* the ends it had for its work: what the pictures show */
	bool spare;	/* inherited, never touched, and others have that end for their work */
	bool leaked;	/* both ends, when it waited or exited by itself */
};

struct descriptor {
	int fd;
	unsigned end;
	struct hold *hold;
};

enum ending { END_NONE, END_EXIT, END_SIGNAL };
enum reaping { REAP_NONE, REAP_WAIT, REAP_IGNORED };

struct process {
	const char *path, *how;
	struct process *parent, *first_child, *last_child, *next_sibling;
	size_t index, depth, children;
	long pid;
	/* life */
	int64_t born, died, reaped;
	size_t born_at, died_at, reaped_at; /* 0: did not happen */
	size_t acted_at;		    /* the last thing that it did itself, its end apart */
	enum ending ending;
	int code, signal;
	bool core;
	enum reaping reaping;
	struct process *reaper;
	struct exec *execs, *last_exec;
	struct adoption *adoptions, *last_adoption;
	struct kill *sent, *last_sent, *received, *last_received;
	struct fault *faults, *last_fault;
	/* what it asked the kernel for */
	bool session, subreaper;
	int death_signal;
	size_t stops, continues;
	struct name *created, *last_created, *unlinked, *last_unlinked;
	/* pipes */
	struct hold *holds, *last_hold;
	struct descriptor *fds; /* malloc; while it lives */
	size_t nfds;
	/* at the end */
	char left; /* its state when the root had ended, or 0 */
	/* derived */
	bool zombie; /* it died before its parent did, and that one never reaped it */
	bool orphan; /* it outlived its parent */
};

struct graph {
	struct obstack keep;
	size_t kept; /* bytes on it */
	const char *title;
	const char *level;
	struct process **processes; /* malloc */
	size_t size, capacity;
	struct pipe *pipes, *last_pipe;
	size_t npipes;
	struct name *names; /* created, not unlinked since */
	size_t nnames;
	void *by_path; /* tsearch */
	int64_t ended;
	long lost; /* events that the tracer lost */
	bool complete;
	size_t cut; /* the line where reading stopped for size, or 0 */
	/* derived */
	size_t most_alive;
	struct process *most_alive_when; /* born when it was reached */
};

/* model.c */
struct graph *model_new(void);
void *model_keep(struct graph *graph, size_t size); /* zeroed */
const char *model_keep_text(struct graph *graph, const char *text);
struct process *model_process(struct graph *graph, struct process *parent, const char *path);
struct process *model_find(const struct graph *graph, const char *path);
struct hold *model_hold(const struct process *process, const struct pipe *pipe);
void model_derive(struct graph *graph);

/* Append to a singly linked list with a pointer to its last. */
#define MODEL_APPEND(first, last, item, next)                                                      \
	do {                                                                                       \
		if (last)                                                                          \
			(last)->next = (item);                                                     \
		else                                                                               \
			(first) = (item);                                                          \
		(last) = (item);                                                                   \
	} while (0)

#endif
