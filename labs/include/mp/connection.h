/* SPDX-License-Identifier: MIT */
#ifndef MP_CONNECTION_H
#define MP_CONNECTION_H
/*
 * Whole messages over a stream of bytes: Python's Pipe and Connection.
 *
 * A pipe carries bytes and knows no messages: what was written in one piece may be read in
 * three. So each message is sent behind its length, as CPython does it (a Python program may
 * hold the other end): 4 bytes, signed, big-endian; above 0x7fffffff they say -1, and
 * 8 bytes follow. Length and message go in one write while the message has at most 16 KiB, so
 * on a pipe that several share a message of up to PIPE_BUF - 4 bytes is never torn.
 *
 * Invariants: every descriptor is closed by exec. No message is ever lost or cut in silence;
 * what arrives is a whole one, or an error. No peer can kill this process (SIGPIPE), nor make
 * it hold much more memory than the peer has sent.
 *
 * Example:
 *	#include <mp/connection.h>
 *	#include <string.h>
 *	int
 *	main(void)
 *	{
 *		struct mp_connection *end[2];
 *		char word[8];
 *		size_t n;
 *		if (mp_pipe(end, false) || mp_connection_send_bytes(end[1], "hello", 5) ||
 *		    mp_connection_recv_into(end[0], word, sizeof(word), &n, NULL))
 *			return 1;
 *		mp_connection_free(end[0]);
 *		mp_connection_free(end[1]);
 *		return n != 5 || memcmp(word, "hello", 5);
 *	}
 */
#include <mp/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct mp_connection;

/*
 * Make a pipe: two connected ends. After a fork both processes hold both: each closes what it
 * does not use, or its peer will wait for an end of file that never comes.
 *
 * duplex  both ends receive and send (a socket pair); else ends[0] receives, ends[1] sends
 * Owns    the caller owns both ends: mp_connection_free
 * Returns 0, or -errno (-EMFILE, -ENOMEM)
 * Python  Pipe(duplex)
 * Tasks   pipe.1
 */
int mp_pipe(struct mp_connection *ends[2], bool duplex) MP_MUST_CHECK;

/*
 * Make a connection of a descriptor: a pipe's end, a stream socket, inherited or received.
 *
 * Owns    fd is taken over, also in case of errors; it is made to be closed by exec
 * Returns 0, or
 *   MP_INVALID  fd is negative; or neither readable nor writable     ValueError
 *   -errno      fd is not open (-EBADF)                              OSError
 * Python  Connection(handle, readable, writable)
 * Tasks   pipe.1
 */
int
mp_connection_new(struct mp_connection **out, int fd, bool readable, bool writable) MP_MUST_CHECK;

/* Take one more reference, to be given back by mp_connection_free. Returns c. Tasks pipe.1 */
struct mp_connection *mp_connection_ref(struct mp_connection *c);

/* Give back one reference; the last one closes. NULL is fine. Tasks pipe.1 */
void mp_connection_free(struct mp_connection *c);

/*
 * Close this process's descriptor; closing twice is fine. Who else holds the same end (a
 * child, after fork) still has it. 0, or -errno: and then it is closed all the same.
 *
 * Python  Connection.close
 * Tasks   pipe.1
 */
int mp_connection_close(struct mp_connection *c) MP_MUST_CHECK;

/* Python's readable, writable and closed; close does not change the first two. Tasks pipe.1 */
bool mp_connection_readable(const struct mp_connection *c);
bool mp_connection_writable(const struct mp_connection *c);
bool mp_connection_closed(const struct mp_connection *c);

/* The descriptor, borrowed; or MP_HANDLE_CLOSED. Python's fileno. Tasks pipe.1 */
int mp_connection_fileno(const struct mp_connection *c) MP_MUST_CHECK;

/*
 * Send one message of size bytes; 0 is a message, too.
 *
 * Blocks  while the pipe is full: until somebody has read (64 KiB fit into a pipe)
 * Returns 0, or
 *   MP_HANDLE_CLOSED  MP_READ_ONLY                                   OSError
 *   -EPIPE            nobody holds the other end any more            BrokenPipeError
 *   -errno            and a part of the message may have been sent   OSError
 * Safe    one thread at a time; the caller's SIGPIPE is not touched, and none reaches it
 * Python  Connection.send_bytes(buf)
 * Tasks   pipe.2
 */
int mp_connection_send_bytes(struct mp_connection *c, const void *data, size_t size) MP_MUST_CHECK;

/* As size in mp_connection_send_slice: up to the end (Python's None). */
#define MP_REST INT64_MAX

/*
 * Send a part of length bytes: size bytes from offset on. As mp_connection_send_bytes, and
 *   MP_INVALID  offset or size is negative, or reaches beyond the end   ValueError
 *
 * Python  Connection.send_bytes(buf, offset, size)
 * Tasks   pipe.2
 */
int mp_connection_send_slice(struct mp_connection *c, const void *data, size_t length,
    int64_t offset, int64_t size) MP_MUST_CHECK;

/* As maxlength in mp_connection_recv_bytes. */
#define MP_ANY_LENGTH SIZE_MAX

/*
 * Receive one message.
 *
 * What cannot be received whole leaves the stream in the middle of a message: then (errors
 * marked *) reading is over. The connection becomes write-only, or closed if it never was
 * writable.
 *
 * Blocks  until the whole message is here; signals do not end it
 * Owns    *data is the caller's: free(). It is never NULL, and a 0 byte that does not count
 *         follows the message
 * Returns 0, or
 *   MP_HANDLE_CLOSED  MP_WRITE_ONLY                                     OSError
 *   MP_EOF            the other end is closed, no message has begun     EOFError
 *   MP_TRUNCATED      it was closed in the middle of one                OSError
 *   MP_TOO_LONG     * a message longer than maxlength                   OSError
 *   MP_BAD_LENGTH   * a negative length, or one that no object can have OSError
 *   -errno          * -ECONNRESET: the peer left without reading what we sent (with no
 *                     message begun, reading is not over)               ConnectionResetError
 * Safe    one thread at a time, beside one that sends
 * Python  Connection.recv_bytes(maxlength)
 * Tasks   pipe.3
 */
int mp_connection_recv_bytes(
    struct mp_connection *c, void **data, size_t *size, size_t maxlength) MP_MUST_CHECK;

/*
 * Receive one message into a buffer. As mp_connection_recv_bytes, and
 *   MP_TOO_SHORT  the message is longer than capacity. It is not lost: *message is the whole
 *                 (the caller's: free()), *size its length; message NULL: it is dropped
 *
 * Python  Connection.recv_bytes_into(buf)
 * Tasks   pipe.3
 */
int mp_connection_recv_into(struct mp_connection *c, void *buffer, size_t capacity, size_t *size,
    void **message) MP_MUST_CHECK;

/*
 * Ask whether there is something to receive: the beginning of a message, or the end of file.
 *
 * Blocks  at most timeout seconds; 0 and negative: look once
 * Returns 1, or 0, or MP_HANDLE_CLOSED, MP_WRITE_ONLY, -errno
 * Python  Connection.poll(timeout)
 * Tasks   pipe.4
 */
int mp_connection_poll(struct mp_connection *c, double timeout) MP_MUST_CHECK;

#endif
