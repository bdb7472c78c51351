/* SPDX-License-Identifier: MIT */
/*
 * The ways in which rows of other stages run again, and how their children's functions and
 * arguments travel (travel.h).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <mp.h>

#include "carry.h"
#include "runner/row.h"
#include "travel.h"

extern const struct traveller *const __start_travellers[], *const __stop_travellers[];

/* --- the ways ------------------------------------------------------------------------------ */

static void
begin(enum mp_method method)
{
	char *argv[] = {(char *)"row", NULL};

	OK(mp_init(1, argv));
	OK(mp_set_start_method(method, false));
}

static void
begin_fork(void)
{
	begin(MP_FORK);
}

static void
begin_spawn(void)
{
	begin(MP_SPAWN);
}

static void
begin_forkserver(void)
{
	begin(MP_FORKSERVER);
}

/* spawn has a tracker, forkserver a tracker and a server. */
const struct way row_ways[ROW_WAYS] = {
    {"fork", "spawn.1", begin_fork, helpers_end, 0},
    {"spawn", "spawn.4", begin_spawn, helpers_end, 1},
    {"forkserver", "spawn.5", begin_forkserver, helpers_end, 2},
};

int
helpers(void)
{
	switch (mp_get_start_method(true)) {
	case MP_SPAWN:
		return 1;
	case MP_FORKSERVER:
		return 2;
	default:
		return 0;
	}
}

void
helpers_end(void)
{
	EQUAL(mp_forkserver_stop(), 0);
	EQUAL(mp_tracker_stop(), 0);
}

/* --- the journey --------------------------------------------------------------------------- */

/* An int that is a descriptor: None if it is closed. */
static struct mp_value *
pack_descriptor(int fd)
{
	return fd < 0 ? mp_none() : carry(fd);
}

static bool
is_descriptor(const struct traveller *t, size_t i)
{
	return i < 32 && (t->descriptors & 1u << i) && (i + 1) * sizeof(int) <= t->size;
}

static struct mp_value *
pack(size_t number, const struct traveller *t, const void *arg)
{
	struct mp_value *fds = mp_list();

	for (size_t i = 0; i < 32; i++)
		if (arg && is_descriptor(t, i) &&
		    mp_list_append(fds, pack_descriptor(((const int *)arg)[i])))
			return NULL;
	return mp_tuple(mp_int((int64_t)number), arg ? mp_bytes(arg, t->size) : mp_none(), fds,
	    pack_descriptor(*t->row_out));
}

/* In the child: arg as it was, in memory that is kept as long as the process. */
static void *
unpack(const struct traveller *t, const struct mp_value *bytes, const struct mp_value *fds)
{
	int *arg = mp_value_bytes(bytes) ? malloc(t->size) : NULL;
	size_t next = 0;

	if (!arg)
		return NULL;
	memcpy(arg, mp_value_bytes(bytes), t->size);
	for (size_t i = 0; i < 32; i++)
		if (is_descriptor(t, i))
			arg[i] = carried_fd(mp_value_at(fds, next++));
	return arg;
}

static int
arrive(struct mp_value *args)
{
	int64_t number = -1;

	if (mp_value_int(mp_value_at(args, 0), &number))
		return EXIT_FAILURE;
	const struct traveller *t = __start_travellers[number];
	*t->row_out = carried_fd(mp_value_at(args, 3));
	void *arg = unpack(t, mp_value_at(args, 1), mp_value_at(args, 2));
	int code = t->target(arg);
	free(arg);
	return code;
}
MP_REGISTER(arrive);

/* By fork: the very pointers. */
static int
go_on(struct mp_value *args)
{
	struct {
		int (*target)(void *arg);
		void *arg;
	} call;

	memcpy(&call, mp_value_bytes(mp_value_at(args, 0)), sizeof(call));
	return call.target(call.arg);
}

int
make_process(struct mp_process **out, int (*target)(void *arg), void *arg,
    const struct mp_process_options *options)
{
	const struct traveller *const *t = __start_travellers;
	struct {
		int (*target)(void *arg);
		void *arg;
	} call = {target, arg};

	if (helpers() == 0)
		return mp_process_call(
		    out, NULL, go_on, mp_tuple(mp_bytes(&call, sizeof(call))), options);
	while (t < __stop_travellers && (*t)->target != target)
		t++;
	if (t == __stop_travellers)
		return MP_NOT_REGISTERED;
	return mp_process_call(
	    out, NULL, arrive, pack((size_t)(t - __start_travellers), *t, arg), options);
}
