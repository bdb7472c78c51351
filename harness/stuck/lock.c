/* SPDX-License-Identifier: MIT */
/*
 * Waiting for a file lock: flock, fcntl, and fcntl's locks of open files (OFD).
 *
 * The fdinfo of a descriptor lists the locks that its open file, or its process by it, holds.
 * One flock can so have many holders, each of whom may let it go (any); several locks in the
 * way must all be let go. Where both occur, only those of a single holder are counted.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>

#include "stuck/look.h"

struct lock {
	bool flock, write, posix;
	int taker; /* the pid that took it; -1 an OFD's */
	unsigned long long from, to;
	pid_t holder;
};

struct search {
	struct lock wanted;
	bool anywhere; /* the range is not known */
	struct lock *found;
	size_t count;
};

/* "lock:	1: FLOCK  ADVISORY  WRITE 1234 08:01:77 0 EOF" */
static bool
read_line(const char *line, struct lock *lock)
{
	char class[12], type[8], end[24];

	*lock = (struct lock){.to = ULLONG_MAX};
	if (sscanf(line, "\nlock: %*d: %11s %*s %7s %d %*s %llu %23s", class, type, &lock->taker,
		&lock->from, end) != 5)
		return false;
	lock->flock = !strcmp(class, "FLOCK");
	lock->posix = !strcmp(class, "POSIX");
	lock->write = !strcmp(type, "WRITE");
	if (strcmp(end, "EOF"))
		lock->to = strtoull(end, NULL, 10);
	return true;
}

static bool
is_in_the_way(const struct search *search, const struct lock *lock, pid_t waiter)
{
	const struct lock *wanted = &search->wanted;

	if (lock->flock != wanted->flock || !(lock->write || wanted->write))
		return false;
	if (lock->posix && wanted->posix && lock->holder == waiter)
		return false;
	return search->anywhere || (lock->from <= wanted->to && wanted->from <= lock->to);
}

static void
look_at(struct search *search, const struct stuck_task *task, pid_t pid, int fd)
{
	char *text = stuck_fdinfo(pid, fd);
	struct lock lock;

	for (const char *at = text; at && (at = strstr(at, "\nlock:")); at++) {
		if (!read_line(at, &lock))
			continue;
		lock.holder = pid;
		if (!is_in_the_way(search, &lock, task->process->pid))
			continue;
		struct lock *more = stuck_append(search->found, &search->count, sizeof(lock));
		if (!more)
			break;
		search->found = more;
		more[search->count - 1] = lock;
	}
	free(text);
}

/* The same lock, seen through another descriptor. */
static bool
is_one(const struct lock *a, const struct lock *b)
{
	return a->flock == b->flock && a->posix == b->posix && a->write == b->write &&
	       a->taker == b->taker && a->from == b->from && a->to == b->to &&
	       (!a->posix || a->holder == b->holder);
}

static bool
has_one_holder(const struct search *search, const struct lock *lock)
{
	for (size_t i = 0; i < search->count; i++)
		if (is_one(&search->found[i], lock) && search->found[i].holder != lock->holder)
			return false;
	return true;
}

static void
add_holders(struct search *search, struct stuck_way *way)
{
	size_t single = 0;
	bool one = true;

	for (size_t i = 0; i < search->count; i++) {
		single += has_one_holder(search, &search->found[i]);
		one &= is_one(&search->found[i], &search->found[0]);
	}
	if (single && !one && !search->anywhere)
		way->need = STUCK_ALL;
	for (size_t i = 0; i < search->count; i++)
		if (way->need == STUCK_ANY || has_one_holder(search, &search->found[i]))
			stuck_way_by(way, search->found[i].holder, 0);
}

/* What is wanted, from the arguments of the call. */
static void
read_wanted(struct search *search, const struct stuck_task *task, bool flock)
{
	struct flock range = {0};
	struct lock *wanted = &search->wanted;

	*wanted = (struct lock){.flock = flock, .to = ULLONG_MAX};
	if (flock) {
		wanted->write = task->args[1] & LOCK_EX;
		return;
	}
	wanted->posix = task->args[1] == F_SETLKW;
	wanted->write = true;
	search->anywhere = !stuck_peek(task->process->pid, task->args[2], &range, sizeof(range)) ||
			   range.l_whence != SEEK_SET || range.l_start < 0 || range.l_len < 0;
	if (search->anywhere)
		return;
	wanted->write = range.l_type == F_WRLCK;
	wanted->from = (unsigned long long)range.l_start;
	if (range.l_len)
		wanted->to = wanted->from + (unsigned long long)range.l_len - 1;
}

void
stuck_lock(struct stuck *s, struct stuck_task *task, bool flock)
{
	struct stuck_fd file = stuck_fd_of(task->process->pid, (int)task->args[0]);
	struct search search = {0};

	stuck_does(task, "wants");
	struct stuck_way *way = stuck_way(task, STUCK_ANY, flock ? "flock" : "file lock",
	    "the lock on %.120s, held by @", file.path ? file.path : "a file");
	if (file.kind != 'f' || !stuck_fd_stat(task->process->pid, &file)) {
		way->need = STUCK_OUTSIDE;
		free(file.path);
		return;
	}
	snprintf(way->object, sizeof(way->object), "lock %lx:%lu", file.device, file.inode);
	read_wanted(&search, task, flock);
	for (size_t i = 0; i < s->process_count; i++) {
		struct stuck_process *p = &s->processes[i];
		stuck_fds_read(p);
		for (size_t j = 0; j < p->fd_count; j++)
			if (p->fds[j].kind == 'f' && stuck_fd_stat(p->pid, &p->fds[j]) &&
			    p->fds[j].inode == file.inode && p->fds[j].device == file.device)
				look_at(&search, task, p->pid, p->fds[j].fd);
	}
	add_holders(&search, way);
	/* Held by nobody that we see: by one that is hidden, or let go just now. */
	way->unseen = !way->count;
	free(search.found);
	free(file.path);
}
