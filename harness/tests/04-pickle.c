/* SPDX-License-Identifier: MIT */
/*
 * Rows of 04-pickle: values as bytes. The numbers in comments are CPython's behaviours that a
 * row answers to (docs/behaviours.md).
 *
 * What dumps writes is read by a judge (judge.h) and what loads reads was written by CPython
 * (cpython.h), so that each is tested without the other.
 */
#define _GNU_SOURCE
#include <malloc.h>
#include <math.h>
#include <sys/resource.h>

#include <mp/internal.h>

#include "common.h"
#include "cpython.h"
#include "judge.h"

STAGE("Values, and pickles of them")

#define TIDY .graph = "every child reaped by its parent; no kill after reap; nothing left"

/* --- saying values -------------------------------------------------------------------------- */

/* The repr of a value, which is kept. One of four buffers in turn. */
static const char *
shown(const struct mp_value *v)
{
	static char *texts[4];
	static int turn;
	char *text = NULL;

	OK(mp_value_repr(v, &text));
	free(texts[turn %= 4]);
	return texts[turn++] = text;
}

/* The same, and the value is freed. */
static const char *
show(struct mp_value *v)
{
	TRUE(v, "the value could be built");
	const char *text = shown(v);
	mp_value_free(v);
	return text;
}

/* What dumps makes of it, by the judge; the value is freed. */
static const char *
dumped(struct mp_value *v)
{
	void *data;
	size_t size;

	TRUE(v, "the value could be built");
	OK(mp_pickle_dumps(v, &data, &size, NULL));
	const char *text = judged(data, size);
	free(data);
	mp_value_free(v);
	return text;
}

static struct mp_value *
load(const void *data, size_t size)
{
	struct mp_value *v = NULL;

	OK(mp_pickle_loads(data, size, &v));
	TRUE(v, "loads gives a value");
	return v;
}
#define LOAD(text) load(text, sizeof(text) - 1)

/* loads refuses a literal. */
#define REFUSES(text, error) refuses(text, sizeof(text) - 1, error)
static void
refuses(const void *data, size_t size, int error)
{
	struct mp_value *v = NULL;

	FAILS(mp_pickle_loads(data, size, &v), error);
	TRUE(v == NULL, "a failed call leaves its out-parameter untouched");
}

/* There and back, freed. */
static struct mp_value *
around(struct mp_value *v)
{
	void *data;
	size_t size;

	TRUE(v, "the value could be built");
	OK(mp_pickle_dumps(v, &data, &size, NULL));
	mp_value_free(v);
	v = load(data, size);
	free(data);
	return v;
}

static int64_t
int_of(const struct mp_value *v)
{
	int64_t number = 0;

	OK(mp_value_int(v, &number));
	return number;
}

static int
equal(struct mp_value *a, struct mp_value *b)
{
	TRUE(a && b, "the values could be built");
	int result = mp_value_equal(a, b);
	mp_value_free(a);
	mp_value_free(b);
	return result;
}

static struct mp_value *
two_to_the(int n)
{
	uint8_t bytes[200] = {0};

	bytes[n / 8] = (uint8_t)(1 << n % 8);
	return mp_int_n(bytes, (size_t)n / 8 + 2);
}

static size_t
memory_in_use(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

/* What is done again and again leaves no memory behind. */
static void
leaves_nothing(void (*once)(void))
{
	for (int i = 0; i < 100; i++)
		once();
	size_t before = memory_in_use();
	for (int i = 0; i < 1000; i++)
		once();
	size_t after = memory_in_use();
	BETWEEN(after > before ? after - before : 0, 0, 8000);
}

/* --- pickle.1: values -------------------------------------------------------------------------- */

ROW("pickle.1/scalars", 1,
    "None, bools, ints, floats, strs and bytes give back what they were made of")
{
	struct mp_value *v = mp_tuple(mp_none(), mp_bool(true), mp_int(-7), mp_float(2.5),
	    mp_str_n("a\0b", 3), mp_bytes("\xff", 1), mp_bytearray("xyz", 3));
	double real;
	int64_t number;

	TRUE(v, "a tuple of seven");
	EQUAL(mp_value_kind(mp_value_at(v, 0)), MP_NONE);
	EQUAL(mp_value_kind(mp_value_at(v, 1)), MP_BOOL);
	EQUAL(int_of(mp_value_at(v, 1)), 1);
	EQUAL(int_of(mp_value_at(v, 2)), -7);
	OK(mp_value_float(mp_value_at(v, 3), &real));
	TRUE(real == 2.5, "the float is 2.5");
	OK(mp_value_float(mp_value_at(v, 2), &real));
	TRUE(real == -7, "an int is a float, too");
	EQUAL(mp_value_len(mp_value_at(v, 4)), 3);
	TRUE(!memcmp(mp_value_str(mp_value_at(v, 4)), "a\0b", 4), "a str may hold a NUL");
	EQUAL(*(const uint8_t *)mp_value_bytes(mp_value_at(v, 5)), 0xff);
	EQUAL(mp_value_kind(mp_value_at(v, 6)), MP_BYTEARRAY);
	FAILS(mp_value_int(mp_value_at(v, 3), &number), MP_KIND);
	FAILS(mp_value_float(mp_value_at(v, 4), &real), MP_KIND);
	FAILS(mp_value_int(NULL, &number), MP_KIND);
	TRUE(!mp_value_str(mp_value_at(v, 5)) && !mp_value_bytes(mp_value_at(v, 4)),
	    "bytes are no str, and a str is no bytes");
	mp_value_free(v);
}

ROW("pickle.1/ints", 1, "an int has any size; what fits in 64 bits is the same however it was made")
{
	int64_t number = 5;
	double real;
	struct mp_value *v = mp_uint(UINT64_MAX);

	FAILS(mp_value_int(v, &number), MP_OVERFLOW);
	EQUAL(number, 5);
	mp_value_free(v);
	v = mp_int_n("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 12);
	EQUAL(int_of(v), -1);
	mp_value_free(v);
	v = mp_int_n("\0\0\0\0\0\0\0\x80\xff\xff", 10);
	EQUAL(int_of(v), INT64_MIN);
	mp_value_free(v);
	v = mp_int_n(NULL, 0);
	EQUAL(int_of(v), 0);
	mp_value_free(v);
	v = two_to_the(100);
	OK(mp_value_float(v, &real));
	TRUE(real == 0x1p100, "2**100 as a float");
	mp_value_free(v);
	v = two_to_the(1024);
	FAILS(mp_value_float(v, &real), MP_OVERFLOW);
	mp_value_free(v);
	v = mp_uint((1ULL << 63) + 1025); /* 2**63 + 1024 is half way between two floats */
	OK(mp_value_float(v, &real));
	TRUE(real == 0x1p63 + 2048, "rounded to the nearest");
	mp_value_free(v);
}

ROW("pickle.1/lists", 1, "a list is appended to, inserted into, set and shortened")
{
	struct mp_value *v = mp_list(mp_int(1), mp_int(2), mp_int(3));

	OK(mp_list_append(v, mp_str("end")));
	OK(mp_list_insert(v, 0, mp_str("begin")));
	OK(mp_list_set(v, 1, mp_int(10)));
	OK(mp_list_remove(v, 2));
	EQUAL_TEXT(shown(v), "['begin', 10, 3, 'end']");
	EQUAL(mp_value_len(v), 4);
	TRUE(mp_value_at(v, 4) == NULL, "there is no item 4");
	FAILS(mp_list_insert(v, 5, mp_none()), MP_NO_INDEX);
	FAILS(mp_list_set(v, 4, mp_none()), MP_NO_INDEX);
	FAILS(mp_list_remove(v, 4), MP_NO_INDEX);
	FAILS(mp_list_append(v, NULL), -ENOMEM);
	for (int i = 0; i < 10000; i++)
		OK(mp_list_append(v, mp_int(i)));
	EQUAL(int_of(mp_value_at(v, 10003)), 9999);
	mp_value_free(v);
	v = mp_tuple(mp_int(1));
	FAILS(mp_list_append(v, mp_int(2)), MP_KIND);
	EQUAL(mp_value_len(v), 1);
	mp_value_free(v);
}

static void
build_in_vain(void)
{
	struct mp_value *list = mp_list();
	struct mp_value *v =
	    mp_tuple(mp_str("kept by nobody, and not short"), mp_list(mp_int(5000), NULL),
		mp_dict(mp_str("a key of some length"), mp_tuple(mp_int(70000))));

	if (v || mp_list(mp_str_n("\xff", 1), mp_float(1)) || mp_tuple(NULL) || mp_list(NULL))
		abort();
	for (size_t i = 0; i < 3; i++) {
		struct mp_value *parts[] = {mp_float(6), mp_list(mp_float(7)), mp_float(8)};
		mp_value_free(parts[i]);
		parts[i] = NULL;
		if (i % 2 ? mp_list_n(parts, 3) : mp_tuple_n(parts, 3))
			abort();
	}
	mp_value_free(mp_set(mp_list(mp_float(3)))); /* no key */
	if (mp_list_append(mp_value_at(list, 0), mp_float(4)) != MP_KIND ||
	    mp_list_set(list, 7, mp_float(5)) != MP_NO_INDEX)
		abort();
	mp_value_free(list);
}

ROW("pickle.1/missing", 1, "a part that is missing makes the whole NULL, and the rest is freed")
{
	TRUE(mp_tuple(mp_int(1), NULL) == NULL, "a tuple with NULL is NULL");
	leaves_nothing(build_in_vain);
}

static void
share(void)
{
	struct mp_value *shared = mp_str("in two places, and then in none of them");
	struct mp_value *v = mp_list(mp_value_ref(shared), mp_tuple(mp_value_ref(shared)), shared);
	struct mp_value *part = mp_value_ref(mp_value_at(v, 1));

	mp_value_free(v);
	if (strlen(mp_value_str(mp_value_at(part, 0))) != 39)
		abort();
	mp_value_free(part);
	mp_value_free(NULL);
}

ROW("pickle.1/references", 1, "a value lives as long as its last owner, and no longer")
{
	leaves_nothing(share);
}

ROW("pickle.1/utf8", 1, "a str is UTF-8, with NULs and lone surrogates, and nothing else")
{
	static const char *const good[] = {"", "a", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80",
	    "\xed\xa0\x80", "\xed\xbf\xbf", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf",
	    "12345678\xc3\xa9", "1234567\xe2\x82\xac"};
	static const char *const bad[] = {"\x80", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc3\x28",
	    "\xe0\x80\x80", "\xe0\x9f\xbf", "\xe2\x82", "\xe2\x28\xa1", "\xe2\x82\x28",
	    "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf", "\xf0\x9f\x98", "\xf0\x9f\x98\x28",
	    "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "12345678\xff", "1234567\xe2\x82"};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct mp_value *v = mp_str(good[i]);
		TRUE(v, "number %zu is a str", i);
		mp_value_free(v);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		errno = 0;
		TRUE(mp_str(bad[i]) == NULL, "number %zu is no str", i);
		EQUAL(errno, EILSEQ);
	}
}

ROW("pickle.1/truth", 1, "false are None, zeros and what is empty")
{
	struct mp_value *no = mp_list(mp_none(), mp_bool(false), mp_int(0), mp_float(-0.0),
	    mp_str(""), mp_bytes("", 0), mp_bytearray("", 0), mp_tuple(), mp_list(), mp_dict(),
	    mp_set(), mp_frozenset());
	struct mp_value *yes =
	    mp_list(mp_bool(true), mp_int(-1), mp_uint(UINT64_MAX), mp_float(NAN),
		mp_str_n("\0", 1), mp_bytes("\0", 1), mp_tuple(mp_none()), mp_list(mp_list()),
		mp_dict(mp_none(), mp_none()), mp_set(mp_int(0)), mp_frozenset(mp_none()));

	for (size_t i = 0; i < mp_value_len(no); i++)
		TRUE(!mp_value_truth(mp_value_at(no, i)), "%s is false", shown(mp_value_at(no, i)));
	for (size_t i = 0; i < mp_value_len(yes); i++)
		TRUE(mp_value_truth(mp_value_at(yes, i)), "%s is true", shown(mp_value_at(yes, i)));
	EQUAL(mp_value_len(no), 12);
	EQUAL(mp_value_len(yes), 11);
	mp_value_free(no);
	mp_value_free(yes);
}

ROW("pickle.1/again", 1, "a tuple that nobody else has is used again; one that is kept, stays")
{
	struct mp_value *kept = NULL, *tuple = NULL;
	uint64_t hash, other;

	for (int i = 0; i < 4; i++) {
		tuple = mp__tuple_again(tuple, mp_tuple(mp_int(5000 + i)));
		TRUE(tuple, "the tuple could be made");
		OK(mp_value_hash(tuple, &hash)); /* which it may keep */
		if (i == 1)
			kept = mp_value_ref(tuple);
	}
	EQUAL_TEXT(shown(kept), "((5001,),)");
	EQUAL_TEXT(shown(tuple), "((5003,),)");
	struct mp_value *fresh = mp_tuple(mp_tuple(mp_int(5003)));
	OK(mp_value_hash(fresh, &other));
	EQUAL(hash, other);
	mp_value_free(fresh);
	mp_value_free(kept);
	TRUE(mp__tuple_again(tuple, NULL) == NULL, "no item, no tuple; and the old one is freed");
}

/* --- pickle.2: keys -------------------------------------------------------------------------------- */

ROW("pickle.2/equal", 1, "values are equal as in Python: numbers across kinds, the rest within one")
{
	EQUAL(equal(mp_int(1), mp_bool(true)), 1);
	EQUAL(equal(mp_int(1), mp_float(1)), 1);
	EQUAL(equal(mp_int(INT64_MAX), mp_float(0x1p63)), 0); /* although (double)INT64_MAX is */
	EQUAL(equal(two_to_the(70), mp_float(0x1p70)), 1);
	EQUAL(equal(two_to_the(70), two_to_the(71)), 0);
	EQUAL(equal(mp_float(0), mp_float(-0.0)), 1);
	EQUAL(equal(mp_str("a"), mp_bytes("a", 1)), 0);
	EQUAL(equal(mp_bytes("a", 1), mp_bytearray("a", 1)), 1);
	EQUAL(equal(mp_str_n("a\0b", 3), mp_str_n("a\0c", 3)), 0);
	EQUAL(equal(mp_tuple(mp_int(1)), mp_list(mp_int(1))), 0);
	EQUAL(equal(mp_list(mp_int(1), mp_tuple(mp_float(2))),
		  mp_list(mp_float(1), mp_tuple(mp_int(2)))),
	    1);
	EQUAL(equal(mp_list(mp_int(1)), mp_list(mp_int(1), mp_int(2))), 0);
	EQUAL(equal(mp_none(), mp_bool(false)), 0);
	EQUAL(equal(mp_dict(mp_int(1), mp_str("x"), mp_int(2), mp_str("y")),
		  mp_dict(mp_int(2), mp_str("y"), mp_bool(true), mp_str("x"))),
	    1);
	EQUAL(equal(mp_dict(mp_int(1), mp_str("x")), mp_dict(mp_int(1), mp_str("y"))), 0);
	EQUAL(equal(mp_set(mp_int(1), mp_int(2)), mp_frozenset(mp_int(2), mp_int(1))), 1);
	EQUAL(equal(mp_set(mp_int(1)), mp_set(mp_int(2))), 0);
}

static uint64_t
hash_of(struct mp_value *v)
{
	uint64_t hash = 0;

	TRUE(v, "the value could be built");
	OK(mp_value_hash(v, &hash));
	mp_value_free(v);
	return hash;
}

ROW("pickle.2/hash", 1, "equal values have equal hashes")
{
	uint64_t one = hash_of(mp_int(1));

	TRUE(one == hash_of(mp_bool(true)) && one == hash_of(mp_float(1)), "1, True, 1.0");
	TRUE(hash_of(mp_int(0)) == hash_of(mp_float(-0.0)), "0, -0.0");
	TRUE(hash_of(two_to_the(70)) == hash_of(mp_float(0x1p70)), "2**70, 2.0**70");
	TRUE(hash_of(mp_int(INT64_MIN)) == hash_of(mp_float(-0x1p63)), "-2**63, -2.0**63");
	TRUE(hash_of(mp_tuple(mp_int(1), mp_str("x"))) ==
		 hash_of(mp_tuple(mp_float(1), mp_str("x"))),
	    "(1, 'x'), (1.0, 'x')");
	TRUE(hash_of(mp_frozenset(mp_int(1), mp_int(2))) ==
		 hash_of(mp_frozenset(mp_int(2), mp_bool(true))),
	    "frozensets have no order");
	TRUE(hash_of(mp_tuple(mp_int(1), mp_int(2))) != hash_of(mp_tuple(mp_int(2), mp_int(1))),
	    "tuples have one");
}

ROW("pickle.2/dicts", 2, "a dict keeps the order of its keys, and gives, replaces and removes")
{
	struct mp_value *d = mp_dict(mp_str("b"), mp_int(1), mp_str("a"), mp_int(2)), *key, *v;
	size_t place = 0;

	OK(mp_dict_set(d, mp_tuple(mp_int(1), mp_none()), mp_int(3)));
	OK(mp_dict_set(d, mp_str("b"), mp_int(10)));
	EQUAL(mp_value_len(d), 3);
	EQUAL_TEXT(shown(d), "{'b': 10, 'a': 2, (1, None): 3}");
	EQUAL(int_of(mp_dict_at(d, "a")), 2);
	TRUE(mp_dict_at(d, "c") == NULL, "there is no 'c'");
	key = mp_tuple(mp_float(1), mp_none());
	EQUAL(int_of(mp_dict_get(d, key)), 3);
	OK(mp_dict_remove(d, key));
	FAILS(mp_dict_remove(d, key), MP_NO_KEY);
	TRUE(mp_dict_get(d, key) == NULL, "it has been removed");
	mp_value_free(key);
	key = mp_str("b");
	OK(mp_dict_remove(d, key));
	mp_value_free(key);
	EQUAL(mp_value_len(d), 1);
	OK(mp_dict_set(d, mp_str("b"), mp_int(4)));
	EQUAL_TEXT(shown(d), "{'a': 2, 'b': 4}");
	EQUAL(mp_dict_next(d, &place, &key, &v), true);
	EQUAL_TEXT(mp_value_str(key), "a");
	EQUAL(int_of(v), 2);
	EQUAL(mp_dict_next(d, &place, NULL, &v), true);
	EQUAL(int_of(v), 4);
	EQUAL(mp_dict_next(d, &place, &key, &v), false);
	FAILS(mp_dict_set(v, mp_int(1), mp_int(1)), MP_KIND);
	FAILS(mp_dict_set(d, mp_int(1), NULL), -ENOMEM);
	mp_value_free(d);
}

ROW("pickle.2/mixed", 1, "1, True and 1.0 are one key, which stays as it was first")
{
	struct mp_value *d = mp_dict(
	    mp_int(1), mp_str("int"), mp_bool(true), mp_str("bool"), mp_float(1), mp_str("float"));

	EQUAL_TEXT(show(d), "{1: 'float'}");
	d = mp_dict(mp_bool(false), mp_int(0), mp_int(0), mp_int(1), mp_str(""), mp_int(2));
	EQUAL_TEXT(show(d), "{False: 1, '': 2}");
	EQUAL_TEXT(show(mp_set(mp_float(2), mp_int(2))), "{2.0}");
}

ROW("pickle.2/nan", 1, "nan is equal to nothing, not to itself; what holds it is equal to itself")
{
	struct mp_value *nan = mp_float(NAN), *other = mp_float(NAN);
	struct mp_value *list = mp_list(mp_value_ref(nan)), *d = mp_dict();

	EQUAL(mp_value_equal(nan, nan), 0);
	EQUAL(mp_value_equal(nan, other), 0);
	EQUAL(mp_value_equal(list, list), 1);
	EQUAL(equal(mp_list(mp_value_ref(nan)), mp_value_ref(list)), 1);
	EQUAL(equal(mp_list(mp_value_ref(other)), list), 0);
	OK(mp_dict_set(d, mp_value_ref(nan), mp_int(1)));
	OK(mp_dict_set(d, other, mp_int(2)));
	OK(mp_dict_set(d, nan, mp_int(3)));
	EQUAL_TEXT(show(d), "{nan: 3, nan: 2}");
}

ROW("pickle.2/unhashable", 1, "what can change is no key, nor is a tuple that holds it")
{
	struct mp_value *d = mp_dict(), *s = mp_set();
	uint64_t hash;

	FAILS(mp_dict_set(d, mp_list(), mp_int(1)), MP_UNHASHABLE);
	FAILS(mp_dict_set(d, mp_tuple(mp_int(1), mp_dict()), mp_int(1)), MP_UNHASHABLE);
	FAILS(mp_set_add(s, mp_set()), MP_UNHASHABLE);
	FAILS(mp_set_add(s, mp_bytearray("x", 1)), MP_UNHASHABLE);
	FAILS(mp_value_hash(d, &hash), MP_UNHASHABLE);
	errno = 0;
	TRUE(mp_dict(mp_int(1), mp_int(2), mp_list(), mp_int(3)) == NULL,
	    "the builder refuses, too");
	EQUAL(errno, EINVAL);
	EQUAL(mp_value_len(d), 0);
	EQUAL(mp_value_len(s), 0);
	mp_value_free(d);
	mp_value_free(s);
}

ROW("pickle.2/sets", 1, "a set holds each element once; a frozenset is a key")
{
	struct mp_value *s = mp_set(mp_int(3), mp_str("x"), mp_int(3)), *v;
	struct mp_value *three = mp_float(3), *absent = mp_int(4);
	size_t place = 0;

	OK(mp_set_add(s, mp_frozenset(mp_int(1))));
	EQUAL_TEXT(shown(s), "{3, 'x', frozenset({1})}");
	EQUAL(mp_set_has(s, three), true);
	EQUAL(mp_set_has(s, absent), false);
	OK(mp_set_remove(s, three));
	FAILS(mp_set_remove(s, three), MP_NO_KEY);
	EQUAL(mp_set_next(s, &place, &v), true);
	EQUAL_TEXT(mp_value_str(v), "x");
	EQUAL(mp_set_next(s, &place, &v), true);
	FAILS(mp_set_add(v, mp_int(1)), MP_KIND);
	EQUAL(mp_set_next(s, &place, &v), false);
	EQUAL_TEXT(show(s), "{'x', frozenset({1})}");
	mp_value_free(three);
	mp_value_free(absent);
}

ROW("pickle.2/crowd", 1, "a hundred thousand keys come, half of them go, and the order stays",
    .seconds = 4)
{
	struct mp_value *d = mp_dict(), *key;
	enum { N = 100000 };
	size_t place = 0;

	for (int64_t i = 0; i < N; i++) /* a hash that is the number itself would collide */
		OK(mp_dict_set(d, mp_int(i << 32), mp_int(i)));
	EQUAL(mp_value_len(d), N);
	for (int64_t i = 0; i < N; i += 2) {
		key = mp_int(i << 32);
		OK(mp_dict_remove(d, key));
		mp_value_free(key);
	}
	EQUAL(mp_value_len(d), N / 2);
	for (int64_t i = 1; i < N; i += 2) {
		TRUE(mp_dict_next(d, &place, &key, NULL), "there is a key number %d", (int)i / 2);
		EQUAL(int_of(key), i << 32);
		EQUAL(int_of(mp_dict_get(d, key)), i);
	}
	mp_value_free(d);
}

/* Twice the one before it, and so on: 2**60 parts, in sixty. */
static struct mp_value *
laughing(struct mp_value *(*make)(struct mp_value **, size_t))
{
	struct mp_value *v = mp_str("ha");

	for (int i = 0; i < 60; i++)
		v = make((struct mp_value *[]){mp_value_ref(v), v}, 2);
	return v;
}

ROW("pickle.2/shared", 1, "what is shared a thousand times is compared and hashed once",
    .seconds = 2)
{
	EQUAL(equal(laughing(mp_tuple_n), laughing(mp_tuple_n)), 1);
	EQUAL(equal(laughing(mp_list_n), laughing(mp_list_n)), 1);
	TRUE(hash_of(laughing(mp_tuple_n)) == hash_of(laughing(mp_tuple_n)),
	    "and so are the hashes");
}

/* A list of itself, `length` lists long. */
static struct mp_value *
ring(int length, int64_t mark)
{
	struct mp_value *first = mp_list(mp_int(mark)), *v = mp_value_ref(first);

	for (int i = 1; i < length; i++)
		v = mp_list(mp_int(mark), v);
	OK(mp_list_append(first, v));
	return first;
}

ROW("pickle.2/rings", 1, "what holds itself can be compared, even with a longer ring", .seconds = 2)
{
	EQUAL(equal(ring(1, 5), ring(1, 5)), 1);
	EQUAL(equal(ring(1, 5), ring(1, 6)), 0);
	EQUAL(equal(ring(30, 5), ring(77, 5)), 1);
}

/* --- pickle.3: repr ------------------------------------------------------------------------------------ */

ROW("pickle.3/scalars", 1, "None, bools, ints, bytes")
{
	EQUAL_TEXT(show(mp_tuple(mp_none(), mp_bool(true), mp_bool(false))), "(None, True, False)");
	EQUAL_TEXT(show(mp_int(INT64_MIN)), "-9223372036854775808");
	EQUAL_TEXT(show(mp_uint(UINT64_MAX)), "18446744073709551615");
	EQUAL_TEXT(show(two_to_the(100)), "1267650600228229401496703205376");
	EQUAL_TEXT(show(mp_int_n("\0\0\0\0\0\0\0\0\xff", 9)), "-18446744073709551616");
	EQUAL_TEXT(show(mp_bytes("a'\0\n\x7f\\", 6)), "b\"a'\\x00\\n\\x7f\\\\\"");
	EQUAL_TEXT(show(mp_bytearray("ab\xff", 3)), "bytearray(b'ab\\xff')");
}

ROW("pickle.3/floats", 1, "a float has the fewest digits that mean it, and never looks like an int")
{
	static const struct {
		double number;
		const char *text;
	} rows[] = {{1, "1.0"}, {-0.0, "-0.0"}, {0.1, "0.1"}, {0.1 + 0.2, "0.30000000000000004"},
	    {1e15, "1000000000000000.0"}, {1e16, "1e+16"},
	    {123456789012345680.0, "1.2345678901234568e+17"}, {1e-4, "0.0001"}, {1.5e-5, "1.5e-05"},
	    {1e22, "1e+22"}, {1.0 / 3, "0.3333333333333333"}, {5e-324, "5e-324"},
	    {2.2250738585072014e-308, "2.2250738585072014e-308"},
	    {1.7976931348623157e308, "1.7976931348623157e+308"},
	    {9007199254740993.0, "9007199254740992.0"}, {0x1p-44, "5.684341886080802e-14"},
	    {0x1p-958, "4.1045368012983762e-289"}, {INFINITY, "inf"}, {-INFINITY, "-inf"},
	    {NAN, "nan"}, {100, "100.0"}, {12.5, "12.5"}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		EQUAL_TEXT(show(mp_float(rows[i].number)), rows[i].text);
}

ROW("pickle.3/strs", 1, "a str has the quotes that need no escape, and escapes what cannot be seen")
{
	EQUAL_TEXT(show(mp_str("plain")), "'plain'");
	EQUAL_TEXT(show(mp_str("it's")), "\"it's\"");
	EQUAL_TEXT(show(mp_str("\"it's\"")), "'\"it\\'s\"'");
	EQUAL_TEXT(show(mp_str("say \"no\"")), "'say \"no\"'");
	EQUAL_TEXT(show(mp_str_n("\t\n\r\\\0\x1b\x7f", 7)), "'\\t\\n\\r\\\\\\x00\\x1b\\x7f'");
	EQUAL_TEXT(show(mp_str("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80")),
	    "'\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80'");
	EQUAL_TEXT(show(mp_str("\xc2\x85\xc2\xa0\xc2\xad")), "'\\x85\\xa0\\xad'");
	EQUAL_TEXT(show(mp_str("\xed\xa0\x80\xe2\x80\xa8\xee\x80\x80")), "'\\ud800\\u2028\\ue000'");
	EQUAL_TEXT(show(mp_str("\xf4\x8f\xbf\xbf")), "'\\U0010ffff'");
}

ROW("pickle.3/containers", 1, "tuples, lists, dicts, sets and frozensets, empty and filled")
{
	EQUAL_TEXT(show(mp_list(mp_tuple(), mp_list(), mp_dict(), mp_set(), mp_frozenset())),
	    "[(), [], {}, set(), frozenset()]");
	EQUAL_TEXT(show(mp_tuple(mp_int(1))), "(1,)");
	EQUAL_TEXT(show(mp_tuple(mp_int(1), mp_tuple(mp_int(2), mp_str("x")))), "(1, (2, 'x'))");
	EQUAL_TEXT(show(mp_dict(mp_str("k"), mp_list(mp_int(1)), mp_none(), mp_bool(true))),
	    "{'k': [1], None: True}");
	EQUAL_TEXT(show(mp_set(mp_int(1), mp_int(2))), "{1, 2}");
	EQUAL_TEXT(show(mp_frozenset(mp_str("x"))), "frozenset({'x'})");
}

ROW("pickle.3/itself", 1, "what holds itself is [...] inside; what is only shared is printed again")
{
	struct mp_value *list = mp_list(mp_int(1)), *dict = mp_dict(), *twice = mp_list(mp_int(2));

	OK(mp_list_append(list, mp_value_ref(list)));
	EQUAL_TEXT(show(list), "[1, [...]]");
	OK(mp_dict_set(dict, mp_str("d"), mp_tuple(mp_value_ref(dict))));
	EQUAL_TEXT(show(dict), "{'d': ({...},)}");
	EQUAL_TEXT(show(mp_tuple(mp_value_ref(twice), twice)), "([2], [2])");
	EQUAL_TEXT(show(ring(3, 7)), "[7, [7, [7, [...]]]]");
}

ROW("pickle.3/limits", 1, "an int of more than 4,300 digits is refused, as it is by Python")
{
	char *text = NULL;
	uint8_t bytes[1800] = {0};
	struct mp_value *v;

	bytes[1785] = 1; /* 2**14280: 4,299 digits */
	v = mp_int_n(bytes, sizeof(bytes));
	EQUAL(strlen(show(v)), 4299);
	bytes[1785] = 0;
	bytes[1786] = 1; /* 2**14288: 4,302 */
	v = mp_list(mp_int_n(bytes, sizeof(bytes)));
	FAILS(mp_value_repr(v, &text), MP_TOO_LARGE);
	TRUE(text == NULL, "a failed call leaves its out-parameter untouched");
	mp_value_free(v);
}

/* --- pickle.4: dumps -------------------------------------------------------------------------------------- */

ROW("pickle.4/scalars", 1, "dumps writes what has no parts")
{
	EQUAL_TEXT(dumped(mp_none()), "None");
	EQUAL_TEXT(dumped(mp_tuple(mp_bool(true), mp_bool(false))), "(True, False)");
	EQUAL_TEXT(dumped(mp_list(mp_int(0), mp_int(255), mp_int(256), mp_int(65535), mp_int(65536),
		       mp_int(-1), mp_int(-129))),
	    "[0, 255, 256, 65535, 65536, -1, -129]");
	EQUAL_TEXT(dumped(mp_list(mp_int(INT32_MAX), mp_int(INT32_MAX + 1LL), mp_int(INT32_MIN),
		       mp_int(INT32_MIN - 1LL), mp_int(INT64_MAX), mp_int(INT64_MIN))),
	    "[2147483647, 2147483648, -2147483648, -2147483649, 9223372036854775807, "
	    "-9223372036854775808]");
	EQUAL_TEXT(dumped(mp_list(mp_uint(1ULL << 63), two_to_the(80))),
	    "[int(000000000000008000), int(0000000000000000000001)]");
	EQUAL_TEXT(
	    dumped(mp_list(mp_float(1.5), mp_float(-0.0), mp_float(INFINITY))), "[1.5, -0, inf]");
	EQUAL_TEXT(dumped(mp_list(mp_str("x\xe2\x82\xac"), mp_str(""), mp_bytes("\0\xff", 2))),
	    "['x\xe2\x82\xac', '', b(00ff)]");
	EQUAL_TEXT(dumped(mp_bytearray("\1", 1)), "builtins.bytearray(b(01))");
}

ROW("pickle.4/containers", 1, "dumps writes tuples, lists, dicts, sets and frozensets")
{
	EQUAL_TEXT(dumped(mp_tuple(mp_tuple(), mp_tuple(mp_int(1)), mp_tuple(mp_int(1), mp_int(2)),
		       mp_tuple(mp_int(1), mp_int(2), mp_int(3)),
		       mp_tuple(mp_int(1), mp_int(2), mp_int(3), mp_int(4)))),
	    "((), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4))");
	EQUAL_TEXT(
	    dumped(mp_list(mp_list(), mp_list(mp_int(1)), mp_list(mp_int(1), mp_list(mp_int(2))))),
	    "[[], [1], [1, [2]]]");
	EQUAL_TEXT(
	    dumped(mp_dict(mp_str("b"), mp_int(1), mp_str("a"), mp_dict())), "{'b': 1, 'a': {}}");
	EQUAL_TEXT(dumped(mp_list(mp_set(), mp_set(mp_int(5), mp_int(4)), mp_frozenset(mp_int(6)))),
	    "[set(), set(5, 4), frozenset(6)]");
}

ROW("pickle.4/shared", 2, "what is in two places is written once, and is in two places again")
{
	struct mp_value *list = mp_list(mp_int(1)), *tuple = mp_tuple(mp_int(2)), *dict = mp_dict();

	EQUAL_TEXT(dumped(mp_list(mp_value_ref(list), mp_value_ref(list), mp_value_ref(tuple),
		       mp_tuple(mp_value_ref(tuple)), mp_value_ref(dict), dict)),
	    "[&1=[1], *1, &2=(2,), (*2,), &3={}, *3]");
	EQUAL_TEXT(
	    dumped(mp_dict(mp_value_ref(tuple), list, mp_int(1), tuple)), "{&1=(2,): [1], 1: *1}");
	struct mp_value *many = mp_list(), *all[300];
	for (int i = 0; i < 300; i++)
		OK(mp_list_append(many, mp_value_ref(all[i] = mp_list(mp_int(i)))));
	for (int i = 0; i < 300; i++)
		OK(mp_list_append(many, all[i]));
	many = around(many);
	for (size_t i = 0; i < 300; i++)
		TRUE(mp_value_at(many, i) == mp_value_at(many, 300 + i), "list %zu is shared", i);
	mp_value_free(many);
}

ROW("pickle.4/text", 1, "a text that is in a thousand places costs its length once")
{
	struct mp_value *v = mp_list(),
			*text = mp_str("a text of rather more than fifty characters, or so");
	void *data;
	size_t size;

	for (int i = 0; i < 1000; i++)
		OK(mp_list_append(v, mp_value_ref(text)));
	OK(mp_pickle_dumps(v, &data, &size, NULL));
	BETWEEN(size, 50, 6000);
	free(data);
	mp_value_free(text);
	mp_value_free(v);
}

ROW("pickle.4/cycles", 1, "what holds itself is written, a tuple by way of a list, too")
{
	struct mp_value *list = mp_list(mp_int(1)), *inner = mp_list(), *dict = mp_dict();
	struct mp_value *tuple = mp_tuple(mp_value_ref(inner), mp_int(5));

	OK(mp_list_append(list, mp_value_ref(list)));
	EQUAL_TEXT(dumped(list), "&1=[1, *1]");
	OK(mp_list_append(inner, mp_value_ref(tuple)));
	EQUAL_TEXT(dumped(tuple), "&1=([*1], 5)");
	EQUAL_TEXT(dumped(inner), "&1=[(*1, 5)]");
	OK(mp_dict_set(dict, mp_str("me"), mp_list(mp_value_ref(dict))));
	EQUAL_TEXT(dumped(dict), "&1={'me': [*1]}");
}

ROW("pickle.4/head", 1, "a pickle begins with protocol 4, and ends with its frame")
{
	struct mp_value *v = mp_list(mp_str("a few bytes"), mp_int(1));
	void *data;
	size_t size;

	OK(mp_pickle_dumps(v, &data, &size, NULL));
	EQUAL(((const uint8_t *)data)[0], 0x80);
	EQUAL(((const uint8_t *)data)[1], 4);
	EQUAL(((const uint8_t *)data)[size - 1], '.');
	EQUAL_TEXT(judged(data, size), "['a few bytes', 1]");
	free(data);
	mp_value_free(v);
	FAILS(mp_pickle_dumps(NULL, &data, &size, NULL), -EINVAL);
}

static struct mp_value *
nested(int depth)
{
	struct mp_value *v = mp_list();

	while (depth-- > 0)
		v = mp_list(v);
	return v;
}

ROW("pickle.4/deep", 1,
    "900 lists in each other are written; 100,000, too, or it is said that they are not",
    .seconds = 2)
{
	struct mp_value *v = around(nested(900)), *deep = nested(100000);
	void *data;
	size_t size;
	int depth = 0;

	for (const struct mp_value *at = v; mp_value_len(at); at = mp_value_at(at, 0))
		depth++;
	EQUAL(depth, 900);
	mp_value_free(v);
	int error = mp_pickle_dumps(deep, &data, &size, NULL);
	TRUE(error == 0 || error == MP_TOO_DEEP, "it says %s", mp_error_name(error));
	if (error == 0)
		free(data);
	mp_value_free(deep);
}

ROW("pickle.4/large", 1, "16 MiB of bytes, and strs around the sizes where the length grows",
    .seconds = 2)
{
	size_t sizes[] = {255, 256, 65535, 65536, 16 << 20};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		char *data = calloc(1, sizes[i] + 1);
		memset(data, 'x', sizes[i]);
		struct mp_value *v = around(mp_tuple(mp_bytes(data, sizes[i]), mp_str(data)));
		EQUAL(mp_value_len(mp_value_at(v, 0)), sizes[i]);
		TRUE(!memcmp(mp_value_bytes(mp_value_at(v, 0)), data, sizes[i]),
		    "the bytes are the same");
		EQUAL(mp_value_len(mp_value_at(v, 1)), sizes[i]);
		mp_value_free(v);
		free(data);
	}
}

ROW("pickle.4/slice", 1, "a part of a list or a tuple is written as a list of its own")
{
	struct mp_value *shared = mp_list(mp_int(7));
	struct mp_value *all[] = {mp_tuple(mp_none(), mp_int(1), shared, mp_value_ref(shared)),
	    mp_list(mp_none(), mp_int(1), mp_str("two"), mp_float(3.5))};
	const char *expected[] = {"[[7], [7]]", "['two', 3.5]"};
	void *data;
	size_t size;

	for (int i = 0; i < 2; i++) {
		TRUE(all[i], "the value could be built");
		OK(mp__dumps_slice(all[i], 2, 2, &data, &size));
		struct mp_value *v = load(data, size);
		EQUAL_TEXT(shown(v), expected[i]);
		EQUAL(mp_value_at(v, 0) == mp_value_at(v, 1), i == 0);
		mp_value_free(v);
		free(data);
		OK(mp__dumps_slice(all[i], 4, 0, &data, &size));
		EQUAL_TEXT(judged(data, size), "[]");
		free(data);
		mp_value_free(all[i]);
	}
}

/* --- pickle.5: loads ---------------------------------------------------------------------------------------- */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void
reads(const struct written *written, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		row_step("protocol %d, number %zu", written[i].protocol, i);
		EQUAL_TEXT(show(load(written[i].data, written[i].size)), written[i].repr);
	}
}

ROW("pickle.5/scalars", 1, "loads reads what has no parts, as protocols 2 to 5 write it")
{
	reads(scalars, COUNT(scalars));
}

ROW("pickle.5/containers", 2, "loads reads what has parts, as protocols 2 to 5 write it")
{
	reads(containers, COUNT(containers));
}

ROW("pickle.5/shared", 1, "what was one list is one list")
{
	for (size_t i = 0; i < COUNT(shared_list); i++) {
		struct mp_value *v = load(shared_list[i].data, shared_list[i].size);
		TRUE(
		    mp_value_at(v, 0) == mp_value_at(v, 1), "protocol %d", shared_list[i].protocol);
		EQUAL_TEXT(show(v), "[['x'], ['x']]");
	}
}

ROW("pickle.5/cycles", 1, "what held itself holds itself")
{
	reads(cycles, COUNT(cycles));
	struct mp_value *v = load(cycles[0].data, cycles[0].size);
	TRUE(mp_value_at(v, 1) == v, "the list's item 1 is the list");
	mp_value_free(v);
}

ROW("pickle.5/numbers", 1, "ints of every width: signed and unsigned, short and long")
{
	EQUAL_TEXT(show(LOAD("\x80\2K\xff.")), "255");
	EQUAL_TEXT(show(LOAD("\x80\2M\xff\xff.")), "65535");
	EQUAL_TEXT(show(LOAD("\x80\2J\xff\xff\xff\xff.")), "-1");
	EQUAL_TEXT(show(LOAD("\x80\2\x8a\0.")), "0");
	EQUAL_TEXT(show(LOAD("\x80\2\x8a\1\x80.")), "-128");
	EQUAL_TEXT(show(LOAD("\x80\2\x8a\2\x80\0.")), "128");
	EQUAL_TEXT(
	    show(LOAD("\x80\2\x8b\x0a\0\0\0\0\0\0\0\0\0\0\0\0\1.")), "4722366482869645213696");
	EQUAL_TEXT(show(LOAD("\x80\2G\xbf\xf0\0\0\0\0\0\0.")), "-1.0");
}

ROW("pickle.5/memo", 1,
    "numbers are given by BINPUT, LONG_BINPUT and MEMOIZE, and asked for by both GETs")
{
	EQUAL_TEXT(show(LOAD("\x80\2(]q\5K\1ah\5t.")), "([1], [1])");
	EQUAL_TEXT(show(LOAD("\x80\2(]r\7\0\0\0K\1aj\7\0\0\0h\7t.")), "([1], [1], [1])");
	EQUAL_TEXT(
	    show(LOAD("\x80\4(K\7\x94K\x08\x94K\x09\x94h\1h\0j\2\0\0\0t.")), "(7, 8, 9, 8, 7, 9)");
	/* MEMOIZE gives the number of those that are taken, whoever took them */
	EQUAL_TEXT(show(LOAD("\x80\4(K\7q\0K\x08\x94h\1t.")), "(7, 8, 8)");
	EQUAL_TEXT(show(LOAD("\x80\4(K\7q\5K\x08\x94h\1t.")), "(7, 8, 8)");
	EQUAL_TEXT(show(LOAD("\x80\2(K\7q\0K\x08q\0h\0t.")), "(7, 8, 8)");
	REFUSES("\x80\2(K\7q\0h\1t.", MP_UNPICKLING);
	REFUSES("\x80\2(j\xff\xff\xff\xfft.", MP_UNPICKLING);
}

ROW("pickle.5/stack", 1, "marks, POP, POP_MARK, DUP, LIST and DICT")
{
	EQUAL_TEXT(show(LOAD("\x80\2(K\1(K\2tK\3l.")), "[1, (2,), 3]");
	EQUAL_TEXT(show(LOAD("\x80\2(K\1K\2K\3K\4d.")), "{1: 2, 3: 4}");
	EQUAL_TEXT(show(LOAD("\x80\2K\1K\2"
			     "0.")),
	    "1");
	EQUAL_TEXT(show(LOAD("\x80\2K\1(K\2K\3"
			     "1.")),
	    "1");
	EQUAL_TEXT(show(LOAD("\x80\2K\1(0.")), "1");
	EQUAL_TEXT(show(LOAD("\x80\2]2\x86.")), "([], [])");
	EQUAL_TEXT(show(LOAD("N.what follows is ignored")), "None");
	EQUAL_TEXT(show(LOAD("\x80\4\x95\2\0\0\0\0\0\0\0N.")), "None");
}

ROW("pickle.5/batches", 1, "a list and a dict that come in several portions")
{
	EQUAL_TEXT(show(LOAD("\x80\4](K\1K\2e(K\3eK\4a(e.")), "[1, 2, 3, 4]");
	EQUAL_TEXT(show(LOAD("\x80\4}(K\1Nu(K\2NuK\3Ns.")), "{1: None, 2: None, 3: None}");
	EQUAL_TEXT(show(LOAD("\x80\4\x8f(K\1\x90(K\2K\1\x90.")), "{1, 2}");
}

/* --- values by chance: the same in every run --- */

static uint64_t chance_state;

static uint64_t
chance(uint64_t below)
{
	uint64_t z = chance_state += UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	return (z ^ z >> 27) % below;
}

static struct mp_value *
any_value(int depth)
{
	struct mp_value *v;
	char bytes[24];
	size_t n = chance(sizeof(bytes));

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)chance(depth < 0 ? 128 : 256);
	switch (chance(depth > 0 ? 10 : 6)) {
	case 0:
		return chance(2) ? mp_none() : mp_bool(chance(2));
	case 1:
		return mp_int_n(bytes, chance(3));
	case 2:
		return mp_int_n(bytes, n);
	case 3:
		return mp_float((double)(int64_t)chance(UINT64_MAX) / 1e6);
	case 4:
		return mp_bytes(bytes, n);
	case 5:
		for (size_t i = 0; i < n; i++)
			bytes[i] &= 0x7f;
		return mp_str_n(bytes, n);
	case 6:
		return mp_tuple(any_value(depth - 1), any_value(depth - 1));
	case 7:
		v = mp_dict();
		for (size_t i = chance(12); i-- > 0;)
			OK(mp_dict_set(v, any_value(0), any_value(depth - 1)));
		return v;
	default:
		v = mp_list();
		for (size_t i = chance(12); i-- > 0;)
			OK(mp_list_append(v, any_value(depth - 1)));
		if (chance(2))
			OK(mp_list_append(v, mp_value_ref(v)));
		return v;
	}
}

ROW("pickle.5/crowd", 1, "two thousand values by chance come back equal, and print the same",
    .seconds = 3)
{
	chance_state = 4;
	for (int i = 0; i < 2000; i++) {
		row_step("value %d", i);
		struct mp_value *v = any_value(3), *again = around(mp_value_ref(v));
		EQUAL_TEXT(shown(again), shown(v));
		EQUAL(equal(v, again), 1);
	}
}

/* What is loaded onto [1]; and how that ends. */
static const char *
onto(const void *data, size_t size, int error)
{
	struct mp_value *list = mp_list(mp_int(1));

	TRUE(list, "the list could be built");
	int seen = mp__loads_onto(list, data, size);
	EQUAL(seen, error);
	return show(list);
}
#define ONTO(text, error) onto(text, sizeof(text) - 1, error)

ROW("pickle.5/onto", 1, "a list is loaded onto the end of another, or nothing is")
{
	EQUAL_TEXT(ONTO("\x80\x04](K\x02]K\x03"
			"ae.",
		       0),
	    "[1, 2, [3]]");
	EQUAL_TEXT(ONTO("\x80\x04].", 0), "[1]");
	/* its own second item: it is there twice, and once of them inside of itself */
	EQUAL_TEXT(ONTO("\x80\x04]\x94(K\x02h\x00"
			"e.",
		       0),
	    "[1, 2, [2, [...]]]");
	EQUAL_TEXT(ONTO("\x80\x04K\x02\x85.", MP_KIND), "[1]");
	EQUAL_TEXT(ONTO("\x80\x04](K\x02", MP_UNPICKLING), "[1]");
}

/* A value of each size of block, kept; the others go at once. */
static void
make_briefly(void)
{
	struct mp_value *kept = NULL, *list;

	mp__brief_begin(20);
	list = mp_list();
	for (int i = 0; i < 1000; i++) {
		struct mp_value *v = mp_tuple(mp_int(100000 + i), mp_str("one of many"));
		if (i == 500)
			kept = mp_value_ref(v);
		OK(mp_list_append(list, v));
	}
	mp_value_free(list);
	mp__brief_end();
	struct mp_value *after = mp_int(100500);
	EQUAL_TEXT(shown(kept), "(100500, 'one of many')");
	TRUE(mp_value_equal(mp_value_at(kept, 0), after) == 1, "as if made one by one");
	mp_value_free(after);
	mp_value_free(kept);
}

ROW("pickle.5/brief", 1, "what is made for a short while may be kept, and leaves nothing behind",
    .seconds = 20)
{
	leaves_nothing(make_briefly);
}

/* --- pickle.6: what is carried -------------------------------------------------------------------------------- */

ROW("pickle.6/globals", 1,
    "a global is the name of something: equal by name, a key, and written as such")
{
	struct mp_value *v = mp_global("collections", "OrderedDict"), *d = mp_dict();

	EQUAL_TEXT(mp_global_module(v), "collections");
	EQUAL_TEXT(mp_global_name(v), "OrderedDict");
	EQUAL_TEXT(shown(v), "collections.OrderedDict");
	OK(mp_dict_set(d, mp_global("a", "b"), mp_int(1)));
	OK(mp_dict_set(d, mp_global("a", "b"), mp_int(2)));
	EQUAL(mp_value_len(d), 1);
	EQUAL_TEXT(show(around(d)), "{a.b: 2}");
	EQUAL_TEXT(dumped(v), "collections.OrderedDict");
	EQUAL(equal(mp_global("a", "b"), mp_global("a", "c")), 0);
	EQUAL_TEXT(show(LOAD("\x80\3cmod\nname\n.")), "mod.name");
	EQUAL_TEXT(
	    show(LOAD("\x80\2c__builtin__\nxrange\n.")), "builtins.range"); /* as in Python 2 */
	TRUE(mp_global_name(NULL) == NULL, "nothing has no name");
}

ROW("pickle.6/exceptions", 1,
    "an exception of Python's arrives, can be looked into, and goes on as it was")
{
	for (size_t i = 0; i < COUNT(index_error); i++) {
		struct mp_value *v = load(index_error[i].data, index_error[i].size);
		EQUAL(mp_value_kind(v), MP_REDUCE);
		EQUAL_TEXT(mp_global_module(mp_reduce_callable(v)), "builtins");
		EQUAL_TEXT(mp_global_name(mp_reduce_callable(v)), "IndexError");
		EQUAL_TEXT(shown(mp_reduce_args(v)), "('x',)");
		TRUE(mp_reduce_state(v) == NULL, "it has no state");
		EQUAL_TEXT(shown(v), "builtins.IndexError('x')");
		EQUAL_TEXT(dumped(v), "builtins.IndexError('x')");
	}
	struct mp_value *made = mp_reduce(mp_global("queue", "Full"), mp_tuple());
	EQUAL_TEXT(dumped(mp_tuple(mp_str("#ERROR"), made)), "('#ERROR', queue.Full())");
	TRUE(mp_reduce(mp_global("a", "b"), mp_list()) == NULL, "arguments are a tuple");
}

ROW("pickle.6/objects", 1, "objects of Python's classes keep class, state, items and pairs")
{
	struct mp_value *token =
	    mp_newobj(mp_global("multiprocessing.managers", "Token"), mp_tuple());

	OK(mp_reduce_set_state(token, mp_tuple(mp_str("list"), mp_none(), mp_str("7f"))));
	EQUAL_TEXT(shown(mp_reduce_state(token)), "('list', None, '7f')");
	EQUAL_TEXT(dumped(mp_list(mp_value_ref(token), mp_value_ref(token))),
	    "[&1=new multiprocessing.managers.Token() <- ('list', None, '7f'), *1]");
	token = around(token);
	EQUAL_TEXT(shown(mp_reduce_state(token)), "('list', None, '7f')");
	EQUAL_TEXT(dumped(token), "new multiprocessing.managers.Token() <- ('list', None, '7f')");
	for (size_t i = 0; i < COUNT(ordered); i++)
		EQUAL_TEXT(dumped(load(ordered[i].data, ordered[i].size)),
		    "collections.OrderedDict() <- 'b', 1");
	/* an object that is its own state: copyreg writes it so */
	EQUAL_TEXT(dumped(LOAD("\x80\4\x8c\1m\x8c\1C\x93)\x81\x94}\x8c\2meh\0sb.")),
	    "&1=new m.C() <- {'me': *1}");
}

ROW("pickle.6/nothing-runs", 1, "whatever a pickle asks to be called, nothing is")
{
	struct mp_value *v = LOAD("\x80\4\x8c\2os\x8c\6system\x93\x8c\4true\x85R.");
	struct rusage children;

	EQUAL_TEXT(show(v), "os.system('true')");
	EQUAL(getrusage(RUSAGE_CHILDREN, &children), 0);
	EQUAL(children.ru_minflt, 0); /* no child has run, and been waited for */
}

/* A class of the library: a lamp that is on or off, and can be sent while `outlet` is true. */
struct lamp {
	int references, on;
};
static int lamps;
static bool outlet = true;

static int
reduce_lamp(void *object, struct mp_value **state)
{
	if (!outlet)
		return -EBADF;
	return (*state = mp_list(mp_int(((struct lamp *)object)->on))) ? 0 : -ENOMEM;
}

static int
rebuild_lamp(const struct mp_value *state, void **object)
{
	int64_t on;
	int error = mp_value_int(mp_value_at(state, 0), &on);
	struct lamp *lamp = error ? NULL : calloc(1, sizeof(*lamp));

	if (error)
		return error;
	lamps++;
	lamp->references = 1;
	lamp->on = (int)on;
	*object = lamp;
	return 0;
}

static void
ref_lamp(void *object)
{
	((struct lamp *)object)->references++;
}

static void
unref_lamp(void *object)
{
	if (--((struct lamp *)object)->references == 0) {
		lamps--;
		free(object);
	}
}

static const struct mp_class lamp_class = {"Lamp", reduce_lamp, rebuild_lamp, ref_lamp, unref_lamp};
MP_REGISTER_CLASS(lamp_class);
static const struct mp_class address_class = {.name = "Address"};

static struct lamp *
new_lamp(int on)
{
	struct lamp *lamp = calloc(1, sizeof(*lamp));

	lamps++;
	lamp->references = 1;
	lamp->on = on;
	return lamp;
}

ROW("pickle.6/classes", 1,
    "an object of the library is rebuilt by its class, once for all its places")
{
	struct lamp *lamp = new_lamp(42);
	struct mp_value *v = mp_object(&lamp_class, lamp);

	EQUAL(lamp->references, 2);
	TRUE(mp_value_object(v, &lamp_class) == lamp, "the value knows its object");
	TRUE(mp_value_object(v, &address_class) == NULL, "and its class");
	EQUAL_TEXT(shown(v), "<mp.Lamp object>");
	EQUAL_TEXT(dumped(mp_value_ref(v)), "mp.Lamp([42])");
	v = around(mp_tuple(mp_value_ref(v), v));
	EQUAL(lamp->references, 1);
	unref_lamp(lamp);
	lamp = mp_value_object(mp_value_at(v, 0), &lamp_class);
	TRUE(lamp && lamp->on == 42, "its state came along");
	TRUE(mp_value_object(mp_value_at(v, 1), &lamp_class) == lamp, "one object in two places");
	EQUAL(lamps, 1);
	mp_value_free(v);
	EQUAL(lamps, 0);
	/* what the state is, the class has to judge */
	REFUSES("\x80\4\x8c\2mp\x8c\4Lamp\x93](Neb\x85R.", MP_UNPICKLING);
	REFUSES("\x80\4\x8c\2mp\x8c\4Lamp\x93N\x85R.", MP_KIND);
	EQUAL_TEXT(show(LOAD("\x80\4\x8c\2mp\x8c\4Lump\x93N\x85R.")), "mp.Lump(None)");
}

ROW("pickle.6/blame", 2, "what cannot be pickled is named: which part, and why")
{
	struct lamp *lamp = new_lamp(1);
	struct mp_value *v = mp_tuple(mp_int(1), mp_str("x"),
	    mp_dict(mp_str("key"), mp_int(1), mp_str("lock"), mp_object(&lamp_class, lamp)));
	struct mp_pickle_error why = {0};
	void *data = NULL;
	size_t size = 7;

	outlet = false;
	FAILS(mp_pickle_dumps(v, &data, &size, &why), -EBADF);
	TRUE(data == NULL && size == 7, "a failed call leaves its out-parameters untouched");
	EQUAL(why.error, -EBADF);
	EQUAL_TEXT(why.path, "[2]['lock']");
	TRUE(strstr(why.text, "Lamp") && strstr(why.text, "Bad file descriptor"),
	    "the text names class and reason: %s", why.text);
	FAILS(mp_pickle_dumps(v, &data, &size, NULL), -EBADF);
	outlet = true;
	mp_value_free(v);
	unref_lamp(lamp);
	EQUAL(lamps, 0);
}

ROW("pickle.6/address", 1,
    "an address means nothing elsewhere: what has no reduce is refused, by its place")
{
	struct mp_value *v = mp_list(mp_object(&address_class, &lamps));
	struct mp_pickle_error why;
	void *data;
	size_t size;

	FAILS(mp_pickle_dumps(v, &data, &size, &why), MP_NOT_PICKLABLE);
	EQUAL_TEXT(why.path, "[0]");
	TRUE(strstr(why.text, "cannot pickle 'Address' object"), "Python's words: %s", why.text);
	v = mp_reduce(mp_global("m", "f"), mp_tuple(mp_int(1), v));
	FAILS(mp_pickle_dumps(v, &data, &size, &why), MP_NOT_PICKLABLE);
	TRUE(strstr(why.path, "[1][0]"), "in the arguments of a call: %s", why.path);
	for (int i = 0; i < 100; i++)
		v = mp_list(mp_int(i), v);
	FAILS(mp_pickle_dumps(v, &data, &size, &why), MP_NOT_PICKLABLE);
	TRUE(!strncmp(why.path, "...", 3) && strstr(why.path, "[1][0]"),
	    "of a long way the end is told: %s", why.path);
	mp_value_free(v);
}

static struct mp_connection *ends[2];

static int
send_back(void *arg)
{
	struct mp_value *v;
	int error;

	(void)arg;
	mp_connection_free(ends[0]); /* or this process would hold open what it reads from */
	while ((error = mp_connection_recv(ends[1], &v)) == 0) {
		v = mp_tuple(mp_str("seen"), v);
		if (mp_connection_send(ends[1], v))
			return 1;
		mp_value_free(v);
	}
	return error == MP_UNPICKLING && mp_connection_recv(ends[1], &v) == MP_EOF ? 0 : 2;
}

/* 57: of what cannot be pickled nothing is sent */
ROW("pickle.6/sends", 1,
    "a value is sent to another process and comes back; what cannot be, leaves no trace", TIDY)
{
	struct mp_value *v, *back;

	OK(mp_pipe(ends, true));
	pid_t pid = forked(send_back, NULL);
	mp_connection_free(ends[1]);
	v = mp_list(mp_int(1), mp_object(&address_class, &lamps));
	FAILS(mp_connection_send(ends[0], v), MP_NOT_PICKLABLE);
	mp_value_free(v);
	for (int i = 0; i < 3; i++) {
		v = mp_dict(mp_str("number"), mp_int(i), mp_str("list"), mp_list(mp_float(0.5)));
		OK(mp_connection_send(ends[0], v));
		mp_value_free(v);
		OK(mp_connection_recv(ends[0], &back));
		EQUAL(int_of(mp_dict_at(mp_value_at(back, 1), "number")), i);
		mp_value_free(back);
	}
	OK(mp_connection_send_bytes(ends[0], "no pickle", 9));
	mp_connection_free(ends[0]);
	EQUAL(waited(pid), 0);
}

/* --- pickle.7: hostile bytes, and cycles ------------------------------------------------------------------------ */

ROW("pickle.7/truncated", 1, "a pickle that is cut anywhere is refused")
{
	for (size_t i = 0; i < COUNT(containers); i++)
		for (size_t size = 0; size < containers[i].size; size++) {
			/* a copy that ends where it ends: what is read beyond may be seen */
			char *cut = malloc(size ? size : 1);
			memcpy(cut, containers[i].data, size);
			row_step("protocol %d, the first %zu bytes", containers[i].protocol, size);
			refuses(cut, size, MP_UNPICKLING);
			free(cut);
		}
}

ROW("pickle.7/lengths", 1,
    "a length is not believed: nothing is allocated for bytes that are not there", .seconds = 2)
{
	REFUSES("\x80\4X\xff\xff\xff\x7f"
		"abc.",
	    MP_UNPICKLING);
	REFUSES("\x80\4\x8d\xff\xff\xff\xff\xff\xff\xff\xff"
		"abc.",
	    MP_UNPICKLING);
	REFUSES("\x80\4\x8e\xff\xff\xff\xff\xff\xff\xff\x7f"
		"abc.",
	    MP_UNPICKLING);
	REFUSES("\x80\5\x96\0\0\0\0\0\1\0\0"
		"abc.",
	    MP_UNPICKLING);
	REFUSES("\x80\4\x8a\x05"
		"abc.",
	    MP_UNPICKLING);
	REFUSES("\x80\4\x8b\xff\xff\xff\xff"
		"abc.",
	    MP_UNPICKLING); /* negative */
	REFUSES("\x80\4\x95\xff\0\0\0\0\0\0\0N.", MP_UNPICKLING);
	REFUSES("\x80\4Nr\xff\xff\xff\xff.", MP_UNPICKLING); /* a memo of 32 GiB */
	REFUSES("\x80\4Nr\0\0\0\x10.", MP_UNPICKLING);
	BETWEEN(memory_in_use(), 0, 16 << 20);
}

ROW("pickle.7/kinds", 2, "every instruction asks what it finds on the stack, before it uses it")
{
	static const struct {
		size_t size;
		const char *data;
	} bad[] = {
#define BAD(text) {sizeof(text) - 1, text}
	    BAD("."), BAD("(."), BAD("0."), BAD("1."), BAD("2."), BAD("t."), BAD("l."), BAD("d."),
	    BAD("e."), BAD("a."), BAD("u."), BAD("s."), BAD("\x85."), BAD("N\x86."), BAD("NN\x87."),
	    BAD("(N\x86."), BAD("N(2."), BAD("N(a."), BAD("\x94."), BAD("q\0."), BAD("(\x94."),
	    BAD("NNa."), BAD("N(Ne."), BAD("}(NNe."), BAD("](NNu."), BAD("}(Nu."), BAD("](N\x90."),
	    BAD("(NN(K\1d."), BAD("(Nd."), BAD("\x90."), BAD("\x91."), BAD("R."), BAD("NR."),
	    BAD("NNR."), BAD("N)R."), BAD("\x8c\1a\x8c\1b\x93NR."), BAD("K\1)R."), BAD("N)\x81."),
	    BAD("N)}\x92."), BAD("\x8c\1a\x8c\1b\x93)N\x92."), BAD("\x93."), BAD("N\x93."),
	    BAD("NN\x93."), BAD("\x8c\1aN\x93."), BAD("N\x8c\1a\x93."), BAD("b."), BAD("Nb."),
	    BAD("NNb."), BAD("]}b."), BAD("cno newline"), BAD("cmodule\nno newline"),
	    BAD("c\xff\nname\n."), BAD("\x80\6N."), BAD("\x80"), BAD("I1\n."), BAD("P1\n."),
	    BAD("\x82\1."), BAD("\x97."), BAD("\x98."), BAD("\0."), BAD("\xff."),
	    BAD("\x8c\1a\x8c\1b\x93)RN"
		"bNb."),
	    BAD("")};

	for (size_t i = 0; i < COUNT(bad); i++) {
		row_step("number %zu", i);
		refuses(bad[i].data, bad[i].size, MP_UNPICKLING);
	}
	REFUSES("}]Ns.", MP_UNHASHABLE);
	REFUSES("\x8f(K\1]\x85\x90.", MP_UNHASHABLE);
	REFUSES("(}\x91.", MP_UNHASHABLE);
}

ROW("pickle.7/utf8", 1, "text that is no UTF-8 is refused; surrogates and NULs are let in")
{
	REFUSES("\x80\4\x8c\1\xff.", MP_UNPICKLING);
	REFUSES("\x80\4\x8c\2\xc0\x80.", MP_UNPICKLING);
	REFUSES("\x80\4X\3\0\0\0\xe2\x82\x28.", MP_UNPICKLING);
	EQUAL_TEXT(show(LOAD("\x80\4\x8c\4\xed\xb3\xbf\0.")), "'\\udcff\\x00'");
}

ROW("pickle.7/laughs", 1,
    "what is said twice sixty times over is no danger to who prints or compares it", .seconds = 3)
{
	char pickle[200] = "\x80\4K\1\x85", *text = NULL;
	size_t size = 5;
	struct mp_value *v, *again;

	for (int i = 0; i < 60; i++) {
		pickle[size++] = '2';
		pickle[size++] = (char)0x86;
	}
	pickle[size++] = '.';
	v = load(pickle, size);
	FAILS(mp_value_repr(v, &text), MP_TOO_LARGE);
	again = around(mp_value_ref(v));
	EQUAL(mp_value_equal(v, again), 1);
	mp_value_free(again);
	mp_value_free(v);
}

/* n ints that are the key of nearly the same slot in a table that thinks little of it. */
static void *
colliding(size_t n, size_t *size)
{
	char *data = malloc(n * 12 + 16), *at = data;

	at += sprintf(at, "\x80\4}(");
	for (uint64_t i = 1; i <= n; i++) {
		uint64_t number = i << 40;
		*at++ = (char)0x8a;
		*at++ = 8;
		memcpy(at, &number, 8);
		at += 8;
		*at++ = 'N';
	}
	*at++ = 'u';
	*at++ = '.';
	*size = (size_t)(at - data);
	return data;
}

ROW("pickle.7/collisions", 1,
    "keys chosen to collide do not: a dict of 100,000 is filled in no time", .seconds = 2)
{
	size_t size;
	void *data = colliding(100000, &size);
	struct mp_value *v = load(data, size);

	EQUAL(mp_value_len(v), 100000);
	mp_value_free(v);
	free(data);
}

ROW("pickle.7/copies", 1,
    "a few bytes that ask for a large copy, often, get it a few times at most", .seconds = 2)
{
	enum { ITEMS = 1000, TIMES = 2000 };
	static char data[64 + ITEMS * 5 + TIMES * 8];
	struct mp_value *v;
	char *at = data;

	/* one list; and then, as often: set(that list) */
	at += sprintf(at, "\x80\3(cbuiltins\nset\nq");
	*at++ = 0;
	at += sprintf(at, "](");
	for (int i = 0; i < ITEMS; i++) {
		*at++ = 'M';
		*at++ = (char)i;
		*at++ = (char)(i >> 8);
	}
	at += sprintf(at, "eq\1");
	for (int i = 0; i < TIMES; i++) {
		memcpy(at, "h\0h\1\x85R", 6);
		at += 6;
	}
	at += sprintf(at, "t.");
	FAILS(mp_pickle_loads(data, (size_t)(at - data), &v), MP_UNPICKLING);
	/* the same key again and again: two long strs that are equal, but not the same */
	at = data;
	at += sprintf(at, "\x80\3}");
	for (uint8_t i = 0; i < 2; i++) {
		uint32_t length = ITEMS;
		*at++ = 'X';
		memcpy(at, &length, 4);
		memset(at + 4, 'x', length);
		at += 4 + length;
		*at++ = 'q';
		*at++ = (char)i;
		*at++ = 'N';
		*at++ = 's';
	}
	for (int i = 0; i < TIMES; i++) {
		memcpy(at, "h\1Ns", 4);
		at += 4;
	}
	at += sprintf(at, ".");
	FAILS(mp_pickle_loads(data, (size_t)(at - data), &v), MP_UNPICKLING);
}

static void
make_cycles(void)
{
	struct mp_value *list = mp_list(), *dict = mp_dict(), *v;

	if (mp_list_append(list, mp_value_ref(list)) ||
	    mp_dict_set(dict, mp_str("both"), mp_list(mp_value_ref(dict), mp_value_ref(list))) ||
	    mp_list_append(list, mp_value_ref(dict)))
		abort();
	mp_value_free(list);
	if (mp_value_len(mp_dict_at(dict, "both")) != 2)
		abort();
	mp_value_free(dict);
	mp_value_free(ring(20, 5000));
	v = mp_reduce(mp_global("m", "C"), mp_tuple());
	if (mp_reduce_set_state(v, mp_list(mp_value_ref(v))))
		abort();
	mp_value_free(v);
}

/* What is put in goes into a part, and nobody but the whole holds that part. */
static void
close_inside(struct mp_value *whole, struct mp_value *part)
{
	if (mp_value_kind(part) == MP_LIST ? mp_list_append(part, mp_value_ref(whole))
					   : mp_reduce_set_state(part, mp_value_ref(whole)))
		abort();
	mp_value_free(whole);
}

static void
make_inner_cycles(void)
{
	struct mp_value *v, *outer, *middle = mp_list(mp_list());

	v = mp_list(mp_list());
	close_inside(v, mp_value_at(v, 0));
	v = mp_list(mp_tuple(mp_none(), mp_list()));
	close_inside(v, mp_value_at(mp_value_at(v, 0), 1));
	v = mp_dict(mp_str("list"), mp_list());
	close_inside(v, mp_dict_at(v, "list"));
	v = mp_list(mp_reduce(mp_global("m", "C"), mp_tuple()));
	close_inside(v, mp_value_at(v, 0));
	v = mp_reduce(mp_global("m", "C"), mp_tuple(mp_list()));
	close_inside(v, mp_value_at(mp_reduce_args(v), 0));
	/* the one in the middle is all that is held */
	outer = mp_list(mp_value_ref(middle));
	if (mp_list_append(mp_value_at(middle, 0), outer))
		abort();
	mp_value_free(middle);
}

static void
load_cycles(void)
{
	struct mp_value *v, *part;

	for (size_t i = 0; i < COUNT(cycles); i++)
		mp_value_free(load(cycles[i].data, cycles[i].size));
	v = LOAD("\x80\4]\x94(h\0]\x94h\0ah\1e.");
	part = mp_value_ref(mp_value_at(v, 1));
	mp_value_free(v); /* the part still holds it all */
	if (mp_value_at(mp_value_at(part, 0), 1) != part)
		abort();
	mp_value_free(part);
	/* a cycle that is thrown away, one that an error cuts short, one without a memo */
	mp_value_free(LOAD("\x80\4]\x94h\0a0N."));
	if (mp_pickle_loads("\x80\4]\x94h\0aQ", 8, &v) != MP_UNPICKLING ||
	    mp_pickle_loads("]2aa", 4, &v) != MP_UNPICKLING)
		abort();
	mp_value_free(LOAD("]2a."));
	mp_value_free(LOAD("\x80\4}\x94(K\1]\x94(h\0h\1eK\1Nu."));
	/* a cycle that is closed later, in what was loaded */
	v = LOAD("]]a.");
	close_inside(v, mp_value_at(v, 0));
	v = LOAD("]cm\nC\n)Ra.");
	close_inside(v, mp_value_at(v, 0));
}

ROW("pickle.7/rings", 1, "what holds itself is freed when nobody outside holds it")
{
	leaves_nothing(make_cycles);
	leaves_nothing(make_inner_cycles);
}

ROW("pickle.7/loaded-rings", 2, "so is what a pickle made, also what it threw away again")
{
	leaves_nothing(load_cycles);
}

ROW("pickle.7/deep", 1, "a million lists in each other are loaded and freed without a deep stack",
    .seconds = 3)
{
	enum { DEPTH = 1000000 };
	char *data = malloc(2 * DEPTH + 8), *text;
	struct mp_value *v;

	memset(data, ']', DEPTH + 1);
	memset(data + DEPTH + 1, 'a', DEPTH);
	data[2 * DEPTH + 1] = '.';
	v = load(data, 2 * DEPTH + 2);
	int error = mp_value_repr(v, &text);
	TRUE(error == 0 || error == MP_TOO_DEEP, "repr says %s", mp_error_name(error));
	if (error == 0)
		free(text);
	error = mp_value_equal(v, v);
	TRUE(error == 1 || error == MP_TOO_DEEP, "equal says %s", mp_error_name(error));
	mp_value_free(v);
	memset(data, ')', 1); /* and as a key: nested tuples */
	memset(data + 1, 0x85, DEPTH);
	memcpy(data + 1 + DEPTH, "}q\0", 3);
	memset(data, '}', 1);
	data[1] = ')';
	memset(data + 2, 0x85, DEPTH);
	memcpy(data + 2 + DEPTH, "Ns.", 3);
	error = mp_pickle_loads(data, DEPTH + 5, &v);
	TRUE(error == 0 || error == MP_TOO_DEEP, "as a key: %s", mp_error_name(error));
	if (error == 0)
		mp_value_free(v);
	free(data);
}

ROW("pickle.7/crowd", 1, "ten thousand spoiled pickles are read or refused, and nothing remains",
    .seconds = 4)
{
	size_t before = 0;

	chance_state = 7;
	for (int i = 0; i < 10000; i++) {
		const struct written *from = i % 2 ? &containers[i / 2 % 4] : &scalars[i / 2 % 4];
		char *data = malloc(from->size);
		struct mp_value *v = NULL;
		if (i == 1000)
			before = memory_in_use();
		memcpy(data, from->data, from->size);
		for (uint64_t spoil = 1 + chance(4); spoil > 0; spoil--)
			data[2 + chance(from->size - 2)] = (char)chance(256);
		row_step("pickle %d", i);
		if (mp_pickle_loads(data, from->size - chance(3), &v) == 0) {
			char *text;
			if (mp_value_repr(v, &text) == 0)
				free(text);
			mp_value_free(v);
		}
		free(data);
	}
	size_t after = memory_in_use();
	BETWEEN(after > before ? after - before : 0, 0, 32768);
}
