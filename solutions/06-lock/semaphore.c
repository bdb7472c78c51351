/* SPDX-License-Identifier: MIT */
/*
 * Semaphores: a count, and a line in front of it.
 *
 * Only the one at the head of the line (inside it) may take a unit or wait for one: so at
 * most one sleeps for a unit, and the order is that of the line. To give a unit back nobody
 * stands in line. The sleeper lies at a bell of its own, not at the count: the kernel can
 * ring a bell in the name of a process that was killed, if its lower 30 bits are 0.
 *
 * Handout: labs/06-lock/README.md
 */
#include <errno.h>
#include <stdlib.h>

#include <mp/futex.h>
#include <mp/semaphore.h>

#include "line.h"

//{
#define ASLEEP UINT32_C(0x80000000) /* of the bell: who gives back, rings */

struct units {
	_Atomic uint32_t value;
	_Atomic uint32_t bell; /* 0 or ASLEEP */
	struct mp_line line;
};
//}

struct mp_semaphore {
	//{
	struct units *units; /* shared */
	uint32_t maximum;
	atomic_int references; /* in this process */
			       //}
};

//{
/* A handle on those at that place, or on new ones: then their number is still to be set. */
static int
make(struct mp_semaphore **out, uint32_t maximum, const struct mp_value *place)
{
	struct mp_semaphore *semaphore = malloc(sizeof(*semaphore));
	void *memory;

	if (!semaphore)
		return -ENOMEM;
	int error = mp__badge_ready();
	if (!error)
		error = place ? mp__shared_receive(place, sizeof(struct units), &memory)
			      : mp__shared_new(&memory, sizeof(struct units));
	if (error) {
		free(semaphore);
		return error;
	}
	*semaphore = (struct mp_semaphore){.units = memory, .maximum = maximum, .references = 1};
	*out = semaphore;
	return 0;
}

static int
make_new(struct mp_semaphore **out, int value, uint32_t maximum)
{
	int error = value < 0 ? MP_INVALID : make(out, maximum, NULL);

	if (error)
		return error;
	struct units *units = (*out)->units;
	atomic_init(&units->value, (uint32_t)value);
	mp__line_init(&units->line, 0);
	mp__shared_note(units, MP__SEMAPHORE, sizeof(*units), NULL);
	return 0;
}

static bool
take_one(struct units *units)
{
	uint32_t value = atomic_load(&units->value);

	while (value > 0)
		if (atomic_compare_exchange_weak(&units->value, &value, value - 1))
			return true;
	return false;
}

/* At the head of the line. Say that we sleep, then look again, then sleep. */
static int
wait_for_one(struct units *units, int64_t deadline)
{
	int error = 0;

	while (!take_one(units)) {
		if (error)
			return error;
		atomic_store(&units->bell, ASLEEP);
		if (atomic_load(&units->value) == 0)
			error = mp_futex_wait(&units->bell, ASLEEP, deadline);
	}
	return 0;
}
//}

int
mp_semaphore_new(struct mp_semaphore **out, int value)
{
	/* lock.6: units, and a line. */
	//{
	return make_new(out, value, MP_SEMAPHORE_MAX);
	//}
}

int
mp_bounded_semaphore_new(struct mp_semaphore **out, int value)
{
	/* lock.6: the same, and never more than at first. */
	//{
	return make_new(out, value, (uint32_t)value);
	//}
}

struct mp_semaphore *
mp_semaphore_ref(struct mp_semaphore *semaphore)
{
	/* lock.6: one more owner of the handle. */
	//{
	atomic_fetch_add(&semaphore->references, 1);
	return semaphore;
	//}
}

void
mp_semaphore_free(struct mp_semaphore *semaphore)
{
	/* lock.6: the last one gives the memory back. */
	//{
	if (!semaphore || atomic_fetch_sub(&semaphore->references, 1) > 1)
		return;
	if (mp__line_forget(&semaphore->units->line))
		mp__shared_free(semaphore->units);
	free(semaphore);
	//}
}

int
mp_semaphore_acquire(struct mp_semaphore *semaphore, double timeout)
{
	/*
	 * lock.6: take a unit if nobody waits for one; else stand in line, and at its head take
	 * one or wait. A try does not stand in line. (That an owner of the line has died is no
	 * matter here: the count is right at every instruction.)
	 */
	//{
	struct units *units = semaphore->units;
	bool try = !(timeout > 0);

	if ((try || mp__line_is_empty(&units->line)) && take_one(units))
		return 0;
	if (try)
		return MP_TIMEOUT;
	int64_t deadline = mp_deadline(timeout);
	int error = mp__line_enter(&units->line, deadline);
	if (error == MP_TIMEOUT)
		return error;
	error = wait_for_one(units, deadline);
	int left = mp_line_release(&units->line);
	return error ? error : left;
	//}
}

int
mp_semaphore_release(struct mp_semaphore *semaphore)
{
	/* lock.6: check and add in one step; then ring, if somebody sleeps. */
	//{
	struct units *units = semaphore->units;
	uint32_t value = atomic_load(&units->value);

	mp__will(&units->bell); /* killed after the addition: the kernel rings */
	do {
		if (value >= semaphore->maximum) {
			mp__will_done();
			return MP_OVER_RELEASED;
		}
	} while (!atomic_compare_exchange_weak(&units->value, &value, value + 1));
	if (atomic_load(&units->bell) && atomic_exchange(&units->bell, 0))
		mp_futex_wake(&units->bell, 1);
	mp__will_done();
	return 0;
	//}
}

int
mp_semaphore_value(const struct mp_semaphore *semaphore)
{
	/* lock.6: as it is now; it may be otherwise before you look at the answer. */
	//{
	return (int)atomic_load(&semaphore->units->value);
	//}
}

static int
semaphore_reduce(void *object, struct mp_value **state)
{
	/* lock.6: where the units lie, and how many there may be. */
	//{
	const struct mp_semaphore *semaphore = object;
	struct mp_value *place;
	int error = mp__shared_send(semaphore->units, &place);

	if (error)
		return error;
	*state = mp_tuple(place, mp_int(semaphore->maximum));
	return *state ? 0 : -ENOMEM;
	//}
}

static int
semaphore_rebuild(const struct mp_value *state, void **object)
{
	/* lock.6: a handle on the same units. */
	//{
	int64_t maximum;
	int error = mp_value_int(mp_value_at(state, 1), &maximum);

	if (error || maximum < 0 || maximum > MP_SEMAPHORE_MAX)
		return MP_KIND;
	return make((struct mp_semaphore **)object, (uint32_t)maximum, mp_value_at(state, 0));
	//}
}

static void
semaphore_ref(void *object)
{
	(void)mp_semaphore_ref(object);
}

static void
semaphore_unref(void *object)
{
	mp_semaphore_free(object);
}

const struct mp_class mp_semaphore_class = {
    "Semaphore", semaphore_reduce, semaphore_rebuild, semaphore_ref, semaphore_unref};
MP_REGISTER_CLASS(mp_semaphore_class);
