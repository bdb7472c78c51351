/* SPDX-License-Identifier: MIT */
/*
 * What /proc tells of a process, and what its memory holds. Everything here may fail at any
 * moment: the process may be gone.
 */
#define _GNU_SOURCE
#include "trace/tracer.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include <mp/io.h>

/* Read a file of /proc, cut at size - 1 bytes; its length, 0 if it is not there. */
static size_t __attribute__((format(printf, 3, 4)))
slurp(char *buffer, size_t size, const char *format, ...)
{
	char path[96];
	va_list list;

	va_start(list, format);
	vsnprintf(path, sizeof(path), format, list);
	va_end(list);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : mp_read_all(fd, buffer, size - 1);
	mp_close(&fd);
	buffer[n > 0 ? n : 0] = '\0';
	return n > 0 ? (size_t)n : 0;
}

/* Its state letter, its parent and its name; -1 if there is no such process. */
int
trace_proc_stat(pid_t pid, char *state, pid_t *parent, char *name, size_t size)
{
	char text[512];

	if (!slurp(text, sizeof(text), "/proc/%d/stat", pid))
		return -1;
	/* The name may hold blanks and parentheses: it ends at the LAST one. */
	char *open_paren = strchr(text, '('), *close_paren = strrchr(text, ')');
	if (!open_paren || !close_paren || sscanf(close_paren + 1, " %c %d", state, parent) != 2)
		return -1;
	*close_paren = '\0';
	snprintf(name, size, "%s", open_paren + 1);
	return 0;
}

static long
field(const char *text, const char *key)
{
	const char *line = strstr(text, key);

	return line ? strtol(line + strlen(key), NULL, 10) : -1;
}

/* The process that this task is a thread of; -1 if it is gone. */
pid_t
trace_proc_tgid(pid_t tid)
{
	char text[512];

	slurp(text, sizeof(text), "/proc/%d/status", tid);
	return (pid_t)field(text, "\nTgid:");
}

/* Who traces it; 0 nobody. */
pid_t
trace_proc_tracer(pid_t pid)
{
	char text[512];

	slurp(text, sizeof(text), "/proc/%d/status", pid);
	return (pid_t)field(text, "\nTracerPid:");
}

/* The arguments, each ended by a zero byte; how many bytes. */
size_t
trace_proc_cmdline(pid_t pid, char *buffer, size_t size)
{
	return slurp(buffer, size, "/proc/%d/cmdline", pid);
}

/* Where a link of /proc/PID points: "exe", "cwd", "fd/3". */
bool
trace_proc_link(pid_t pid, const char *what, char *buffer, size_t size)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, what);
	ssize_t n = readlink(path, buffer, size - 1);
	buffer[n > 0 ? n : 0] = '\0';
	return n > 0;
}

/* The inode of a pipe or socket that it has open; 0 if it has not, ~0 if we may not look. */
unsigned long
trace_proc_inode(pid_t pid, int fd)
{
	char what[24], target[64];

	snprintf(what, sizeof(what), "fd/%d", fd);
	if (!trace_proc_link(pid, what, target, sizeof(target)))
		return trace_proc_link(pid, "exe", target, sizeof(target)) ? 0 : ~0UL;
	const char *bracket = strstr(target, ":[");
	return bracket ? strtoul(bracket + 2, NULL, 10) : 0;
}

/* Which process a pidfd of this process means; -1 if unknown. */
pid_t
trace_proc_pidfd(pid_t pid, int fd)
{
	char text[512];

	slurp(text, sizeof(text), "/proc/%d/fdinfo/%d", pid, fd);
	return (pid_t)field(text, "\nPid:");
}

/* Append the children of one process. */
static size_t
children(pid_t pid, pid_t *pids, size_t count, size_t room)
{
	char path[48], text[16384];

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	DIR *tasks = opendir(path);
	for (struct dirent *e; tasks && (e = readdir(tasks));) {
		int tid = atoi(e->d_name);
		if (tid <= 0 || !slurp(text, sizeof(text), "/proc/%d/task/%d/children", pid, tid))
			continue;
		char *at = text, *end;
		for (long n; count < room && (n = strtol(at, &end, 10)) > 0; at = end)
			if (*end == ' ') /* else it may be cut */
				pids[count++] = (pid_t)n;
	}
	if (tasks)
		closedir(tasks);
	return count;
}

/*
 * Every process below this one, parents first; how many fit. Each is met (unless NULL) before
 * its children are asked for.
 */
size_t
trace_proc_descendants(
    struct tracer *t, void (*meet)(struct tracer *, pid_t), pid_t *pids, size_t room)
{
	size_t count = children(getpid(), pids, 0, room);

	for (size_t i = 0; i < count; i++) {
		if (meet)
			meet(t, pids[i]);
		count = children(pids[i], pids, count, room);
	}
	return count;
}

bool
trace_peek(pid_t pid, uint64_t address, void *buffer, size_t size)
{
	struct iovec local = {buffer, size}, remote = {(void *)(uintptr_t)address, size};

	return process_vm_readv(pid, &local, 1, &remote, 1, 0) == (ssize_t)size;
}

/* A string, cut at size - 1 bytes; its length. A read may not cross into an unmapped page. */
size_t
trace_peek_text(pid_t pid, uint64_t address, char *buffer, size_t size)
{
	size_t done = 0;

	while (done < size - 1) {
		size_t chunk = 4096 - ((address + done) & 4095);
		if (chunk > size - 1 - done)
			chunk = size - 1 - done;
		if (!trace_peek(pid, address + done, buffer + done, chunk))
			break;
		size_t length = strnlen(buffer + done, chunk);
		done += length;
		if (length < chunk)
			break;
	}
	buffer[done] = '\0';
	return done;
}
