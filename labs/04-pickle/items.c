/* SPDX-License-Identifier: MIT */
/*
 * Tuples and lists, and the builders that take any number of parts.
 *
 * A tuple is one piece of memory, since it never changes; a list's items are apart, and grow.
 *
 * Handout: labs/04-pickle/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>

#include <mp/items.h>
#include <mp/todo.h>

#include "object.h"

const char mp__end = 0;

struct mp_value *
mp__tuple(struct mp_value **parts)
{
	/* pickle.1: of the parts before the end (mp__end); one is NULL: free the others, NULL. */
	mp_todo("pickle.1");
}

struct mp_value *
mp__list(struct mp_value **parts)
{
	mp_todo("pickle.1");
}

struct mp_value *
mp__dict(struct mp_value **parts)
{
	/* pickle.2: key, value, key, value, end. What is no key: EINVAL, and nothing is left. */
	mp_todo("pickle.2");
}

struct mp_value *
mp__set(struct mp_value **parts)
{
	mp_todo("pickle.2");
}

struct mp_value *
mp__frozenset(struct mp_value **parts)
{
	mp_todo("pickle.2");
}

struct mp_value *
mp_tuple_n(struct mp_value **parts, size_t n)
{
	/* pickle.1: the parts are taken over; no memory: they are freed. */
	mp_todo("pickle.1");
}

struct mp_value *
mp_list_n(struct mp_value **parts, size_t n)
{
	mp_todo("pickle.1");
}

struct mp_value *
mp_value_at(const struct mp_value *v, size_t i)
{
	mp_todo("pickle.1");
}

int
mp_list_append(struct mp_value *list, struct mp_value *v)
{
	/* pickle.1: behind the last one. */
	mp_todo("pickle.1");
}

int
mp_list_insert(struct mp_value *list, size_t i, struct mp_value *v)
{
	/* pickle.1: v is ours from here on, whatever happens. */
	mp_todo("pickle.1");
}

int
mp_list_set(struct mp_value *list, size_t i, struct mp_value *v)
{
	mp_todo("pickle.1");
}

int
mp_list_remove(struct mp_value *list, size_t i)
{
	mp_todo("pickle.1");
}
