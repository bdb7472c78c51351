/* SPDX-License-Identifier: MIT */
/*
 * Values through queues: pickled before anything is taken, unpickled after everything is let
 * go. So no lock is held while a stranger's reduce or rebuild runs, and what cannot be pickled
 * is the caller's to know.
 *
 * Handout: labs/09-queue/README.md
 */
#include <stdlib.h>

#include <mp/pickle.h>
#include <mp/queue.h>
#include <mp/todo.h>

int
mp_simple_queue_put(struct mp_simple_queue *q, const struct mp_value *v)
{
	/* queue.6: the pickle first, and only if there is one, the message. */
	mp_todo("queue.6");
}

int
mp_simple_queue_get(struct mp_simple_queue *q, struct mp_value **out)
{
	/* queue.6: the message, then the value. */
	mp_todo("queue.6");
}

int
mp_queue_put(struct mp_queue *q, const struct mp_value *v, double timeout)
{
	/* queue.6: the pickle first, and only if there is one, the message. */
	mp_todo("queue.6");
}

int
mp_queue_get(struct mp_queue *q, struct mp_value **out, double timeout)
{
	/* queue.6: the message, then the value. */
	mp_todo("queue.6");
}

int
mp_queue_put_nowait(struct mp_queue *q, const struct mp_value *v)
{
	/* queue.6: put, and do not wait. */
	mp_todo("queue.6");
}

int
mp_queue_get_nowait(struct mp_queue *q, struct mp_value **out)
{
	/* queue.6: get, and do not wait. */
	mp_todo("queue.6");
}
