/* SPDX-License-Identifier: MIT */
/*
 * Waiting on a futex: which memory it is in, and who has that memory.
 *
 * The kernel knows no owner: a word may be anything. Where its surroundings look like an
 * object of glibc's (sync.c), or libmp has said what it is (registry.c), there may be one;
 * else everybody who has the memory may come and wake.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <linux/futex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "stuck/look.h"
#include "stuck/registry.h"

struct mapping {
	uint64_t start, end, offset;
	bool shared;
	unsigned long inode;
	char device[16], path[PATH_MAX];
};

/* One line of maps; where the next begins, NULL: there was none. */
static const char *
read_mapping(const char *line, struct mapping *m)
{
	char flags[8];
	int n = 0;

	m->path[0] = '\0';
	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s %" SCNx64 " %15s %lu%n", &m->start, &m->end,
		flags, &m->offset, m->device, &m->inode, &n) != 6)
		return NULL;
	const char *end = strchr(line, '\n'), *path = line + n + strspn(line + n, " ");
	m->shared = flags[3] == 's';
	if (end && path < end)
		snprintf(m->path, sizeof(m->path), "%.*s", (int)(end - path), path);
	return end ? end + 1 : line + strlen(line);
}

static bool
find_word(struct stuck_process *p, struct stuck_word *word, bool private)
{
	struct mapping m;

	for (const char *at = stuck_maps(p); at && *at && (at = read_mapping(at, &m));) {
		if (word->address < m.start || word->address >= m.end)
			continue;
		word->mapped = m.shared;
		word->shared = m.shared && !private;
		word->inode = m.inode;
		memcpy(word->device, m.device, sizeof(word->device));
		memcpy(word->path, m.path, sizeof(word->path));
		word->start = m.start;
		word->offset = m.offset;
		return true;
	}
	return false;
}

/* Mapped, or open and not yet mapped. */
static bool
has_memory(struct stuck_process *p, const struct stuck_word *word)
{
	struct mapping m;

	for (const char *at = stuck_maps(p); at && *at && (at = read_mapping(at, &m));)
		if (m.shared && m.inode == word->inode && !strcmp(m.device, word->device))
			return true;
	stuck_fds_read(p);
	for (size_t i = 0; i < p->fd_count; i++)
		if (p->fds[i].kind == 'f' && !strcmp(p->fds[i].path, word->path) &&
		    stuck_fd_stat(p->pid, &p->fds[i]) && p->fds[i].inode == word->inode)
			return true;
	return false;
}

static bool
has_name(const struct stuck_word *word)
{
	size_t n = strlen(word->path);

	if (!strncmp(word->path, "/SYSV", 5))
		return true; /* anybody may attach it by its number */
	return word->path[0] == '/' && strncmp(word->path, "/memfd:", 7) &&
	       (n < 10 || strcmp(word->path + n - 10, " (deleted)"));
}

void
stuck_sharers(
    struct stuck *s, struct stuck_task *task, struct stuck_way *way, const struct stuck_word *word)
{
	if (!word->shared) {
		stuck_way_by(way, task->process->pid, 0);
		return;
	}
	for (size_t i = 0; i < s->process_count; i++) {
		struct stuck_process *p = &s->processes[i];
		if (has_memory(p, word))
			stuck_way_by(way, p->pid, 0);
		else if (p->maps_hidden && stuck_may_hide(s, p, task->process, false))
			way->unseen = true;
	}
	if (!has_name(word))
		return;
	if (s->closed)
		stuck_way_by_tree(s, way);
	else
		way->need = STUCK_OUTSIDE; /* whoever knows the name may come */
}

static bool
has_task(const struct stuck_task *waiter, pid_t pid, pid_t ns_tid, struct stuck_freer *owner)
{
	char path[48];
	pid_t *ids;
	bool found = false;
	struct stuck_task task = {0};

	if (waiter->tid == waiter->ns_tid) {
		snprintf(path, sizeof(path), "/proc/%d/task/%d", pid, ns_tid);
		if (access(path, F_OK) || !stuck_task_read(&task, pid, ns_tid) || task.state == 'Z')
			return false;
		*owner = (struct stuck_freer){pid, ns_tid};
		return true;
	}
	/* In another namespace: the words have its numbers. */
	size_t n = stuck_task_ids(pid, &ids);
	for (size_t i = 0; i < n && !found; i++)
		if (stuck_task_read(&task, pid, ids[i]) && task.ns_tid == ns_tid &&
		    task.state != 'Z') {
			*owner = (struct stuck_freer){pid, ids[i]};
			found = true;
		}
	free(ids);
	return found;
}

/* The living task of that number among those who have the memory. */
bool
stuck_owner(struct stuck *s, const struct stuck_task *task, const struct stuck_word *word,
    pid_t ns_tid, struct stuck_freer *owner)
{
	if (has_task(task, task->process->pid, ns_tid, owner))
		return true;
	for (size_t i = 0; word->mapped && i < s->process_count; i++) {
		struct stuck_process *p = &s->processes[i];
		if (p != task->process && has_memory(p, word) &&
		    has_task(task, p->pid, ns_tid, owner))
			return true;
	}
	return false;
}

static void
bare(struct stuck *s, struct stuck_task *task, const struct stuck_word *word)
{
	stuck_does(task, "waits on");
	struct stuck_way *way = stuck_way(task, STUCK_ANY, "futex", "a futex");

	snprintf(way->object, sizeof(way->object), "futex %s:%lu+%" PRIx64, word->device,
	    word->inode, word->address - word->start + word->offset);
	way->one = "has its memory";
	way->many = "have its memory";
	stuck_sharers(s, task, way, word);
}

static void
timed(struct stuck_task *task)
{
	stuck_does(task, "waits with a timeout");
	(void)stuck_way(task, STUCK_OUTSIDE, "time", "%s", "");
}

/* Any of those who could wake it there. */
static void
at_word(struct stuck *s, struct stuck_task *task, uint64_t address, uint32_t expected, bool private)
{
	static _Thread_local struct stuck_word word;

	word = (struct stuck_word){.address = address, .expected = expected};
	if (!find_word(task->process, &word, private) ||
	    !stuck_peek(task->process->pid, word.address, &word.value, sizeof(word.value))) {
		stuck_does(task, "waits on");
		stuck_way(task, STUCK_ANY, "unseen", "a futex that we may not see")->unseen = true;
		return;
	}
	if (stuck_registry(s, task, &word))
		return;
	if (task->args[3])
		timed(task);
	else if (!stuck_sync(s, task, &word))
		bare(s, task, &word);
}

void
stuck_futex(struct stuck *s, struct stuck_task *task)
{
	int operation = (int)task->args[1], command = operation & FUTEX_CMD_MASK;
	bool waits = command == FUTEX_WAIT || command == FUTEX_WAIT_BITSET ||
		     command == FUTEX_LOCK_PI || command == 13 /* FUTEX_LOCK_PI2 */;

	bool watches = command == FUTEX_WAIT_BITSET && task->args[5] == STUCK_WATCH;

	if (waits && (!task->args[3] || watches)) {
		at_word(s, task, task->args[0], (uint32_t)task->args[2],
		    operation & FUTEX_PRIVATE_FLAG);
		return;
	}
	if (waits) {
		timed(task);
		return;
	}
	stuck_does(task, "waits in futex");
	(void)stuck_way(task, STUCK_OUTSIDE, "unknown", "%s", "");
}

/* Several words of one object are one way. */
static void
drop_twins(struct stuck_task *task)
{
	size_t last = task->way_count - 1;

	for (size_t i = 0; i < last; i++)
		if (*task->ways[i].object &&
		    !strcmp(task->ways[i].object, task->ways[last].object)) {
			free(task->ways[last].freers);
			task->way_count = last;
			return;
		}
}

/* Asleep at many words: whoever wakes it at one of them. */
void
stuck_futex_waitv(struct stuck *s, struct stuck_task *task)
{
	struct futex_waitv words[FUTEX_WAITV_MAX];
	uint64_t n = task->args[1];

	if (task->args[3] || n > FUTEX_WAITV_MAX ||
	    !stuck_peek(task->process->pid, task->args[0], words, n * sizeof(words[0]))) {
		stuck_does(task, task->args[3] ? "waits with a timeout" : "waits in futex_waitv");
		(void)stuck_way(task, STUCK_OUTSIDE, task->args[3] ? "time" : "unknown", "%s", "");
		return;
	}
	for (uint64_t i = 0; i < n; i++) {
		at_word(s, task, words[i].uaddr, (uint32_t)words[i].val,
		    words[i].flags & FUTEX_PRIVATE_FLAG);
		if (task->way_count)
			drop_twins(task);
	}
}
