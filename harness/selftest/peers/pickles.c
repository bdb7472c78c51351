/* SPDX-License-Identifier: MIT */
/*
 * The C side of pickle-peer: pickles and questions in, pickles and answers out.
 *
 * Everything goes in frames of four bytes of length, little-endian, over stdin and stdout.
 *
 *	pickles echo           for each pickle: loads, then its dumps, its repr, and whether the
 *	                    value is equal to what its own dumps loads as, with the same hash
 *	pickles make SEED N    N values made here by chance: the dumps and the repr of each
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mp.h>

static void
put_frame(const void *data, size_t size)
{
	uint8_t length[4] = {
	    (uint8_t)size, (uint8_t)(size >> 8), (uint8_t)(size >> 16), (uint8_t)(size >> 24)};

	if (fwrite(length, 1, 4, stdout) != 4 || fwrite(data, 1, size, stdout) != size)
		err(1, "stdout");
}

static void
put_text(const char *text)
{
	put_frame(text, strlen(text));
}

static void *
get_frame(size_t *size)
{
	uint8_t length[4];

	if (fread(length, 1, 4, stdin) != 4)
		return NULL;
	*size = length[0] | length[1] << 8 | length[2] << 16 | (size_t)length[3] << 24;
	void *data = malloc(*size + 1);
	if (!data || fread(data, 1, *size, stdin) != *size)
		errx(1, "a frame of %zu bytes is cut", *size);
	return data;
}

/* Its dumps and its repr; an error instead of either by its name. */
static void
answer(const struct mp_value *v)
{
	char *text;
	void *data;
	size_t size;
	int error = mp_pickle_dumps(v, &data, &size, NULL);

	if (error) {
		put_text(mp_error_name(error));
	} else {
		put_frame(data, size);
		free(data);
	}
	error = mp_value_repr(v, &text);
	put_text(error ? mp_error_name(error) : text);
	if (!error)
		free(text);
}

/* What dumps says of v loads as the same: "", or what is wrong. */
static const char *
around(const struct mp_value *v)
{
	struct mp_value *again;
	void *data;
	size_t size;
	uint64_t hash, other;
	const char *wrong = "";

	if (mp_pickle_dumps(v, &data, &size, NULL))
		return "cannot be dumped";
	if (mp_pickle_loads(data, size, &again))
		errx(1, "what dumps has written cannot be loaded");
	if (mp_value_equal(v, again) != 1)
		wrong = "not equal";
	int hashed = mp_value_hash(v, &hash);
	if (hashed != mp_value_hash(again, &other) || (hashed == 0 && hash != other))
		wrong = *wrong ? "not equal, other hash" : "other hash";
	free(data);
	mp_value_free(again);
	return wrong;
}

static int
echo(void)
{
	size_t size;
	void *data;

	while ((data = get_frame(&size))) {
		struct mp_value *v;
		int error = mp_pickle_loads(data, size, &v);
		if (error) {
			put_text(mp_error_name(error));
			put_text("");
			put_text("");
		} else {
			answer(v);
			put_text(around(v));
			mp_value_free(v);
		}
		fflush(stdout);
		free(data);
	}
	return 0;
}

/* --- values by chance -------------------------------------------------------------------- */

static uint64_t state;

static uint64_t
chance(uint64_t below)
{
	state += UINT64_C(0x9E3779B97F4A7C15);
	uint64_t z = state;
	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	return (z ^ z >> 31) % below;
}

static struct mp_value *
any_int(void)
{
	uint8_t bytes[40];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = chance(4) ? (uint8_t)chance(256) : chance(2) ? 0xff : 0;
	return mp_int_n(bytes, chance(2) ? chance(5) : chance(sizeof(bytes)));
}

static struct mp_value *
any_float(void)
{
	uint64_t bits = chance(UINT64_MAX);
	double number;

	if (chance(2)) /* one that people write */
		return mp_float((double)(int64_t)(chance(2000000) - 1000000) / 100);
	memcpy(&number, &bits, sizeof(number));
	return mp_float(number);
}

static struct mp_value *
any_str(void)
{
	static const char *const pieces[] = {"a", "B", "7", "'", "\"", "\\", "\n", "\r", "\t",
	    "\x7f", "\x01", "\xc3\xa9", "\xc2\x85", "\xc2\xa0", "\xc2\xad", "\xe2\x82\xac",
	    "\xe2\x80\xa8", "\xed\xa0\x80", "\xed\xbf\xbf", "\xef\xbf\xbf", "\xf0\x9f\x98\x80",
	    "\xf4\x8f\xbf\xbf", " "};
	char text[160] = "";
	size_t n = 0;

	for (uint64_t left = chance(chance(8) ? 12 : 40); left > 0; left--) {
		const char *piece = pieces[chance(sizeof(pieces) / sizeof(pieces[0]))];
		if (chance(20)) {
			memcpy(text + n, piece, strlen(piece));
			n += strlen(piece);
		} else {
			text[n++] = '\0';
		}
	}
	return mp_str_n(text, n);
}

static struct mp_value *
any_bytes(bool array)
{
	uint8_t data[300];
	size_t n = chance(chance(8) ? 10 : sizeof(data));

	for (size_t i = 0; i < n; i++)
		data[i] = (uint8_t)chance(256);
	return array ? mp_bytearray(data, n) : mp_bytes(data, n);
}

static struct mp_value *shared[16]; /* what has been made before, to be used again */

static struct mp_value *any(int depth, bool key);

static struct mp_value *
any_items(int depth, bool key, bool list)
{
	struct mp_value *parts[12];
	size_t n = chance(chance(4) ? 5 : 12);

	for (size_t i = 0; i < n; i++)
		parts[i] = any(depth - 1, key);
	return list ? mp_list_n(parts, n) : mp_tuple_n(parts, n);
}

static struct mp_value *
any_table(int depth, bool dict)
{
	struct mp_value *v = dict ? mp_dict() : mp_set();

	for (uint64_t left = chance(chance(4) ? 5 : 40); left > 0; left--)
		if (dict ? mp_dict_set(v, any(depth - 1, true), any(depth - 1, false))
			 : mp_set_add(v, any(depth - 1, true)))
			errx(1, "a key was refused");
	return v;
}

/* A list that holds itself, somewhere. */
static struct mp_value *
any_cycle(int depth)
{
	struct mp_value *list = any_items(depth, false, true);
	struct mp_value *inner = chance(2) ? mp_tuple(mp_value_ref(list), any(depth - 1, false))
					   : mp_dict(mp_str("up"), mp_value_ref(list));

	if (mp_list_append(list, chance(4) ? inner : mp_value_ref(list)) ||
	    (chance(2) && mp_list_append(list, any(depth - 1, false))))
		err(1, "mp_list_append");
	return list;
}

static struct mp_value *
any_node(int depth, bool key)
{
	switch (chance(key ? 2 : 7)) {
	case 0:
		return any_items(depth, key, false);
	case 1:
		return mp_frozenset(any(depth - 1, true), any(depth - 1, true));
	case 2:
	case 3:
		return any_items(depth, false, true);
	case 4:
		return any_table(depth, true);
	case 5:
		return any_table(depth, false);
	default:
		return chance(4) ? any_table(depth, true) : any_cycle(depth);
	}
}

static struct mp_value *
any(int depth, bool key)
{
	size_t again = chance(sizeof(shared) / sizeof(shared[0]));

	if (depth > 0 && chance(3) == 0) {
		struct mp_value *v = any_node(depth, key);
		if (!key && !shared[again])
			shared[again] = mp_value_ref(v);
		return v;
	}
	if (!key && shared[again] && chance(4) == 0)
		return mp_value_ref(shared[again]);
	switch (chance(9)) {
	case 0:
		return mp_none();
	case 1:
		return mp_bool(chance(2));
	case 2:
	case 3:
		return any_int();
	case 4:
		return any_float();
	case 5:
		return any_bytes(!key && chance(4) == 0);
	case 6:
		return mp_int((int64_t)chance(300) - 20);
	default:
		return any_str();
	}
}

static int
make(uint64_t seed, long count)
{
	state = seed;
	for (long i = 0; i < count; i++) {
		struct mp_value *v = any((int)chance(5), false);
		if (!v)
			err(1, "a builder");
		answer(v);
		mp_value_free(v);
		for (size_t j = 0; j < sizeof(shared) / sizeof(shared[0]); j++) {
			mp_value_free(shared[j]);
			shared[j] = NULL;
		}
	}
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "echo"))
		return echo();
	if (argc == 4 && !strcmp(argv[1], "make"))
		return make(strtoull(argv[2], NULL, 10), strtol(argv[3], NULL, 10));
	errx(2, "usage: pickles echo | pickles make SEED N");
}
