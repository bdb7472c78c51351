/* SPDX-License-Identifier: MIT */
#ifndef MP_SIMPLE_QUEUE_H
#define MP_SIMPLE_QUEUE_H
/*
 * A queue that is only a pipe with manners: Python's multiprocessing.SimpleQueue.
 *
 * Any number of processes put, any number get; each message arrives whole, and once. There is
 * no thread and no buffer of the process's own: put writes at once, and blocks while there is
 * no room. No timeouts, no bound. mp/queue.h has those.
 *
 * Invariants: messages of one process (of one thread of it) arrive in order. A process may be
 * killed anywhere in put or get: the others go on. The message that was being put has arrived
 * whole, or has not; the one that was being got is still there, or has been got. Only one
 * longer than MP_QUEUE_ROOM can be cut, since two processes must be there for it: see get.
 *
 * Example:
 *	#include <mp/simple_queue.h>
 *	#include <stdlib.h>
 *	int
 *	main(void)
 *	{
 *		struct mp_simple_queue *q;
 *		void *data;
 *		size_t size;
 *		if (mp_simple_queue_new(&q) || mp_simple_queue_put_bytes(q, "hello", 5) ||
 *		    mp_simple_queue_get_bytes(q, &data, &size))
 *			return 1;
 *		free(data);
 *		mp_simple_queue_free(q);
 *		return size != 5;
 *	}
 */
#include <mp/error.h>
#include <stddef.h>

struct mp_value;
struct mp_simple_queue;

/* So many bytes of messages are taken while nobody gets; each message needs 16 more, and is
 * rounded up to 16. Python's pipes take 64 KiB. */
#define MP_QUEUE_ROOM ((size_t)256 * 1024)

/*
 * Make an empty one, in memory shared with every child to come.
 *
 * Owns    the caller owns *out: mp_simple_queue_free, in each process that has it
 * Returns 0, or -errno
 * Python  SimpleQueue()
 * Tasks   queue.1
 */
int mp_simple_queue_new(struct mp_simple_queue **out) MP_MUST_CHECK;

/* Take one more reference, to be given back by mp_simple_queue_free. Tasks queue.1 */
struct mp_simple_queue *mp_simple_queue_ref(struct mp_simple_queue *q);

/* Give back one reference; NULL is fine. Other processes keep theirs; the messages are gone
 * when nobody has any. Tasks queue.1 */
void mp_simple_queue_free(struct mp_simple_queue *q);

/*
 * Put one message of size bytes; 0 is a message, too.
 *
 * Blocks  until there is room for it. A message longer than MP_QUEUE_ROOM goes in pieces:
 *         until somebody has got nearly all of it, and meanwhile nobody else can put
 * Owns    data is copied
 * Returns 0, or MP_HANDLE_CLOSED (OSError), -errno
 * Safe    between threads and processes yes; in signal handlers no
 * Python  SimpleQueue.put, _writer.send_bytes
 * Tasks   queue.1 queue.2
 */
int
mp_simple_queue_put_bytes(struct mp_simple_queue *q, const void *data, size_t size) MP_MUST_CHECK;

/*
 * Get the next message.
 *
 * Blocks  until there is one
 * Owns    *data is the caller's: free(). It is never NULL, and a 0 byte that does not count
 *         follows the message
 * Returns 0, or
 *   MP_HANDLE_CLOSED                                               OSError
 *   MP_SENDER_DIED    who was sending a message in pieces was killed in the middle of it.
 *                     It is lost; the next call gets the next one (Python: hangs)
 *   -ENOMEM           the message is still there
 * Safe    between threads and processes yes; in signal handlers no
 * Python  SimpleQueue.get, _reader.recv_bytes
 * Tasks   queue.1 queue.2
 */
int mp_simple_queue_get_bytes(struct mp_simple_queue *q, void **data, size_t *size) MP_MUST_CHECK;

/*
 * Put, and get, a value.
 *
 * Put makes the pickle first: what cannot be pickled is refused, and the queue is as before.
 * Owns    v stays the caller's, *out is the caller's
 * Returns as above, or as mp_pickle_dumps and mp_pickle_loads: after an error of loads the
 *         message is gone. A lock or a queue is refused with MP_NOT_SPAWNING: only who is
 *         being started can be given one
 * Python  SimpleQueue.put, SimpleQueue.get
 * Tasks   queue.6
 */
int mp_simple_queue_put(struct mp_simple_queue *q, const struct mp_value *v) MP_MUST_CHECK;
int mp_simple_queue_get(struct mp_simple_queue *q, struct mp_value **out) MP_MUST_CHECK;

/* Ask whether there is nothing to get: 1, 0, or MP_HANDLE_CLOSED. Python's empty.
 * Tasks queue.1 */
int mp_simple_queue_empty(const struct mp_simple_queue *q) MP_MUST_CHECK;

/* Put and get no more in this process; twice is fine. Python's close. Tasks queue.1 */
void mp_simple_queue_close(struct mp_simple_queue *q);

#endif
