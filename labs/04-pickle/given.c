/* SPDX-License-Identifier: MIT */
/*
 * What the stage gives: a buffer, a map from addresses, the register of classes, and the
 * names that changed between Python 2 and 3. See given.h.
 */
#include <errno.h>

#include "given.h"

/* --- buffer ------------------------------------------------------------------------------ */

bool
mp__buffer_grow(struct buffer *b, size_t n)
{
	size_t room = b->room ? b->room * 2 : 512;

	if (b->failed || n > SIZE_MAX / 4 || room > SIZE_MAX / 2)
		goto failed;
	while (room - b->size < n)
		room *= 2;
	char *data = realloc(b->data, room);
	if (!data)
		goto failed;
	b->data = data;
	b->room = room;
	return true;
failed:
	b->failed = true;
	return false;
}

/* --- addresses ----------------------------------------------------------------------------- */

/* The slot of a key, or the free one where it belongs. There is always a free one. */
static inline struct seen_slot *
slot_of(const struct seen *seen, const void *key)
{
	/* Addresses are multiples of 16; a multiplication moves what differs to the top. */
	uint64_t mixed = ((uintptr_t)key >> 4) * UINT64_C(0x9E3779B97F4A7C15);

	for (size_t i = mixed >> 20;; i++) {
		struct seen_slot *slot = &seen->slots[i & (seen->room - 1)];
		if (!slot->key || slot->key == key)
			return slot;
	}
}

static bool
seen_grow(struct seen *seen)
{
	struct seen larger = {.used = seen->used, .room = seen->room ? seen->room * 2 : 16};

	if (!(larger.slots = calloc(larger.room, sizeof(*larger.slots))))
		return false;
	for (size_t i = 0; i < seen->room; i++)
		if (seen->slots[i].key)
			*slot_of(&larger, seen->slots[i].key) = seen->slots[i];
	free(seen->slots);
	*seen = larger;
	return true;
}

uintptr_t *
mp__seen_find(const struct seen *seen, const void *key)
{
	struct seen_slot *slot = seen->room ? slot_of(seen, key) : NULL;

	return slot && slot->key ? &slot->word : NULL;
}

uintptr_t *
mp__seen_place(struct seen *seen, const void *key)
{
	if (seen->used * 2 >= seen->room && !seen_grow(seen))
		return NULL;
	struct seen_slot *slot = slot_of(seen, key);
	if (!slot->key) {
		*slot = (struct seen_slot){key, 0};
		seen->used++;
	}
	return &slot->word;
}

void
mp__seen_release(struct seen *seen)
{
	free(seen->slots);
	*seen = (struct seen){0};
}

/* --- classes --------------------------------------------------------------------------------- */

static struct mp_class_entry *classes;

/* By constructors, before main: there is one thread. */
void
mp__class_register(struct mp_class_entry *entry)
{
	entry->next = classes;
	classes = entry;
}

const struct mp_class *
mp__class_find(const char *name)
{
	for (struct mp_class_entry *entry = classes; entry; entry = entry->next)
		if (!strcmp(entry->class->name, name))
			return entry->class;
	return NULL;
}

/* --- names of Python 2 ------------------------------------------------------------------------- */

void
mp__modern_name(const char **module, const char **name)
{
	/* What moved by itself, and then whole modules (name NULL). */
	static const struct {
		const char *module, *name, *modern_module, *modern_name;
	} table[] = {{"__builtin__", "xrange", "builtins", "range"},
	    {"__builtin__", "unicode", "builtins", "str"},
	    {"__builtin__", "long", "builtins", "int"},
	    {"__builtin__", "unichr", "builtins", "chr"},
	    {"__builtin__", "reduce", "functools", "reduce"},
	    {"itertools", "izip", "builtins", "zip"}, {"itertools", "imap", "builtins", "map"},
	    {"itertools", "ifilter", "builtins", "filter"}, {"__builtin__", NULL, "builtins", NULL},
	    {"exceptions", NULL, "builtins", NULL}, {"copy_reg", NULL, "copyreg", NULL},
	    {"Queue", NULL, "queue", NULL}, {"thread", NULL, "_thread", NULL}};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (!strcmp(*module, table[i].module) &&
		    (!table[i].name || !strcmp(*name, table[i].name))) {
			*module = table[i].modern_module;
			if (table[i].name)
				*name = table[i].modern_name;
			return;
		}
}
