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

#include <mp/todo.h>
#include <mp/value.h>

#include "object.h"

struct mp_value *
mp_none(void)
{
	/* pickle.1: there is one None. */
	mp_todo("pickle.1");
}

struct mp_value *
mp_bool(bool truth)
{
	/* pickle.1: and one True, and one False. */
	mp_todo("pickle.1");
}

struct mp_value *
mp_int(int64_t number)
{
	/* pickle.1: an int of up to 64 bits. */
	mp_todo("pickle.1");
}

struct mp_value *
mp_uint(uint64_t number)
{
	/* pickle.1: above INT64_MAX it needs a ninth byte: the sign. */
	mp_todo("pickle.1");
}

struct mp_value *
mp_int_n(const void *bytes, size_t size)
{
	/* pickle.1: of any size; but what fits in 64 bits must look as if by mp_int. */
	mp_todo("pickle.1");
}

struct mp_value *
mp_float(double number)
{
	mp_todo("pickle.1");
}

struct mp_value *
mp_str(const char *text)
{
	mp_todo("pickle.1");
}

struct mp_value *
mp_str_n(const char *text, size_t size)
{
	/* pickle.1: a copy; and nothing that is no UTF-8 (surrogates, as three bytes, are fine). */
	mp_todo("pickle.1");
}

struct mp_value *
mp_bytes(const void *data, size_t size)
{
	mp_todo("pickle.1");
}

struct mp_value *
mp_bytearray(const void *data, size_t size)
{
	mp_todo("pickle.1");
}

struct mp_value *
mp_value_ref(const struct mp_value *v)
{
	/* pickle.1: one more owner. Who reads a value may count it: const is about its contents. */
	mp_todo("pickle.1");
}

void
mp_value_free(struct mp_value *v)
{
	/* pickle.1: one owner less; the last one takes with it what the value alone held. */
	mp_todo("pickle.1");
}

enum mp_kind
mp_value_kind(const struct mp_value *v)
{
	/* pickle.1: of NULL, MP_NONE. */
	mp_todo("pickle.1");
}

bool
mp_value_truth(const struct mp_value *v)
{
	/* pickle.1: false are None, zeros, and what is empty. */
	mp_todo("pickle.1");
}

size_t
mp_value_len(const struct mp_value *v)
{
	mp_todo("pickle.1");
}

int
mp_value_int(const struct mp_value *v, int64_t *number)
{
	/* pickle.1: of an int or a bool. */
	mp_todo("pickle.1");
}

int
mp_value_float(const struct mp_value *v, double *number)
{
	/* pickle.1: of a float, and of an int, which may be too big for one. */
	mp_todo("pickle.1");
}

const char *
mp_value_str(const struct mp_value *v)
{
	mp_todo("pickle.1");
}

const void *
mp_value_bytes(const struct mp_value *v)
{
	mp_todo("pickle.1");
}
