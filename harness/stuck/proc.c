/* SPDX-License-Identifier: MIT */
/*
 * What /proc tells of one task. Everything here may fail at any moment: it may be gone.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <mp/io.h>

#include "stuck/look.h"

/* A whole file of /proc, terminated; NULL: not there, or not for us. The caller frees. */
char *
stuck_slurp(size_t *size, const char *format, ...)
{
	char path[96], *text = NULL;
	size_t room = 4096, n = 0;
	ssize_t got = 1;
	va_list list;

	va_start(list, format);
	vsnprintf(path, sizeof(path), format, list);
	va_end(list);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	for (; got > 0; n += (size_t)got) {
		char *more = realloc(text, room *= 2);
		if (!more)
			break;
		text = more;
		got = mp_read_all(fd, text + n, room - n - 1);
		if (got < 0)
			break;
	}
	mp_close(&fd);
	if (got != 0)
		return free(text), NULL;
	text[n] = '\0';
	if (size)
		*size = n;
	return text;
}

/* The number after "\nKey:"; false: no such line. */
bool
stuck_field(const char *text, const char *key, int base, uint64_t *value)
{
	const char *line = text ? strstr(text, key) : NULL;

	if (line)
		*value = strtoull(line + strlen(key), NULL, base);
	return line;
}

bool
stuck_peek(pid_t pid, uint64_t address, void *buffer, size_t size)
{
	struct iovec local = {buffer, size}, remote = {(void *)(uintptr_t)address, size};

	return process_vm_readv(pid, &local, 1, &remote, 1, 0) == (ssize_t)size;
}

/* Room for one more element, which is zero and the last; NULL: no memory, nothing changed. */
void *
stuck_append(void *array, size_t *count, size_t size)
{
	char *more = array;

	/* Grows at 0, 8, 16, 32, ... */
	if (*count == 0 || (*count >= 8 && !(*count & (*count - 1))))
		more = reallocarray(array, *count ? *count * 2 : 8, size);
	if (more)
		memset(more + (*count)++ * size, 0, size);
	return more;
}

static int
compare(const void *a, const void *b)
{
	return (*(const pid_t *)a > *(const pid_t *)b) - (*(const pid_t *)a < *(const pid_t *)b);
}

/* The threads of a process, in order; how many. The caller frees. */
size_t
stuck_task_ids(pid_t pid, pid_t **ids)
{
	char path[48];
	size_t count = 0;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	DIR *dir = opendir(path);
	*ids = NULL;
	for (struct dirent *entry; dir && (entry = readdir(dir));) {
		pid_t tid = atoi(entry->d_name);
		pid_t *more = tid > 0 ? stuck_append(*ids, &count, sizeof(**ids)) : NULL;
		if (!more)
			continue;
		*ids = more;
		more[count - 1] = tid;
	}
	if (dir)
		closedir(dir);
	if (count)
		qsort(*ids, count, sizeof(**ids), compare);
	return count;
}

static bool
read_status(struct stuck_task *task, const char *path)
{
	char *text = stuck_slurp(NULL, "%s/status", path);
	uint64_t switches[2] = {0};

	if (!text)
		return false;
	stuck_field(text, "\nvoluntary_ctxt_switches:", 10, &switches[0]);
	stuck_field(text, "\nnonvoluntary_ctxt_switches:", 10, &switches[1]);
	stuck_field(text, "\nSigCgt:", 16, &task->caught);
	stuck_field(text, "\nSigBlk:", 16, &task->blocked);
	task->switches[0] = switches[0];
	task->switches[1] = switches[1];
	task->ns_tid = task->tid;
	/* A number for each namespace, the innermost last. */
	const char *line = strstr(text, "\nNSpid:");
	for (const char *at = line ? line + 7 : ""; *at && *at != '\n';) {
		char *end;
		long id = strtol(at, &end, 10);
		if (end == at || id <= 0)
			break;
		task->ns_tid = (pid_t)id;
		at = end + strspn(end, "\t ");
	}
	free(text);
	return true;
}

/*
 * A poll that was stopped (Ctrl-Z, a frozen container) goes on as restart_syscall, whose number
 * stands where poll's was; but its arguments still do, and wchan tells whose they are. What else
 * goes on so has a timeout.
 */
static void
recognise_poll(struct stuck_task *task, const char *path)
{
#ifdef SYS_poll
	char *text = task->call == SYS_restart_syscall ? stuck_slurp(NULL, "%s/wchan", path) : NULL;

	if (text && strstr(text, "poll_schedule_timeout") == text)
		task->call = SYS_poll;
	free(text);
#else
	(void)task;
	(void)path;
#endif
}

static void
read_call(struct stuck_task *task, const char *path)
{
	char *text = stuck_slurp(NULL, "%s/syscall", path);
	unsigned long long args[6] = {0};

	task->call = -1;
	task->seen = text;
	/* "running", or number, six arguments, stack pointer, program counter. */
	if (text && sscanf(text, "%ld %llx %llx %llx %llx %llx %llx", &task->call, &args[0],
			&args[1], &args[2], &args[3], &args[4], &args[5]) != 7)
		task->call = -1;
	for (int i = 0; i < 6; i++)
		task->args[i] = args[i];
	free(text);
	recognise_poll(task, path);
}

/* Everything of a task but its ways; false: it is gone. */
bool
stuck_task_read(struct stuck_task *task, pid_t pid, pid_t tid)
{
	char path[48], *text;

	snprintf(path, sizeof(path), "/proc/%d/task/%d", pid, tid);
	if (!(text = stuck_slurp(NULL, "%s/stat", path)))
		return false;
	/* The name may hold blanks and parentheses: it ends at the LAST one. */
	char *open_paren = strchr(text, '('), *close_paren = strrchr(text, ')');
	bool read = open_paren && close_paren &&
		    sscanf(close_paren + 1,
			" %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d "
			"%*d %llu",
			&task->state, &task->birth) == 2;
	if (read) {
		*close_paren = '\0';
		snprintf(task->name, sizeof(task->name), "%s", open_paren + 1);
		task->tid = tid;
		read = read_status(task, path);
	}
	free(text);
	/* The call after the state: what is in a call now may only have just slept. */
	if (read)
		read_call(task, path);
	return read;
}
