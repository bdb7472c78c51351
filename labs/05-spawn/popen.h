/* SPDX-License-Identifier: MIT */
#ifndef SPAWN_POPEN_H
#define SPAWN_POPEN_H
/*
 * The object behind struct mp_popen, for the files of this stage only.
 *
 * Invariants: our ends are -1 once closed; what was read is kept until it is handed over,
 * so that a communicate whose time is up loses nothing.
 */
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct mp_popen {
	/* yours */
};

#endif
