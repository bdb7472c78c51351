/* SPDX-License-Identifier: MIT */
/*
 * /proc/PID/stat and /proc/PID/limits, read once each. See include/mp/proc.h.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <mp/deadline.h>
#include <mp/io.h>
#include <mp/proc.h>

/* Read a small file of /proc, cut at size - 1 bytes; the length, or -errno. */
static ssize_t
slurp(const char *path, char *buffer, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	ssize_t n = mp_read_all(fd, buffer, size - 1);
	mp_close(&fd);
	if (n >= 0)
		buffer[n] = '\0';
	return n;
}

/* "Max cpu time   SOFT   HARD   seconds" */
static double
hard_cpu_limit(pid_t pid)
{
	char path[48], text[2048], hard[32];

	snprintf(path, sizeof(path), "/proc/%d/limits", pid);
	if (slurp(path, text, sizeof(text)) <= 0)
		return MP_FOREVER;
	const char *line = strstr(text, "Max cpu time");
	if (!line || sscanf(line, "Max cpu time %*s %31s", hard) != 1 || !strcmp(hard, "unlimited"))
		return MP_FOREVER;
	return strtod(hard, NULL);
}

int
mp_proc_read(pid_t pid, struct mp_proc *proc)
{
	char path[48], text[1024];
	struct mp_proc found = {0};
	unsigned long user, system;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	ssize_t n = slurp(path, text, sizeof(text));
	if (n <= 0)
		return n == -ENOENT || n == 0 ? -ESRCH : (int)n;
	/* The name may hold blanks and parentheses: it ends at the LAST parenthesis. */
	char *open_paren = strchr(text, '('), *close_paren = strrchr(text, ')');
	if (!open_paren || !close_paren)
		return -EIO;
	*close_paren = '\0';
	snprintf(found.name, sizeof(found.name), "%.31s", open_paren + 1);
	if (sscanf(close_paren + 1,
		" %c %d %*d %d %*d %*d %*u %*u %*u %*u %*u %lu %lu %*d %*d %*d %*d %*d %*d %llu",
		&found.state, &found.parent, &found.session, &user, &system, &found.birth) != 6)
		return -EIO;
	found.cpu_seconds = (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
	found.cpu_limit = hard_cpu_limit(pid);
	*proc = found;
	return 0;
}

long
mp_proc_oom_kills(void)
{
	char text[16384];

	if (slurp("/proc/vmstat", text, sizeof(text)) <= 0)
		return -1;
	const char *line = strstr(text, "\noom_kill ");
	return line ? strtol(line + strlen("\noom_kill "), NULL, 10) : -1;
}
