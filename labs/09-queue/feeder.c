/* SPDX-License-Identifier: MIT */
/*
 * The feeder: a thread that moves what waits in this process into the ring.
 *
 * It is started when something must wait, and ends when nothing waits any more: so most
 * processes never have one, and nobody needs to stop it. It has a reference of its own: who
 * frees a queue does not lose what waits in it.
 *
 * A fork copies what waits, but not the thread. The parent's feeder still moves it, so the
 * child forgets it: else every message would come twice. All mutexes are held at the fork, so
 * none is copied in the middle of something.
 *
 * Handout: labs/09-queue/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <mp/reap.h>
#include <mp/todo.h>

#include "object.h"

size_t
mp_queue_waiting(const struct mp_queue *q)
{
	/* queue.4: what put has taken and the feeder has not moved. */
	mp_todo("queue.4");
}

void
mp_queue_close(struct mp_queue *q)
{
	/* queue.5: for this process. The feeder goes on until nothing waits. */
	mp_todo("queue.5");
}

int
mp_queue_join_thread(struct mp_queue *q, double timeout)
{
	/* queue.5: only after close: or somebody could put something behind what is waited for. */
	mp_todo("queue.5");
}

void
mp_queue_cancel_join_thread(struct mp_queue *q)
{
	/* queue.5: the exit order will not wait for this one. */
	mp_todo("queue.5");
}
