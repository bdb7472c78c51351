/* SPDX-License-Identifier: MIT */
/*
 * Contexts, and which one is the default.
 *
 * A context holds nothing but its method, so three constants are enough. The default is one
 * atomic word: unsettled, or a method; who settles it first has settled it for all threads.
 *
 * Handout: labs/05-spawn/README.md
 */
#define _GNU_SOURCE
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

#include <mp/context.h>

//{
struct mp_context {
	enum mp_method method;
	const char *name;
};

static const struct mp_context contexts[] = {
    {MP_FORK, "fork"},
    {MP_SPAWN, "spawn"},
    {MP_FORKSERVER, "forkserver"},
};

static _Atomic int settled = MP_DEFAULT;

/* The default's method, settled on fork if nobody has settled it. */
static enum mp_method
settle(void)
{
	int method = MP_DEFAULT;

	return atomic_compare_exchange_strong(&settled, &method, MP_FORK) ? MP_FORK
									  : (enum mp_method)method;
}

static const struct mp_context *
find(enum mp_method method)
{
	for (size_t i = 0; i < sizeof(contexts) / sizeof(contexts[0]); i++)
		if (contexts[i].method == method)
			return &contexts[i];
	return NULL;
}
//}

const struct mp_context *
mp_get_context(enum mp_method method)
{
	/* spawn.1: a constant for each method; MP_DEFAULT is settled by being asked for. */
	//{
	return find(method == MP_DEFAULT ? settle() : method);
	//}
}

enum mp_method
mp_context_method(const struct mp_context *context)
{
	/* spawn.1: the method; NULL means the default. */
	//{
	return context ? context->method : settle();
	//}
}

int
mp_set_start_method(enum mp_method method, bool force)
{
	/* spawn.1: once, or by force; MP_DEFAULT by force unsettles it. */
	//{
	int unsettled = MP_DEFAULT;

	if (method != MP_DEFAULT && !find(method))
		return MP_INVALID;
	if (force)
		atomic_store(&settled, method);
	else if (!atomic_compare_exchange_strong(
		     &settled, &unsettled, method == MP_DEFAULT ? MP_FORK : method))
		return MP_METHOD_SET;
	return 0;
	//}
}

enum mp_method
mp_get_start_method(bool allow_none)
{
	/* spawn.1: to ask is to settle, unless the answer may be "not yet". */
	//{
	return allow_none ? (enum mp_method)atomic_load(&settled) : settle();
	//}
}

const char *
mp_method_name(enum mp_method method)
{
	/* spawn.1: as Python calls it. */
	//{
	const struct mp_context *context = find(method);

	return context ? context->name : NULL;
	//}
}

enum mp_method
mp_method_named(const char *name)
{
	/* spawn.1: the other direction. */
	//{
	for (size_t i = 0; i < sizeof(contexts) / sizeof(contexts[0]); i++)
		if (!strcmp(contexts[i].name, name))
			return contexts[i].method;
	return MP_DEFAULT;
	//}
}
