/* SPDX-License-Identifier: MIT */
/*
 * Contexts, and which one is the default.
 *
 * A context holds nothing but its method, so three constants are enough. The default is one
 * atomic word: unsettled, or a method; who settles it first has settled it for all threads.
 *
 * Handout: labs/05-spawn/README.md
 */
#define _GNU_SOURCE
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

#include <mp/context.h>
#include <mp/todo.h>

const struct mp_context *
mp_get_context(enum mp_method method)
{
	/* spawn.1: a constant for each method; MP_DEFAULT is settled by being asked for. */
	mp_todo("spawn.1");
}

enum mp_method
mp_context_method(const struct mp_context *context)
{
	/* spawn.1: the method; NULL means the default. */
	mp_todo("spawn.1");
}

int
mp_set_start_method(enum mp_method method, bool force)
{
	/* spawn.1: once, or by force; MP_DEFAULT by force unsettles it. */
	mp_todo("spawn.1");
}

enum mp_method
mp_get_start_method(bool allow_none)
{
	/* spawn.1: to ask is to settle, unless the answer may be "not yet". */
	mp_todo("spawn.1");
}

const char *
mp_method_name(enum mp_method method)
{
	/* spawn.1: as Python calls it. */
	mp_todo("spawn.1");
}

enum mp_method
mp_method_named(const char *name)
{
	/* spawn.1: the other direction. */
	mp_todo("spawn.1");
}
