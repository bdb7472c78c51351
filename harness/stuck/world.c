/* SPDX-License-Identifier: MIT */
/*
 * All processes of the machine at one moment: whoever holds the other end of a pipe need be
 * no relative. Their descriptors and maps are read when first asked for.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "stuck/look.h"

static bool
read_process(struct stuck_process *p, pid_t pid)
{
	char *text = stuck_slurp(NULL, "/proc/%d/stat", pid);
	char *open_paren = text ? strchr(text, '(') : NULL;
	char *close_paren = text ? strrchr(text, ')') : NULL;
	unsigned flags = 0;

	p->pid = pid;
	bool read = open_paren && close_paren &&
		    sscanf(close_paren + 1, " %c %d %d %d %*d %*d %u", &p->state, &p->parent,
			&p->group, &p->session, &flags) == 5;
	if (read) {
		*close_paren = '\0';
		snprintf(p->name, sizeof(p->name), "%s", open_paren + 1);
	}
	free(text);
	return read && !(flags & 0x00200000); /* PF_KTHREAD: has no descriptors, frees nobody */
}

bool
stuck_world_read(struct stuck *s)
{
	DIR *dir = opendir("/proc");

	if (!dir)
		return false;
	for (struct dirent *entry; (entry = readdir(dir));) {
		struct stuck_process process = {0}, *more;
		pid_t pid = atoi(entry->d_name);
		if (pid <= 0 || !read_process(&process, pid))
			continue;
		more = stuck_append(s->processes, &s->process_count, sizeof(process));
		if (!more)
			break;
		s->processes = more;
		more[s->process_count - 1] = process;
	}
	closedir(dir);
	return s->process_count;
}

void
stuck_world_release(struct stuck *s)
{
	for (size_t i = 0; i < s->process_count; i++) {
		struct stuck_process *p = &s->processes[i];
		for (size_t j = 0; j < p->fd_count; j++)
			free(p->fds[j].path);
		free(p->fds);
		free(p->maps);
	}
	free(s->processes);
}

struct stuck_process *
stuck_find(const struct stuck *s, pid_t pid)
{
	for (size_t i = 0; i < s->process_count; i++)
		if (s->processes[i].pid == pid)
			return &s->processes[i];
	return NULL;
}

/* What a descriptor is, by the text of its link; kind 0: closed, '?': may not be seen. */
struct stuck_fd
stuck_fd_of(pid_t pid, int fd)
{
	char path[48], target[PATH_MAX];
	struct stuck_fd is = {.fd = fd};

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", pid, fd);
	ssize_t n = readlink(path, target, sizeof(target) - 1);
	if (n < 0) {
		is.kind = errno == EACCES || errno == EPERM ? '?' : '\0';
		return is;
	}
	target[n] = '\0';
	if (sscanf(target, "pipe:[%lu]", &is.inode) == 1)
		is.kind = 'p';
	else if (sscanf(target, "socket:[%lu]", &is.inode) == 1)
		is.kind = 's';
	else
		is.kind = strncmp(target, "anon_inode:", 11) ? 'f' : 'a';
	if (is.kind == 'f' || is.kind == 'a')
		is.path = strdup(target);
	return is;
}

/* A file's device and inode, once. It follows the link to the open file, and opens nothing. */
bool
stuck_fd_stat(pid_t pid, struct stuck_fd *fd)
{
	char path[48];
	struct stat st;

	if (fd->kind == 'f' && !fd->inode) {
		snprintf(path, sizeof(path), "/proc/%d/fd/%d", pid, fd->fd);
		if (stat(path, &st))
			return false;
		fd->inode = st.st_ino;
		fd->device = st.st_dev;
	}
	return fd->inode;
}

void
stuck_fds_read(struct stuck_process *p)
{
	char path[32];

	if (p->fds_read || p->state == 'Z')
		return;
	p->fds_read = true;
	snprintf(path, sizeof(path), "/proc/%d/fd", p->pid);
	DIR *dir = opendir(path);
	p->fds_hidden = !dir && errno != ENOENT && errno != ESRCH;
	for (struct dirent *entry; dir && (entry = readdir(dir));) {
		if (entry->d_name[0] == '.')
			continue;
		struct stuck_fd fd = stuck_fd_of(p->pid, atoi(entry->d_name));
		struct stuck_fd *more = fd.kind && fd.kind != '?'
					    ? stuck_append(p->fds, &p->fd_count, sizeof(fd))
					    : NULL;
		p->fds_hidden |= fd.kind == '?';
		if (!more) {
			free(fd.path);
			continue;
		}
		p->fds = more;
		more[p->fd_count - 1] = fd;
	}
	if (dir)
		closedir(dir);
}

/* Its maps; NULL: they may not be seen, or it is gone. */
const char *
stuck_maps(struct stuck_process *p)
{
	if (!p->maps && !p->maps_hidden && p->state != 'Z') {
		p->maps = stuck_slurp(NULL, "/proc/%d/maps", p->pid);
		p->maps_hidden = !p->maps && (errno == EACCES || errno == EPERM);
	}
	return p->maps;
}

char *
stuck_fdinfo(pid_t pid, int fd)
{
	return stuck_slurp(NULL, "/proc/%d/fdinfo/%d", pid, fd);
}

static bool
is_ancestor(const struct stuck *s, pid_t old, const struct stuck_process *young)
{
	for (int depth = 0; young && young->parent > 1 && depth < 256; depth++) {
		if (young->parent == old)
			return true;
		young = stuck_find(s, young->parent);
	}
	return false;
}

/*
 * May that process, whose descriptors and memory are hidden from us, have what is mine?
 * What no exec hands on: only a copy of the same program, or what descends from us. What an
 * exec does hand on: an ancestor, too, and the neighbours in a shell's pipeline; but not in a
 * closed world, whose first process was given no end of a pipe whose other end is hidden.
 */
bool
stuck_may_hide(const struct stuck *s, const struct stuck_process *other,
    const struct stuck_process *mine, bool inherited)
{
	if (other->state == 'Z' || other == mine)
		return false;
	if (other->asked || other->looked || is_ancestor(s, mine->pid, other))
		return true;
	if (s->closed)
		return false;
	bool near = other->session == mine->session || is_ancestor(s, other->pid, mine);
	return near && (inherited || !strcmp(other->name, mine->name));
}
