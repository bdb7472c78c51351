/* SPDX-License-Identifier: MIT */
/*
 * What is to be done in a turn of the supervisor's: who has nothing more to do leaves, empty
 * places are filled; or, when the pool is doomed, all is given up.
 *
 * Invariants: all of this in the supervisor, under the pool's lock; only to start a worker it is
 * let go. Handout: labs/11-pool/README.md
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <mp/deadline.h>
#include <mp/todo.h>

#include "parts.h"

void
mp__pool_keep_up(struct mp_pool *pool)
{
	/* pool.6: those who have done their tasks leave, and others come in their place. */
	mp_todo("pool.6");
}

void
mp__pool_give_up(struct mp_pool *pool)
{
	/* pool.7: every task has its error now, every worker has to go. */
	mp_todo("pool.7");
}

void
mp__pool_break(struct mp_pool *pool, const char *format, ...)
{
	/* pool.6: for the first reason only: it explains all others. */
	mp_todo("pool.6");
}
