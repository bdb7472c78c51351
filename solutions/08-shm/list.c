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

#include "layout.h"

struct mp_shareable_list {
	//{
	/* set when made, then read-only */
	struct mp_shared_memory *memory; /* a reference */
	size_t length;

	atomic_int references;
	//}
};

//{
/* The memory is taken over, even in case of errors. */
static int
wrap(struct mp_shareable_list **out, struct mp_shared_memory *memory)
{
	int64_t n = mp__layout_length(mp_shared_memory_buf(memory), mp_shared_memory_size(memory));
	struct mp_shareable_list *list = n < 0 ? NULL : malloc(sizeof(*list));

	if (!list) {
		mp_shared_memory_free(memory);
		return n < 0 ? (int)n : -ENOMEM;
	}
	*list = (struct mp_shareable_list){.memory = memory, .length = (size_t)n, .references = 1};
	*out = list;
	return 0;
}

/* How large a segment for these items is; or why they cannot be in one. */
static int64_t
size_for(const struct mp_value *items)
{
	size_t n = mp_value_len(items), size = 8 * (n + 2) + 9 * n;
	struct item item;

	for (size_t i = 0; i < n; i++) {
		int error = mp__item_of(mp_value_at(items, i), 0, &item);
		if (error)
			return error;
		size += mp__item_room(&item);
	}
	return (int64_t)size;
}

static int
find(const struct mp_shareable_list *list, size_t i, struct place *place)
{
	void *memory = mp_shared_memory_buf(list->memory);

	if (!memory)
		return MP_CLOSED;
	if (i >= list->length)
		return MP_NO_INDEX;
	return mp__layout_find(memory, mp_shared_memory_size(list->memory), list->length, i, place);
}

/* Into a segment of the right size, which is all zero. */
static int
fill(struct mp_shared_memory *memory, const struct mp_value *items)
{
	size_t n = mp_value_len(items);
	int64_t *head = mp_shared_memory_buf(memory);
	struct item item;
	struct place place;

	head[0] = (int64_t)n;
	for (size_t i = 0; i < n; i++) {
		(void)!mp__item_of(mp_value_at(items, i), 0, &item);
		head[2 + i] = head[1 + i] + (int64_t)mp__item_room(&item);
	}
	for (size_t i = 0; i < n; i++) {
		int error = mp__layout_find(head, mp_shared_memory_size(memory), n, i, &place);
		if (error)
			return error;
		(void)!mp__item_of(mp_value_at(items, i), 0, &item);
		mp__item_write(&place, &item);
	}
	return 0;
}
//}

int
mp_shareable_list_create(
    struct mp_shareable_list **out, const struct mp_value *items, const char *name)
{
	/* shm.6: look at all items first; then a segment that has just the size they need. */
	//{
	struct mp_shared_memory *memory;

	if (mp_value_kind(items) != MP_LIST && mp_value_kind(items) != MP_TUPLE)
		return MP_KIND;
	int64_t size = size_for(items);
	if (size < 0)
		return (int)size;
	int error = mp_shared_memory_create(&memory, name, size);
	if (error)
		return error;
	error = fill(memory, items);
	if (!error)
		error = wrap(out, mp_shared_memory_ref(memory));
	if (error)
		(void)!mp_shared_memory_unlink(memory);
	mp_shared_memory_free(memory);
	return error;
	//}
}

int
mp_shareable_list_attach(struct mp_shareable_list **out, const char *name)
{
	/* shm.6: is there a list in it? Its number of items must fit into the memory. */
	//{
	struct mp_shared_memory *memory;
	int error = mp_shared_memory_attach(&memory, name);

	return error ? error : wrap(out, memory);
	//}
}

struct mp_shareable_list *
mp_shareable_list_ref(struct mp_shareable_list *list)
{
	/* shm.6: one more owner. */
	//{
	atomic_fetch_add(&list->references, 1);
	return list;
	//}
}

void
mp_shareable_list_free(struct mp_shareable_list *list)
{
	/* shm.6: one owner fewer; the last one gives back the reference to the segment. */
	//{
	if (!list || atomic_fetch_sub(&list->references, 1) != 1)
		return;
	mp_shared_memory_free(list->memory);
	free(list);
	//}
}

struct mp_shared_memory *
mp_shareable_list_shm(const struct mp_shareable_list *list)
{
	/* shm.6: the segment. */
	//{
	return list->memory;
	//}
}

size_t
mp_shareable_list_len(const struct mp_shareable_list *list)
{
	/* shm.6: as it was when we attached: nothing that others write can change it. */
	//{
	return list->length;
	//}
}

int
mp_shareable_list_get(const struct mp_shareable_list *list, size_t i, struct mp_value **out)
{
	/* shm.6: as its format and its code say; str and bytes end before the NULs at the end. */
	//{
	struct place place;
	int error = find(list, i, &place);

	return error ? error : mp__item_read(&place, out);
	//}
}

int
mp_shareable_list_set(struct mp_shareable_list *list, size_t i, const struct mp_value *v)
{
	/* shm.6: if it fits into the item's room; its format and its code change with it. */
	//{
	struct place place;
	struct item item;
	int error = find(list, i, &place);

	if (!error)
		error = mp__item_of(v, place.room, &item);
	if (!error)
		mp__item_write(&place, &item);
	return error;
	//}
}

//{
/* Is item i equal to v? 1, 0, or an error. */
static int
is_equal(const struct mp_shareable_list *list, size_t i, const struct mp_value *v)
{
	struct mp_value *item;
	int result = mp_shareable_list_get(list, i, &item);

	if (result)
		return result;
	result = mp_value_equal(item, v);
	mp_value_free(item);
	return result;
}
//}

int
mp_shareable_list_count(const struct mp_shareable_list *list, const struct mp_value *v)
{
	/* shm.6: all of them. */
	//{
	int count = 0;

	for (size_t i = 0; i < list->length; i++) {
		int equal = is_equal(list, i, v);
		if (equal < 0)
			return equal;
		count += equal;
	}
	return count;
	//}
}

int
mp_shareable_list_index(const struct mp_shareable_list *list, const struct mp_value *v)
{
	/* shm.6: the first of them. */
	//{
	for (size_t i = 0; i < list->length; i++) {
		int equal = is_equal(list, i, v);
		if (equal)
			return equal < 0 ? equal : (int)i;
	}
	return MP_INVALID;
	//}
}
