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
	/* yours */
};

#endif
