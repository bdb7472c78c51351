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
#include <mp/todo.h>

#include "call.h"

static struct mp_function *registry;

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
	mp_todo("spawn.1");
}

int (*mp_value_function(const struct mp_value *v))(struct mp_value *args)
{
	/* spawn.1: the registered function of that file and name. */
	mp_todo("spawn.1");
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
	mp_todo("spawn.1");
}
