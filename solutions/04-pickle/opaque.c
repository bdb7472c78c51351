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

#include "object.h"

//{
struct mp_value *
mp__global(struct mp_value *module, struct mp_value *name)
{
	struct global *global = NULL;

	if (module && name)
		global = new_value(NULL, MP_GLOBAL, sizeof(*global));
	if (!global) {
		mp__let_go((struct mp_value *[]){module, name}, 2);
		return NULL;
	}
	global->module = module;
	global->name = name;
	return &global->head;
}

struct mp_value *
mp__reduce(struct arena *arena, struct mp_value *callable, struct mp_value *args, bool newobj)
{
	struct reduce *reduce = NULL;

	if (args && args->kind != MP_TUPLE)
		errno = EINVAL;
	else if (callable && args)
		reduce = new_value(arena, MP_REDUCE, sizeof(*reduce));
	if (!reduce) {
		mp__let_go((struct mp_value *[]){callable, args}, 2);
		return NULL;
	}
	mp__own((struct mp_value *[]){callable, args}, 2);
	memset(reduce->part, 0, sizeof(reduce->part));
	reduce->newobj = newobj;
	reduce->part[CALLABLE] = callable;
	reduce->part[ARGS] = args;
	return &reduce->node.head;
}

static struct mp_value *
part_of(const struct mp_value *v, enum part part)
{
	return mp_value_kind(v) == MP_REDUCE ? ((const struct reduce *)v)->part[part] : NULL;
}
//}

struct mp_value *
mp_global(const char *module, const char *name)
{
	/* pickle.6: two strs. */
	//{
	return mp__global(mp_str(module), mp_str(name));
	//}
}

const char *
mp_global_module(const struct mp_value *v)
{
	/* pickle.6 */
	//{
	return mp_value_kind(v) == MP_GLOBAL ? mp_value_str(((const struct global *)v)->module)
					     : NULL;
	//}
}

const char *
mp_global_name(const struct mp_value *v)
{
	/* pickle.6 */
	//{
	return mp_value_kind(v) == MP_GLOBAL ? mp_value_str(((const struct global *)v)->name)
					     : NULL;
	//}
}

struct mp_value *
mp_reduce(struct mp_value *callable, struct mp_value *args)
{
	/* pickle.6: a tuple of arguments, or EINVAL; both parts are taken over. */
	//{
	return mp__reduce(NULL, callable, args, false);
	//}
}

struct mp_value *
mp_newobj(struct mp_value *class, struct mp_value *args)
{
	/* pickle.6: the same, but dumps writes NEWOBJ for it. */
	//{
	return mp__reduce(NULL, class, args, true);
	//}
}

int
mp_reduce_set_state(struct mp_value *reduce, struct mp_value *state)
{
	/* pickle.6: in place of the state it had. */
	//{
	if (mp_value_kind(reduce) != MP_REDUCE || !state) {
		mp_value_free(state);
		return state ? MP_KIND : -ENOMEM;
	}
	mp__joins(reduce, state);
	struct mp_value *old = part_of(reduce, STATE);
	((struct reduce *)reduce)->part[STATE] = state;
	mp_value_free(old);
	return 0;
	//}
}

struct mp_value *
mp_reduce_callable(const struct mp_value *reduce)
{
	/* pickle.6 */
	//{
	return part_of(reduce, CALLABLE);
	//}
}

struct mp_value *
mp_reduce_args(const struct mp_value *reduce)
{
	/* pickle.6 */
	//{
	return part_of(reduce, ARGS);
	//}
}

struct mp_value *
mp_reduce_state(const struct mp_value *reduce)
{
	/* pickle.6 */
	//{
	return part_of(reduce, STATE);
	//}
}

//{
/* The value has the reference that the caller had. */
struct mp_value *
mp__object(const struct mp_class *class, void *object)
{
	struct object *v = new_value(NULL, MP_OBJECT, sizeof(*v));

	if (!v)
		return NULL;
	v->class = class;
	v->object = object;
	return &v->head;
}
//}

struct mp_value *
mp_object(const struct mp_class *class, void *object)
{
	/* pickle.6: the value takes a reference of its own. */
	//{
	struct mp_value *v = object ? mp__object(class, object) : NULL;

	if (v && class->ref)
		class->ref(object);
	return v;
	//}
}

void *
mp_value_object(const struct mp_value *v, const struct mp_class *class)
{
	/* pickle.6 */
	//{
	if (mp_value_kind(v) != MP_OBJECT || ((const struct object *)v)->class != class)
		return NULL;
	return ((const struct object *)v)->object;
	//}
}
