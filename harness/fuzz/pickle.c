/* SPDX-License-Identifier: MIT */
/*
 * Hostile pickles: any bytes, to loads; and what it makes of them, to everything else.
 *
 * A value that was loaded must be one like any other: it is printed, hashed, compared with
 * itself, written, and read again, and that once more. What is written in the end must be the
 * same bytes as before: nothing of the value, of its order or of what it shares gets lost.
 * (The first time may differ: loads takes some values to be in a cycle that are not, and
 * dumps then gives them numbers that nobody asks for.)
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <mp.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A class whose objects are small ints, and count their references. */
static long boxes;

static int
unbox(void *object, struct mp_value **state)
{
	return (*state = mp_int(*(int64_t *)object)) ? 0 : -ENOMEM;
}

static int
rebox(const struct mp_value *state, void **object)
{
	int64_t number, *box;
	int error = mp_value_int(state, &number);

	if (error || !(box = malloc(sizeof(*box))))
		return error ? error : -ENOMEM;
	boxes++;
	*box = number;
	*object = box;
	return 0;
}

static void
free_box(void *object)
{
	boxes--;
	free(object);
}

static const struct mp_class box = {
    .name = "Box", .reduce = unbox, .rebuild = rebox, .unref = free_box};
MP_REGISTER_CLASS(box);

static void
need(int condition)
{
	if (!condition)
		abort();
}

/* These three may happen to any value that is large enough. */
static int
may_fail(int error)
{
	return error == MP_TOO_DEEP || error == MP_TOO_LARGE || error == -ENOMEM;
}

static void
look_at(const struct mp_value *v)
{
	char *text;
	uint64_t hash, again;
	int error = mp_value_repr(v, &text);

	need(error == 0 || may_fail(error));
	if (error == 0)
		free(text);
	error = mp_value_hash(v, &hash);
	need(error == 0 || error == MP_UNHASHABLE || may_fail(error));
	if (error == 0)
		need(mp_value_hash(v, &again) == 0 && hash == again);
	error = mp_value_equal(v, v);
	need(error == 1 || may_fail(error) || (error == 0 && mp_value_kind(v) == MP_FLOAT));
	(void)mp_value_truth(v);
}

/* Is it a key that is equal to nothing else, though it may be equal to another as a value? Or may
 * it be: two of the same in a tuple, two of these in another: they are looked at `left` times. */
static int
is_its_own_key(const struct mp_value *v, long *left)
{
	int its_own = mp_value_kind(v) == MP_REDUCE || --*left < 0;

	for (size_t i = 0; mp_value_kind(v) == MP_TUPLE && i < mp_value_len(v) && !its_own; i++)
		its_own = is_its_own_key(mp_value_at(v, i), left);
	return its_own;
}

static void
compare(const struct mp_value *v, const struct mp_value *again)
{
	uint64_t hash, other;
	long looks = 100000;
	int equal = mp_value_equal(v, again);

	need(equal >= 0 || may_fail(equal));
	need(mp_value_kind(v) == mp_value_kind(again) && mp_value_len(v) == mp_value_len(again));
	if (equal == 1 && mp_value_hash(v, &hash) == 0 && !is_its_own_key(v, &looks))
		need(mp_value_hash(again, &other) == 0 && hash == other);
}

/* dumps and loads: the value again and its pickle; false if that is too much to ask. */
static int
around(const struct mp_value *v, struct mp_value **again, void **data, size_t *size)
{
	int error = mp_pickle_dumps(v, data, size, NULL);

	need(error == 0 || may_fail(error));
	if (error)
		return 0;
	error = mp_pickle_loads(*data, *size, again);
	need(error == 0 || may_fail(error));
	if (error)
		free(*data);
	return error == 0;
}

static void
write_and_read(const struct mp_value *v)
{
	struct mp_value *second, *third;
	void *data[3];
	size_t size[3];

	if (!around(v, &second, &data[0], &size[0]))
		return;
	look_at(second);
	compare(v, second);
	need(around(second, &third, &data[1], &size[1]));
	need(mp_pickle_dumps(third, &data[2], &size[2], NULL) == 0);
	need(size[1] == size[2] && !memcmp(data[1], data[2], size[1]));
	for (int i = 0; i < 3; i++)
		free(data[i]);
	mp_value_free(second);
	mp_value_free(third);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mp_value *v;

	if (mp_pickle_loads(data, size, &v) == 0) {
		look_at(v);
		write_and_read(v);
		mp_value_free(v);
	}
	need(boxes == 0);
	return 0;
}
