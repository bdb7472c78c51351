/* SPDX-License-Identifier: MIT */
#ifndef MP_ITEMS_H
#define MP_ITEMS_H
/*
 * Values that hold values: tuple, list, dict, set, frozenset.
 *
 * What is put in is taken over, also when putting fails; what is got out is borrowed, and
 * wants mp_value_ref to be kept. To hold one value in two places, put in mp_value_ref(v):
 * the places then share it, here and in the process that it is sent to.
 *
 * Invariants: dicts and sets keep the order in which their keys came, and a key that comes
 * again keeps its place. Keys are equal as in Python: by value, 1 and True and 1.0 being the
 * same; nan and the reduces of mp/opaque.h by identity.
 *
 * Example:
 *	#include <mp.h>
 *	int
 *	main(void)
 *	{
 *		struct mp_value *ages = mp_dict(mp_str("Ann"), mp_int(30), mp_str("Bo"), mp_int(7));
 *		int64_t age = 0;
 *		int error = ages ? mp_dict_set(ages, mp_str("Ann"), mp_int(31)) : -ENOMEM;
 *		if (!error)
 *			error = mp_value_int(mp_dict_at(ages, "Ann"), &age);
 *		mp_value_free(ages);
 *		return error || age != 31;
 *	}
 */
#include <errno.h>
#include <mp/value.h>

extern const char mp__end; /* stands behind the last part */
#ifndef MP__PARTS /* what reads C and has no __VA_OPT__ brings its own */
#define MP__PARTS(...)                                                                             \
	((struct mp_value *[]){__VA_ARGS__ __VA_OPT__(, )(struct mp_value *) & mp__end})
#endif

/* mp_tuple(a, b), mp_list(), mp_dict(key, value, key, value), mp_set(a), mp_frozenset(a): of any
 * number of parts. NULL also when a key cannot be one (errno EINVAL). Tasks pickle.1 pickle.2 */
#define mp_tuple(...)	  mp__tuple(MP__PARTS(__VA_ARGS__))
#define mp_list(...)	  mp__list(MP__PARTS(__VA_ARGS__))
#define mp_dict(...)	  mp__dict(MP__PARTS(__VA_ARGS__))
#define mp_set(...)	  mp__set(MP__PARTS(__VA_ARGS__))
#define mp_frozenset(...) mp__frozenset(MP__PARTS(__VA_ARGS__))
struct mp_value *mp__tuple(struct mp_value **parts);
struct mp_value *mp__list(struct mp_value **parts);
struct mp_value *mp__dict(struct mp_value **parts);
struct mp_value *mp__set(struct mp_value **parts);
struct mp_value *mp__frozenset(struct mp_value **parts);

/* The same, of n parts in an array. Tasks pickle.1 */
struct mp_value *mp_tuple_n(struct mp_value **parts, size_t n);
struct mp_value *mp_list_n(struct mp_value **parts, size_t n);

/* The item of a tuple or list, borrowed; NULL when there is none. Tasks pickle.1 */
struct mp_value *mp_value_at(const struct mp_value *v, size_t i);

/*
 * Change a list. insert puts v before the item i, or at the end when i is its length.
 *
 * Owns    v is taken over, also in case of errors; v NULL is -ENOMEM
 * Returns 0, or
 *   MP_NO_INDEX  it has no item i      IndexError
 *   MP_KIND      it is no list         TypeError
 *   -ENOMEM
 * Tasks   pickle.1
 */
int mp_list_append(struct mp_value *list, struct mp_value *v) MP_MUST_CHECK;
int mp_list_insert(struct mp_value *list, size_t i, struct mp_value *v) MP_MUST_CHECK;
int mp_list_set(struct mp_value *list, size_t i, struct mp_value *v) MP_MUST_CHECK;
int mp_list_remove(struct mp_value *list, size_t i) MP_MUST_CHECK;

/*
 * Set one pair, in place of an equal key's, whose key then stays.
 *
 * Owns    key and v are taken over, also in case of errors; NULL is -ENOMEM
 * Returns 0, or
 *   MP_UNHASHABLE  a list, dict, set or bytearray, or a tuple with one, as the key  TypeError
 *   MP_KIND        it is no dict                                                    TypeError
 *   MP_TOO_DEEP, -ENOMEM
 * Python  d[key] = v
 * Tasks   pickle.2
 */
int mp_dict_set(struct mp_value *dict, struct mp_value *key, struct mp_value *v) MP_MUST_CHECK;

/* What stands at a key, borrowed; NULL when nothing does, or key cannot be one. Python's get.
 * mp_dict_at is for keys that are plain text. Tasks pickle.2 */
struct mp_value *mp_dict_get(const struct mp_value *dict, const struct mp_value *key);
struct mp_value *mp_dict_at(const struct mp_value *dict, const char *key);

/* Take one pair or element out: 0, or MP_NO_KEY (KeyError), MP_UNHASHABLE, MP_KIND,
 * MP_TOO_DEEP, -ENOMEM. Tasks pickle.2 */
int mp_dict_remove(struct mp_value *dict, const struct mp_value *key) MP_MUST_CHECK;
int mp_set_remove(struct mp_value *set, const struct mp_value *v) MP_MUST_CHECK;

/* Add one element: as mp_dict_set; to a set only, a frozenset is MP_KIND. Tasks pickle.2 */
int mp_set_add(struct mp_value *set, struct mp_value *v) MP_MUST_CHECK;

/* Is it in the set or frozenset? Tasks pickle.2 */
bool mp_set_has(const struct mp_value *set, const struct mp_value *v);

/*
 * The next pair of a dict, or element of a set, from *place on, which begins with 0. Whichever
 * of key and v may be NULL. Change nothing meanwhile but values of keys that are there.
 *
 * Returns true, or false: there are no more
 * Tasks   pickle.2
 */
bool mp_dict_next(
    const struct mp_value *dict, size_t *place, struct mp_value **key, struct mp_value **v);
bool mp_set_next(const struct mp_value *set, size_t *place, struct mp_value **v);

#endif
