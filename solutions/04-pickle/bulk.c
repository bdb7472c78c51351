/* SPDX-License-Identifier: MIT */
/*
 * Many values at once, for whoever sends them by the thousand (stage 11): no list is made only to
 * be written, none is copied only to be put behind another, no tuple is made for each call.
 *
 * Handout: labs/04-pickle/README.md
 */
#include <string.h>

#include <mp/internal.h>
#include <mp/items.h>
#include <mp/pickle.h>

#include "object.h"

int
mp__dumps_slice(const struct mp_value *v, size_t from, size_t n, void **data, size_t *size)
{
	/* pickle.4: of a list that only looks at v's items. */
	//{
	struct items slice = {.node.head = {.count = 1, .kind = MP_LIST}, .size = n};

	slice.at = n ? ((const struct items *)v)->at + from : NULL;
	return mp_pickle_dumps(&slice.node.head, data, size, NULL);
	//}
}

int
mp__loads_onto(struct mp_value *list, const void *data, size_t size)
{
	/* pickle.5: the items move from one list into the other; if it is not ours alone, they are
	 * shared. */
	//{
	struct items *to = (struct items *)list, *from;
	struct mp_value *loaded;
	int error = mp_pickle_loads(data, size, &loaded);

	if (error)
		return error;
	from = (struct items *)loaded;
	if (loaded->kind != MP_LIST)
		error = MP_KIND;
	else
		error = mp__items_grow(to, from->size);
	if (!error && count_of(loaded) == 1 && from->size) {
		memcpy(to->at + to->size, from->at, from->size * sizeof(*from->at));
		to->size += from->size;
		from->size = 0;
	}
	for (size_t i = 0; i < mp_value_len(loaded) && !error; i++)
		error = mp_list_append(list, mp_value_ref(from->at[i]));
	mp_value_free(loaded);
	return error;
	//}
}

struct mp_value *
mp__tuple_again(struct mp_value *tuple, struct mp_value *item)
{
	/* pickle.1: who has the only reference to a tuple may change it: nobody can see that. */
	//{
	struct items *items = (struct items *)tuple;

	if (!tuple || !item || count_of(tuple) != 1) {
		mp_value_free(tuple);
		return mp_tuple(item);
	}
	mp__own(&item, 1);
	mp_value_free(items->at[0]);
	items->at[0] = item;
	atomic_store_explicit(&items->hash, 0, memory_order_relaxed);
	return tuple;
	//}
}
