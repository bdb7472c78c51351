/* SPDX-License-Identifier: MIT */
#ifndef MP_CONTEXT_H
#define MP_CONTEXT_H
/*
 * The three ways in which a process can be made, and which one is meant.
 *
 * fork        the child is a copy of its parent: all memory, all descriptors
 * spawn       the child is a new program: this one, begun again from main, which is handed
 *             a function, its arguments, and the descriptors that they name
 * forkserver  as spawn, but the new program was begun once, before: a server, which has
 *             one thread and no past, and forks a child for each request
 *
 * A context stands for one of them. Where none is given, the default context is meant, and
 * the first to ask for that has settled it.
 *
 * Invariants: contexts are constants, never freed; the default is settled at most once in a
 * process, except by force. A child's default is the method that it was made by.
 *
 * Example:
 *	#include <mp/context.h>
 *	#include <stdio.h>
 *	int
 *	main(void)
 *	{
 *		if (mp_set_start_method(MP_SPAWN, false))
 *			return 1;
 *		puts(mp_method_name(mp_get_start_method(false))); // spawn
 *		return mp_get_context(MP_DEFAULT) != mp_get_context(MP_SPAWN);
 *	}
 */
#include <mp/error.h>
#include <stdbool.h>

struct mp_context;

enum mp_method { MP_DEFAULT, MP_FORK, MP_SPAWN, MP_FORKSERVER };

/*
 * The context of a method.
 *
 * MP_DEFAULT settles the default, if nobody has yet: on fork.
 * Returns a constant, or NULL for what is no method (ValueError)
 * Safe    between threads yes
 * Python  get_context
 * Tasks   spawn.1
 */
const struct mp_context *mp_get_context(enum mp_method method);

/* The method of a context; of NULL, the default's, which that settles. Tasks spawn.1 */
enum mp_method mp_context_method(const struct mp_context *context);

/*
 * Settle the default.
 *
 * method  with force, MP_DEFAULT unsettles it
 * Returns 0, or
 *   MP_METHOD_SET  it is settled, and force was not asked for  RuntimeError
 *   MP_INVALID     no such method                              ValueError
 * Python  set_start_method
 * Tasks   spawn.1
 */
int mp_set_start_method(enum mp_method method, bool force) MP_MUST_CHECK;

/*
 * The default's method.
 *
 * allow_none  if it is not settled, leave it so and answer MP_DEFAULT (None)
 * Python  get_start_method
 * Tasks   spawn.1
 */
enum mp_method mp_get_start_method(bool allow_none);

/* "fork", "spawn", "forkserver"; NULL for any other. Tasks spawn.1 */
const char *mp_method_name(enum mp_method method);

/* The method of that name; MP_DEFAULT if there is none. Tasks spawn.1 */
enum mp_method mp_method_named(const char *name);

#endif
