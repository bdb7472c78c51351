/* SPDX-License-Identifier: MIT */
#ifndef MP_TASKS_H
#define MP_TASKS_H
/*
 * What a pool can be asked to do with values: apply, map, starmap, imap.
 *
 * A function gets a tuple of arguments, as in Python f(*args) does. So the same function serves
 * all calls: apply hands over the tuple it was given, map makes one of each item, and for
 * starmap each item is such a tuple. In C it must be found in the worker, too: over fork by its
 * address; where a worker is a new program, by its name, so MP_REGISTER_TASK it.
 *
 * Invariants: arguments are pickled before the call returns, and results unpickled by who gets
 * them. The results of map are in the order of the items, whoever was faster.
 *
 * Example:
 *	#include <mp.h>
 *	static int
 *	add(struct mp_value *args, struct mp_value **result)
 *	{
 *		int64_t a = 0, b = 0;
 *		if (mp_value_int(mp_value_at(args, 0), &a) || mp_value_int(mp_value_at(args, 1), &b))
 *			return mp_task_fail("two ints, please");
 *		return (*result = mp_int(a + b)) ? 0 : -ENOMEM;
 *	}
 *	MP_REGISTER_TASK(add);
 *	int
 *	main(void)
 *	{
 *		struct mp_pool *pool;
 *		struct mp_value *args = mp_tuple(mp_int(3), mp_int(4)), *sum = NULL;
 *		int error = mp_pool_new(&pool, 1, NULL);
 *		if (error || mp_pool_apply(pool, add, args, &sum))
 *			return 1;
 *		mp_value_free(args), mp_value_free(sum), mp_pool_free(pool);
 *		return 0;
 *	}
 */
#include <mp/pool.h>
#include <mp/results.h>
#include <mp/value.h>

/* Return 0 and a new reference in *result (NULL: None); or a negative error of your own, which
 * becomes the result's. */
typedef int mp_task(struct mp_value *args, struct mp_value **result);

/* In a task or an initializer: say why it fails. Returns MP_TASK_FAILED. Tasks pool.5 */
int mp_task_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * f(*args), waiting for it, or not.
 *
 * Owns    args is borrowed. *value, *out are the caller's; both may be NULL, and callbacks too
 * Returns 0, or (apply) as mp_result_get, and
 *   MP_POOL_CLOSED     it was closed or terminated                    ValueError
 *   MP_POOL_BROKEN     mp_pool_why tells why                          BrokenProcessPool
 *   MP_NOT_REGISTERED  f has no name to be found by                   PicklingError
 *   MP_NOT_PARENT      another process made the pool
 *   or what pickling args ended with, -ENOMEM, -EINVAL: args is NULL; MP_KIND: no tuple
 * Python  Pool.apply, Pool.apply_async
 * Tasks   pool.1 pool.2
 */
int mp_pool_apply(
    struct mp_pool *pool, mp_task *f, struct mp_value *args, struct mp_value **value) MP_MUST_CHECK;
int mp_pool_apply_async(struct mp_pool *pool, mp_task *f, struct mp_value *args,
    const struct mp_callbacks *callbacks, struct mp_result **out) MP_MUST_CHECK;

/*
 * [f(item) for item in items], in chunks; starmap: [f(*item) for item in items].
 *
 * items      a list or tuple, borrowed
 * chunksize  items in a task; 0: so many that each worker gets about four
 * Owns       *value is a list; otherwise as mp_pool_apply
 * Returns    as mp_pool_apply, with an error only after all chunks have ended
 * Python     Pool.map, map_async, starmap, starmap_async
 * Tasks      pool.3
 */
int mp_pool_map(struct mp_pool *pool, mp_task *f, struct mp_value *items, size_t chunksize,
    struct mp_value **value) MP_MUST_CHECK;
int mp_pool_map_async(struct mp_pool *pool, mp_task *f, struct mp_value *items, size_t chunksize,
    const struct mp_callbacks *callbacks, struct mp_result **out) MP_MUST_CHECK;
int mp_pool_starmap(struct mp_pool *pool, mp_task *f, struct mp_value *items, size_t chunksize,
    struct mp_value **value) MP_MUST_CHECK;
int mp_pool_starmap_async(struct mp_pool *pool, mp_task *f, struct mp_value *items,
    size_t chunksize, const struct mp_callbacks *callbacks, struct mp_result **out) MP_MUST_CHECK;

/* At file scope: workers that are new programs will know f by its name. Tasks pool.1 */
#define MP_REGISTER_TASK(f)                                                                        \
	static struct mp_task_entry mp__task_##f = {#f, (void (*)(void))(f), NULL};                \
	__attribute__((constructor)) static void mp__register_task_##f(void)                       \
	{                                                                                          \
		mp__task_register(&mp__task_##f);                                                  \
	}                                                                                          \
	struct mp_task_entry

struct mp_task_entry {
	const char *name;
	void (*function)(void);
	struct mp_task_entry *next;
};
void mp__task_register(struct mp_task_entry *entry);

#endif
