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

//{
struct heap {
	char *data; /* with room for a NUL byte behind size */
	size_t size, room;
};
//}

struct mp_popen {
	//{
	pid_t pid;
	int pidfd;
	/* once it has ended */
	bool ended;
	int code;
	/* by 0, 1, 2 */
	int ends[3];	     /* ours; -1 */
	bool piped[3];	     /* there was one */
	struct heap said[3]; /* of 1 and 2 */
	/* of the input */
	size_t written;
	//}
};

#endif
