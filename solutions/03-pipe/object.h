/* SPDX-License-Identifier: MIT */
#ifndef PIPE_OBJECT_H
#define PIPE_OBJECT_H
/*
 * The object behind struct mp_connection, for the files of this stage only.
 *
 * Invariants: fd is -1 exactly when the connection is closed. Every call asks first whether
 * it is closed, then for the direction, then for its arguments, in Python's order.
 */
#include <stdatomic.h>
#include <sys/uio.h>

#include <mp/connection.h>

struct mp_connection {
	//{
	/* set by new, then read-only; but reading may end early: see mp_connection_recv_bytes */
	bool readable, writable;

	atomic_int references;

	/* the owner's; -1: closed */
	int fd;
	//}
};

//{
/* The descriptor to receive from, or to send to; or why there is none. */
int mp__reader_fd(const struct mp_connection *c);
int mp__writer_fd(const struct mp_connection *c);

/*
 * Write all parts, in one call if the kernel takes them; -EPIPE without a SIGPIPE. The parts
 * are used up: what is left in them after an error has not been written.
 */
int mp__write_parts(int fd, struct iovec *part, int parts);
//}

#endif
