/* SPDX-License-Identifier: MIT */
/*
 * Pickles, written and read. The values are the ones of 04-pickle.py, by the same rules: the
 * pickle that is read has been written by each contender itself.
 */
#include <stdio.h>
#include <stdlib.h>

#include <mp.h>

#include "bench/bench.h"

/* A thousand values: per ten four ints, two strs, a float, a None, a tuple, a dict. The keys of
 * all dicts are the same two strs, as they are in Python, where they stand in the program. */
static struct mp_value *
mixed(void)
{
	struct mp_value *list = mp_list(), *id = mp_str("id"), *name_key = mp_str("name");

	for (int i = 0; i < 100; i++) {
		char name[32], word[32];
		sprintf(name, "name-%d", i);
		sprintf(word, "value number %d", i);
		struct mp_value *ten[] = {mp_int(i), mp_int(i * 1000), mp_int(i * 1000000),
		    mp_int(-i - 1), mp_str(name), mp_str(word), mp_float(i * 0.1), mp_none(),
		    mp_tuple(mp_int(i + 2000), mp_bool(true)),
		    mp_dict(
			mp_value_ref(id), mp_int(i + 3000), mp_value_ref(name_key), mp_str(name))};
		for (int j = 0; j < 10; j++)
			NEED(mp_list_append(list, ten[j]));
	}
	mp_value_free(id);
	mp_value_free(name_key);
	return list;
}

static struct mp_value *
ints(void)
{
	struct mp_value *list = mp_list();

	for (int i = 0; i < 1000; i++)
		NEED(mp_list_append(list, mp_int((int64_t)i * 7919)));
	return list;
}

static struct mp_value *
strs(void)
{
	struct mp_value *list = mp_list();

	for (int i = 0; i < 1000; i++) {
		char text[64];
		sprintf(text, "a text of a usual length, number %d", i);
		NEED(mp_list_append(list, mp_str(text)));
	}
	return list;
}

static struct mp_value *
message(void)
{
	return mp_tuple(mp_none(), mp_str("incref"), mp_tuple(mp_str("7f3c2a1b")), mp_dict());
}

static struct mp_value *
megabyte(void)
{
	char *data = calloc(1, 1 << 20);
	struct mp_value *v = mp_bytes(data, 1 << 20);

	free(data);
	return v;
}

static void
write_it(struct bench *b, struct mp_value *v)
{
	bench_start(b);
	for (long i = 0; i < b->count; i++) {
		void *data;
		size_t size;
		NEED(mp_pickle_dumps(v, &data, &size, NULL));
		free(data);
	}
	bench_stop(b);
	mp_value_free(v);
}

static void
read_it(struct bench *b, struct mp_value *v)
{
	void *data;
	size_t size;

	NEED(mp_pickle_dumps(v, &data, &size, NULL));
	mp_value_free(v);
	bench_start(b);
	for (long i = 0; i < b->count; i++) {
		NEED(mp_pickle_loads(data, size, &v));
		mp_value_free(v);
	}
	bench_stop(b);
	free(data);
}

BENCH("pickle: dumps, 1,000 mixed values", "libmp")
{
	write_it(b, mixed());
}

BENCH("pickle: loads, 1,000 mixed values", "libmp")
{
	read_it(b, mixed());
}

BENCH("pickle: dumps, 1,000 ints", "libmp")
{
	write_it(b, ints());
}

BENCH("pickle: loads, 1,000 ints", "libmp")
{
	read_it(b, ints());
}

BENCH("pickle: dumps, 1,000 strs", "libmp")
{
	write_it(b, strs());
}

BENCH("pickle: loads, 1,000 strs", "libmp")
{
	read_it(b, strs());
}

BENCH("pickle: dumps, a manager's message", "libmp")
{
	write_it(b, message());
}

BENCH("pickle: loads, a manager's message", "libmp")
{
	read_it(b, message());
}

BENCH("pickle: dumps, 1 MiB of bytes", "libmp")
{
	write_it(b, megabyte());
}

BENCH("pickle: loads, 1 MiB of bytes", "libmp")
{
	read_it(b, megabyte());
}
