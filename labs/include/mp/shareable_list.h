/* SPDX-License-Identifier: MIT */
#ifndef MP_SHAREABLE_LIST_H
#define MP_SHAREABLE_LIST_H
/*
 * A list in shared memory: Python's ShareableList, byte for byte (since 3.9; 3.8 had others).
 *
 * As many items as it was made with: ints of 64 bits, floats, bools, None, and str and bytes
 * that fit into the room that their item got at first. What it is made of stands in the
 * memory itself, so that Python reads what C has written, and C what Python has:
 *
 *	n · n + 1 offsets · the items · n formats of 8 bytes ("q", "d", "16s") · n codes
 *
 * Invariants: nothing that stands in the memory is believed: whatever somebody writes there,
 * a call answers, or says MP_DAMAGED. There is no lock (as in Python): who changes items
 * while others read them brings one.
 *
 * Example:
 *	#include <mp/shareable_list.h>
 *	int
 *	main(void)
 *	{
 *		struct mp_value *items = mp_list(mp_int(7), mp_str("ab"), mp_none()), *one;
 *		struct mp_shareable_list *list;
 *		if (mp_shareable_list_create(&list, items, NULL) ||
 *		    mp_shareable_list_get(list, 1, &one))
 *			return 1;
 *		int bad = mp_value_len(one) != 2; // a copy: 'ab'
 *		return mp_shared_memory_unlink(mp_shareable_list_shm(list)) || bad;
 *	}
 */
#include <mp/error.h>
#include <mp/shm.h>
#include <mp/value.h>

struct mp_shareable_list;

/* To put it into values; who receives it attaches by the name. Tasks shm.7 */
extern const struct mp_class mp_shareable_list_class;

/*
 * Make one, in a segment of its own, which is made as by mp_shared_memory_create.
 *
 * items   a list or tuple, which stays the caller's
 * Owns    the caller owns *out: mp_shareable_list_free
 * Returns 0, or
 *   MP_KIND      no list, or an item of a kind that cannot be in it          ValueError
 *   MP_OVERFLOW  an int of more than 64 bits                                 struct.error
 *   MP_INVALID   a str or bytes that ends with NUL: it would come back without it
 *                (Python loses it: gh-106939)
 *   or an error of mp_shared_memory_create
 * Python  ShareableList(items, name=name)
 * Tasks   shm.6
 */
int mp_shareable_list_create(
    struct mp_shareable_list **out, const struct mp_value *items, const char *name) MP_MUST_CHECK;

/* Attach to one: 0, or MP_DAMAGED there is no list in that memory, or an error of
 * mp_shared_memory_attach. Python's ShareableList(name=name). Tasks shm.6 */
int mp_shareable_list_attach(struct mp_shareable_list **out, const char *name) MP_MUST_CHECK;

/* Take one more reference, to be given back by mp_shareable_list_free. Tasks shm.6 */
struct mp_shareable_list *mp_shareable_list_ref(struct mp_shareable_list *list);

/* Give back one reference; the last one closes the segment. NULL is fine. Tasks shm.6 */
void mp_shareable_list_free(struct mp_shareable_list *list);

/* Its segment, borrowed: for the name, and to unlink it. Python's shm. Tasks shm.6 */
struct mp_shared_memory *mp_shareable_list_shm(const struct mp_shareable_list *list);

/* How many items: as many as it was made with. Python's len. Tasks shm.6 */
size_t mp_shareable_list_len(const struct mp_shareable_list *list);

/*
 * Get a copy of item i.
 *
 * Owns    *out is the caller's: mp_value_free
 * Returns 0, or MP_NO_INDEX (IndexError), MP_DAMAGED, -ENOMEM
 * Python  list[i]
 * Tasks   shm.6
 */
int mp_shareable_list_get(
    const struct mp_shareable_list *list, size_t i, struct mp_value **out) MP_MUST_CHECK;

/*
 * Set item i, also to another kind, if that fits.
 *
 * Returns 0, or
 *   MP_NO_INDEX  there is no item i                                          IndexError
 *   MP_NO_ROOM   a str or bytes longer than the item's room: so many bytes as it had at
 *                first, made full to a multiple of 8                         ValueError
 *   MP_KIND, MP_OVERFLOW, MP_INVALID as for create; MP_DAMAGED. Nothing was set
 * Python  list[i] = v
 * Tasks   shm.6
 */
int mp_shareable_list_set(
    struct mp_shareable_list *list, size_t i, const struct mp_value *v) MP_MUST_CHECK;

/* How many items are equal to v; the first of them, or MP_INVALID (ValueError) there is none.
 * Also an error of get. Python's count and index. Tasks shm.6 */
int mp_shareable_list_count(
    const struct mp_shareable_list *list, const struct mp_value *v) MP_MUST_CHECK;
int mp_shareable_list_index(
    const struct mp_shareable_list *list, const struct mp_value *v) MP_MUST_CHECK;

#endif
