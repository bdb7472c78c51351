/* SPDX-License-Identifier: MIT */
#ifndef PROCESS_OBJECT_H
#define PROCESS_OBJECT_H
/*
 * The object behind struct mp_process, for the files of this stage only.
 *
 * It holds what the child will run, and from start on a pidfd: a descriptor that means
 * this process and no other, polls readable when it is dead, and can be signalled and
 * waited for without ever naming a pid that might by now be a stranger's.
 *
 * Invariants: state only moves forward; death is written once, under the lock, by whoever
 * finds the zombie first; objects of another process (creator != getpid()) are never
 * waited for.
 */
#include <pthread.h>
#include <stdatomic.h>

#include <mp/internal.h>
#include <mp/process.h>

struct mp_process {
	/* How it is born and ends, if not as usual (stage 05); NULL: as usual. Given. */
	const struct mp__birth *birth;
	//{
	/* set by new, then read-only */
	int (*target)(void *arg);
	void *arg;
	char *identity; /* "2:1": the first child of the main process's second child */
	pid_t creator;	/* 0 for what nobody can start: the main process, the parent */
	int death_signal;

	/* the owner's */
	char *name; /* NULL: "MainProcess" */
	bool daemon;

	atomic_int references;

	/* hold lock */
	pthread_mutex_t lock;
	enum { UNBORN, RUNNING, DEAD, STOLEN, CLOSED } state;
	pid_t pid;
	int pidfd;
	/* sent: from the start; the rest once state is DEAD */
	struct mp_death death;
	//}
};

//{
/* This process, and the handle on the one that started it (pidfd -1: there is none). */
extern struct mp_process *mp__current;
extern struct mp_process mp__parent;

/* Objects made by this process so far: the last part of a name. */
extern atomic_uint mp__made;

/* The OOM killer's count when this process last looked; read before the first child. */
extern atomic_long mp__oom_kills;
//}

#endif
