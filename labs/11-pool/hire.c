/* SPDX-License-Identifier: MIT */
/*
 * Birth and death of workers.
 *
 * A worker is a daemonic process with two pipes and a pidfd. When it dies, everything that it
 * could still say is in the pipe and on its desk: that is heard first. What is in its hand
 * then was lost with it, if it had begun; and is somebody else's, if not.
 *
 * Invariants: only the supervisor comes here, so the signal that workers get when the thread
 * that forked them ends is never sent while they are needed. Handout: labs/11-pool/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mp/io.h>
#include <mp/reap.h>
#include <mp/todo.h>

#include "parts.h"

int
mp__pool_hire(struct mp_pool *pool, struct worker *w)
{
	/*
	 * pool.1: start a worker and listen to it. The caller holds the lock; let it go while
	 * the process is made. Nothing is left behind when it could not be.
	 */
	mp_todo("pool.1");
}

void
mp__pool_bury(struct mp_pool *pool, struct worker *w)
{
	/*
	 * pool.6: a worker has died. Hear its last words, then see to what was in its hand, and
	 * to its place. Did it die before it was ready? Then something may be wrong with all.
	 */
	mp_todo("pool.6");
}
