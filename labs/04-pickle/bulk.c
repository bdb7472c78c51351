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
#include <mp/todo.h>

#include "object.h"

int
mp__dumps_slice(const struct mp_value *v, size_t from, size_t n, void **data, size_t *size)
{
	/* pickle.4: of a list that only looks at v's items. */
	mp_todo("pickle.4");
}

int
mp__loads_onto(struct mp_value *list, const void *data, size_t size)
{
	/* pickle.5: the items move from one list into the other; if it is not ours alone, they are
	 * shared. */
	mp_todo("pickle.5");
}

struct mp_value *
mp__tuple_again(struct mp_value *tuple, struct mp_value *item)
{
	/* pickle.1: who has the only reference to a tuple may change it: nobody can see that. */
	mp_todo("pickle.1");
}
