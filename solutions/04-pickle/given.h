/* SPDX-License-Identifier: MIT */
#ifndef PICKLE_GIVEN_H
#define PICKLE_GIVEN_H
/*
 * What this stage gives you: a buffer that grows, a map from addresses, a keyed hash, the
 * characters that are not printed as they are, and the classes that were registered.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <mp/value.h>

/* Bytes, at the end of which more are put. All zero is empty. Once there was no memory,
 * `failed` stays set, and what is put is lost: look once, at the end. */
struct buffer {
	char *data;
	size_t size, room;
	bool failed;
};

/* Make room for n more bytes; false: there is none. */
bool mp__buffer_grow(struct buffer *b, size_t n);

static inline void
buffer_put(struct buffer *b, const void *data, size_t n)
{
	if (n == 0 || (b->room - b->size < n && !mp__buffer_grow(b, n)))
		return;
	memcpy(b->data + b->size, data, n);
	b->size += n;
}

static inline void
buffer_byte(struct buffer *b, int byte)
{
	if (b->room == b->size && !mp__buffer_grow(b, 1))
		return;
	b->data[b->size++] = (char)byte;
}

/* A map from addresses to words. All zero is empty. */
struct seen {
	struct seen_slot {
		const void *key;
		uintptr_t word;
	} * slots;
	size_t used, room;
};

/* The word of a key; NULL: it is not there. Valid until a key is placed. */
uintptr_t *mp__seen_find(const struct seen *seen, const void *key);

/* The same, but a key that is not there is entered, with 0; NULL: no memory. */
uintptr_t *mp__seen_place(struct seen *seen, const void *key);

void mp__seen_release(struct seen *seen);

/* SipHash-1-3 of bytes, with a key of this process's; `kind` makes equal bytes differ. */
uint64_t mp__hash_bytes(const void *data, size_t size, uint64_t kind);
uint64_t mp__hash_word(uint64_t word, uint64_t kind);

/* Is a character beyond ASCII written as it is? (mp/value.h, mp_value_repr) */
bool mp__printable(uint32_t character);

/* The class that was registered under a name; NULL: none. */
const struct mp_class *mp__class_find(const char *name);

/* The name that Python 3 has for what a pickle of protocol 2 calls *module *name. */
void mp__modern_name(const char **module, const char **name);

#endif
