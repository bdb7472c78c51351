/* SPDX-License-Identifier: MIT */
/*
 * The worker: a process that does what it is told, one task after the other.
 *
 * Orders come in batches, and it works them off without asking the kernel for anything: it
 * accepts a task by a compare-and-swap on its desk, and puts a small answer there, too. It
 * rings (a write; or a futex, for a caller who listens) when it has nothing left to do, or when
 * somebody is attentive, that is asleep. No lock, so none that it could take with it when it dies.
 *
 * Handout: labs/11-pool/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include <mp/io.h>
#include <mp/reap.h>
#include <mp/todo.h>

#include "object.h"

int
mp__pool_work(const struct station *station)
{
	/*
	 * pool.1: settle, initialize, tell that you are ready; then one order after the other,
	 * until one says to leave. Returns the exit code.
	 */
	mp_todo("pool.1");
}
