/* SPDX-License-Identifier: MIT */
#ifndef SPAWN_CALL_H
#define SPAWN_CALL_H
/*
 * A function, its arguments and a method: what mp_process_call keeps behind a process object.
 * For the files of this stage only.
 */
#include <mp/internal.h>
#include <mp/spawn.h>

struct call {
	/* yours */
};

/* The births (mp__birth.make) by spawn and by forkserver, and the latter's end. arg: a call.
 * Tasks spawn.4 spawn.5 */
int spawn_make(struct mp_process *p, void *arg, pid_t *pid, int *pidfd);
int server_make(struct mp_process *p, void *arg, pid_t *pid, int *pidfd);
int server_fetch(void *arg, int *status);

/* Keep for mp_spawn_why; returns error. Tasks spawn.4 */
int because(int error, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
