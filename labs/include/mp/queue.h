/* SPDX-License-Identifier: MIT */
#ifndef MP_QUEUE_H
#define MP_QUEUE_H
/*
 * A queue for processes, with a bound and timeouts: Python's multiprocessing.Queue.
 *
 * put never waits for somebody to get (it waits for a slot, if the queue has a bound). What
 * finds room is in the queue when put returns. What does not waits in this process, and a
 * thread, the feeder, moves it as room comes; the feeder is started when it is first needed.
 * A process that leaves (by returning from its target, or mp_exit) waits for its feeder: so
 * do not join a process before you have got what it has put. That is the join deadlock;
 * get first, or do not join, or let it call mp_queue_cancel_join_thread.
 *
 * Invariants: those of mp/simple_queue.h, and one count: qsize is how many messages can be
 * got now. empty says whether that is 0, and get says MP_EMPTY only after it was 0. What
 * waits in producers is counted when it has found room, and while any waits the room is
 * used up, or its feeder is at work. The bound is for both together.
 *
 * Example:
 *	#include <mp/queue.h>
 *	#include <stdlib.h>
 *	int
 *	main(void)
 *	{
 *		struct mp_queue *q;
 *		void *data;
 *		size_t size;
 *		if (mp_queue_new(&q, 1) || mp_queue_put_bytes(q, "one", 3, 0) ||
 *		    mp_queue_put_bytes(q, "two", 3, 0.01) != MP_FULL ||
 *		    mp_queue_get_bytes(q, &data, &size, MP_FOREVER))
 *			return 1;
 *		free(data);
 *		mp_queue_free(q);
 *		return size != 3;
 *	}
 */
#include <mp/deadline.h>
#include <mp/error.h>
#include <mp/simple_queue.h>
#include <stdbool.h>
#include <stddef.h>

struct mp_queue;

/*
 * Make an empty queue, in memory shared with every child to come.
 *
 * capacity  how many messages it may have; 0: no bound
 * Owns      the caller owns *out: mp_queue_free, in each process that has it
 * Returns   0, or -errno
 * Python    Queue(maxsize)
 * Tasks     queue.3
 */
int mp_queue_new(struct mp_queue **out, size_t capacity) MP_MUST_CHECK;

/* Take one more reference, to be given back by mp_queue_free. Returns q. Tasks queue.3 */
struct mp_queue *mp_queue_ref(struct mp_queue *q);

/* Give back one reference; NULL is fine. What still waits here is moved all the same, and the
 * process will wait for it when it leaves. Tasks queue.3 */
void mp_queue_free(struct mp_queue *q);

/*
 * Put one message of size bytes; 0 is a message, too.
 *
 * Blocks  while the queue has its fill, at most timeout seconds; 0 and negative: put_nowait
 * Owns    data is copied
 * Returns 0, or
 *   MP_FULL    no slot came free in time                       queue.Full
 *   MP_CLOSED  this process has closed the queue               ValueError
 *   -errno     -ENOMEM, or -EAGAIN: the feeder cannot be started
 * Safe    between threads and processes yes; across fork yes: what waits in the parent is
 *         the parent's; in signal handlers no
 * Python  Queue.put(obj, block, timeout)
 * Tasks   queue.3 queue.4
 */
int
mp_queue_put_bytes(struct mp_queue *q, const void *data, size_t size, double timeout) MP_MUST_CHECK;

/*
 * Get the next message.
 *
 * Blocks  until there is one, at most timeout seconds; 0 and negative: get_nowait. The time
 *         is for the beginning of the message, as in Python
 * Owns    *data is the caller's: free(). It is never NULL, and a 0 byte that does not count
 *         follows the message
 * Returns 0, or
 *   MP_EMPTY        none came in time                          queue.Empty
 *   MP_CLOSED       this process has closed the queue          ValueError
 *   MP_SENDER_DIED  as in mp/simple_queue.h
 *   -ENOMEM         the message is still there
 * Safe    as put
 * Python  Queue.get(block, timeout)
 * Tasks   queue.3
 */
int mp_queue_get_bytes(struct mp_queue *q, void **data, size_t *size, double timeout) MP_MUST_CHECK;

/*
 * Put, and get, a value.
 *
 * Put makes the pickle first, in the caller: what cannot be pickled is refused now, nothing is
 * taken, no slot is lost. (Python's feeder prints a traceback and drops it.)
 * Owns    v stays the caller's, *out is the caller's
 * Returns as above, or as mp_pickle_dumps and mp_pickle_loads: after an error of loads the
 *         message is gone. A lock or a queue is refused with MP_NOT_SPAWNING
 * Python  Queue.put, Queue.get
 * Tasks   queue.6
 */
int mp_queue_put(struct mp_queue *q, const struct mp_value *v, double timeout) MP_MUST_CHECK;
int mp_queue_get(struct mp_queue *q, struct mp_value **out, double timeout) MP_MUST_CHECK;

/* With timeout 0, by Python's names. Tasks queue.6 */
int mp_queue_put_nowait(struct mp_queue *q, const struct mp_value *v) MP_MUST_CHECK;
int mp_queue_get_nowait(struct mp_queue *q, struct mp_value **out) MP_MUST_CHECK;

/*
 * A queue in a value, mp_object(&mp_queue_class, q), for the arguments of a child that is
 * spawned (mp/spawn.h). Anywhere else, also in a queue, put and send refuse it:
 * MP_NOT_SPAWNING (RuntimeError). Tasks queue.6
 */
extern const struct mp_class mp_queue_class, mp_simple_queue_class;

/* How many messages can be got now; whether that is none; whether put would say MP_FULL now.
 * Python's qsize, empty, full. Tasks queue.3 */
size_t mp_queue_qsize(const struct mp_queue *q);
bool mp_queue_empty(const struct mp_queue *q);
bool mp_queue_full(struct mp_queue *q);

#include <mp/feeder.h>

#endif
