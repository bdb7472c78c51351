/* SPDX-License-Identifier: MIT */
#ifndef SHM_SHARED_H
#define SHM_SHARED_H
/*
 * The object behind struct mp_shared, for the files of this stage only.
 *
 * Invariants: only the process that made it gives the block back; nothing but the block is
 * shared, so every process has an object of its own.
 */
#include <stdatomic.h>
#include <sys/types.h>

#include <mp/heap.h>
#include <mp/sharedctypes.h>

struct mp_shared {
	//{
	/* set when made, then read-only */
	char code;
	unsigned char itemsize;
	size_t length;
	struct mp_heap *heap; /* a reference */
	uint64_t offset;      /* of the first element */
	struct mp_lock *lock; /* a reference; NULL: none */
	pid_t maker;	      /* 0: it came from another process */

	atomic_int references;
	//}
};

//{
/* X(code, name of a member, type) */
#define MP__INTEGERS(X)                                                                            \
	X('c', of_c, unsigned char)                                                                \
	X('u', of_u, wchar_t)                                                                      \
	X('b', of_b, signed char)                                                                  \
	X('B', of_B, unsigned char)                                                                \
	X('h', of_h, short)                                                                        \
	X('H', of_H, unsigned short)                                                               \
	X('i', of_i, int)                                                                          \
	X('I', of_I, unsigned int)                                                                 \
	X('l', of_l, long)                                                                         \
	X('L', of_L, unsigned long)                                                                \
	X('q', of_q, long long)                                                                    \
	X('Q', of_Q, unsigned long long)
#define MP__FLOATS(X)                                                                              \
	X('f', of_f, float)                                                                        \
	X('d', of_d, double)

/* Elements that lie in a heap already, made elsewhere: of the heap, and of the lock if there is
 * one, a reference is taken. 0, MP_KIND there is no such code, -ENOMEM. */
int mp__shared_in(struct mp_shared **out, struct mp_heap *heap, uint64_t offset, char code,
    size_t length, struct mp_lock *lock);
//}

#endif
