/* SPDX-License-Identifier: MIT */
/*
 * Functions by name: what MP_REGISTER_TASK enters before main begins. In a worker that is a new
 * program the same names lead to the functions, wherever they are there.
 *
 * Handout: labs/11-pool/README.md
 */
#define _GNU_SOURCE
#include <string.h>

#include "desk.h"

static struct mp_task_entry *entries; /* complete before main, then read-only */

void
mp__task_register(struct mp_task_entry *entry)
{
	entry->next = entries;
	entries = entry;
}

/* NULL: it has none. */
const char *
mp__task_name(void (*function)(void))
{
	for (struct mp_task_entry *e = entries; e; e = e->next)
		if (e->function == function)
			return e->name;
	return NULL;
}

void (*mp__task_named(const char *name))(void)
{
	for (struct mp_task_entry *e = entries; e; e = e->next)
		if (strcmp(e->name, name) == 0)
			return e->function;
	return NULL;
}
