/* SPDX-License-Identifier: MIT */
/*
 * ShareableList: the object, around a segment and its layout.
 *
 * Handout: labs/08-shm/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#include <mp/shareable_list.h>
#include <mp/todo.h>

#include "layout.h"

struct mp_shareable_list {
	/* yours */
};

int
mp_shareable_list_create(
    struct mp_shareable_list **out, const struct mp_value *items, const char *name)
{
	/* shm.6: look at all items first; then a segment that has just the size they need. */
	mp_todo("shm.6");
}

int
mp_shareable_list_attach(struct mp_shareable_list **out, const char *name)
{
	/* shm.6: is there a list in it? Its number of items must fit into the memory. */
	mp_todo("shm.6");
}

struct mp_shareable_list *
mp_shareable_list_ref(struct mp_shareable_list *list)
{
	/* shm.6: one more owner. */
	mp_todo("shm.6");
}

void
mp_shareable_list_free(struct mp_shareable_list *list)
{
	/* shm.6: one owner fewer; the last one gives back the reference to the segment. */
	mp_todo("shm.6");
}

struct mp_shared_memory *
mp_shareable_list_shm(const struct mp_shareable_list *list)
{
	/* shm.6: the segment. */
	mp_todo("shm.6");
}

size_t
mp_shareable_list_len(const struct mp_shareable_list *list)
{
	/* shm.6: as it was when we attached: nothing that others write can change it. */
	mp_todo("shm.6");
}

int
mp_shareable_list_get(const struct mp_shareable_list *list, size_t i, struct mp_value **out)
{
	/* shm.6: as its format and its code say; str and bytes end before the NULs at the end. */
	mp_todo("shm.6");
}

int
mp_shareable_list_set(struct mp_shareable_list *list, size_t i, const struct mp_value *v)
{
	/* shm.6: if it fits into the item's room; its format and its code change with it. */
	mp_todo("shm.6");
}

int
mp_shareable_list_count(const struct mp_shareable_list *list, const struct mp_value *v)
{
	/* shm.6: all of them. */
	mp_todo("shm.6");
}

int
mp_shareable_list_index(const struct mp_shareable_list *list, const struct mp_value *v)
{
	/* shm.6: the first of them. */
	mp_todo("shm.6");
}
