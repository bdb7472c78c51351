/* SPDX-License-Identifier: MIT */
#ifndef MP_IMAP_H
#define MP_IMAP_H
/*
 * map as it goes: results come while the input is still being read. Python's imap.
 *
 * The input is a function that is asked for one item after the other, by whoever asks for
 * results, and only for as many as the window has room for. So an endless input is fine, and
 * the memory that is needed does not depend on its length.
 *
 * Invariants: no more than buffersize chunks are ahead of the reader, whether they wait, run or
 * are done. imap keeps the order of the input; imap_unordered gives what is done first.
 *
 * Example:
 *	#include <mp.h>
 *	static int
 *	count_to_ten(void *arg, struct mp_value **item)
 *	{
 *		int *n = arg;
 *		return *n == 10 ? 0 : (*item = mp_int(++*n)) ? 1 : -ENOMEM;
 *	}
 *	static int
 *	first(struct mp_value *args, struct mp_value **result)
 *	{
 *		*result = mp_value_ref(mp_value_at(args, 0));
 *		return 0;
 *	}
 *	int
 *	main(void)
 *	{
 *		struct mp_pool *pool;
 *		struct mp_imap *it;
 *		struct mp_value *v;
 *		int n = 0, seen = 0;
 *		if (mp_pool_new(&pool, 2, NULL) ||
 *		    mp_pool_imap(pool, first, (struct mp_input){count_to_ten, &n}, NULL, &it))
 *			return 1;
 *		for (; mp_imap_next(it, MP_FOREVER, &v) == 0; mp_value_free(v))
 *			seen++;
 *		mp_imap_free(it), mp_pool_free(pool);
 *		return seen != 10;
 *	}
 */
#include <mp/tasks.h>

struct mp_imap;

/* Make the next item: 1 and a new reference in *item; 0: there are no more; or a negative
 * error, which comes out of mp_imap_next in its place, and ends the input. */
struct mp_input {
	int (*next)(void *arg, struct mp_value **item);
	void *arg;
};

/* All zero: chunks of 1, sixteen of them for each worker. */
struct mp_imap_options {
	size_t chunksize;  /* items in a task */
	size_t buffersize; /* chunks between the input and the reader */
};

/*
 * Begin: the first items are asked for at once.
 *
 * Owns    input.arg must last until mp_imap_free; *out is the caller's
 * Returns 0, or as mp_pool_apply_async
 * Python  Pool.imap, Pool.imap_unordered
 * Tasks   pool.4
 */
int mp_pool_imap(struct mp_pool *pool, mp_task *f, struct mp_input input,
    const struct mp_imap_options *options, struct mp_imap **out) MP_MUST_CHECK;
int mp_pool_imap_unordered(struct mp_pool *pool, mp_task *f, struct mp_input input,
    const struct mp_imap_options *options, struct mp_imap **out) MP_MUST_CHECK;

/*
 * The next result.
 *
 * Blocks  at most timeout seconds for it, and for as long as the input takes
 * Owns    *value is the caller's
 * Returns 0, or
 *   MP_STOP     there are no more                                 StopIteration
 *   MP_TIMEOUT  it is not there yet; ask again                    TimeoutError
 *   else what the chunk (once for all its items) or the input ended with, in its place: see
 *   mp_imap_why. After a chunk's error the next results can be asked for
 * Safe    one thread at a time
 * Python  IMapIterator.next(timeout)
 * Tasks   pool.4
 */
int mp_imap_next(struct mp_imap *it, double timeout, struct mp_value **value) MP_MUST_CHECK;

/* The last error of next in words; valid until next is called again. Tasks pool.4 */
const char *mp_imap_why(struct mp_imap *it);

/* Give it up; tasks that have not begun are withdrawn. NULL is fine. Tasks pool.4 */
void mp_imap_free(struct mp_imap *it);

#endif
