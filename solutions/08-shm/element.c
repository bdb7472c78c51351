/* SPDX-License-Identifier: MIT */
/*
 * The elements of a Value or an Array: got and set, one or several, under the lock.
 *
 * The lock's last owner may have died: then the lock is ours all the same, the work is done,
 * and the caller is told. It is told once: who drops that answer drops it for everybody.
 *
 * Handout: labs/08-shm/README.md
 */
#define _GNU_SOURCE
#include <stdbool.h>
#include <string.h>

#include "shared.h"

struct mp_lock *
mp_shared_lock(const struct mp_shared *shared)
{
	/* shm.5: the one that it was made with. */
	//{
	return shared->lock;
	//}
}

int
mp_shared_acquire(struct mp_shared *shared, double timeout)
{
	/* shm.5: nothing to wait for where there is no lock. */
	//{
	return shared->lock ? mp_lock_acquire(shared->lock, timeout) : 0;
	//}
}

int
mp_shared_release(struct mp_shared *shared)
{
	/* shm.5: as often as acquired. */
	//{
	return shared->lock ? mp_lock_release(shared->lock) : 0;
	//}
}

//{
/* Any element, on its way in or out. */
union raw {
#define X(letter, name, type) type name;
	MP__INTEGERS(X)
	MP__FLOATS(X)
#undef X
};

/* One whole element by one access, so that it is never half old, half new. */
static void
copy_one(void *to, const void *from, size_t size)
{
#define COPY(type) (*(volatile type *)to = *(const volatile type *)from)
	switch (size) {
	case 1:
		COPY(uint8_t);
		break;
	case 2:
		COPY(uint16_t);
		break;
	case 4:
		COPY(uint32_t);
		break;
	default:
		COPY(uint64_t);
	}
#undef COPY
}

static void
copy(const struct mp_shared *shared, void *to, const void *from, size_t n)
{
	if (n == 1)
		copy_one(to, from, shared->itemsize);
	else
		memcpy(to, from, n * shared->itemsize);
}

/* Begin with n elements from i on: where they are, and the lock held. 0, MP_OWNER_DIED: go
 * on; anything else: there is nothing to go on with, and nothing held. */
static int
begin(struct mp_shared *shared, size_t i, size_t n, void **at)
{
	if (i > shared->length || n > shared->length - i)
		return MP_NO_INDEX;
	*at = (char *)mp_shared_data(shared, shared->itemsize) + i * shared->itemsize;
	return mp_shared_acquire(shared, MP_FOREVER);
}

static bool
is_done(int error)
{
	return error == 0 || error == MP_OWNER_DIED;
}

static int
end(struct mp_shared *shared, int begun)
{
	int error = mp_shared_release(shared);

	return begun ? begun : error;
}

static int
int_of(char code, const union raw *raw, int64_t *number)
{
	int64_t whole = 0;
	bool fits = true;

	switch (code) {
#define X(letter, name, type)                                                                      \
	case letter:                                                                               \
		fits = !__builtin_add_overflow(raw->name, 0, &whole);                              \
		break;
		MP__INTEGERS(X)
#undef X
	default:
		return MP_KIND;
	}
	if (fits)
		*number = whole;
	return fits ? 0 : MP_OVERFLOW;
}

static int
from_int(char code, int64_t number, union raw *raw)
{
	if (code == 'u' && (number < 0 || number > 0x10ffff))
		return MP_OVERFLOW;
	switch (code) {
#define X(letter, name, type)                                                                      \
	case letter:                                                                               \
		return __builtin_add_overflow(number, 0, &raw->name) ? MP_OVERFLOW : 0;
		MP__INTEGERS(X)
#undef X
	}
	return MP_KIND;
}

static int
from_float(char code, double number, union raw *raw)
{
	if (code == 'd')
		raw->of_d = number;
	else if (code == 'f')
		raw->of_f = (float)number;
	else
		return MP_KIND;
	return 0;
}
//}

int
mp_shared_get_int(struct mp_shared *shared, size_t i, int64_t *number)
{
	/* shm.5: of the element's own type. What is refused anyway does not take the lock. */
	//{
	union raw raw = {0};
	int error = int_of(shared->code, &raw, &(int64_t){0});

	if (error)
		return error;
	int done = mp_shared_read(shared, i, 1, &raw);
	if (is_done(done))
		error = int_of(shared->code, &raw, number);
	return error ? error : done;
	//}
}

int
mp_shared_set_int(struct mp_shared *shared, size_t i, int64_t number)
{
	/* shm.5: if it fits; an element that is a float takes it, too. */
	//{
	union raw raw;
	int error = from_int(shared->code, number, &raw);

	if (error == MP_KIND)
		error = from_float(shared->code, (double)number, &raw);
	return error ? error : mp_shared_write(shared, i, 1, &raw);
	//}
}

int
mp_shared_get_float(struct mp_shared *shared, size_t i, double *number)
{
	/* shm.5: a float made wider is the same number. */
	//{
	union raw raw;
	int error = from_float(shared->code, 0, &raw);

	if (error)
		return error;
	int done = mp_shared_read(shared, i, 1, &raw);
	if (is_done(done))
		*number = shared->code == 'd' ? raw.of_d : (double)raw.of_f;
	return done;
	//}
}

int
mp_shared_set_float(struct mp_shared *shared, size_t i, double number)
{
	/* shm.5: as near as the element can. */
	//{
	union raw raw;
	int error = from_float(shared->code, number, &raw);

	return error ? error : mp_shared_write(shared, i, 1, &raw);
	//}
}

int
mp_shared_read(struct mp_shared *shared, size_t i, size_t n, void *items)
{
	/* shm.5: all of them while nobody writes. */
	//{
	void *at;
	int begun = begin(shared, i, n, &at);

	if (!is_done(begun))
		return begun;
	copy(shared, items, at, n);
	return end(shared, begun);
	//}
}

int
mp_shared_write(struct mp_shared *shared, size_t i, size_t n, const void *items)
{
	/* shm.5: all of them while nobody reads. */
	//{
	void *at;
	int begun = begin(shared, i, n, &at);

	if (!is_done(begun))
		return begun;
	copy(shared, at, items, n);
	return end(shared, begun);
	//}
}
