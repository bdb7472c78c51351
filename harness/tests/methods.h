/* SPDX-License-Identifier: MIT */
#ifndef TESTS_METHODS_H
#define TESTS_METHODS_H
/*
 * Children by all three start methods, for rows of objects that are passed to them.
 *
 *	guarded();
 *	for (int i = 0; i < METHODS; i++) {
 *		struct mp_process *p = called(methods[i], function, mp_tuple(...));
 *		...
 *	}
 *	let_helpers_go();
 */
#include "common.h"

enum { METHODS = 3 };
UNUSED static const enum mp_method methods[METHODS] = {MP_FORK, MP_SPAWN, MP_FORKSERVER};

/* Pass the guard, as main would. */
UNUSED static void
guarded(void)
{
	char *argv[] = {(char *)"row", NULL};

	OK(mp_init(1, argv));
}

/* The forkserver and the tracker end, and nothing was left to clean. */
UNUSED static void
let_helpers_go(void)
{
	EQUAL(mp_forkserver_stop(), 0);
	EQUAL(mp_tracker_stop(), 0);
}

UNUSED static struct mp_process *
called(enum mp_method method, int (*function)(struct mp_value *), struct mp_value *args)
{
	struct mp_process *p = NULL;

	row_step("a child by %s", mp_method_name(method));
	OK(mp_process_call(&p, mp_get_context(method), function, args, NULL));
	OK(mp_process_start(p));
	return p;
}

/* It is refused to whoever is not being started. */
UNUSED static void
cannot_be_sent(const struct mp_class *class, void *object)
{
	struct mp_value *v = mp_object(class, object);
	struct mp_pickle_error why;
	void *data;
	size_t size;

	FAILS(mp_pickle_dumps(v, &data, &size, &why), MP_NOT_SPAWNING);
	mp_value_free(v);
}

/* What came at place i; NULL: something else did. */
UNUSED static void *
passed(struct mp_value *args, size_t i, const struct mp_class *class)
{
	return mp_value_object(mp_value_at(args, i), class);
}

#endif
