/* SPDX-License-Identifier: MIT */
/*
 * Tuples and lists, and the builders that take any number of parts.
 *
 * A tuple is one piece of memory, since it never changes; a list's items are apart, and grow.
 *
 * Handout: labs/04-pickle/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>

#include <mp/items.h>

#include "object.h"

const char mp__end = 0;

//{
static struct mp_value *const end = (struct mp_value *)(uintptr_t)&mp__end;

static struct items *
new_items(struct arena *arena, enum mp_kind kind, size_t inside)
{
	struct items *items = NULL;

	if (inside < PTRDIFF_MAX / sizeof(void *) - sizeof(*items))
		items = new_value(arena, kind, sizeof(*items) + inside * sizeof(void *));
	else
		errno = ENOMEM;
	if (!items)
		return NULL;
	atomic_init(&items->hash, 0);
	items->size = items->room = inside;
	items->at = inside ? items->inside : NULL;
	return items;
}

int
mp__items_grow(struct items *list, size_t n)
{
	size_t room = list->room * 2 > list->size + n ? list->room * 2 : list->size + n;

	if (list->room - list->size >= n)
		return 0;
	struct mp_value **at = reallocarray(list->at, room, sizeof(void *));
	if (!at)
		return -ENOMEM;
	list->at = at;
	list->room = room;
	return 0;
}

/* How many parts there are before the end; false if one of them is NULL. */
static bool
all_there(struct mp_value **parts, size_t *n)
{
	bool all = true;

	for (*n = 0; parts[*n] != end; ++*n)
		all = all && parts[*n];
	return all;
}

/* A part is missing, or there is no memory: nobody else knows the others. */
static struct mp_value *
refuse(struct mp_value **parts, size_t n, struct mp_value *whole)
{
	int error = errno;

	mp__let_go(parts, n);
	mp_value_free(whole);
	errno = error;
	return NULL;
}

struct mp_value *
mp__new_tuple(struct arena *arena, struct mp_value **parts, size_t n)
{
	static struct items empty = {.node.head = {.count = IMMORTAL, .kind = MP_TUPLE}};
	if (n == 0)
		return &empty.node.head;
	struct items *tuple = new_items(arena, MP_TUPLE, n);
	if (!tuple)
		return refuse(parts, n, NULL);
	memcpy(tuple->at, parts, n * sizeof(*parts));
	return &tuple->node.head;
}

struct mp_value *
mp__new_list(struct arena *arena, struct mp_value **parts, size_t n)
{
	struct items *list = new_items(arena, MP_LIST, 0);

	if (!list)
		return refuse(parts, n, NULL);
	if (n == 0)
		return &list->node.head;
	if (mp__items_grow(list, n))
		return refuse(parts, n, &list->node.head);
	memcpy(list->at, parts, n * sizeof(*parts));
	list->size = n;
	return &list->node.head;
}
//}

struct mp_value *
mp__tuple(struct mp_value **parts)
{
	/* pickle.1: of the parts before the end (mp__end); one is NULL: free the others, NULL. */
	//{
	size_t n;

	return all_there(parts, &n) ? mp_tuple_n(parts, n) : refuse(parts, n, NULL);
	//}
}

struct mp_value *
mp__list(struct mp_value **parts)
{
	/* pickle.1 */
	//{
	size_t n;

	return all_there(parts, &n) ? mp_list_n(parts, n) : refuse(parts, n, NULL);
	//}
}

struct mp_value *
mp__dict(struct mp_value **parts)
{
	/* pickle.2: key, value, key, value, end. What is no key: EINVAL, and nothing is left. */
	//{
	size_t n, i = 0;
	struct mp_value *dict = NULL;

	if (all_there(parts, &n) && n % 2 == 0 && (dict = (void *)mp__table_new(NULL, MP_DICT)))
		for (; i < n; i += 2)
			if (mp_dict_set(dict, parts[i], parts[i + 1])) {
				errno = EINVAL;
				return refuse(parts + i + 2, n - i - 2, dict);
			}
	return dict ? dict : refuse(parts, n, NULL);
	//}
}

//{
static struct mp_value *
new_set(enum mp_kind kind, struct mp_value **parts)
{
	size_t n;
	struct mp_value *rest[2];
	struct table *set = NULL;

	if (!all_there(parts, &n) || !(set = mp__table_new(NULL, kind)))
		return refuse(parts, n, NULL);
	mp__own(parts, n);
	for (size_t i = 0; i < n; i++)
		if (mp__table_put(set, parts[i], NULL, NULL, rest)) {
			errno = EINVAL;
			return refuse(parts + i, n - i, &set->node.head);
		} else {
			mp__let_go(rest, 2);
		}
	return &set->node.head;
}
//}

struct mp_value *
mp__set(struct mp_value **parts)
{
	/* pickle.2 */
	//{
	return new_set(MP_SET, parts);
	//}
}

struct mp_value *
mp__frozenset(struct mp_value **parts)
{
	/* pickle.2 */
	//{
	return new_set(MP_FROZENSET, parts);
	//}
}

struct mp_value *
mp_tuple_n(struct mp_value **parts, size_t n)
{
	/* pickle.1: the parts are taken over; no memory: they are freed. */
	//{
	return mp__own(parts, n) ? mp__new_tuple(NULL, parts, n) : refuse(parts, n, NULL);
	//}
}

struct mp_value *
mp_list_n(struct mp_value **parts, size_t n)
{
	/* pickle.1 */
	//{
	return mp__own(parts, n) ? mp__new_list(NULL, parts, n) : refuse(parts, n, NULL);
	//}
}

struct mp_value *
mp_value_at(const struct mp_value *v, size_t i)
{
	/* pickle.1 */
	//{
	if (!v || (v->kind != MP_TUPLE && v->kind != MP_LIST))
		return NULL;
	const struct items *items = (const struct items *)v;
	return i < items->size ? items->at[i] : NULL;
	//}
}

int
mp_list_append(struct mp_value *list, struct mp_value *v)
{
	/* pickle.1: behind the last one. */
	//{
	struct items *items = (struct items *)list;

	if (!v || mp_value_kind(list) != MP_LIST ||
	    (items->size == items->room && mp__items_grow(items, 1)))
		return mp_list_insert(list, mp_value_len(list), v); /* it knows what is wrong */
	if (is_node(v))
		mp__joins(list, v);
	items->at[items->size++] = v;
	return 0;
	//}
}

int
mp_list_insert(struct mp_value *list, size_t i, struct mp_value *v)
{
	/* pickle.1: v is ours from here on, whatever happens. */
	//{
	struct items *items = (struct items *)list;
	int error = 0;

	if (!v)
		error = -ENOMEM;
	else if (mp_value_kind(list) != MP_LIST)
		error = MP_KIND;
	else if (i > items->size)
		error = MP_NO_INDEX;
	else
		error = mp__items_grow(items, 1);
	if (error) {
		mp_value_free(v);
		return error;
	}
	mp__joins(list, v);
	memmove(items->at + i + 1, items->at + i, (items->size - i) * sizeof(v));
	items->at[i] = v;
	items->size++;
	return 0;
	//}
}

int
mp_list_set(struct mp_value *list, size_t i, struct mp_value *v)
{
	/* pickle.1 */
	//{
	struct items *items = (struct items *)list;
	int error = !v ? -ENOMEM : mp_value_kind(list) != MP_LIST ? MP_KIND : 0;

	if (!error && i >= items->size)
		error = MP_NO_INDEX;
	if (error) {
		mp_value_free(v);
		return error;
	}
	mp__joins(list, v);
	struct mp_value *old = items->at[i];
	items->at[i] = v;
	mp_value_free(old);
	return 0;
	//}
}

int
mp_list_remove(struct mp_value *list, size_t i)
{
	/* pickle.1 */
	//{
	struct items *items = (struct items *)list;

	if (mp_value_kind(list) != MP_LIST)
		return MP_KIND;
	if (i >= items->size)
		return MP_NO_INDEX;
	struct mp_value *old = items->at[i];
	items->size--;
	memmove(items->at + i, items->at + i + 1, (items->size - i) * sizeof(old));
	mp_value_free(old);
	return 0;
	//}
}
