/* SPDX-License-Identifier: MIT */
#ifndef TESTS_TRAVEL_H
#define TESTS_TRAVEL_H
/*
 * Rows of 01-process and 02-reap, run again: their children are started by a method of
 * 05-spawn's.
 *
 * A row hands its child a function and a pointer. By fork, both go as they are. By spawn and
 * forkserver they cannot: the function goes as its number in the table of TRAVELS, and what
 * the pointer points to as its bytes, of which the ints that are descriptors are inherited.
 * The program is the same, so its table is.
 *
 *	TRAVELS(grow, sizeof(struct tree), DESCRIPTORS(struct tree, out));
 *
 * Invariants: bytes that travel hold no pointer but NULL. A child gets row_out, too.
 */
#include <mp/process.h>
#include <stdbool.h>
#include <stddef.h>

struct traveller {
	int (*target)(void *arg);
	size_t size;	      /* of what arg points to; 0: arg is NULL */
	unsigned descriptors; /* bit i: its i-th int is a descriptor */
	int *row_out;
};

#define TRAVELS(target, size, descriptors)                                                         \
	static const struct traveller traveller_##target = {target, size, descriptors, &row_out};  \
	static const struct traveller *const traveller_entry_##target                              \
	    __attribute__((section("travellers"), used)) = &traveller_##target;                    \
	struct row

/* The ints of a member, and of the whole. */
#define DESCRIPTORS(type, member)                                                                  \
	(((1u << sizeof(((type *)0)->member) / sizeof(int)) - 1)                                   \
	    << offsetof(type, member) / sizeof(int))
#define ALL_DESCRIPTORS (~0u)

/* mp_process_new, by the method that is the default here. */
int make_process(struct mp_process **out, int (*target)(void *arg), void *arg,
    const struct mp_process_options *options) MP_MUST_CHECK;

/* How many processes the method keeps beside our children; 1: the tracker. */
int helpers(void);
#define HELPERS helpers()

/* Are the children those of a server, which reaps them? */
#define SERVED (helpers() > 1)

/* Let them end, and wait for it. */
void helpers_end(void);

#endif
