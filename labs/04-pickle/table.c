/* SPDX-License-Identifier: MIT */
/*
 * Dicts and sets: entries in the order in which they came, and a table of slots to find them.
 *
 * A slot holds the number of an entry; a key's search begins at its hash and goes on to the
 * next slot until a free one. Few entries are simply looked through. An entry that was
 * removed keeps its place, without a key, until the entries need a larger piece of memory.
 *
 * Handout: labs/04-pickle/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>

#include <mp/items.h>
#include <mp/todo.h>

#include "object.h"

int
mp_dict_set(struct mp_value *dict, struct mp_value *key, struct mp_value *v)
{
	/* pickle.2: put the pair, or the value in the place of an equal key's. */
	mp_todo("pickle.2");
}

struct mp_value *
mp_dict_get(const struct mp_value *dict, const struct mp_value *key)
{
	mp_todo("pickle.2");
}

struct mp_value *
mp_dict_at(const struct mp_value *dict, const char *key)
{
	mp_todo("pickle.2");
}

int
mp_dict_remove(struct mp_value *dict, const struct mp_value *key)
{
	mp_todo("pickle.2");
}

int
mp_set_remove(struct mp_value *set, const struct mp_value *v)
{
	mp_todo("pickle.2");
}

int
mp_set_add(struct mp_value *set, struct mp_value *v)
{
	mp_todo("pickle.2");
}

bool
mp_set_has(const struct mp_value *set, const struct mp_value *v)
{
	mp_todo("pickle.2");
}

bool
mp_dict_next(const struct mp_value *dict, size_t *place, struct mp_value **key, struct mp_value **v)
{
	/* pickle.2: the entry at *place or behind it. */
	mp_todo("pickle.2");
}

bool
mp_set_next(const struct mp_value *set, size_t *place, struct mp_value **v)
{
	mp_todo("pickle.2");
}
