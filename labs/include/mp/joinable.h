/* SPDX-License-Identifier: MIT */
#ifndef MP_JOINABLE_H
#define MP_JOINABLE_H
/*
 * A queue that knows when the work is over: Python's multiprocessing.JoinableQueue.
 *
 * Each message is a task: unfinished from put until somebody calls task_done for it. join
 * waits until nothing is unfinished. So consumers need no message that says "no more": they
 * may be daemons, and end with the program that has joined the queue.
 *
 * Invariants: unfinished = what nobody has got + what was got and is not done; it is counted
 * when somebody asks, and not kept. A task belongs to the process that got it: if that
 * process ends before task_done, the task will never be done, and join tells so instead of
 * waiting for ever. Whoever hands a task on to another process must outlive it.
 *
 * Example:
 *	#include <mp/joinable.h>
 *	#include <stdlib.h>
 *	int
 *	main(void)
 *	{
 *		struct mp_joinable_queue *q;
 *		void *data;
 *		size_t size;
 *		if (mp_joinable_queue_new(&q, 0) || mp_joinable_queue_put_bytes(q, "x", 1, 0) ||
 *		    mp_joinable_queue_join(q, 0.01) != MP_TIMEOUT ||
 *		    mp_joinable_queue_get_bytes(q, &data, &size, 0) || mp_joinable_queue_task_done(q))
 *			return 1;
 *		free(data);
 *		int error = mp_joinable_queue_join(q, MP_FOREVER);
 *		mp_joinable_queue_free(q);
 *		return error;
 *	}
 */
#include <mp/queue.h>

struct mp_joinable_queue;

/*
 * Make an empty one, in memory shared with every child to come.
 *
 * capacity  how many messages it may have that nobody has got; 0: no bound
 * Owns      the caller owns *out: mp_joinable_queue_free, in each process that has it
 * Returns   0, or -errno
 * Python    JoinableQueue(maxsize)
 * Tasks     joinable.1
 */
int mp_joinable_queue_new(struct mp_joinable_queue **out, size_t capacity) MP_MUST_CHECK;

/* Take one more reference; give one back, NULL is fine. Tasks joinable.1 */
struct mp_joinable_queue *mp_joinable_queue_ref(struct mp_joinable_queue *q);
void mp_joinable_queue_free(struct mp_joinable_queue *q);

/* The queue below, borrowed: for qsize, empty, full, close, join_thread, cancel_join_thread.
 * What is got from it directly is done at once. Tasks joinable.1 */
struct mp_queue *mp_joinable_queue_queue(struct mp_joinable_queue *q);

/* As mp_queue_put_bytes and mp_queue_put; one task more. Tasks joinable.1 */
int mp_joinable_queue_put_bytes(
    struct mp_joinable_queue *q, const void *data, size_t size, double timeout) MP_MUST_CHECK;
int mp_joinable_queue_put(
    struct mp_joinable_queue *q, const struct mp_value *v, double timeout) MP_MUST_CHECK;

/*
 * As mp_queue_get_bytes and mp_queue_get: the task is this process's, until task_done.
 *
 * It is its own also after an error of mp_pickle_loads: then task_done is due as well.
 * Tasks   joinable.1 joinable.3
 */
int mp_joinable_queue_get_bytes(
    struct mp_joinable_queue *q, void **data, size_t *size, double timeout) MP_MUST_CHECK;
int mp_joinable_queue_get(
    struct mp_joinable_queue *q, struct mp_value **out, double timeout) MP_MUST_CHECK;

/*
 * Say that a task is done.
 *
 * Returns 0, or
 *   MP_TOO_MANY_DONE  nothing is unfinished       ValueError
 * Safe    between threads and processes yes; in signal handlers no
 * Python  JoinableQueue.task_done
 * Tasks   joinable.1
 */
int mp_joinable_queue_task_done(struct mp_joinable_queue *q) MP_MUST_CHECK;

/*
 * Wait until nothing is unfinished.
 *
 * Blocks  at most timeout seconds; 0 and negative: look once. (Python's has no timeout)
 * Returns 0, or
 *   MP_TIMEOUT
 *   MP_TASK_LOST  a process ended with tasks that it had got and not done, or was killed with
 *                 messages that waited in it. They are written off: *once*, and the next call
 *                 waits for the rest                    (Python: hangs for ever)
 * Safe    between threads and processes yes
 * Python  JoinableQueue.join
 * Tasks   joinable.2 joinable.3
 */
int mp_joinable_queue_join(struct mp_joinable_queue *q, double timeout) MP_MUST_CHECK;

/* A queue in a value, for the arguments of a child that is spawned, as mp_queue_class in
 * mp/queue.h. Tasks joinable.1 */
extern const struct mp_class mp_joinable_queue_class;

/* How many tasks are unfinished now, those of the dead too. Tasks joinable.2 */
size_t mp_joinable_queue_unfinished(struct mp_joinable_queue *q);

#endif
