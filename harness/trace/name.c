/* SPDX-License-Identifier: MIT */
/*
 * Files that get or lose a name: open with O_CREAT, creat, link, rename, unlink. Devices and
 * /proc are not told. sem_open makes its file under another name and links it: so link.
 */
#define _GNU_SOURCE
#include "trace/tracer.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

/* The path at an address, made absolute by the directory that it is relative to. */
static char *
absolute(const struct trace_task *task, int directory, uint64_t address)
{
	char path[PATH_MAX], base[PATH_MAX] = "", what[24] = "cwd", *whole = NULL;
	const char *tail = path;

	trace_peek_text(task->tid, address, path, sizeof(path));
	if (path[0] != '/') {
		if (directory != AT_FDCWD)
			snprintf(what, sizeof(what), "fd/%d", directory);
		trace_proc_link(task->process->pid, what, base, sizeof(base));
	}
	while (tail[0] == '.' && tail[1] == '/')
		tail += 2;
	const char *slash = base[0] && strcmp(base, "/") && tail[0] ? "/" : "";
	if (asprintf(&whole, "%s%s%s", base, slash, tail) < 0)
		trace_need(NULL);
	return whole;
}

static void
tell(struct tracer *t, const struct trace_task *task, const char *event, const char *path)
{
	bool device = !strncmp(path, "/dev/", 5) && strncmp(path, "/dev/shm/", 9);

	if (path[0] != '/' || device || !strncmp(path, "/proc/", 6))
		return;
	trace_log_begin(&t->log, event, task->process->name);
	trace_log_text(&t->log, "path", path);
	trace_log_end(&t->log);
}

/* What was opened is asked of the descriptor: links resolved. */
static void
opened(struct tracer *t, const struct trace_task *task, int fd)
{
	char what[24], path[PATH_MAX];
	static const char deleted[] = " (deleted)";

	snprintf(what, sizeof(what), "fd/%d", fd);
	if (!trace_proc_link(task->process->pid, what, path, sizeof(path)))
		return;
	size_t length = strlen(path), extra = strlen(deleted);
	if (length > extra && !strcmp(path + length - extra, deleted))
		path[length - extra] = '\0';
	tell(t, task, "create", path);
}

/* Where the paths of a call are: directory and address of the old one and of the new. */
struct paths {
	int old_directory, new_directory;
	uint64_t old, new;
};

static struct paths
paths(const struct trace_call *call)
{
	const uint64_t *a = call->args;

	switch (call->number) {
#ifdef SYS_unlink
	case SYS_unlink:
		return (struct paths){AT_FDCWD, 0, a[0], 0};
	case SYS_link:
		return (struct paths){0, AT_FDCWD, 0, a[1]};
	case SYS_rename:
		return (struct paths){AT_FDCWD, AT_FDCWD, a[0], a[1]};
#endif
	case SYS_unlinkat:
		return (struct paths){(int)a[0], 0, a[2] & AT_REMOVEDIR ? 0 : a[1], 0};
	case SYS_linkat:
		return (struct paths){0, (int)a[2], 0, a[3]};
	default: /* renameat, renameat2 */
		return (struct paths){(int)a[0], (int)a[2], a[1], a[3]};
	}
}

static bool
opens(int number)
{
#ifdef SYS_open
	if (number == SYS_open || number == SYS_creat)
		return true;
#endif
	return number == SYS_openat;
}

bool
trace_name_entry(struct trace_task *task)
{
	struct trace_call *call = &task->call;

	if (opens(call->number))
		return true;
	struct paths at = paths(call);
	if (at.old)
		call->path = absolute(task, at.old_directory, at.old);
	return at.old || at.new;
}

void
trace_name_exit(struct tracer *t, struct trace_task *task, int64_t result)
{
	struct trace_call *call = &task->call;

	if (result < 0)
		return;
	if (opens(call->number)) {
		opened(t, task, (int)result);
		return;
	}
	if (call->path)
		tell(t, task, "unlink", call->path);
	struct paths at = paths(call);
	if (at.new) {
		char *path = absolute(task, at.new_directory, at.new);
		tell(t, task, "create", path);
		free(path);
	}
}
