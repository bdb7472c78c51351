/* SPDX-License-Identifier: MIT */
/*
 * A value in, a message out, and back: pickles over a connection.
 *
 * The message is whole before a byte of it is sent, so what cannot be pickled leaves the
 * stream as it was; and what comes is whole before it is read as a pickle.
 *
 * Handout: labs/04-pickle/README.md
 */
#include <stdlib.h>

#include <mp/connection.h>
#include <mp/pickle.h>
#include <mp/todo.h>

int
mp_connection_send(struct mp_connection *c, const struct mp_value *v)
{
	/* pickle.6: dumps, then send_bytes. */
	mp_todo("pickle.6");
}

int
mp_connection_recv(struct mp_connection *c, struct mp_value **out)
{
	/* pickle.6: recv_bytes, of any length, then loads. */
	mp_todo("pickle.6");
}
