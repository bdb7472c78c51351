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

//{
struct account {
	/* hold the queue's lock */
	struct mp__roll held;	 /* got, and not done */
	_Atomic uint64_t told;	 /* of what was lost in producers */
	_Atomic uint32_t asleep; /* somebody sleeps at rung */

	_Atomic uint32_t rung; /* a futex */
};
_Static_assert(sizeof(struct account) <= MP__BESIDE, "it lies beside the messages");
//}

struct mp_joinable_queue {
	//{
	struct mp_queue *queue;
	struct account *account; /* shared: beside the messages */
	atomic_int references;	 /* in this process */
				 //}
};

//{
/* One around a queue, which is taken over if that works: 0, or -ENOMEM. */
static int
around(struct mp_queue *queue, struct mp_joinable_queue **out)
{
	struct mp_joinable_queue *q = calloc(1, sizeof(*q));

	if (!q)
		return -ENOMEM;
	q->queue = queue;
	q->account = mp__queue_beside(queue);
	q->references = 1;
	*out = q;
	return 0;
}
//}

int
mp_joinable_queue_new(struct mp_joinable_queue **out, size_t capacity)
{
	/* joinable.1: a queue, and beside its messages the account. */
	//{
	struct mp_queue *queue;
	int error = mp_queue_new(&queue, capacity);

	if (error)
		return error;
	error = around(queue, out);
	if (error)
		mp_queue_free(queue);
	else
		mp__queue_note(queue, &(*out)->account->rung, &(*out)->account->held);
	return error;
	//}
}

struct mp_joinable_queue *
mp_joinable_queue_ref(struct mp_joinable_queue *q)
{
	/* joinable.1: one more owner. */
	//{
	atomic_fetch_add(&q->references, 1);
	return q;
	//}
}

void
mp_joinable_queue_free(struct mp_joinable_queue *q)
{
	/* joinable.1: one owner fewer; the last one lets go of the queue. */
	//{
	if (!q || atomic_fetch_sub(&q->references, 1) != 1)
		return;
	mp_queue_free(q->queue);
	free(q);
	//}
}

struct mp_queue *
mp_joinable_queue_queue(struct mp_joinable_queue *q)
{
	/* joinable.1: the one below. */
	//{
	return q->queue;
	//}
}

int
mp_joinable_queue_put_bytes(
    struct mp_joinable_queue *q, const void *data, size_t size, double timeout)
{
	/* joinable.1: what is put is unfinished: the queue counts it. */
	//{
	return mp_queue_put_bytes(q->queue, data, size, timeout);
	//}
}

int
mp_joinable_queue_put(struct mp_joinable_queue *q, const struct mp_value *v, double timeout)
{
	/* joinable.1: the same with a value. */
	//{
	return mp_queue_put(q->queue, v, timeout);
	//}
}

//{
/* With the queue's lock, before the message is taken: it is this process's from now on. */
static int
enter(void *account)
{
	return mp__roll_add(&((struct account *)account)->held, 1);
}

/* With the queue's lock, before something becomes less: wake who joins. */
static void
wake(struct account *account)
{
	if (!atomic_load(&account->asleep))
		return;
	atomic_fetch_add(&account->rung, 1);
	mp_futex_wake(&account->rung, INT_MAX);
	atomic_store(&account->asleep, 0);
}

static int
strike_off(size_t untaken, size_t lost, void *arg)
{
	struct account *account = arg;

	(void)untaken;
	(void)lost;
	wake(account);
	return mp__roll_take(&account->held) ? MP_TOO_MANY_DONE : 0;
}
//}

int
mp_joinable_queue_get_bytes(struct mp_joinable_queue *q, void **data, size_t *size, double timeout)
{
	/*
	 * joinable.3: enter it under this process's name before it leaves the queue: who dies in
	 * between has one too many on the roll, and not one too few. If it turns out that there
	 * was no message (its sender has died), strike it off.
	 */
	//{
	int error = mp__queue_get_bytes(q->queue, data, size, timeout, enter, q->account);

	if (error == MP_SENDER_DIED)
		(void)!mp__queue_look(q->queue, strike_off, q->account);
	return error;
	//}
}

int
mp_joinable_queue_get(struct mp_joinable_queue *q, struct mp_value **out, double timeout)
{
	/* joinable.1: the same, and then the value. */
	//{
	void *data;
	size_t size;

	int error = mp_joinable_queue_get_bytes(q, &data, &size, timeout);
	if (error)
		return error;
	error = mp_pickle_loads(data, size, out);
	free(data);
	return error;
	//}
}

int
mp_joinable_queue_task_done(struct mp_joinable_queue *q)
{
	/* joinable.1: one fewer of this process's; wake who joins. */
	//{
	return mp__queue_look(q->queue, strike_off, q->account);
	//}
}

//{
struct joining {
	struct account *account;
	uint32_t rung;
};

/* With the queue's lock: 0 all is done, MP_TASK_LOST, or MP_TIMEOUT and the bell is set. */
static int
settle(size_t untaken, size_t lost, void *arg)
{
	struct joining *joining = arg;
	struct account *account = joining->account;

	int64_t left = mp__roll_bury(&account->held);
	if (left > 0 || lost > account->told) {
		wake(account); /* other joins: there may be nothing left to wait for */
		account->told = lost;
		return MP_TASK_LOST;
	}
	if (untaken == 0 && mp__roll_total(&account->held) == 0)
		return 0;
	atomic_store(&account->asleep, 1);
	joining->rung = atomic_load(&account->rung);
	return MP_TIMEOUT;
}

static int
count(size_t untaken, size_t lost, void *arg)
{
	struct account *account = arg;
	int64_t all = (int64_t)(untaken + lost - account->told) + mp__roll_total(&account->held);

	return all > INT_MAX ? INT_MAX : (int)all;
}
//}

int
mp_joinable_queue_join(struct mp_joinable_queue *q, double timeout)
{
	/*
	 * joinable.2: look, and sleep until task_done rings, and look again. A death does not
	 * ring: so look now and then all the same (joinable.3).
	 */
	//{
	struct joining joining = {.account = q->account};
	int64_t deadline = mp_deadline(timeout), nap = MP__NAP;
	int result;

	while ((result = mp__queue_look(q->queue, settle, &joining)) == MP_TIMEOUT && timeout > 0)
		if (mp__watch(&q->account->rung, joining.rung, deadline, &nap) == MP_TIMEOUT)
			timeout = 0; /* and look once more */
	return result;
	//}
}

size_t
mp_joinable_queue_unfinished(struct mp_joinable_queue *q)
{
	/* joinable.2: what nobody has got, and what is held. */
	//{
	return (size_t)mp__queue_look(q->queue, count, q->account);
	//}
}

static int
joinable_reduce(void *q, struct mp_value **state)
{
	/* joinable.1: all that others need of it is in the queue's memory. */
	//{
	return mp_queue_class.reduce(((struct mp_joinable_queue *)q)->queue, state);
	//}
}

static int
joinable_rebuild(const struct mp_value *state, void **q)
{
	/* joinable.1: the queue, and one of these around it. */
	//{
	void *queue;
	int error = mp_queue_class.rebuild(state, &queue);

	if (error)
		return error;
	error = around(queue, (struct mp_joinable_queue **)q);
	if (error)
		mp_queue_free(queue);
	return error;
	//}
}

static void
joinable_ref(void *q)
{
	/* joinable.1: the value is an owner. */
	//{
	mp_joinable_queue_ref(q);
	//}
}

static void
joinable_unref(void *q)
{
	mp_joinable_queue_free(q);
}

const struct mp_class mp_joinable_queue_class = {
    "JoinableQueue", joinable_reduce, joinable_rebuild, joinable_ref, joinable_unref};
MP_REGISTER_CLASS(mp_joinable_queue_class);
