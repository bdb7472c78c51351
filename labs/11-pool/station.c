/* SPDX-License-Identifier: MIT */
/*
 * What a new worker is given: two ends of pipes, the shared memory, and the initializer.
 *
 * A forked worker gets the very object, and with it all that its parent had. A worker that is
 * a new program gets a value that describes it, and makes its own: the descriptors are
 * inherited, the memory is mapped again, at whatever address, and functions have names.
 *
 * Handout: labs/11-pool/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/mman.h>

#include <mp/internal.h>
#include <mp/io.h>
#include <mp/spawn.h>
#include <mp/todo.h>

#include "parts.h"

int
mp__station_process(struct mp_process **out, const struct station *station,
    const struct mp_process_options *options)
{
	/* pool.1: a process that will work there, by the pool's start method. */
	mp_todo("pool.1");
}
