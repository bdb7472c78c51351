/* SPDX-License-Identifier: MIT */
/*
 * Waiting for several descriptors: poll, select, epoll. Each is a way (an OR).
 *
 * The lists are read from the task's memory: while it sleeps, the kernel has its own copy,
 * and only another thread could have changed the task's.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stuck/look.h"

static void
unread(struct stuck_task *task)
{
	(void)stuck_way(task, STUCK_OUTSIDE, "outside", "what we could not read");
}

static void
say_count(struct stuck_task *task, unsigned count)
{
	bool joins = task->way_count == 1 && !strcmp(task->ways[0].kind, "child");

	stuck_does(task, joins ? "joins" : count > 1 ? "polls %u descriptors:" : "polls", count);
	if (!count) /* as pause does */
		(void)stuck_way(task, STUCK_OUTSIDE, "signal", "nothing: a signal");
}

void
stuck_poll(struct stuck *s, struct stuck_task *task, uint64_t address, uint64_t count)
{
	struct pollfd fds[256];
	unsigned polled = 0;

	if (count > 256 ||
	    (count && !stuck_peek(task->process->pid, address, fds, count * sizeof(*fds)))) {
		unread(task);
		return;
	}
	for (uint64_t i = 0; i < count; i++) {
		if (fds[i].fd < 0)
			continue;
		polled++;
		stuck_file(
		    s, task, fds[i].fd, fds[i].events & POLLOUT ? STUCK_WRITE : STUCK_READ, 0);
	}
	say_count(task, polled);
}

void
stuck_select(struct stuck *s, struct stuck_task *task)
{
	unsigned long bits[1024 / (8 * sizeof(long))];
	uint64_t count = task->args[0];
	size_t bytes = (count + 8 * sizeof(long) - 1) / (8 * sizeof(long)) * sizeof(long);
	unsigned polled = 0;

	for (int set = 0; set < 3; set++) {
		if (!task->args[1 + set])
			continue;
		if (count > 1024 ||
		    !stuck_peek(task->process->pid, task->args[1 + set], bits, bytes)) {
			unread(task);
			return;
		}
		for (unsigned fd = 0; fd < count; fd++) {
			if (!(bits[fd / (8 * sizeof(long))] >> (fd % (8 * sizeof(long))) & 1))
				continue;
			polled++;
			stuck_file(s, task, (int)fd, set == 1 ? STUCK_WRITE : STUCK_READ, 0);
		}
	}
	say_count(task, polled);
}

/* Each "tfd:" line is a descriptor, by its number when it was added: is it still that? */
void
stuck_epoll(struct stuck *s, struct stuck_task *task, int fd, int depth)
{
	char *text = stuck_fdinfo(task->process->pid, fd);
	unsigned polled = 0;

	for (const char *at = text; at && (at = strstr(at, "\ntfd:")); at++) {
		unsigned long inode = 0, device = 0;
		unsigned events = 0;
		int watched = -1;
		if (sscanf(at, "\ntfd: %d events: %x data: %*x pos:%*d ino:%lx sdev:%lx", &watched,
			&events, &inode, &device) < 3) {
			unread(task);
			break;
		}
		struct stuck_fd is = stuck_fd_of(task->process->pid, watched);
		polled++;
		if (is.kind != 'a' &&
		    (!stuck_fd_stat(task->process->pid, &is) || is.inode != inode))
			unread(task);
		else
			stuck_file(
			    s, task, watched, events & POLLOUT ? STUCK_WRITE : STUCK_READ, depth);
		free(is.path);
	}
	free(text);
	if (!polled)
		unread(task); /* another thread may add to it */
}
