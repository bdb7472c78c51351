/* SPDX-License-Identifier: MIT */
#ifndef MP_BYTES_H
#define MP_BYTES_H
/*
 * A pool over raw memory: an array of structs in, an array of structs out.
 *
 * Nothing is pickled. The workers see one piece of memory that they share with the pool's owner;
 * only "these items, that function" goes through a pipe. Arrays in memory of mp_pool_alloc are
 * worked on where they are. Any other array is copied there and back, once.
 *
 * Invariants: an item is worked on by one worker. Structs may hold no pointers but into
 * themselves: an address means nothing elsewhere.
 *
 * Example:
 *	#include <mp.h>
 *	static int
 *	half(const void *in, void *out, size_t n)
 *	{
 *		for (size_t i = 0; i < n; i++)
 *			((double *)out)[i] = ((const double *)in)[i] / 2;
 *		return 0;
 *	}
 *	int
 *	main(void)
 *	{
 *		struct mp_pool *pool;
 *		double *x = NULL;
 *		if (mp_pool_new(&pool, 2, NULL) || mp_pool_alloc(pool, 1000 * sizeof(*x), (void **)&x))
 *			return 1;
 *		x[999] = 3;
 *		int error = mp_pool_map_bytes(pool, half, x, sizeof(*x), x, sizeof(*x), 1000, 0);
 *		double seen = x[999];
 *		mp_pool_free(pool);
 *		return error || seen != 1.5;
 *	}
 */
#include <mp/pool.h>
#include <mp/results.h>

/* Do n items: in and out are at the first of them. 0, or a negative error of your own. */
typedef int mp_bytes_task(const void *in, void *out, size_t n);

/*
 * Do n items of in_size bytes, and write n of out_size bytes.
 *
 * in, out    may be the same array; NULL where the size is 0. Not to be touched, nor freed,
 *            until the result is ready
 * chunksize  items in a task; 0: so many that each worker gets about four
 * Owns       what is in out for a chunk that failed: what was there, if it had to be copied; else
 *            what its worker had written until then
 * Returns    as mp_pool_map, mp_pool_map_async
 * Tasks      pool.8
 */
int mp_pool_map_bytes(struct mp_pool *pool, mp_bytes_task *f, const void *in, size_t in_size,
    void *out, size_t out_size, size_t n, size_t chunksize) MP_MUST_CHECK;
int mp_pool_map_bytes_async(struct mp_pool *pool, mp_bytes_task *f, const void *in, size_t in_size,
    void *out, size_t out_size, size_t n, size_t chunksize, const struct mp_callbacks *callbacks,
    struct mp_result **result) MP_MUST_CHECK;

/*
 * Memory that the workers see, too; zeros at first.
 *
 * Owns    the caller's until mp_pool_dealloc, but no longer than the pool
 * Returns 0, or -ENOMEM, MP_NOT_PARENT
 * Safe    between threads yes
 * Tasks   pool.8
 */
int mp_pool_alloc(struct mp_pool *pool, size_t size, void **memory) MP_MUST_CHECK;

/* Give it back. NULL is fine. Tasks pool.8 */
void mp_pool_dealloc(struct mp_pool *pool, void *memory);

#endif
