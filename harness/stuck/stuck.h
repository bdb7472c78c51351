/* SPDX-License-Identifier: MIT */
#ifndef STUCK_H
#define STUCK_H
/*
 * Who waits for whom, in live processes: is there a deadlock, and which?
 *
 * A look reads /proc: what each task (thread) of some processes waits for, and who could
 * free it. A wait is an OR over its ways, a way is by ANY of some tasks or needs ALL of them.
 * The deadlock is the greatest set of tasks none of which anybody outside it can free.
 * docs/stuck.md has the meaning of every word here.
 *
 * Invariants: nothing is stopped, attached to, opened or written; no time alone makes a
 * deadlock; what may not be seen frees (and is told), unless nothing at all was seen.
 */
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct stuck;

enum stuck_answer { STUCK_NOTHING = 0, STUCK_DEADLOCK = 1, STUCK_UNSEEN = 3 };

/*
 * Look at these processes, all that descends from them, and whoever could free them.
 *
 * closed  nobody outside will open what has a name, or send a signal: true of a row
 * Returns NULL: no memory, or no /proc. The caller frees
 */
struct stuck *stuck_look(const pid_t *pids, size_t count, bool closed);
void stuck_free(struct stuck *stuck);

/* The second look: whoever has moved since the first, or was not in its set, is free. */
void stuck_settle(struct stuck *now, const struct stuck *before);

enum stuck_answer stuck_answer(const struct stuck *stuck);
/* Is every task of what was asked for in the deadlock? (That there is one is implied.) */
bool stuck_is_total(const struct stuck *stuck);
/* Is every task of that process in it? */
bool stuck_holds(const struct stuck *stuck, pid_t pid);

/* How a process is called: written to name. Without one: python3[4711]. */
typedef void stuck_namer(pid_t pid, char *name, size_t size, void *context);

/*
 * All of it, or only the deadlock: the document of docs/stuck.md. A new reference; NULL: no
 * memory. graph/knot.h draws it.
 */
json_t *
stuck_json(const struct stuck *stuck, bool deadlock_only, stuck_namer *namer, void *context);

/*
 * For a tick: has everything below this process come to a deadlock? Cheap while anything
 * moves: it stops at the first task that does, and takes at most a tenth of the time.
 */
struct stuck_watch {
	int64_t next;	      /* not before this */
	uint64_t print;	      /* of the last quick look */
	unsigned calm;	      /* looks of the same print in a row */
	struct stuck *before; /* found a deadlock; to be confirmed */
};
/* The deadlock, once it is confirmed: the caller frees. NULL: none so far. */
struct stuck *stuck_watch(struct stuck_watch *watch);
void stuck_watch_release(struct stuck_watch *watch);

#endif
