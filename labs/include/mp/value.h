/* SPDX-License-Identifier: MIT */
#ifndef MP_VALUE_H
#define MP_VALUE_H
/*
 * A value: what can be said in every process, because it is made of no addresses.
 *
 * Values are Python's: None, bool, int of any size, float, str, bytes; in mp/items.h tuple,
 * list, dict and set; in mp/opaque.h what only Python, or only this library, can make sense
 * of. A builder gives the caller one reference, and takes over the references of the parts
 * that it is given. A part that is NULL makes the whole NULL and frees the rest: so however
 * deeply a value is nested, it needs one check.
 *
 * Invariants: a str is UTF-8 (a lone surrogate in it as three bytes), an int has no size
 * limit; tuples, frozensets and what has no parts never change. Values are counted: the
 * last mp_value_free frees, also what contains itself, and however deeply it is nested.
 * Any number of threads may use and count a value that nobody changes; a value in a cycle
 * is counted, and one with parts is put into a part of another, by one thread at a time.
 *
 * Example:
 *	#include <mp.h>
 *	#include <stdio.h>
 *	int
 *	main(void)
 *	{
 *		struct mp_value *v = mp_tuple(mp_str("pi"), mp_float(3.14), mp_list(mp_int(-1)));
 *		char *text;
 *		if (!v || mp_value_repr(v, &text))
 *			return 1;
 *		puts(text); // ('pi', 3.14, [-1])
 *		free(text);
 *		mp_value_free(v);
 *		return 0;
 *	}
 */
#include <mp/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

struct mp_value;

enum mp_kind {
	MP_NONE,
	MP_BOOL,
	MP_INT,
	MP_FLOAT,
	MP_STR,
	MP_BYTES,
	MP_BYTEARRAY,
	MP_TUPLE,
	MP_LIST,
	MP_DICT,
	MP_SET,
	MP_FROZENSET,
	MP_REDUCE, /* mp/opaque.h, from here on */
	MP_GLOBAL,
	MP_OBJECT
};

/* Builders return NULL when there is no memory (errno ENOMEM), or for the reason they name.
 * mp_str and mp_str_n: not UTF-8 (EILSEQ). mp_int_n: any int, as two's complement, the
 * least significant byte first; of no bytes it is 0. Tasks pickle.1 */
struct mp_value *mp_none(void);
struct mp_value *mp_bool(bool truth);
struct mp_value *mp_int(int64_t number);
struct mp_value *mp_uint(uint64_t number);
struct mp_value *mp_int_n(const void *bytes, size_t size);
struct mp_value *mp_float(double number);
struct mp_value *mp_str(const char *text);
struct mp_value *mp_str_n(const char *text, size_t size);
struct mp_value *mp_bytes(const void *data, size_t size);
struct mp_value *mp_bytearray(const void *data, size_t size);

/* Take one more reference, to be given back by mp_value_free. Returns v; NULL for NULL.
 * Safe between threads yes. Tasks pickle.1 */
struct mp_value *mp_value_ref(const struct mp_value *v);

/*
 * Give back one reference; NULL is fine.
 *
 * With the last one the value goes, and what it alone held: in a loop, not in a recursion.
 * When cycles were made and this reference may have been the last from outside, they are
 * looked for among what the value reaches; nothing else ever pays for that.
 * Safe    between threads yes; of a value in a cycle, in one thread at a time
 * Tasks   pickle.1 pickle.7
 */
void mp_value_free(struct mp_value *v);

/* Questions borrow: nothing is copied, what they return lives as long as v. Of NULL and of a
 * wrong kind they answer NULL or 0, the fallible ones MP_KIND (TypeError). Tasks pickle.1 */
enum mp_kind mp_value_kind(const struct mp_value *v);
bool mp_value_truth(const struct mp_value *v); /* Python's bool(v) */
size_t mp_value_len(const struct mp_value *v); /* items, pairs; bytes of str, bytes, bytearray */
int mp_value_int(const struct mp_value *v, int64_t *number) MP_MUST_CHECK;  /* or MP_OVERFLOW */
int mp_value_float(const struct mp_value *v, double *number) MP_MUST_CHECK; /* or MP_OVERFLOW */
const char *mp_value_str(const struct mp_value *v);   /* ends with a NUL; may hold more */
const void *mp_value_bytes(const struct mp_value *v); /* of bytes and bytearray */

/*
 * Print as Python's repr does, in one malloc'd text of the caller's.
 *
 * Floats have the fewest digits that mean the same number. A list in itself is [...]. Of
 * the characters beyond ASCII, controls, separators, surrogates, private and invisible ones
 * are escaped, all others (also those not assigned yet) are written as they are. A set is
 * printed in the order in which it was filled. The kinds of mp/opaque.h: as mod.name,
 * mod.name(args), and <mp.NAME object>.
 * Returns 0, or
 *   MP_TOO_LARGE  an int of more than 4,300 digits; or parts that   ValueError
 *                 occur many times would be printed many times (2 MiB of
 *                 it, and 16 times the rest)
 *   MP_TOO_DEEP                                                     RecursionError
 *   -ENOMEM
 * Python  repr(v)
 * Tasks   pickle.3
 */
int mp_value_repr(const struct mp_value *v, char **text) MP_MUST_CHECK;

/*
 * Compare as Python's == does: 1 == True == 1.0; nan is not equal to itself, but a list that
 * holds it is equal to itself. Cycles are equal when nothing can tell them apart.
 *
 * Returns 1, 0, or MP_TOO_DEEP (RecursionError), -ENOMEM
 * Tasks   pickle.2
 */
int mp_value_equal(const struct mp_value *a, const struct mp_value *b) MP_MUST_CHECK;

/*
 * A number that equal keys have in common, in this process and those forked from it; it is
 * keyed by chance, so that nobody outside can make keys collide. (A reduce as a key is equal
 * only to itself.)
 *
 * Returns 0, or MP_UNHASHABLE (TypeError), MP_TOO_DEEP (RecursionError), -ENOMEM
 * Tasks   pickle.2
 */
int mp_value_hash(const struct mp_value *v, uint64_t *hash) MP_MUST_CHECK;

#include <mp/items.h>
#include <mp/opaque.h>

#endif
