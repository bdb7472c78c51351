/* SPDX-License-Identifier: MIT */
/*
 * Who holds which end of which pipe: for each descriptor table the ends in it.
 *
 * Followed from pipe and socketpair through fork, dup and close; at exec the kernel is asked
 * what is left. An end that is sent over a socket is not followed into the receiver.
 */
#define _GNU_SOURCE
#include "trace/tracer.h"

#include <stdlib.h>
#include <string.h>

struct trace_files *
trace_files_share(struct trace_files *files)
{
	files->references++;
	return files;
}

/* A table like it (NULL: an empty one). */
struct trace_files *
trace_files_copy(const struct trace_files *files)
{
	struct trace_files *copy = trace_need(calloc(1, sizeof(*copy)));

	copy->references = 1;
	if (files && files->count) {
		copy->count = copy->room = files->count;
		copy->ends = trace_need(malloc(copy->room * sizeof(*copy->ends)));
		memcpy(copy->ends, files->ends, copy->count * sizeof(*copy->ends));
	}
	return copy;
}

void
trace_files_free(struct trace_files *files)
{
	if (!files || --files->references)
		return;
	free(files->ends);
	free(files);
}

static struct trace_end *
find(const struct trace_process *process, int fd)
{
	struct trace_files *files = process->files;

	for (size_t i = 0; files && i < files->count; i++)
		if (files->ends[i].fd == fd)
			return &files->ends[i];
	return NULL;
}

bool
trace_ends_has(const struct trace_process *process, int fd)
{
	return find(process, fd) != NULL;
}

static void
add(struct trace_files *files, struct trace_end end)
{
	if (files->count == files->room) {
		files->room = files->room ? 2 * files->room : 4;
		files->ends = trace_need(realloc(files->ends, files->room * sizeof(*files->ends)));
	}
	files->ends[files->count++] = end;
}

static void
tell(struct tracer *t, const char *event, const struct trace_process *process,
    const struct trace_end *end)
{
	char pipe[24], which[2] = {end->which, '\0'};

	snprintf(pipe, sizeof(pipe), "pipe%u", end->pipe);
	trace_log_begin(&t->log, event, process->name);
	trace_log_text(&t->log, "pipe", pipe);
	trace_log_text(&t->log, "end", which);
	trace_log_int(&t->log, "fd", end->fd);
}

static void
drop(struct tracer *t, struct trace_process *process, struct trace_end *end, const char *why)
{
	struct trace_files *files = process->files;

	tell(t, "drop", process, end);
	trace_log_text(&t->log, "why", why);
	trace_log_end(&t->log);
	*end = files->ends[--files->count];
}

void
trace_ends_made(struct tracer *t, struct trace_process *p, const int fds[2], bool sockets)
{
	char name[24];

	snprintf(name, sizeof(name), "pipe%u", ++t->pipes);
	trace_log_begin(&t->log, "pipe", p->name);
	trace_log_text(&t->log, "pipe", name);
	trace_log_text(&t->log, "kind", sockets ? "socketpair" : "pipe");
	trace_log_array(&t->log, "fds");
	for (int i = 0; i < 2; i++) {
		trace_log_number(&t->log, i == 0, (uint64_t)fds[i]);
		add(p->files, (struct trace_end){.fd = fds[i],
				  .which = (sockets ? "ab" : "rw")[i],
				  .pipe = t->pipes,
				  .inode = trace_proc_inode(p->pid, fds[i])});
	}
	trace_log_array_end(&t->log);
	trace_log_end(&t->log);
}

/* "from" was duplicated as "to", which is closed thereby if it was open. */
void
trace_ends_dup(struct tracer *t, struct trace_process *process, int from, int to)
{
	if (from == to)
		return;
	trace_ends_close(t, process, (unsigned)to, (unsigned)to);
	struct trace_end *end = find(process, from);
	if (!end)
		return;
	struct trace_end made = *end;
	made.fd = to;
	add(process->files, made);
	tell(t, "hold", process, &made);
	trace_log_end(&t->log);
}

/* Every descriptor from low to high was closed. */
void
trace_ends_close(struct tracer *t, struct trace_process *p, unsigned low, unsigned high)
{
	for (size_t i = p->files->count; i-- > 0;) {
		struct trace_end *end = &p->files->ends[i];
		if ((unsigned)end->fd >= low && (unsigned)end->fd <= high)
			drop(t, p, end, "close");
	}
}

/* An exec has closed what was CLOEXEC, and shares its table with nobody. */
void
trace_ends_exec(struct tracer *t, struct trace_process *process)
{
	if (process->files->references > 1) {
		struct trace_files *own = trace_files_copy(process->files);
		trace_files_free(process->files);
		process->files = own;
	}
	for (size_t i = process->files->count; i-- > 0;) {
		struct trace_end *end = &process->files->ends[i];
		unsigned long inode = trace_proc_inode(process->pid, end->fd);
		if (inode != ~0UL && end->inode != ~0UL && inode != end->inode)
			drop(t, process, end, "exec");
	}
}
