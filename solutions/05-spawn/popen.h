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
	bool ended; /* code is known */
	int code;
	int ends[3];	     /* our ends of in, out and err; -1 */
	bool piped[3];	     /* there was one */
	size_t written;	     /* of the input */
	struct heap said[3]; /* by out and err; [0] is unused */
	//}
};

#endif
