/* SPDX-License-Identifier: MIT */
#ifndef SPAWN_PARCEL_H
#define SPAWN_PARCEL_H
/*
 * What a child is given that does not begin as a copy: two messages over a pipe, and
 * descriptors, each in its place. For the files of this stage only.
 *
 * Packed by the parent before there is a child, so that nothing can go wrong later; opened
 * by the child in mp_init. The first message says who the child is, the second is the
 * arguments, which are loaded when it is that already.
 *
 * Invariants: the child has the descriptors of enum place and those that the arguments
 * named, from PLACE_FIRST on, and no others; all are closed by exec.
 */
#include "call.h"

enum place {
	PLACE_TRACKER = 3, /* the tracker's pipe, to write */
	PLACE_DATA,	   /* the two messages, to read */
	PLACE_PARENT,	   /* a pidfd of the parent */
	PLACE_SERVER,	   /* the forkserver's socket, for its children */
	PLACE_FIRST	   /* what the arguments named */
};

/* Who the child is: the first message is a tuple of these. */
enum who {
	WHO_NAME,
	WHO_IDENTITY, /* "2:1" */
	WHO_DAEMON,
	WHO_DEATH_SIGNAL, /* 0: none */
	WHO_METHOD,	  /* by which it is made, and its own default */
	WHO_PARENT,	  /* a pid */
	WHO_PARENT_NAME,
	WHO_FUNCTION, /* a global: mp_function */
	WHO_COUNT
};

/* As many as one request to the forkserver carries: SCM_RIGHTS allows 253 descriptors. */
#define MOST_NAMED 240

struct parcel {
	void *message[2];
	size_t size[2];
	int fds[PLACE_FIRST + MOST_NAMED]; /* by place; 0 to 2 and the named are borrowed */
	size_t count;			   /* of fds */
	int data;			   /* the end of PLACE_DATA that stays here */
	bool packing;
};

/*
 * Pack for p: pickle, and open what the child will need. MP_NO_GUARD and MP_NOT_REGISTERED
 * come from here. Release it in any case.
 * Tasks spawn.4
 */
int parcel_pack(struct parcel *parcel, struct mp_process *p, const struct call *call);

/* Before it is executed; a child of the forkserver's has the server's. Tasks spawn.4 */
int parcel_stdin(struct parcel *parcel);

/* Close our copies of the child's descriptors; and then send. A child that does not read on has
 * ended: that is not for us to tell. Tasks spawn.4 */
int parcel_send(struct parcel *parcel);

void parcel_release(struct parcel *parcel);

/* Has this program passed mp_init? Tasks spawn.4 */
bool is_guarded(void);

/* Be the child whose descriptors are in their places. Tasks spawn.4 */
_Noreturn void parcel_open(void);

#endif
