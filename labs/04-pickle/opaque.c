/* SPDX-License-Identifier: MIT */
/*
 * What is carried: globals, reduces, and the library's own objects.
 *
 * A global is two strs. A reduce is the sentence "call this with that", in its parts, as a
 * pickle says it; nobody here ever does what it says. An object holds a reference of its
 * class, which its class gives and takes.
 *
 * Handout: labs/04-pickle/README.md
 */
#include <errno.h>
#include <string.h>

#include <mp/opaque.h>
#include <mp/todo.h>

#include "object.h"

struct mp_value *
mp_global(const char *module, const char *name)
{
	/* pickle.6: two strs. */
	mp_todo("pickle.6");
}

const char *
mp_global_module(const struct mp_value *v)
{
	mp_todo("pickle.6");
}

const char *
mp_global_name(const struct mp_value *v)
{
	mp_todo("pickle.6");
}

struct mp_value *
mp_reduce(struct mp_value *callable, struct mp_value *args)
{
	/* pickle.6: a tuple of arguments, or EINVAL; both parts are taken over. */
	mp_todo("pickle.6");
}

struct mp_value *
mp_newobj(struct mp_value *class, struct mp_value *args)
{
	/* pickle.6: the same, but dumps writes NEWOBJ for it. */
	mp_todo("pickle.6");
}

int
mp_reduce_set_state(struct mp_value *reduce, struct mp_value *state)
{
	/* pickle.6: in place of the state it had. */
	mp_todo("pickle.6");
}

struct mp_value *
mp_reduce_callable(const struct mp_value *reduce)
{
	mp_todo("pickle.6");
}

struct mp_value *
mp_reduce_args(const struct mp_value *reduce)
{
	mp_todo("pickle.6");
}

struct mp_value *
mp_reduce_state(const struct mp_value *reduce)
{
	mp_todo("pickle.6");
}

struct mp_value *
mp_object(const struct mp_class *class, void *object)
{
	/* pickle.6: the value takes a reference of its own. */
	mp_todo("pickle.6");
}

void *
mp_value_object(const struct mp_value *v, const struct mp_class *class)
{
	mp_todo("pickle.6");
}
