/* SPDX-License-Identifier: MIT */
#ifndef MP_WAIT_H
#define MP_WAIT_H
/*
 * Waiting for whichever comes first: Python's multiprocessing.connection.wait.
 *
 * A list of connections, sockets and sentinels; who is ready is marked in the list itself, so
 * the order stays the caller's. "Ready" means that reading will not block: there is
 * something, or the end of file, or an error to be told of.
 *
 * Example:
 *	#include <mp/connection.h>
 *	#include <mp/wait.h>
 *	int
 *	main(void)
 *	{
 *		struct mp_connection *end[2];
 *		if (mp_pipe(end, true) || mp_connection_send_bytes(end[0], "x", 1))
 *			return 1;
 *		struct mp_waitable list[] = {{.connection = end[0]}, {.connection = end[1]}};
 *		int ready = mp_wait(list, 2, 5.0);
 *		mp_connection_free(end[0]);
 *		mp_connection_free(end[1]);
 *		return ready != 1 || list[0].ready || !list[1].ready;
 *	}
 */
#include <mp/connection.h>
#include <mp/deadline.h>
#include <mp/error.h>
#include <stdbool.h>
#include <stddef.h>

struct mp_waitable {
	struct mp_connection *connection; /* borrowed; NULL: fd counts */
	int fd;				  /* a socket, a sentinel; borrowed */
	bool ready;			  /* the answer */
};

/*
 * Wait until at least one of n is ready.
 *
 * Blocks  at most timeout seconds; 0 and negative: look once. Signals do not end it, and do
 *         not prolong it. No descriptor is too high, and n has no limit but memory
 * Returns how many are ready, each marked in the list; 0 when the time was up; or, the marks
 *         untouched,
 *   MP_HANDLE_CLOSED  a connection in the list is closed              OSError
 *   MP_INVALID        a negative fd                                   ValueError
 *   -errno            one is not open (-EBADF); -ENOMEM               OSError
 * Safe    between threads yes
 * Python  multiprocessing.connection.wait
 * Tasks   pipe.4
 */
int mp_wait(struct mp_waitable *list, size_t n, double timeout) MP_MUST_CHECK;

#endif
