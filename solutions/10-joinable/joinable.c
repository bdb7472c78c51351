/* SPDX-License-Identifier: MIT */
/*
 * JoinableQueue: a queue, and an account of who has what.
 *
 * There is no counter of unfinished tasks. What nobody has got, the queue below counts; what
 * was got and is not done stands on a roll, under the name of the process that got it. Both
 * are guarded by the queue's lock, so their sum is the truth of one moment; and when a
 * process dies, everybody can see what it had.
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
/* How often a join looks whether somebody has died: a death rings no bell. */
#define WATCH INT64_C(50000000)

struct account {
	/* hold the queue's lock */
	struct mp__roll held;	 /* got, and not done */
	_Atomic uint64_t told;	 /* of what was lost in producers */
	_Atomic uint32_t asleep; /* somebody sleeps at rung */

	_Atomic uint32_t rung; /* a futex */
};
//}

struct mp_joinable_queue {
	//{
	struct mp_queue *queue;
	struct account *account; /* shared */
	atomic_int references;	 /* in this process */
				 //}
};

int
mp_joinable_queue_new(struct mp_joinable_queue **out, size_t capacity)
{
	/* joinable.1: a queue, and memory for the account, shared with the children to come. */
	//{
	void *account = NULL;
	struct mp_joinable_queue *q = calloc(1, sizeof(*q));

	if (!q)
		return -ENOMEM;
	int error = mp__shared_new(&account, sizeof(struct account));
	if (!error)
		error = mp_queue_new(&q->queue, capacity);
	if (error) {
		mp__shared_free(account);
		free(q);
		return error;
	}
	q->account = account;
	q->references = 1;
	*out = q;
	return 0;
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
	/* joinable.1: one owner fewer; the last one lets go of both. */
	//{
	if (!q || atomic_fetch_sub(&q->references, 1) != 1)
		return;
	mp_queue_free(q->queue);
	mp__shared_free(q->account);
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
	int64_t deadline = mp_deadline(timeout);
	int result;

	while ((result = mp__queue_look(q->queue, settle, &joining)) == MP_TIMEOUT) {
		int64_t now = mp_now();
		if (now >= deadline)
			break;
		int64_t soon = now + WATCH < deadline ? now + WATCH : deadline;
		(void)!mp_futex_wait(&q->account->rung, joining.rung, soon);
	}
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
