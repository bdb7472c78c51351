/* SPDX-License-Identifier: MIT */
/*
 * Watching what is below this process, many times a second, for next to nothing.
 *
 * A quick look reads one line of /proc a task and stops at the first that is not asleep. Only
 * when two quick looks in a row saw the same tasks with the same counters is a whole look
 * taken, and once for each such picture; a deadlock is believed at the second whole look.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <mp/deadline.h>

#include "stuck/look.h"

enum {
	SHARE = 10, /* looks take at most one tenth of the time */
	AGAIN = 32, /* a calm picture is judged anew after so many: others may have let go */
};

static void
mix(uint64_t *print, uint64_t value)
{
	*print = (*print ^ value) * 0x100000001b3ULL;
}

/* Its counters into the print; false: it moves, or may at once. */
static bool
is_asleep(pid_t pid, pid_t tid, uint64_t *print)
{
	struct stuck_task task = {0};

	if (!stuck_task_read(&task, pid, tid))
		return false;
	mix(print, (uint64_t)tid);
	mix(print, task.birth);
	mix(print, (uint64_t)task.state);
	if (task.state == 'Z')
		return true;
	mix(print, task.switches[0]);
	mix(print, task.switches[1]);
	return task.state == 'S';
}

static bool is_calm_below(pid_t parent, pid_t tid, uint64_t *print, unsigned depth);

static bool
is_calm(pid_t pid, uint64_t *print, unsigned depth)
{
	pid_t *ids;
	size_t n = stuck_task_ids(pid, &ids);
	bool calm = n && depth < 256;

	for (size_t i = 0; i < n && calm; i++)
		calm =
		    is_asleep(pid, ids[i], print) && is_calm_below(pid, ids[i], print, depth + 1);
	free(ids);
	return calm;
}

static bool
is_calm_below(pid_t parent, pid_t tid, uint64_t *print, unsigned depth)
{
	char *text = stuck_slurp(NULL, "/proc/%d/task/%d/children", parent, tid), *end;
	bool calm = text;

	for (char *at = text; calm && at; at = end) {
		long pid = strtol(at, &end, 10);
		if (end == at)
			break;
		calm = is_calm((pid_t)pid, print, depth);
	}
	free(text);
	return calm;
}

/* The print of all below us; 0: something moves, or there is nothing. */
static uint64_t
quick_look(void)
{
	uint64_t print = 0xcbf29ce484222325ULL, empty = print;
	pid_t *ids, me = getpid();
	size_t n = stuck_task_ids(me, &ids);
	bool calm = n;

	for (size_t i = 0; i < n && calm; i++)
		calm = is_calm_below(me, ids[i], &print, 0);
	free(ids);
	return calm && print != empty ? print : 0;
}

static struct stuck *
whole_look(void)
{
	pid_t *ids, *pids = NULL, me = getpid();
	size_t n = stuck_task_ids(me, &ids), count = 0;

	for (size_t i = 0; i < n; i++) {
		char *text = stuck_slurp(NULL, "/proc/%d/task/%d/children", me, ids[i]), *end;
		for (char *at = text; at; at = end) {
			long pid = strtol(at, &end, 10);
			pid_t *more = end == at ? NULL : stuck_append(pids, &count, sizeof(*pids));
			if (!more)
				break;
			pids = more;
			more[count - 1] = (pid_t)pid;
		}
		free(text);
	}
	struct stuck *s = count ? stuck_look(pids, count, true) : NULL;
	free(ids);
	free(pids);
	return s;
}

static struct stuck *
judge(struct stuck_watch *watch)
{
	struct stuck *now = whole_look(), *before = watch->before;

	watch->before = NULL;
	if (now && before)
		stuck_settle(now, before);
	if (!now || !stuck_is_total(now)) {
		stuck_free(now);
		now = NULL;
	}
	if (!before)
		watch->before = now;
	stuck_free(before);
	return before ? now : NULL;
}

/* What we have worked so far: on a busy machine the wall says more than it cost. */
static int64_t
work(void)
{
	struct timespec spent = {0};

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
	return (int64_t)spent.tv_sec * 1000000000 + spent.tv_nsec;
}

struct stuck *
stuck_watch(struct stuck_watch *watch)
{
	int64_t began = work();
	struct stuck *found = NULL;

	if (mp_now() < watch->next)
		return NULL;
	uint64_t print = quick_look();
	if (!print || print != watch->print) {
		stuck_free(watch->before);
		watch->before = NULL;
		watch->calm = 0;
	}
	watch->print = print;
	/* The first quick look of a picture, then a whole one, then the whole one again. */
	if (print && watch->calm++ && (watch->calm % AGAIN == 2 || watch->before))
		found = judge(watch);
	watch->next = mp_now() + (work() - began) * (watch->before ? 0 : SHARE);
	return found;
}

void
stuck_watch_release(struct stuck_watch *watch)
{
	stuck_free(watch->before);
	*watch = (struct stuck_watch){0};
}
