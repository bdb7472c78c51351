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

#include "object.h"

//{
#define FEW 8 /* and no more: they are looked through, without slots */

struct table *
mp__table_new(struct arena *arena, enum mp_kind kind)
{
	struct table *t = new_value(arena, kind, sizeof(*t));

	if (!t)
		return NULL;
	atomic_init(&t->hash, 0);
	t->live = t->size = t->slots = 0;
	t->room = sizeof(t->few) / sizeof(t->few[0]);
	t->entries = t->few;
	t->slot = NULL;
	return t;
}

static void
enter_slot(uint32_t *slot, size_t slots, uint64_t hash, size_t entry)
{
	size_t i = hash & (slots - 1);

	while (slot[i])
		i = (i + 1) & (slots - 1);
	slot[i] = (uint32_t)(entry + 1);
}

/* The hash is that of the key: is it the key? */
static int
is_key(const struct entry *entry, const struct mp_value *key, size_t *left)
{
	if (entry->key == key)
		return 1;
	struct compare c = {.left = left ? *left : SIZE_MAX, .keys = true};
	int equal = mp__equal(&c, entry->key, (struct mp_value *)(uintptr_t)key);
	mp__seen_release(&c.same);
	if (left)
		*left = c.left;
	return equal;
}

/* 1 and *at, 0 there is none, or an error. The hash has 64 bits that nobody can guess: it
 * nearly always decides. */
static inline int
find(const struct table *t, const struct mp_value *key, uint64_t hash, size_t *left,
    struct entry **at)
{
	struct entry *entry = t->entries;
	int found = 0;

	for (size_t i = 0; t->slots == 0 && i < t->size; i++, entry++)
		if (entry->hash == hash && entry->key && (found = is_key(entry, key, left)))
			break;
	for (size_t i = hash; t->slots && t->slot[i & (t->slots - 1)]; i++) {
		entry = &t->entries[t->slot[i & (t->slots - 1)] - 1];
		if (entry->hash == hash && entry->key && (found = is_key(entry, key, left)))
			break;
	}
	*at = entry;
	return found;
}

int
mp__table_find(
    const struct table *t, const struct mp_value *key, size_t *left, struct entry **entry)
{
	uint64_t hash;
	int error = key ? hash_key(key, &hash) : -EINVAL;

	return error ? error : find(t, key, hash, left, entry);
}

/* All entries are in use: move those that have a key into twice the room that they need. */
static int
grow(struct table *t)
{
	size_t room = t->live < FEW / 2 ? FEW : t->live * 2, size = 0;
	size_t slots = room <= FEW ? 0 : 16;
	struct entry *entries = NULL;
	uint32_t *slot = NULL;

	while (slots && slots < room * 2)
		slots *= 2;
	if (room < UINT32_MAX / 4)
		entries = reallocarray(NULL, room, sizeof(*entries));
	if (!entries || (slots && !(slot = calloc(slots, sizeof(*slot))))) {
		free(entries);
		return -ENOMEM;
	}
	for (size_t i = 0; i < t->size; i++)
		if (t->entries[i].key) {
			entries[size] = t->entries[i];
			if (slots)
				enter_slot(slot, slots, entries[size].hash, size);
			size++;
		}
	if (t->entries != t->few)
		free(t->entries);
	free(t->slot);
	t->entries = entries;
	t->slot = slot;
	t->slots = slots;
	t->size = size;
	t->room = room;
	return 0;
}

int
mp__table_put(struct table *t, struct mp_value *key, struct mp_value *value, size_t *left,
    struct mp_value *rest[2])
{
	struct entry *entry = NULL;
	uint64_t hash;
	int found = hash_key(key, &hash);

	rest[0] = key;
	rest[1] = value;
	if (!found)
		found = find(t, key, hash, left, &entry);
	if (found > 0) { /* the old key stays, the old value goes */
		rest[1] = entry->value;
		entry->value = value;
		found = 0;
	} else if (!found && !(t->size == t->room && (found = grow(t)))) {
		if (t->slots)
			enter_slot(t->slot, t->slots, hash, t->size);
		t->entries[t->size++] = (struct entry){hash, key, value};
		t->live++;
		rest[0] = rest[1] = NULL;
	}
	return found;
}

static int
put(struct mp_value *whole, struct mp_value *key, struct mp_value *value)
{
	struct mp_value *rest[2];
	int error = mp__table_put((struct table *)whole, key, value, NULL, rest);

	mp__let_go(rest, 2);
	return error;
}

static int
take_out(struct table *t, const struct mp_value *key)
{
	struct entry *entry = NULL;
	int found = mp__table_find(t, key, NULL, &entry);

	if (found <= 0)
		return found ? found : MP_NO_KEY;
	struct mp_value *go[2] = {entry->key, entry->value};
	entry->key = entry->value = NULL;
	t->live--;
	mp__let_go(go, 2);
	return 0;
}

static bool
next(const struct table *t, size_t *place, struct mp_value **key, struct mp_value **v)
{
	while (*place < t->size) {
		const struct entry *entry = &t->entries[(*place)++];
		if (!entry->key)
			continue;
		if (key)
			*key = entry->key;
		if (v)
			*v = entry->value;
		return true;
	}
	return false;
}

static bool
is_set(const struct mp_value *v)
{
	return mp_value_kind(v) == MP_SET || mp_value_kind(v) == MP_FROZENSET;
}
//}

int
mp_dict_set(struct mp_value *dict, struct mp_value *key, struct mp_value *v)
{
	/* pickle.2: put the pair, or the value in the place of an equal key's. */
	//{
	int error = !key || !v ? -ENOMEM : mp_value_kind(dict) != MP_DICT ? MP_KIND : 0;

	if (error) {
		mp__let_go((struct mp_value *[]){key, v}, 2);
		return error;
	}
	mp__joins(dict, key);
	mp__joins(dict, v);
	return put(dict, key, v);
	//}
}

struct mp_value *
mp_dict_get(const struct mp_value *dict, const struct mp_value *key)
{
	/* pickle.2 */
	//{
	struct entry *entry = NULL;

	if (mp_value_kind(dict) != MP_DICT ||
	    mp__table_find((const struct table *)dict, key, NULL, &entry) <= 0)
		return NULL;
	return entry->value;
	//}
}

struct mp_value *
mp_dict_at(const struct mp_value *dict, const char *key)
{
	/* pickle.2 */
	//{
	struct mp_value *text = mp_str(key);
	struct mp_value *v = mp_dict_get(dict, text);

	mp_value_free(text);
	return v;
	//}
}

int
mp_dict_remove(struct mp_value *dict, const struct mp_value *key)
{
	/* pickle.2 */
	//{
	return mp_value_kind(dict) == MP_DICT ? take_out((struct table *)dict, key) : MP_KIND;
	//}
}

int
mp_set_remove(struct mp_value *set, const struct mp_value *v)
{
	/* pickle.2 */
	//{
	return mp_value_kind(set) == MP_SET ? take_out((struct table *)set, v) : MP_KIND;
	//}
}

int
mp_set_add(struct mp_value *set, struct mp_value *v)
{
	/* pickle.2 */
	//{
	int error = !v ? -ENOMEM : mp_value_kind(set) != MP_SET ? MP_KIND : 0;

	if (error) {
		mp_value_free(v);
		return error;
	}
	mp__joins(set, v);
	return put(set, v, NULL);
	//}
}

bool
mp_set_has(const struct mp_value *set, const struct mp_value *v)
{
	/* pickle.2 */
	//{
	struct entry *entry = NULL;

	return is_set(set) && mp__table_find((const struct table *)set, v, NULL, &entry) > 0;
	//}
}

bool
mp_dict_next(const struct mp_value *dict, size_t *place, struct mp_value **key, struct mp_value **v)
{
	/* pickle.2: the entry at *place or behind it. */
	//{
	return mp_value_kind(dict) == MP_DICT && next((const struct table *)dict, place, key, v);
	//}
}

bool
mp_set_next(const struct mp_value *set, size_t *place, struct mp_value **v)
{
	/* pickle.2 */
	//{
	return is_set(set) && next((const struct table *)set, place, v, NULL);
	//}
}
