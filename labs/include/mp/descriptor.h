/* SPDX-License-Identifier: MIT */
#ifndef MP_DESCRIPTOR_H
#define MP_DESCRIPTOR_H
/*
 * An open file, sent to another process.
 *
 * A descriptor is a number that means something in one process only, so its number cannot be
 * sent. The kernel can: it puts the open file itself into the socket, and gives the receiver
 * a number of its own for it. Position, mode and locks are shared, as after fork.
 *
 * On the wire it is CPython's reduction.send_handle: one byte, 1, with the descriptor beside
 * it; no frame. Both sides must know what comes next.
 *
 * Example:
 *	#include <mp/connection.h>
 *	#include <mp/descriptor.h>
 *	#include <unistd.h>
 *	int
 *	main(void)
 *	{
 *		struct mp_connection *end[2];
 *		if (mp_pipe(end, true) || mp_send_fd(end[0], STDOUT_FILENO))
 *			return 1;
 *		int fd = mp_recv_fd(end[1]); // another number, the same open file
 *		return fd < 0 || fd == STDOUT_FILENO || write(fd, "hello\n", 6) != 6;
 *	}
 */
#include <mp/connection.h>
#include <mp/error.h>

/*
 * Send a descriptor over a duplex connection. The caller keeps its own, and may close it at
 * once: what is under way stays open.
 *
 * Blocks  while the socket is full
 * Returns 0, or
 *   MP_HANDLE_CLOSED  MP_READ_ONLY                                 OSError
 *   -ENOTSOCK         the connection is a pipe: files travel over sockets only
 *   -errno            fd is not open (-EBADF), -EPIPE              OSError
 * Python  multiprocessing.reduction.send_handle
 * Tasks   pipe.5
 */
int mp_send_fd(struct mp_connection *c, int fd) MP_MUST_CHECK;

/*
 * Receive one.
 *
 * Blocks  until it comes; signals do not end it
 * Owns    the descriptor is the caller's to close; it is closed by exec
 * Returns the descriptor, or
 *   MP_HANDLE_CLOSED  MP_WRITE_ONLY                                OSError
 *   MP_EOF            the other end is closed                      EOFError
 *   MP_NO_DESCRIPTOR  a byte came without one, or with several; none is left open
 *   -EMFILE           it came, and this process may open no more; it is lost
 *   -ENOTSOCK  -errno                                              OSError
 * Python  multiprocessing.reduction.recv_handle
 * Tasks   pipe.5
 */
int mp_recv_fd(struct mp_connection *c) MP_MUST_CHECK;

#endif
