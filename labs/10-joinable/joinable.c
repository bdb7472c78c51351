/* SPDX-License-Identifier: MIT */
/*
 * JoinableQueue: a queue, and an account of who has what.
 *
 * There is no counter of unfinished tasks. What nobody has got, the queue below counts; what
 * was got and is not done stands on a roll, under the name of the process that got it. Both
 * are guarded by the queue's lock, so their sum is the truth of one moment; and when a
 * process dies, everybody can see what it had. The roll lies in the queue's own memory, so
 * who has the queue has the account, also a child by spawn.
 *
 * Handout: labs/10-joinable/README.md
 */
#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>

#include <mp/futex.h>
#include <mp/internal.h>
#include <mp/joinable.h>
#include <mp/pickle.h>
#include <mp/todo.h>

struct mp_joinable_queue {
	/* yours */
};

int
mp_joinable_queue_new(struct mp_joinable_queue **out, size_t capacity)
{
	/* joinable.1: a queue, and beside its messages the account. */
	mp_todo("joinable.1");
}

struct mp_joinable_queue *
mp_joinable_queue_ref(struct mp_joinable_queue *q)
{
	/* joinable.1: one more owner. */
	mp_todo("joinable.1");
}

void
mp_joinable_queue_free(struct mp_joinable_queue *q)
{
	/* joinable.1: one owner fewer; the last one lets go of the queue. */
	mp_todo("joinable.1");
}

struct mp_queue *
mp_joinable_queue_queue(struct mp_joinable_queue *q)
{
	/* joinable.1: the one below. */
	mp_todo("joinable.1");
}

int
mp_joinable_queue_put_bytes(
    struct mp_joinable_queue *q, const void *data, size_t size, double timeout)
{
	/* joinable.1: what is put is unfinished: the queue counts it. */
	mp_todo("joinable.1");
}

int
mp_joinable_queue_put(struct mp_joinable_queue *q, const struct mp_value *v, double timeout)
{
	/* joinable.1: the same with a value. */
	mp_todo("joinable.1");
}

int
mp_joinable_queue_get_bytes(struct mp_joinable_queue *q, void **data, size_t *size, double timeout)
{
	/*
	 * joinable.3: enter it under this process's name before it leaves the queue: who dies in
	 * between has one too many on the roll, and not one too few. If it turns out that there
	 * was no message (its sender has died), strike it off.
	 */
	mp_todo("joinable.3");
}

int
mp_joinable_queue_get(struct mp_joinable_queue *q, struct mp_value **out, double timeout)
{
	/* joinable.1: the same, and then the value. */
	mp_todo("joinable.1");
}

int
mp_joinable_queue_task_done(struct mp_joinable_queue *q)
{
	/* joinable.1: one fewer of this process's; wake who joins. */
	mp_todo("joinable.1");
}

int
mp_joinable_queue_join(struct mp_joinable_queue *q, double timeout)
{
	/*
	 * joinable.2: look, and sleep until task_done rings, and look again. A death does not
	 * ring: so look now and then all the same (joinable.3).
	 */
	mp_todo("joinable.2");
}

size_t
mp_joinable_queue_unfinished(struct mp_joinable_queue *q)
{
	/* joinable.2: what nobody has got, and what is held. */
	mp_todo("joinable.2");
}

static int
joinable_reduce(void *q, struct mp_value **state)
{
	/* joinable.1: all that others need of it is in the queue's memory. */
	mp_todo("joinable.1");
}

static int
joinable_rebuild(const struct mp_value *state, void **q)
{
	/* joinable.1: the queue, and one of these around it. */
	mp_todo("joinable.1");
}

static void
joinable_ref(void *q)
{
	/* joinable.1: the value is an owner. */
	mp_todo("joinable.1");
}

static void
joinable_unref(void *q)
{
	mp_joinable_queue_free(q);
}

const struct mp_class mp_joinable_queue_class = {
    "JoinableQueue", joinable_reduce, joinable_rebuild, joinable_ref, joinable_unref};
MP_REGISTER_CLASS(mp_joinable_queue_class);
