/* SPDX-License-Identifier: MIT */
/*
 * Waiting for a descriptor: what it is, and who holds the other end of it.
 *
 * Of a pipe everybody counts who holds the other end, for he could use it or let it go. One
 * with no other end visible does not block; if it does, the end is hidden from us, or on its
 * way through a socket.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "stuck/look.h"

/* The open flags of a descriptor; false: not seen. */
static bool
flags_of(pid_t pid, int fd, int *flags)
{
	char *text = stuck_fdinfo(pid, fd);
	uint64_t value = 0;
	bool found = stuck_field(text, "\nflags:", 8, &value);

	free(text);
	*flags = (int)value;
	return found;
}

static bool
is_inherited(const struct stuck_task *task, int fd)
{
	int flags = 0;

	return !flags_of(task->process->pid, fd, &flags) || !(flags & O_CLOEXEC);
}

static bool
is_same(struct stuck_process *p, struct stuck_fd *fd, const struct stuck_fd *wanted)
{
	if (fd->kind != wanted->kind || (wanted->kind == 'f' && !stuck_fd_stat(p->pid, fd)))
		return false;
	return fd->inode == wanted->inode && fd->device == wanted->device;
}

/* Is a descriptor on its way through one of its sockets? Then who has that end is not known. */
static bool
carries(const struct stuck_process *p)
{
	uint64_t count = 0;

	for (size_t i = 0; i < p->fd_count && !count; i++) {
		if (p->fds[i].kind != 's')
			continue;
		char *text = stuck_fdinfo(p->pid, p->fds[i].fd);
		stuck_field(text, "\nscm_fds:", 10, &count);
		free(text);
	}
	return count;
}

/* Whoever holds that, opened so that he may do what is wanted. */
static void
holders(struct stuck *s, struct stuck_task *task, struct stuck_way *way,
    const struct stuck_fd *wanted, int access)
{
	bool inherited = is_inherited(task, wanted->fd);
	int flags;

	for (size_t i = 0; i < s->process_count; i++) {
		struct stuck_process *p = &s->processes[i];
		stuck_fds_read(p);
		if (p->fds_hidden && stuck_may_hide(s, p, task->process, inherited))
			way->unseen = true;
		if ((p->asked || p->looked) && carries(p))
			way->need = STUCK_OUTSIDE;
		for (size_t j = 0; j < p->fd_count; j++)
			if (is_same(p, &p->fds[j], wanted) &&
			    flags_of(p->pid, p->fds[j].fd, &flags) &&
			    ((flags & O_ACCMODE) == access || (flags & O_ACCMODE) == O_RDWR))
				stuck_way_by(way, p->pid, 0);
	}
	if (!way->count)
		way->unseen = true;
}

static struct stuck_way *
other_end(struct stuck *s, struct stuck_task *task, const struct stuck_fd *fd, bool write)
{
	struct stuck_way *way = stuck_way(
	    task, STUCK_ANY, "pipe", write ? "a pipe that is full" : "a pipe that is empty");

	snprintf(way->object, sizeof(way->object), "pipe:[%lu]", fd->inode);
	way->one = write ? "reads it" : "writes to it";
	way->many = write ? "read it" : "write to it";
	holders(s, task, way, fd, write ? O_RDONLY : O_WRONLY);
	return way;
}

/* Which end this is says what can happen to it, whatever is polled for. */
static void
pipe_ways(struct stuck *s, struct stuck_task *task, const struct stuck_fd *fd)
{
	int flags = 0;

	if (!flags_of(task->process->pid, fd->fd, &flags)) {
		(void)stuck_way(task, STUCK_OUTSIDE, "pipe", "a pipe");
		return;
	}
	if ((flags & O_ACCMODE) != O_WRONLY)
		(void)other_end(s, task, fd, false);
	if ((flags & O_ACCMODE) != O_RDONLY)
		(void)other_end(s, task, fd, true);
}

/* An eventfd has a number of its own: everybody who has it could write to it, or read it. */
static void
eventfd_ways(struct stuck *s, struct stuck_task *task, const struct stuck_fd *fd)
{
	struct stuck_way *way = stuck_way(task, STUCK_ANY, "eventfd", "an eventfd");
	char *text = stuck_fdinfo(task->process->pid, fd->fd);
	uint64_t id = 0, other = 0;
	bool inherited = is_inherited(task, fd->fd);

	way->one = "writes to it";
	way->many = "write to it";
	if (!stuck_field(text, "\neventfd-id:", 10, &id))
		way->need = STUCK_OUTSIDE;
	snprintf(way->object, sizeof(way->object), "eventfd %llu", (unsigned long long)id);
	free(text);
	for (size_t i = 0; i < s->process_count; i++) {
		struct stuck_process *p = &s->processes[i];
		stuck_fds_read(p);
		if (p->fds_hidden && stuck_may_hide(s, p, task->process, inherited))
			way->unseen = true;
		for (size_t j = 0; j < p->fd_count; j++) {
			if (p->fds[j].kind != 'a' || strcmp(p->fds[j].path, fd->path))
				continue;
			text = stuck_fdinfo(p->pid, p->fds[j].fd);
			if (stuck_field(text, "\neventfd-id:", 10, &other) && other == id)
				stuck_way_by(way, p->pid, 0);
			free(text);
		}
	}
}

static void
anonymous_ways(struct stuck *s, struct stuck_task *task, const struct stuck_fd *fd, int depth)
{
	uint64_t pid = 0;

	if (strstr(fd->path, "[eventfd]")) {
		eventfd_ways(s, task, fd);
	} else if (strstr(fd->path, "[eventpoll]") && depth < 4) {
		stuck_epoll(s, task, fd->fd, depth + 1);
	} else if (strstr(fd->path, "pidfd]")) {
		char *text = stuck_fdinfo(task->process->pid, fd->fd);
		stuck_field(text, "\nPid:", 10, &pid);
		free(text);
		stuck_ended(s, task, (pid_t)pid);
	} else {
		(void)stuck_way(task, STUCK_OUTSIDE, "outside", "%.80s", fd->path);
	}
}

/* A named pipe is one, or a terminal, a device, a pidfd of newer kernels. */
static void
named_ways(struct stuck *s, struct stuck_task *task, struct stuck_fd *fd)
{
	char path[48];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", task->process->pid, fd->fd);
	if (stat(path, &st) == 0 && S_ISFIFO(st.st_mode) && stuck_fd_stat(task->process->pid, fd)) {
		pipe_ways(s, task, fd);
		/* It has a name: whoever knows it may come and open it. */
		if (!s->closed && st.st_nlink)
			(void)stuck_way(
			    task, STUCK_OUTSIDE, "fifo", "%.80s, which has a name", fd->path);
		return;
	}
	(void)stuck_way(task, STUCK_OUTSIDE, "outside", "%.80s", fd->path);
}

/* Add the ways of a task that waits until a descriptor of its process is ready. */
void
stuck_file(struct stuck *s, struct stuck_task *task, int fd, int what, int depth)
{
	struct stuck_fd is = stuck_fd_of(task->process->pid, fd);

	switch (is.kind) {
	case 'p':
		pipe_ways(s, task, &is);
		break;
	case 's':
		stuck_socket(s, task, &is, what);
		break;
	case 'a':
		anonymous_ways(s, task, &is, depth);
		break;
	case 'f':
		named_ways(s, task, &is);
		break;
	case '?':
		stuck_way(task, STUCK_ANY, "unseen", "what we may not see")->unseen = true;
		break;
	default:
		(void)stuck_way(task, STUCK_OUTSIDE, "outside", "a closed descriptor");
	}
	free(is.path);
}
