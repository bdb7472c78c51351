/* SPDX-License-Identifier: MIT */
#ifndef MP_FEEDER_H
#define MP_FEEDER_H
/*
 * What of a queue is in one process only: the messages that found no room, and the feeder,
 * the thread that moves them. Python's close, join_thread and cancel_join_thread.
 *
 * The feeder is started when it is first needed and ends when nothing waits. The exit order
 * (mp/reap.h) waits for it, after all children have been joined: and if the one who would get
 * the messages is waiting for this process to end, both wait for ever. That is the join
 * deadlock. Three cures: get first and join then; do not join; mp_queue_cancel_join_thread.
 *
 * Invariants: what waits belongs to the process that put it. A forked child begins with
 * nothing that waits and no feeder, whatever its parent was about.
 *
 * Example:
 *	#include <mp/queue.h>
 *	int
 *	main(void)
 *	{
 *		static const char big[1000000];
 *		struct mp_queue *q;
 *		if (mp_queue_new(&q, 0) || mp_queue_put_bytes(q, big, sizeof(big), 0))
 *			return 1;
 *		mp_queue_close(q);
 *		int error = mp_queue_join_thread(q, 0.01); // nobody gets: it still waits
 *		mp_queue_cancel_join_thread(q); // or this process would not end
 *		mp_queue_free(q);
 *		return error != MP_TIMEOUT;
 *	}
 */
#include <mp/error.h>
#include <stddef.h>

struct mp_queue;

/* How many messages of this process wait for room. (Python tells nobody.) Tasks queue.4 */
size_t mp_queue_waiting(const struct mp_queue *q);

/* Put and get no more in this process; what waits is still moved. Twice is fine. Python's
 * close. Tasks queue.5 */
void mp_queue_close(struct mp_queue *q);

/*
 * Wait until nothing of this process waits any more.
 *
 * Blocks  at most timeout seconds
 * Returns 0, or MP_TIMEOUT, MP_NOT_CLOSED close it first (AssertionError)
 * Python  Queue.join_thread
 * Tasks   queue.5
 */
int mp_queue_join_thread(struct mp_queue *q, double timeout) MP_MUST_CHECK;

/* Let this process leave without waiting for its feeder: what waits then is lost, and a
 * message in pieces is cut (its receiver is told). Python's cancel_join_thread.
 * Tasks queue.5 */
void mp_queue_cancel_join_thread(struct mp_queue *q);

#endif
