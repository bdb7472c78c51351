/* SPDX-License-Identifier: MIT */
/*
 * Functions by name, and processes that call them.
 *
 * The registry is a list that constructors fill before main, and nobody changes afterwards:
 * it needs no lock, and is the same in every process of the program.
 *
 * Handout: labs/05-spawn/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <mp/io.h>

#include "call.h"

static struct mp_function *registry;

//{
static const struct mp_function *
entry_of(int (*function)(struct mp_value *args))
{
	const struct mp_function *entry = registry;

	while (entry && entry->function != function)
		entry = entry->next;
	return entry;
}

/* In a forked child. */
static int
call_target(void *arg)
{
	struct call *call = arg;
	int error = mp_set_start_method(MP_FORK, true);

	return error ? EXIT_FAILURE : call->function(call->args);
}

static void
call_free(void *arg)
{
	struct call *call = arg;

	mp_close(&call->status);
	mp_value_free(call->args);
	free(call->identity);
	free(call);
}

static const struct mp__birth births[] = {
    [MP_FORK] = {.release = call_free},
    [MP_SPAWN] = {.make = spawn_make, .release = call_free},
    [MP_FORKSERVER] = {.make = server_make, .fetch = server_fetch, .release = call_free},
};

/* Its name, when nobody gives it one, is "Process-" and the identity. */
static int
name_process(struct mp_process *p, struct call *call, const struct mp_process_options *options)
{
	call->identity = strdup(mp_process_name(p) + strlen("Process-"));
	if (!call->identity)
		return -ENOMEM;
	return options && options->name ? mp_process_set_name(p, options->name) : 0;
}
//}

void
mp_register(struct mp_function *entry)
{
	/* Given: it runs before main, and no other thread does. */
	entry->next = registry;
	registry = entry;
}

struct mp_value *
mp_function(int (*function)(struct mp_value *args))
{
	/* spawn.1: its file and name, as a global. */
	//{
	const struct mp_function *entry = entry_of(function);

	if (entry)
		return mp_global(entry->file, entry->name);
	errno = EINVAL;
	return NULL;
	//}
}

int (*mp_value_function(const struct mp_value *v))(struct mp_value *args)
{
	/* spawn.1: the registered function of that file and name. */
	//{
	const char *file = mp_global_module(v), *name = mp_global_name(v);
	const struct mp_function *entry = registry;

	if (!file || !name)
		return NULL;
	while (entry && (strcmp(entry->name, name) || strcmp(entry->file, file)))
		entry = entry->next;
	return entry ? entry->function : NULL;
	//}
}

int
mp__process_call(struct mp_process **out, const struct mp_context *context,
    int (*function)(struct mp_value *args), const char *text, struct mp_value *args,
    const struct mp_process_options *options)
{
	/*
	 * spawn.1: a process object whose arg is a struct call; by fork its target calls the
	 * function, for the others mp__process_otherwise names another birth.
	 */
	//{
	struct mp_process_options unnamed = options ? *options : (struct mp_process_options){0};
	struct call *call = args ? malloc(sizeof(*call)) : NULL;
	struct mp_process *p;

	if (!call) {
		mp_value_free(args);
		return -ENOMEM;
	}
	*call = (struct call){mp_context_method(context), function, text, args, NULL, -1};
	unnamed.name = NULL;
	int error = mp_process_new(&p, call_target, call, &unnamed);
	if (error) {
		call_free(call);
		return error;
	}
	mp__process_otherwise(p, &births[call->method]);
	error = name_process(p, call, options);
	if (error)
		mp_process_free(p);
	else
		*out = p;
	return error;
	//}
}
