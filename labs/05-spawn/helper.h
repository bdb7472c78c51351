/* SPDX-License-Identifier: MIT */
#ifndef SPAWN_HELPER_H
#define SPAWN_HELPER_H
/*
 * A helper: a process that serves this program until the last one has closed its end of a
 * descriptor. The tracker is one, the forkserver another. Given, for the files of this stage
 * only.
 *
 * A helper is a child of whoever started it, but not in the family: nobody joins it, and at
 * the exit it is let go when all children have gone. Everybody else who has the descriptor
 * (by fork, or handed over) uses it in the same way.
 *
 * Invariants: fields change under the helpers' lock, which no fork finds held.
 */
#include <sys/types.h>

struct helper {
	int fd; /* our end; -1: there is no helper, or not yet */
	/* only where it was started */
	pid_t owner;
	pid_t pid;
	int pidfd;
};

#define NO_HELPER                                                                                  \
	{                                                                                          \
		.fd = -1, .pidfd = -1                                                              \
	}

void helpers_lock(void);
void helpers_unlock(void);

/* Hold the lock: there is a new one, started by this process. The descriptors are owned. */
void helper_begin(struct helper *helper, int fd, pid_t pid, int pidfd);

/* Hold the lock: it has died: forget it, and reap it, if it was ours. */
void helper_bury(struct helper *helper);

/*
 * Close our end; if it is ours, wait for its end, timeout seconds at most.
 *
 * Returns its exit code, -S if signal S ended it, 0 if it is not ours; MP_TIMEOUT
 */
int helper_stop(struct helper *helper, double timeout);

#endif
