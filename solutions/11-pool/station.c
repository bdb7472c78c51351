/* SPDX-License-Identifier: MIT */
/*
 * What a new worker is given: two ends of pipes, the shared memory, and the initializer.
 *
 * A forked worker gets the very object, and with it all that its parent had. A worker that is
 * a new program gets a value that describes it, and makes its own: the descriptors are
 * inherited, the memory is mapped again, at whatever address, and functions have names.
 *
 * Handout: labs/11-pool/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/mman.h>

#include <mp/internal.h>
#include <mp/io.h>
#include <mp/spawn.h>

#include "parts.h"

//{
static struct mp_value *
or_none(struct mp_value *v)
{
	return v ? mp_value_ref(v) : mp_none();
}

static int
describe(void *object, struct mp_value **state)
{
	struct station *s = object;
	int orders = mp__spawning_fd(s->orders);
	int answers = mp__spawning_fd(s->answers);
	int memory = mp__spawning_fd(s->pool->memory_fd);
	struct mp_value *initializer = s->initializer ? mp_function(s->initializer) : mp_none();

	if (!initializer)
		return MP_NOT_REGISTERED;
	if (orders < 0 || answers < 0 || memory < 0) {
		mp_value_free(initializer);
		return memory < 0 ? memory : answers < 0 ? answers : orders;
	}
	*state = mp_tuple(mp_int(orders), mp_int(answers), mp_int(memory),
	    mp_int((char *)s->desk - (char *)s->wall), mp_int(s->memory - (char *)s->wall),
	    mp_int((int64_t)s->pool->memory_size), initializer, or_none(s->initargs));
	return *state ? 0 : -ENOMEM;
}

static int
inherit(const struct mp_value *state, size_t i)
{
	int64_t index = -1;

	if (mp_value_int(mp_value_at(state, i), &index))
		return MP_KIND;
	return mp__spawned_fd((int)index);
}

static int64_t
number(const struct mp_value *state, size_t i)
{
	int64_t n = 0;

	return mp_value_int(mp_value_at(state, i), &n) ? 0 : n;
}

/* The wall, its desk and the memory behind it, at the places that state tells. */
static int
map_again(struct station *s, const struct mp_value *state)
{
	int fd = inherit(state, 2);
	int64_t desk = number(state, 3), wall = number(state, 4), memory = number(state, 5);

	if (fd < 0)
		return fd;
	char *map = mmap(NULL, (size_t)(wall + memory), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_NORESERVE, fd, 0);
	int error = map == MAP_FAILED ? -errno : 0;
	mp_close(&fd);
	if (error)
		return error;
	s->wall = (struct wall *)(void *)map;
	s->desk = (struct desk *)(void *)(map + desk);
	s->memory = map + wall;
	return 0;
}

static int
furnish(const struct mp_value *state, void **object)
{
	struct station *s = calloc(1, sizeof(*s));
	struct mp_value *initargs = mp_value_at(state, 7);

	if (!s)
		return -ENOMEM;
	sigemptyset(&s->mask);
	s->orders = inherit(state, 0);
	s->answers = inherit(state, 1);
	int error = s->orders < 0 ? s->orders : s->answers < 0 ? s->answers : map_again(s, state);
	if (error) {
		free(s);
		return error;
	}
	s->initializer = mp_value_function(mp_value_at(state, 6));
	if (mp_value_kind(initargs) != MP_NONE)
		s->initargs = mp_value_ref(initargs); /* until this process ends */
	*object = s;
	return 0;
}

static const struct mp_class station_class = {"PoolStation", describe, furnish, NULL, free};
MP_REGISTER_CLASS(station_class);

static int
pool_worker(struct mp_value *args)
{
	return mp__pool_work(mp_value_object(mp_value_at(args, 0), &station_class));
}
MP_REGISTER(pool_worker);
//}

int
mp__station_process(struct mp_process **out, const struct station *station,
    const struct mp_process_options *options)
{
	/* pool.1: a process that will work there, by the pool's start method. */
	//{
	struct station *own = malloc(sizeof(*own));

	if (!own)
		return -ENOMEM;
	*own = *station;
	struct mp_value *object = mp_object(&station_class, own);
	if (!object) {
		free(own);
		return -ENOMEM;
	}
	return mp_process_call(out, station->pool->context, pool_worker, mp_tuple(object), options);
	//}
}
