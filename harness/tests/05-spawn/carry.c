/* SPDX-License-Identifier: MIT */
/*
 * Descriptors as arguments (carry.h). The object is the descriptor's number and one: so it is
 * never NULL.
 */
#include <errno.h>

#include <mp/internal.h>
#include <mp/value.h>

#include "carry.h"

int carried_references;

static int
reduce(void *object, struct mp_value **state)
{
	int index = mp__spawning_fd((int)(intptr_t)object - 1);

	if (index < 0)
		return index;
	*state = mp_int(index);
	return *state ? 0 : -ENOMEM;
}

static int
rebuild(const struct mp_value *state, void **object)
{
	int64_t index;
	int error = mp_value_int(state, &index);
	int fd = error ? error : mp__spawned_fd((int)index);

	if (fd < 0)
		return fd;
	*object = (void *)(intptr_t)(fd + 1);
	return 0;
}

static void
ref(void *object)
{
	(void)object;
	carried_references++;
}

static void
unref(void *object)
{
	(void)object;
	carried_references--;
}

const struct mp_class carried = {"carried", reduce, rebuild, ref, unref};
MP_REGISTER_CLASS(carried);

struct mp_value *
carry(int fd)
{
	return mp_object(&carried, (void *)(intptr_t)(fd + 1));
}

int
carried_fd(const struct mp_value *v)
{
	return (int)(intptr_t)mp_value_object(v, &carried) - 1;
}
