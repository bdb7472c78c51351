/* SPDX-License-Identifier: MIT */
/*
 * The objects of glibc (2.26 and later, 64 bits) around a futex: mutexes of all kinds, a
 * thread that is joined, semaphores, conditions, barriers.
 *
 * Only of a mutex and a thread is somebody in particular awaited. That a mutex's owner is
 * dead is believed only when all its forty bytes look like one. What the others are called
 * decides nothing: whoever has their memory could free.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <linux/futex.h>
#include <stdio.h>
#include <string.h>

#include "stuck/look.h"

/* As <bits/struct_mutex.h> and <bits/thread-shared-types.h> have them. */
struct mutex {
	uint32_t word, count, owner, users, kind, spins;
	uint64_t previous, next;
};
enum { KIND_TYPE = 3, KIND_ROBUST = 16, KIND_PI = 32, KIND_SHARED = 128, KIND_ELISION = 768 };

struct condition {
	uint64_t sequence, first;
	uint32_t references[2], size[2], first_size, waiters, signals[2];
};

struct barrier {
	uint32_t in, round, count, shared, out;
};

static void
name(struct stuck_way *way, const char *what, const struct stuck_word *word)
{
	snprintf(way->object, sizeof(way->object), "%s %s:%lu+%" PRIx64, what, word->device,
	    word->inode, word->address - word->start + word->offset);
}

/* Held by the task of that number. */
static void
held(struct stuck *s, struct stuck_task *task, const struct stuck_word *word, const char *kind,
    pid_t ns_tid)
{
	struct stuck_freer owner = {0};
	bool alive = stuck_owner(s, task, word, ns_tid, &owner);
	struct stuck_way *way;

	stuck_does(task, "locks");
	if (alive && owner.pid != task->process->pid && !word->shared) {
		/* Its memory is shared, but its futex is not: another's wake does not reach us. */
		way = stuck_way(task, STUCK_ANY, "mutex",
		    "a %s that is not process-shared (another process holds it, and its unlock "
		    "wakes nobody here)",
		    kind);
		stuck_way_by(way, task->process->pid, 0);
	} else if (alive) {
		way = stuck_way(task, STUCK_ANY, "mutex", "a %s held by @", kind);
		stuck_way_by(way, owner.pid, owner.tid);
	} else {
		way = stuck_way(task, STUCK_ANY, "mutex",
		    "a %s whose holder, %d, is dead: nobody will ever unlock it", kind, ns_tid);
		way->gone = true;
		/* Unless it lives where we may not look. */
		for (size_t i = 0; i < s->process_count; i++)
			if (word->shared && s->processes[i].maps_hidden &&
			    stuck_may_hide(s, &s->processes[i], task->process, false))
				way->unseen = true;
	}
	name(way, "mutex", word);
}

static bool
is_plain_mutex(struct stuck_task *task, const struct stuck_word *word, struct mutex *mutex)
{
	if (word->value != 2 || word->expected != 2 ||
	    !stuck_peek(task->process->pid, word->address, mutex, sizeof(*mutex)))
		return false;
	bool kind = !(mutex->kind & ~(uint32_t)(KIND_TYPE | KIND_SHARED | KIND_ELISION));
	bool shared = !(mutex->kind & KIND_SHARED) == !word->shared || !word->shared;
	bool count = (mutex->kind & KIND_TYPE) == 1 ? mutex->count : !mutex->count;
	return kind && shared && count && mutex->owner && mutex->users == 1 && !mutex->previous &&
	       !mutex->next;
}

static bool
is_robust_mutex(struct stuck_task *task, const struct stuck_word *word, struct mutex *mutex)
{
	return word->value & FUTEX_WAITERS && word->value & FUTEX_TID_MASK &&
	       word->expected & FUTEX_WAITERS &&
	       stuck_peek(task->process->pid, word->address, mutex, sizeof(*mutex)) &&
	       mutex->kind & KIND_ROBUST && !(mutex->kind & ~0x3ffu) && mutex->users <= 1;
}

static bool
mutexes(struct stuck *s, struct stuck_task *task, const struct stuck_word *word)
{
	int command = (int)task->args[1] & FUTEX_CMD_MASK;
	struct mutex mutex = {0};

	if (command == FUTEX_LOCK_PI || command == 13 /* FUTEX_LOCK_PI2 */) {
		held(s, task, word, "mutex", (pid_t)(word->value & FUTEX_TID_MASK));
		if (!(word->value & FUTEX_TID_MASK))
			task->ways[task->way_count - 1].need = STUCK_OUTSIDE;
		return true;
	}
	if (is_robust_mutex(task, word, &mutex))
		held(s, task, word, "robust mutex", (pid_t)(word->value & FUTEX_TID_MASK));
	else if (is_plain_mutex(task, word, &mutex))
		held(s, task, word, "mutex", (pid_t)mutex.owner);
	else
		return false;
	return true;
}

/* pthread_join waits until the kernel clears the number of a thread of its own. */
static bool
thread(struct stuck *s, struct stuck_task *task, const struct stuck_word *word)
{
	struct stuck_freer other;

	if (word->shared || word->value < 2 || word->value != word->expected ||
	    word->value > FUTEX_TID_MASK || (pid_t)word->value == task->ns_tid ||
	    (int)task->args[1] & FUTEX_PRIVATE_FLAG ||
	    !stuck_owner(s, task, word, (pid_t)word->value, &other))
		return false;
	stuck_does(task, "joins");
	struct stuck_way *way = stuck_way(task, STUCK_ANY, "thread", "@");
	snprintf(way->object, sizeof(way->object), "end of thread %d", other.tid);
	stuck_way_by(way, other.pid, other.tid);
	return true;
}

static struct stuck_way *
shared(struct stuck *s, struct stuck_task *task, const struct stuck_word *word, const char *kind,
    const char *noun, const char *could)
{
	struct stuck_way *way = stuck_way(task, STUCK_ANY, kind, "%s", noun);

	name(way, kind, word);
	way->one = way->many = could;
	stuck_sharers(s, task, way, word);
	return way;
}

static bool
condition(struct stuck *s, struct stuck_task *task, const struct stuck_word *word)
{
	int group = word->address & 7 ? 1 : 0;
	uint64_t address =
	    word->address - offsetof(struct condition, signals) - (group ? sizeof(uint32_t) : 0);
	struct condition c = {0};

	if (word->value & 1 || word->address & 3 ||
	    !stuck_peek(task->process->pid, address, &c, sizeof(c)) || c.sequence < 2 ||
	    c.waiters >> 3 == 0 || c.waiters >> 3 > 100000 || c.references[group] < 2 ||
	    c.references[group] >> 1 > c.waiters >> 3 || !(c.waiters & 1) == word->shared)
		return false;
	stuck_does(task, "waits for");
	(void)shared(s, task, word, "condition", "a condition", "could notify it");
	return true;
}

static bool
barrier(struct stuck *s, struct stuck_task *task, const struct stuck_word *word)
{
	struct barrier b = {0};
	char noun[80];

	if (!stuck_peek(task->process->pid, word->address - sizeof(uint32_t), &b, sizeof(b)) ||
	    b.round != word->expected || b.count < 2 || b.count > 100000 ||
	    b.shared != (word->shared ? KIND_SHARED : 0u) || b.in <= b.round ||
	    b.in - b.round >= b.count || b.out > b.in)
		return false;
	snprintf(
	    noun, sizeof(noun), "a barrier to which %u of %u have come", b.in - b.round, b.count);
	stuck_does(task, "waits at");
	(void)shared(s, task, word, "barrier", noun, "could come");
	return true;
}

static bool
semaphore(struct stuck *s, struct stuck_task *task, const struct stuck_word *word)
{
	struct {
		uint32_t value, waiters, shared, padding;
	} sem = {0};

	if (word->expected || word->value ||
	    !stuck_peek(task->process->pid, word->address, &sem, sizeof(sem)) || !sem.waiters ||
	    sem.waiters > 100000 || sem.shared != (word->shared ? KIND_SHARED : 0u))
		return false;
	stuck_does(task, "waits for");
	(void)shared(s, task, word, "semaphore", "a semaphore that is 0", "could post it");
	return true;
}

bool
stuck_sync(struct stuck *s, struct stuck_task *task, const struct stuck_word *word)
{
	return mutexes(s, task, word) || thread(s, task, word) || condition(s, task, word) ||
	       barrier(s, task, word) || semaphore(s, task, word);
}
