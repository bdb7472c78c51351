/* SPDX-License-Identifier: MIT */
/*
 * Values that hold no others: built, counted, asked.
 *
 * None, the bools and the small ints exist once; whoever makes one gets the same. Everything
 * else is one piece of memory. An int of up to 64 bits is a struct number, and never
 * a struct bytes: so equal ints look equal.
 *
 * Handout: labs/04-pickle/README.md
 */
#include <errno.h>
#include <string.h>

#include <mp/value.h>

#include "object.h"

//{
#define SMALLEST (-128)
#define LARGEST	 1023

static struct mp_value none = {.count = IMMORTAL, .kind = MP_NONE};
static struct number truths[2] = {
    {{.count = IMMORTAL, .kind = MP_BOOL}, {0}}, {{.count = IMMORTAL, .kind = MP_BOOL}, {1}}};
static struct number small[LARGEST - SMALLEST + 1];

/* Before main, so that no thread can be too early. */
__attribute__((constructor)) static void
make_small(void)
{
	for (int i = SMALLEST; i <= LARGEST; i++) {
		small[i - SMALLEST].head = (struct mp_value){.count = IMMORTAL, .kind = MP_INT};
		small[i - SMALLEST].whole = i;
	}
}

struct mp_value *
mp__new_int(struct arena *arena, int64_t number)
{
	if (number >= SMALLEST && number <= LARGEST)
		return &small[number - SMALLEST].head;
	struct number *v = new_value(arena, MP_INT, sizeof(*v));
	if (!v)
		return NULL;
	v->whole = number;
	return &v->head;
}

struct mp_value *
mp__new_float(struct arena *arena, double number)
{
	struct number *v = new_value(arena, MP_FLOAT, sizeof(*v));

	if (!v)
		return NULL;
	v->real = number;
	return &v->head;
}

struct mp_value *
mp__new_bytes(struct arena *arena, enum mp_kind kind, const void *data, size_t size)
{
	struct bytes *b = NULL;

	if (size < PTRDIFF_MAX - sizeof(*b))
		b = new_value(arena, kind, sizeof(*b) + size + 1);
	else
		errno = ENOMEM;
	if (!b)
		return NULL;
	atomic_init(&b->hash, 0);
	b->size = size;
	if (size)
		memcpy(b->data, data, size);
	b->data[size] = '\0';
	return &b->head;
}

/*
 * How long is the character at `at`, 0 if it is none? The second byte decides what is too
 * long a form of a smaller number (c0, c1, e0 80, f0 80), and what is beyond 10ffff (f4 90);
 * surrogates (ed a0) are let through.
 */
static size_t
character_length(const unsigned char *at, size_t left)
{
	unsigned char low = 0x80, high = 0xbf;
	size_t length = at[0] < 0xc2   ? 0
			: at[0] < 0xe0 ? 2
			: at[0] < 0xf0 ? 3
			: at[0] < 0xf5 ? 4
				       : 0;

	if (length == 0 || left < length)
		return 0;
	if (at[0] == 0xe0)
		low = 0xa0;
	if (at[0] == 0xf0)
		low = 0x90;
	if (at[0] == 0xf4)
		high = 0x8f;
	if (at[1] < low || at[1] > high)
		return 0;
	for (size_t i = 2; i < length; i++)
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	return length;
}

/* Nearly everything is: eight bytes at a time, and then the last eight once more. */
static inline bool
is_ascii(const char *text, size_t size)
{
	uint64_t eight, all = 0;
	uint32_t four[2] = {0, 0};

	for (size_t i = 0; i + 8 < size; i += 8) {
		memcpy(&eight, text + i, 8);
		all |= eight;
	}
	if (size >= 8) {
		memcpy(&eight, text + size - 8, 8);
		all |= eight;
	} else if (size >= 4) {
		memcpy(&four[0], text, 4);
		memcpy(&four[1], text + size - 4, 4);
		all = four[0] | four[1];
	} else {
		for (size_t i = 0; i < size; i++)
			all |= (unsigned char)text[i];
	}
	return (all & UINT64_C(0x8080808080808080)) == 0;
}

bool
mp__is_utf8(const char *text, size_t size)
{
	const unsigned char *at = (const unsigned char *)text, *end = at + size;

	if (is_ascii(text, size))
		return true;
	while (at < end) {
		size_t length = *at < 0x80 ? 1 : character_length(at, (size_t)(end - at));
		if (length == 0)
			return false;
		at += length;
	}
	return true;
}
//}

struct mp_value *
mp_none(void)
{
	/* pickle.1: there is one None. */
	//{
	return &none;
	//}
}

struct mp_value *
mp_bool(bool truth)
{
	/* pickle.1: and one True, and one False. */
	//{
	return &truths[truth].head;
	//}
}

struct mp_value *
mp_int(int64_t number)
{
	/* pickle.1: an int of up to 64 bits. */
	//{
	return mp__new_int(NULL, number);
	//}
}

struct mp_value *
mp_uint(uint64_t number)
{
	/* pickle.1: above INT64_MAX it needs a ninth byte: the sign. */
	//{
	if (number <= INT64_MAX)
		return mp_int((int64_t)number);
	uint8_t bytes[9];
	for (int i = 0; i < 9; i++)
		bytes[i] = i < 8 ? (uint8_t)(number >> 8 * i) : 0;
	return mp_int_n(bytes, 9);
	//}
}

struct mp_value *
mp_int_n(const void *bytes, size_t size)
{
	/* pickle.1: of any size; but what fits in 64 bits must look as if by mp_int. */
	//{
	const uint8_t *byte = bytes;
	size_t needed = mp__needed(byte, size);

	if (needed > 8) {
		struct mp_value *v = mp__new_bytes(NULL, MP_INT, byte, needed);
		if (v)
			v->big = true;
		return v;
	}
	uint64_t number = needed && byte[needed - 1] & 0x80 ? UINT64_MAX : 0;
	for (size_t i = needed; i-- > 0;)
		number = number << 8 | byte[i];
	return mp_int((int64_t)number);
	//}
}

struct mp_value *
mp_float(double number)
{
	/* pickle.1 */
	//{
	return mp__new_float(NULL, number);
	//}
}

struct mp_value *
mp_str(const char *text)
{
	/* pickle.1 */
	//{
	return mp_str_n(text, strlen(text));
	//}
}

struct mp_value *
mp_str_n(const char *text, size_t size)
{
	/* pickle.1: a copy; and nothing that is no UTF-8 (surrogates, as three bytes, are fine). */
	//{
	if (mp__is_utf8(text, size))
		return mp__new_bytes(NULL, MP_STR, text, size);
	errno = EILSEQ;
	return NULL;
	//}
}

struct mp_value *
mp_bytes(const void *data, size_t size)
{
	/* pickle.1 */
	//{
	return mp__new_bytes(NULL, MP_BYTES, data, size);
	//}
}

struct mp_value *
mp_bytearray(const void *data, size_t size)
{
	/* pickle.1 */
	//{
	return mp__new_bytes(NULL, MP_BYTEARRAY, data, size);
	//}
}

struct mp_value *
mp_value_ref(const struct mp_value *v)
{
	/* pickle.1: one more owner. Who reads a value may count it: const is about its contents. */
	//{
	struct mp_value *own = (struct mp_value *)(uintptr_t)v;

	if (own && count_of(own) < IMMORTAL)
		atomic_fetch_add_explicit(&own->count, 1, memory_order_relaxed);
	return own;
	//}
}

void
mp_value_free(struct mp_value *v)
{
	/* pickle.1: one owner less; the last one takes with it what the value alone held. */
	//{
	if (v)
		mp__let_go(&v, 1);
	//}
}

enum mp_kind
mp_value_kind(const struct mp_value *v)
{
	/* pickle.1: of NULL, MP_NONE. */
	//{
	return v ? v->kind : MP_NONE;
	//}
}

bool
mp_value_truth(const struct mp_value *v)
{
	/* pickle.1: false are None, zeros, and what is empty. */
	//{
	switch (mp_value_kind(v)) {
	case MP_NONE:
		return false;
	case MP_BOOL:
	case MP_INT:
		return v->big || ((const struct number *)v)->whole != 0;
	case MP_FLOAT:
		return ((const struct number *)v)->real != 0;
	case MP_REDUCE:
	case MP_GLOBAL:
	case MP_OBJECT:
		return true;
	default:
		return mp_value_len(v) != 0;
	}
	//}
}

size_t
mp_value_len(const struct mp_value *v)
{
	/* pickle.1 */
	//{
	switch (mp_value_kind(v)) {
	case MP_STR:
	case MP_BYTES:
	case MP_BYTEARRAY:
		return ((const struct bytes *)v)->size;
	case MP_TUPLE:
	case MP_LIST:
		return ((const struct items *)v)->size;
	case MP_DICT:
	case MP_SET:
	case MP_FROZENSET:
		return ((const struct table *)v)->live;
	default:
		return 0;
	}
	//}
}

int
mp_value_int(const struct mp_value *v, int64_t *number)
{
	/* pickle.1: of an int or a bool. */
	//{
	if (!v || (v->kind != MP_INT && v->kind != MP_BOOL))
		return MP_KIND;
	if (v->big)
		return MP_OVERFLOW;
	*number = ((const struct number *)v)->whole;
	return 0;
	//}
}

int
mp_value_float(const struct mp_value *v, double *number)
{
	/* pickle.1: of a float, and of an int, which may be too big for one. */
	//{
	if (v && v->kind == MP_FLOAT) {
		*number = ((const struct number *)v)->real;
		return 0;
	}
	if (!v || (v->kind != MP_INT && v->kind != MP_BOOL))
		return MP_KIND;
	if (v->big)
		return mp__big_to_real((const struct bytes *)v, number);
	*number = (double)((const struct number *)v)->whole;
	return 0;
	//}
}

const char *
mp_value_str(const struct mp_value *v)
{
	/* pickle.1 */
	//{
	return v && v->kind == MP_STR ? ((const struct bytes *)v)->data : NULL;
	//}
}

const void *
mp_value_bytes(const struct mp_value *v)
{
	/* pickle.1 */
	//{
	if (!v || (v->kind != MP_BYTES && v->kind != MP_BYTEARRAY))
		return NULL;
	return ((const struct bytes *)v)->data;
	//}
}
