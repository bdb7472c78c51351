/* SPDX-License-Identifier: MIT */
#ifndef MP_SHAREDCTYPES_H
#define MP_SHAREDCTYPES_H
/*
 * Elements of one type in shared memory, with a lock: Python's Value (one) and Array (n).
 *
 * Made before the children, seen by all of them. The memory comes from a heap of this
 * process (mp/heap.h). Each element has the type that C gives its code:
 *
 *	c char      b signed char   h short            i int            l long            q long long
 *	u wchar_t   B unsigned char H unsigned short   I unsigned int   L unsigned long   Q ...
 *	f float     d double
 *
 * Invariants: all zero at first, also in memory that was used before. get, set, read and
 * write hold the lock; the pointer of MP_SHARED does not: between acquire and release it is
 * yours, at any other time it is a race. Adding one is two steps, a get and a set: for it,
 * hold the lock.
 *
 * Example:
 *	#include <mp/sharedctypes.h>
 *	int
 *	main(void)
 *	{
 *		struct mp_shared *count;
 *		if (mp_shared_value(&count, 'i', NULL) || mp_shared_acquire(count, MP_FOREVER))
 *			return 1;
 *		++*MP_SHARED(int, count);
 *		return mp_shared_release(count); // before exit, or others are told that we died
 *	}
 */
#include <mp/error.h>
#include <mp/lock.h>
#include <stddef.h>
#include <stdint.h>

struct mp_shared;
struct mp_class;

/* To put it into the arguments of a process: mp_object(&mp_shared_class, value). It goes by its
 * heap's descriptor and an offset, and its lock with it; in any other message
 * MP_NOT_SPAWNING. Tasks shm.7 */
extern const struct mp_class mp_shared_class;

/* In place of a lock: there is none (Python's lock=False, RawValue, RawArray). */
#define MP_UNLOCKED ((struct mp_lock *)1)

/*
 * Make one element, or an array of them.
 *
 * lock    NULL: an RLock of its own (Python's default). MP_UNLOCKED: none. Else this one
 * Owns    the caller owns *out: mp_shared_free. Of the lock a reference is taken
 * Returns 0, or MP_KIND there is no such code (TypeError), -ENOMEM, -errno
 * Python  Value(code, lock=), Array(code, length, lock=)
 * Tasks   shm.5
 */
int mp_shared_value(struct mp_shared **out, char code, struct mp_lock *lock) MP_MUST_CHECK;
int mp_shared_array(
    struct mp_shared **out, char code, size_t length, struct mp_lock *lock) MP_MUST_CHECK;

/* Take one more reference, to be given back by mp_shared_free. Tasks shm.5 */
struct mp_shared *mp_shared_ref(struct mp_shared *shared);

/* Give back one reference; NULL is fine. With the last one in the process that made it the
 * memory is free for others: it goes last, after the children. Tasks shm.5 */
void mp_shared_free(struct mp_shared *shared);

/* Its code, how many elements, and the bytes of one. Tasks shm.5 */
char mp_shared_code(const struct mp_shared *shared);
size_t mp_shared_length(const struct mp_shared *shared);
size_t mp_shared_itemsize(const struct mp_shared *shared);

/* The first element, as a pointer to its type: ++*MP_SHARED(int, count). Python's get_obj.
 * A type of another size is NULL. Tasks shm.5 */
#define MP_SHARED(type, shared) ((type *)mp_shared_data(shared, sizeof(type)))
void *mp_shared_data(const struct mp_shared *shared, size_t itemsize);

/* The lock, borrowed; NULL: there is none. Python's get_lock. Tasks shm.5 */
struct mp_lock *mp_shared_lock(const struct mp_shared *shared);

/*
 * Acquire and release the lock; where there is none, nothing happens.
 *
 * Returns as mp_lock_acquire and mp_lock_release: MP_OWNER_DIED is yours, and who held it
 *         died in the middle of something
 * Python  acquire, release; with v.get_lock():
 * Tasks   shm.5
 */
int mp_shared_acquire(struct mp_shared *shared, double timeout) MP_MUST_CHECK;
int mp_shared_release(struct mp_shared *shared) MP_MUST_CHECK;

/*
 * Get or set element i, holding the lock.
 *
 * _int is for whole numbers (of c the byte, of u the code point); set_int also for f and d.
 * Returns 0, or
 *   MP_NO_INDEX    there is no element i                           IndexError
 *   MP_KIND        the element is no such number                   TypeError
 *   MP_OVERFLOW    it does not fit, and nothing was set            (Python cuts it)
 *   MP_OWNER_DIED  it was done; but the lock's last owner has died, and what belongs
 *                  together may not be together any more           (Python: hangs)
 * Blocks  while somebody has the lock
 * Safe    between threads and processes yes
 * Python  v.value, a[i]
 * Tasks   shm.5
 */
int mp_shared_get_int(struct mp_shared *shared, size_t i, int64_t *number) MP_MUST_CHECK;
int mp_shared_set_int(struct mp_shared *shared, size_t i, int64_t number) MP_MUST_CHECK;
int mp_shared_get_float(struct mp_shared *shared, size_t i, double *number) MP_MUST_CHECK;
int mp_shared_set_float(struct mp_shared *shared, size_t i, double number) MP_MUST_CHECK;

/*
 * Copy n elements from i on, out or in, holding the lock: they belong together.
 *
 * items   n elements of its type
 * Returns 0, or MP_NO_INDEX there are not so many, MP_OWNER_DIED it was done, as above
 * Python  a[i:i + n]
 * Tasks   shm.5
 */
int mp_shared_read(struct mp_shared *shared, size_t i, size_t n, void *items) MP_MUST_CHECK;
int mp_shared_write(struct mp_shared *shared, size_t i, size_t n, const void *items) MP_MUST_CHECK;

#endif
