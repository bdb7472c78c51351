/* SPDX-License-Identifier: MIT */
/*
 * One task, in the worker: find the function, unpack what it is called with, call it, pack what
 * it says.
 *
 * A chunk ends with its first item that fails, as CPython's does: the answer is then the error
 * and its text. Handout: labs/11-pool/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <mp/bytes.h>
#include <mp/internal.h>
#include <mp/pickle.h>
#include <mp/todo.h>

#include "desk.h"

void
mp__task_text_clear(void)
{
	/* pool.5: a new task has no words yet. */
	mp_todo("pool.5");
}

const char *
mp__task_text(int error)
{
	/* pool.5: what mp_task_fail was told, or else the error's own words. */
	mp_todo("pool.5");
}

int
mp_task_fail(const char *format, ...)
{
	/* pool.5: keep the words until the task has returned. */
	mp_todo("pool.5");
}

void
mp__pool_perform(
    char *memory, const struct order *order, const char *rest, struct performance *done)
{
	/* pool.1: by address, or by the name that stands before the rest. */
	mp_todo("pool.1");
}
