/* SPDX-License-Identifier: MIT */
/*
 * Rows of 07-sync: Condition, Event, Barrier. The numbers in comments are CPython's behaviours
 * that a row answers to (docs/behaviours.md).
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/time.h>

#include "common.h"
#include "methods.h"
#include "step.h"

STAGE("Condition, Event, Barrier")

#define TIDY .graph = "every child reaped by its parent; no kill after reap; nothing left"

/* What the processes of a row share. */
struct board {
	struct mp_condition *c;
	struct mp_event *event;
	struct mp_barrier *barrier;
	_Atomic int arrivals, woken, value, all, go;
	_Atomic int result[16];
	_Atomic int order[16]; /* who was woken first, second... */
	_Atomic long sum;
};

struct role {
	struct board *board;
	int who;
	double timeout;
	long n;
};

static struct board *
board_with_condition(struct mp_lock *lock)
{
	struct board *board = shared(sizeof(*board));

	OK(mp_condition_new(&board->c, lock));
	return board;
}

static struct board *
board_with_event(void)
{
	struct board *board = shared(sizeof(*board));

	OK(mp_event_new(&board->event));
	return board;
}

static struct board *
board_with_barrier(int parties, int (*action)(void *), void *arg)
{
	struct board *board = shared(sizeof(*board));

	OK(mp_barrier_new(&board->barrier, parties, action, arg, MP_FOREVER));
	return board;
}

static int
left(pid_t pid)
{
	int status = waited(pid);

	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void
killed(pid_t pid)
{
	kill(pid, SIGKILL);
	EQUAL(left(pid), -SIGKILL);
}

/* Start a process; come back when it has arrived, and sleeps. */
static pid_t
send(int (*function)(void *), struct board *board, int who, double timeout)
{
	int before = board->arrivals;
	pid_t pid =
	    forked(function, &(struct role){.board = board, .who = who, .timeout = timeout});

	while (board->arrivals == before)
		sched_yield();
	await_sleep(pid);
	return pid;
}

/* --- sync.1: wait and notify -------------------------------------------------------------------- */

/* 0 notified, 1 not in time, 2 what should not be. */
static int
wait_once(void *arg)
{
	struct role *r = arg;
	struct board *b = r->board;

	int error = mp_condition_acquire(b->c, 60);
	if (error && error != MP_OWNER_DIED)
		return 2;
	b->arrivals++;
	error = mp_condition_wait(b->c, r->timeout);
	if (!mp_lock_is_mine(mp_condition_lock(b->c)))
		return 3;
	if (error == 0 || error == MP_OWNER_DIED)
		b->order[b->woken++] = r->who;
	if (mp_condition_release(b->c))
		return 4;
	return error == 0 || error == MP_OWNER_DIED ? 0 : error == MP_TIMEOUT ? 1 : 5;
}

static int
notify(struct board *b, int n)
{
	OK(mp_condition_acquire(b->c, 60));
	int woken = n ? mp_condition_notify(b->c, n) : mp_condition_notify_all(b->c);
	OK(mp_condition_release(b->c));
	return woken;
}

static int
wait_without(void *arg)
{
	struct board *b = arg;

	return mp_condition_wait(b->c, 0) == MP_NOT_OWNER &&
		       mp_condition_notify(b->c, 1) == MP_NOT_OWNER &&
		       mp_condition_notify_all(b->c) == MP_NOT_OWNER
		   ? 0
		   : 1;
}

/* 68 */
ROW("sync.1/owned", 1, "to wait or notify without the lock is refused, whoever holds it", TIDY)
{
	struct board *b = board_with_condition(NULL);

	EQUAL(wait_without(b), 0);
	OK(mp_condition_acquire(b->c, MP_FOREVER));
	EQUAL(left(forked(wait_without, b)), 0);
	EQUAL(mp_condition_notify(b->c, 1), 0);
	EQUAL(mp_condition_notify_all(b->c), 0);
	OK(mp_condition_release(b->c));
	struct mp_condition *again = mp_condition_ref(b->c);
	mp_condition_free(again);
	EQUAL(wait_without(b), 0);
	mp_condition_free(b->c);
	mp_condition_free(NULL);
}

/* 63 */
ROW("sync.1/one", 2, "two wait: a notify wakes one of them, another notify the other", TIDY)
{
	struct board *b = board_with_condition(NULL);
	pid_t first = send(wait_once, b, 1, 60), second = send(wait_once, b, 2, 60);

	EQUAL(notify(b, 1), 1);
	EQUAL(left(first), 0);
	EQUAL(b->woken, 1);
	EQUAL(state_of(second), 'S');
	EQUAL(notify(b, 1), 1);
	EQUAL(left(second), 0);
	EQUAL(notify(b, 1), 0);
	mp_condition_free(b->c);
}

/* 65 */
ROW("sync.1/counts", 2, "of six, notify(2) wakes two, notify(4) the rest, notify(3) nobody", TIDY)
{
	struct mp_lock *lock = NULL;
	OK(mp_lock_new(&lock));
	struct board *b = board_with_condition(lock);
	pid_t pid[6];

	mp_lock_free(lock); /* the condition has a reference of its own */
	for (int i = 0; i < 6; i++)
		pid[i] = send(wait_once, b, i, 60);
	EQUAL(notify(b, 2), 2);
	EQUAL(left(pid[0]) + left(pid[1]), 0);
	EQUAL(b->woken, 2);
	EQUAL(notify(b, 4), 4);
	for (int i = 2; i < 6; i++)
		EQUAL(left(pid[i]), 0);
	EQUAL(notify(b, 3), 0);
	pid_t late = send(wait_once, b, 6, 0.05); /* what woke nobody is not kept for later */
	EQUAL(left(late), 1);
	mp_condition_free(b->c);
}

ROW("sync.1/order", 1, "who has waited longest is woken first", TIDY)
{
	struct board *b = board_with_condition(NULL);
	pid_t pid[6];

	for (int i = 0; i < 3; i++)
		pid[i] = send(wait_once, b, i, 60);
	EQUAL(notify(b, 1), 1);
	EQUAL(left(pid[0]), 0);
	for (int i = 3; i < 6; i++) /* 3 sits where 0 has sat */
		pid[i] = send(wait_once, b, i, 60);
	for (int i = 1; i < 6; i++) {
		EQUAL(notify(b, 1), 1);
		EQUAL(left(pid[i]), 0);
		EQUAL(b->order[i], i);
	}
	mp_condition_free(b->c);
}

/* 64 */
ROW("sync.1/all", 1, "six give up, six more wait: notify_all wakes these six, and no ghost", TIDY)
{
	struct board *b = board_with_condition(NULL);
	pid_t pid[6];

	for (int i = 0; i < 6; i++)
		pid[i] = send(wait_once, b, i, 0.05);
	for (int i = 0; i < 6; i++)
		EQUAL(left(pid[i]), 1);
	EQUAL(notify(b, 0), 0);
	for (int i = 0; i < 6; i++)
		pid[i] = send(wait_once, b, i, 60);
	EQUAL(notify(b, 0), 6);
	for (int i = 0; i < 6; i++)
		EQUAL(left(pid[i]), 0);
	EQUAL(b->woken, 6);
	mp_condition_free(b->c);
}

ROW("sync.1/seats", 1, "a seat is free again after each wait, also one that was refused", TIDY)
{
	struct board *b = board_with_condition(NULL);

	OK(mp_condition_acquire(b->c, 60));
	for (int i = 0; i < 2 * MP_CONDITION_SEATS; i++)
		FAILS(mp_condition_wait(b->c, 0), MP_TIMEOUT);
	OK(mp_condition_release(b->c));
	mp_condition_free(b->c);
}

static int
look_at_lock(void *arg)
{
	struct board *b = arg;

	/* The one who waits has given it back; we notify, and still hold it. */
	if (mp_condition_acquire(b->c, 60) || mp_condition_notify(b->c, 1) != 1)
		return 1;
	b->value = 7;
	return mp_condition_release(b->c) ? 2 : 0;
}

ROW("sync.1/depth", 1, "an RLock held three times is free during wait, and held three times after",
    TIDY)
{
	struct board *b = board_with_condition(NULL);

	for (int i = 0; i < 3; i++)
		OK(mp_condition_acquire(b->c, 60));
	pid_t pid = forked(look_at_lock, b);
	OK(mp_condition_wait(b->c, 60));
	EQUAL(b->value, 7);
	EQUAL(mp_lock_depth(mp_condition_lock(b->c)), 3);
	for (int i = 0; i < 3; i++)
		OK(mp_condition_release(b->c));
	FAILS(mp_condition_release(b->c), MP_NOT_OWNER);
	EQUAL(left(pid), 0);
	mp_condition_free(b->c);
}

static struct board *between;
static pid_t between_pid;

static int
make_it_true(void *arg)
{
	struct board *b = arg;

	b->arrivals++;
	if (mp_condition_acquire(b->c, 60))
		return 1;
	b->value = 1;
	if (mp_condition_notify(b->c, 1) < 0)
		return 2;
	return mp_condition_release(b->c) ? 3 : 0;
}

/* In the middle of our wait: another process makes it true, and notifies, if it can. */
static void
somebody_notifies(void)
{
	int before = between->arrivals;

	step_running = 0;
	between_pid = forked(make_it_true, between);
	while (between->arrivals == before)
		sched_yield();
	await_sleep(between_pid);
}

static int
notify_sleeper(void *arg)
{
	pid_t *waiter = arg;

	await_sleep(*waiter);
	return between->arrivals ? 0 : 10 + make_it_true(between);
}

/* Wait until it is true, while another makes it true at the n-th instruction; false if we
 * slept before that. */
static bool
is_notified_at(long n)
{
	pid_t self = getpid();

	between->value = between->arrivals = 0;
	between_pid = 0;
	OK(mp_condition_acquire(between->c, 60));
	pid_t helper = forked(notify_sleeper, &self);
	step_at(n, somebody_notifies);
	while (!between->value && mp_condition_wait(between->c, 60) == 0)
		;
	step_end();
	OK(mp_condition_release(between->c));
	if (between_pid)
		EQUAL(left(between_pid), 0);
	return left(helper) == 0;
}

ROW("sync.1/between", 2, "who notifies at any instruction of wait is heard: no wakeup is lost",
    TIDY, .seconds = 10)
{
	between = board_with_condition(NULL);
	is_notified_at(LONG_MAX);
	for (long n = 1; is_notified_at(n); n += 1 + n / 50)
		row_step("somebody notifies at instruction %ld of wait", n);
	mp_condition_free(between->c);
}

ROW("sync.1/killed", 2, "waiters are killed: notify waits for none of them, and wakes the living",
    TIDY)
{
	struct board *b = board_with_condition(NULL);
	pid_t pid[5];

	for (int i = 0; i < 5; i++)
		pid[i] = send(wait_once, b, i, 60);
	killed(pid[0]);
	killed(pid[3]);
	int64_t start = mp_now();
	EQUAL(notify(b, 1), 1);
	EQUAL(left(pid[1]), 0);
	EQUAL(notify(b, 0), 2);
	EQUAL(left(pid[2]) + left(pid[4]), 0);
	BETWEEN(since(start), 0, 1);
	pid[0] = send(wait_once, b, 0, 60);
	EQUAL(notify(b, 5), 1);
	EQUAL(left(pid[0]), 0);
	mp_condition_free(b->c);
}

struct victim {
	struct board *board;
	long n;
	int (*act)(struct board *);
};

/* Hold the lock, and be killed at the n-th instruction of act; 0: came to the end. */
static int
be_victim(void *arg)
{
	struct victim *v = arg;
	struct board *b = v->board;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	int error = b->c ? mp_condition_acquire(b->c, 60) : 0;
	if (error && error != MP_OWNER_DIED)
		return 2;
	b->arrivals++;
	step_at(v->n, step_die);
	error = v->act(b);
	b->all = step_end();
	return b->c && mp_condition_release(b->c) ? 3 : error;
}

static int
act_notify(struct board *b)
{
	return mp_condition_notify(b->c, 1) < 0;
}

static int
act_wait(struct board *b)
{
	int error = mp_condition_wait(b->c, 60);

	return error && error != MP_OWNER_DIED;
}

static void
met_its_end(struct board *b, pid_t pid, long n)
{
	int code = left(pid);

	TRUE(code == (b->all ? 0 : -SIGKILL), "instruction %ld: it left with %d", n, code);
}

/* Take the lock, whatever has happened to its owner, and notify. */
static void
notify_again(struct board *b)
{
	int error = mp_condition_acquire(b->c, 60);

	TRUE(error == 0 || error == MP_OWNER_DIED, "the lock is alive: %s", mp_error_name(error));
	OK(mp_condition_notify_all(b->c));
	OK(mp_condition_release(b->c));
}

ROW("sync.1/notifier-killed", 2, "killed at any instruction of notify: no waiter sleeps for ever",
    TIDY, .seconds = 10)
{
	struct board *b = board_with_condition(NULL);
	struct victim v = {.board = b, .act = act_notify};

	EQUAL(notify(b, 1), 0);
	for (v.n = 1; !b->all; v.n++) {
		row_step("killed at instruction %ld of notify", v.n);
		pid_t waiter = send(wait_once, b, 1, 60);
		met_its_end(b, forked(be_victim, &v), v.n);
		notify_again(b); /* if it has been notified, it must come by itself */
		EQUAL(left(waiter), 0);
		b->woken = 0;
	}
	mp_condition_free(b->c);
}

ROW("sync.1/waiter-killed", 2, "killed at any instruction of wait: the others wait and are woken",
    TIDY, .seconds = 10)
{
	struct board *b = board_with_condition(NULL);
	struct victim v = {.board = b, .act = act_wait};

	EQUAL(notify(b, 1), 0);
	for (v.n = 1; !b->all; v.n += 1 + v.n / 50) {
		row_step("killed at instruction %ld of wait", v.n);
		int before = b->arrivals;
		pid_t victim = forked(be_victim, &v);
		while (b->arrivals == before)
			sched_yield();
		await_sleep(victim); /* asleep in wait, or dead */
		pid_t waiter = send(wait_once, b, 1, 60);
		notify_again(b);
		met_its_end(b, victim, v.n);
		EQUAL(left(waiter), 0);
		b->woken = 0;
	}
	mp_condition_free(b->c);
}

/* --- sync.2: timeouts and predicates -------------------------------------------------------------- */

/* 66 */
ROW("sync.2/timeout", 1, "wait(0) and wait(0.1) come back; wait(60) with a notifier is woken", TIDY)
{
	struct board *b = board_with_condition(NULL);
	int64_t start = mp_now();

	OK(mp_condition_acquire(b->c, 60));
	FAILS(mp_condition_wait(b->c, 0), MP_TIMEOUT);
	FAILS(mp_condition_wait(b->c, -1), MP_TIMEOUT);
	BETWEEN(since(start), 0, 0.09);
	FAILS(mp_condition_wait(b->c, 0.1), MP_TIMEOUT);
	BETWEEN(since(start), 0.1, 1);
	pid_t pid = forked(make_it_true, b);
	OK(mp_condition_wait(b->c, 60));
	OK(mp_condition_release(b->c));
	EQUAL(left(pid), 0);
	mp_condition_free(b->c);
}

static void
ignore(int signal)
{
	(void)signal;
}

ROW("sync.2/signals", 1, "a signal that is handled ends no wait, and makes none longer", TIDY)
{
	struct board *b = board_with_condition(NULL);
	struct sigaction handler = {.sa_handler = ignore};
	int64_t start = mp_now();

	sigaction(SIGALRM, &handler, NULL);
	setitimer(ITIMER_REAL, &(struct itimerval){{0, 10000}, {0, 10000}}, NULL);
	OK(mp_condition_acquire(b->c, 60));
	FAILS(mp_condition_wait(b->c, 0.2), MP_TIMEOUT);
	setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL);
	BETWEEN(since(start), 0.2, 1.5);
	OK(mp_condition_release(b->c));
	mp_condition_free(b->c);
}

static bool
is_four(void *arg)
{
	struct board *b = arg;

	return b->value == 4;
}

static int
wait_for_four(void *arg)
{
	struct role *r = arg;
	struct board *b = r->board;

	if (mp_condition_acquire(b->c, 60))
		return 2;
	b->arrivals++;
	int error = mp_condition_wait_for(b->c, is_four, b, r->timeout);
	if (mp_condition_release(b->c))
		return 3;
	return error == 0 ? 0 : error == MP_TIMEOUT ? 1 : 4;
}

static void
increment(struct board *b)
{
	OK(mp_condition_acquire(b->c, 60));
	b->value++;
	EQUAL(mp_condition_notify(b->c, 1), 1);
	OK(mp_condition_release(b->c));
}

/* 67 */
ROW("sync.2/wait-for", 2, "wait_for(value == 4): four increments are enough, three are not", TIDY)
{
	struct board *b = board_with_condition(NULL);
	pid_t pid = send(wait_for_four, b, 1, 60);

	for (int i = 1; i <= 4; i++) {
		EQUAL(b->value, i - 1);
		increment(b);
		if (i < 4)
			await_sleep(pid); /* woken, and not content */
	}
	EQUAL(left(pid), 0);
	b->value = 0;
	int64_t start = mp_now();
	pid = send(wait_for_four, b, 1, 0.3);
	for (int i = 1; i <= 3; i++) {
		increment(b);
		await_sleep(pid);
	}
	EQUAL(left(pid), 1);
	BETWEEN(since(start), 0.3, 1.5);
	b->value = 4;
	OK(mp_condition_acquire(b->c, 60));
	OK(mp_condition_wait_for(b->c, is_four, b, 0)); /* true already: no wait */
	b->value = 5;
	FAILS(mp_condition_wait_for(b->c, is_four, b, 0), MP_TIMEOUT);
	OK(mp_condition_release(b->c));
	FAILS(mp_condition_wait_for(b->c, is_four, b, 0), MP_NOT_OWNER);
	mp_condition_free(b->c);
}

ROW("sync.2/storm", 1, "notified again and again, and never true: one deadline for all of it", TIDY)
{
	struct board *b = board_with_condition(NULL);
	int64_t start = mp_now();
	pid_t pid = send(wait_for_four, b, 1, 0.3);

	while (state_of(pid) != 'Z' && since(start) < 3) {
		OK(mp_condition_acquire(b->c, 60));
		OK(mp_condition_notify_all(b->c));
		OK(mp_condition_release(b->c));
		sched_yield();
	}
	BETWEEN(since(start), 0.3, 2);
	EQUAL(left(pid), 1);
	mp_condition_free(b->c);
}

ROW("sync.2/late", 1,
    "the time is up while a notifier holds the lock, and it notifies: that counts", TIDY)
{
	struct board *b = board_with_condition(NULL);
	pid_t pid = send(wait_once, b, 1, 0.1);
	int64_t start = mp_now();

	OK(mp_condition_acquire(b->c, 60));
	while (since(start) < 0.2)
		sched_yield();
	await_sleep(pid); /* in line for the lock */
	EQUAL(mp_condition_notify(b->c, 1), 1);
	OK(mp_condition_release(b->c));
	EQUAL(left(pid), 0);
	mp_condition_free(b->c);
}

enum { GOODS = 2000 };

static bool
has_room(void *arg)
{
	return ((struct board *)arg)->value < 3;
}

static bool
has_goods(void *arg)
{
	return ((struct board *)arg)->value > 0;
}

/* Even: a producer, odd: a consumer, at a shelf of three. */
static int
trade(void *arg)
{
	struct role *r = arg;
	struct board *b = r->board;

	for (int i = 0; i < GOODS; i++) {
		if (mp_condition_acquire(b->c, 60) ||
		    mp_condition_wait_for(b->c, r->who % 2 ? has_goods : has_room, b, 60))
			return 1;
		int seen = b->value;
		if (i % 100 == 0)
			sched_yield();
		b->value = seen + (r->who % 2 ? -1 : 1);
		b->sum += r->who % 2;
		if (mp_condition_notify_all(b->c) < 0 || mp_condition_release(b->c))
			return 2;
	}
	return 0;
}

ROW("sync.2/crowd", 2, "3 producers, 3 consumers, a shelf for three: nothing lost, nobody stuck",
    TIDY, .seconds = 10)
{
	struct board *b = board_with_condition(NULL);
	pid_t pid[6];

	for (int i = 0; i < 6; i++)
		pid[i] = forked(trade, &(struct role){.board = b, .who = i});
	for (int i = 0; i < 6; i++)
		EQUAL(left(pid[i]), 0);
	EQUAL(b->value, 0);
	EQUAL(b->sum, 3 * GOODS);
	mp_condition_free(b->c);
}

/* --- sync.3: Event ---------------------------------------------------------------------------------- */

static int
wait_for_event(void *arg)
{
	struct role *r = arg;

	r->board->arrivals++;
	int error = mp_event_wait(r->board->event, r->timeout);
	r->board->woken += error == 0;
	return error == 0 ? 0 : error == MP_TIMEOUT ? 1 : 2;
}

static int
set_event(void *arg)
{
	mp_event_set(((struct board *)arg)->event);
	return 0;
}

/* 69 */
ROW("sync.3/flag", 1, "not set: wait(0) is late; set: it is not; cleared; set by a child", TIDY)
{
	struct board *b = board_with_event();
	struct mp_event *event = mp_event_ref(b->event);

	EQUAL(mp_event_is_set(event), false);
	FAILS(mp_event_wait(event, 0), MP_TIMEOUT);
	mp_event_set(event);
	mp_event_set(event);
	EQUAL(mp_event_is_set(event), true);
	OK(mp_event_wait(event, 0));
	OK(mp_event_wait(event, MP_FOREVER));
	mp_event_clear(event);
	mp_event_clear(event);
	EQUAL(mp_event_is_set(event), false);
	FAILS(mp_event_wait(event, -1), MP_TIMEOUT);
	mp_event_free(event);
	pid_t pid = forked(set_event, b);
	OK(mp_event_wait(b->event, 60));
	EQUAL(left(pid), 0);
	EQUAL(mp_event_is_set(b->event), true);
	mp_event_free(b->event);
	mp_event_free(NULL);
}

ROW("sync.3/all", 2, "a set lets all go who wait, and those who come later", TIDY)
{
	struct board *b = board_with_event();
	pid_t pid[9];

	for (int i = 0; i < 8; i++)
		pid[i] = send(wait_for_event, b, i, 60);
	mp_event_set(b->event);
	pid[8] = forked(wait_for_event, &(struct role){.board = b, .timeout = 60});
	for (int i = 0; i < 9; i++)
		EQUAL(left(pid[i]), 0);
	EQUAL(b->woken, 9);
	mp_event_free(b->event);
}

ROW("sync.3/pulse", 2, "set and cleared at once: who waited is let go all the same", TIDY)
{
	struct board *b = board_with_event();
	pid_t pid[3];

	for (int i = 0; i < 3; i++)
		pid[i] = send(wait_for_event, b, i, 60);
	for (int i = 0; i < 3; i++) /* they will not look before the flag is clear again */
		kill(pid[i], SIGSTOP);
	for (int i = 0; i < 3; i++)
		while (state_of(pid[i]) != 'T' && state_of(pid[i]) != 't')
			sched_yield();
	mp_event_set(b->event);
	mp_event_clear(b->event);
	for (int i = 0; i < 3; i++)
		kill(pid[i], SIGCONT);
	for (int i = 0; i < 3; i++)
		EQUAL(left(pid[i]), 0);
	EQUAL(mp_event_is_set(b->event), false);
	mp_event_free(b->event);
}

ROW("sync.3/timeout", 1,
    "who waits too long is told so; signals make it neither shorter nor longer", TIDY)
{
	struct board *b = board_with_event();
	struct sigaction handler = {.sa_handler = ignore};
	int64_t start = mp_now();

	sigaction(SIGALRM, &handler, NULL);
	setitimer(ITIMER_REAL, &(struct itimerval){{0, 10000}, {0, 10000}}, NULL);
	FAILS(mp_event_wait(b->event, 0.2), MP_TIMEOUT);
	setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL);
	BETWEEN(since(start), 0.2, 1.5);
	mp_event_free(b->event);
}

static struct mp_event *handled;

static void
set_in_handler(int signal)
{
	(void)signal;
	mp_event_set(handled);
}

static int
wait_with_handler(void *arg)
{
	struct sigaction handler = {.sa_handler = set_in_handler};

	sigaction(SIGUSR1, &handler, NULL);
	return wait_for_event(arg);
}

ROW("sync.3/handler", 2, "a signal handler sets the event that its own thread waits for", TIDY)
{
	struct board *b = board_with_event();

	handled = b->event;
	pid_t pid = send(wait_with_handler, b, 1, 60), other = send(wait_for_event, b, 2, 60);
	kill(pid, SIGUSR1);
	EQUAL(left(pid), 0);
	EQUAL(left(other), 0);
	mp_event_free(b->event);
}

static void
set_here(void)
{
	errno = 77;
	mp_event_set(handled);
	if (errno != 77)
		step_die();
}

/* Set by a handler at the n-th instruction of something: what is the flag afterwards? */
static bool
set_at(long n, void (*act)(struct mp_event *), bool *set)
{
	step_at(n, set_here);
	act(handled);
	bool all = step_end();
	*set = mp_event_is_set(handled);
	return all;
}

static void
wait_for_it(struct mp_event *event)
{
	(void)!mp_event_wait(event, 0);
}

ROW("sync.3/anywhere", 2, "set in a handler, at any instruction of set, clear and wait: it is set",
    .seconds = 10)
{
	bool set, all = false;

	OK(mp_event_new(&handled));
	for (long n = 1; !all; n++) {
		row_step("set at instruction %ld of set", n);
		mp_event_clear(handled);
		all = set_at(n, mp_event_set, &set);
		EQUAL(set, true);
	}
	all = false;
	bool was_cleared = true;
	for (long n = 1; !all; n++) {
		row_step("set at instruction %ld of clear", n);
		mp_event_set(handled);
		all = set_at(n, mp_event_clear, &set);
		TRUE(set || was_cleared || all, "before it is cleared, or after it: never undone");
		was_cleared = !set;
	}
	all = false;
	for (long n = 1; !all; n++) {
		row_step("set at instruction %ld of wait", n);
		mp_event_clear(handled);
		all = set_at(n, wait_for_it, &set);
		EQUAL(set, !all);
	}
	mp_event_free(handled);
}

static int
act_set(struct board *b)
{
	mp_event_set(b->event);
	return 0;
}

ROW("sync.3/killed", 2, "killed at any instruction of set: not set, or set and nobody sleeps", TIDY,
    .seconds = 10)
{
	struct board *b = board_with_event();
	struct victim v = {.board = b, .act = act_set};

	mp_event_set(b->event);
	mp_event_clear(b->event);
	for (v.n = 1; !b->all; v.n++) {
		row_step("killed at instruction %ld of set", v.n);
		pid_t waiter[2] = {send(wait_for_event, b, 0, 60), send(wait_for_event, b, 1, 60)};
		met_its_end(b, forked(be_victim, &v), v.n);
		if (!mp_event_is_set(b->event))
			mp_event_set(b->event);
		EQUAL(left(waiter[0]), 0);
		EQUAL(left(waiter[1]), 0);
		mp_event_clear(b->event);
	}
	mp_event_free(b->event);
}

/* --- sync.4: Barrier ----------------------------------------------------------------------------------- */

/* 76 */
ROW("sync.4/one", 1, "a barrier for one never blocks; for none, or too many, there is none")
{
	struct mp_barrier *one = NULL, *none = NULL;

	OK(mp_barrier_new(&one, 1, NULL, NULL, MP_FOREVER));
	for (int i = 0; i < 1000; i++)
		EQUAL(mp_barrier_wait(one, MP_FOREVER), 0);
	EQUAL(mp_barrier_wait(one, 0), 0);
	EQUAL(mp_barrier_parties(one), 1);
	EQUAL(mp_barrier_n_waiting(one), 0);
	EQUAL(mp_barrier_broken(one), false);
	struct mp_barrier *again = mp_barrier_ref(one);
	mp_barrier_free(one);
	mp_barrier_free(again);
	mp_barrier_free(NULL);
	FAILS(mp_barrier_new(&none, 0, NULL, NULL, MP_FOREVER), MP_INVALID);
	FAILS(mp_barrier_new(&none, MP_BARRIER_MOST + 1, NULL, NULL, MP_FOREVER), MP_INVALID);
	TRUE(none == NULL, "a failed call leaves its out-parameter untouched");
}

/* n passes: before each, one comes; after it, all must have come, and nobody twice. */
static int
pass(void *arg)
{
	struct role *r = arg;
	struct board *b = r->board;
	int parties = mp_barrier_parties(b->barrier);

	for (int i = 0; i < r->n; i++) {
		b->arrivals++;
		int number = mp_barrier_wait(b->barrier, r->timeout);
		if (number < 0)
			return 1;
		if (b->arrivals < (i + 1) * parties || b->arrivals > (i + 2) * parties - 1) {
			mp_barrier_abort(b->barrier); /* nobody waits for us */
			return 2;
		}
		b->result[number]++;
		b->sum += number;
	}
	return 0;
}

static void
pass_all(struct board *b, int parties, int passes)
{
	pid_t pid[16];

	for (int i = 0; i < parties; i++)
		pid[i] =
		    forked(pass, &(struct role){.board = b, .who = i, .timeout = 60, .n = passes});
	for (int i = 0; i < parties; i++)
		EQUAL(left(pid[i]), 0);
}

/* 70, 71 */
ROW("sync.4/lockstep", 2, "5 processes, 10 passes in lockstep; each pass gives the numbers 0 to 4",
    TIDY)
{
	struct board *b = board_with_barrier(5, NULL, NULL);

	pass_all(b, 5, 10);
	for (int i = 0; i < 5; i++)
		EQUAL(b->result[i], 10);
	mp_barrier_free(b->barrier);
}

static int
count_action(void *arg)
{
	struct board *b = *(struct board **)arg;

	/* All have come, and nobody has gone. */
	b->value++;
	return b->arrivals == b->value * 3 ? 0 : 1;
}

/* 72 */
ROW("sync.4/action", 2, "the action runs once in a pass: after all have come, before one goes",
    TIDY)
{
	static struct board *b;

	b = board_with_barrier(3, count_action, &b);
	pass_all(b, 3, 20);
	EQUAL(b->value, 20);
	mp_barrier_free(b->barrier);
}

/* 77 */
ROW("sync.4/thousand", 2, "1,000 passes of 5 processes: nobody is ever a lap ahead", TIDY,
    .seconds = 10)
{
	struct board *b = board_with_barrier(5, NULL, NULL);

	pass_all(b, 5, 1000);
	EQUAL(b->sum, 1000 * (0 + 1 + 2 + 3 + 4));
	mp_barrier_free(b->barrier);
}

static int
wait_at_barrier(void *arg)
{
	struct role *r = arg;

	r->board->arrivals++;
	int number = mp_barrier_wait(r->board->barrier, r->timeout);
	r->board->result[r->who] = number;
	return number >= 0 ? 0 : number == MP_BROKEN_BARRIER ? 1 : 2;
}

ROW("sync.4/slow", 2, "who is slow to go is told of its own pass, not of the one after", TIDY)
{
	struct board *b = board_with_barrier(2, NULL, NULL);
	pid_t slow = send(wait_at_barrier, b, 0, 60);

	EQUAL(mp_barrier_n_waiting(b->barrier), 1);
	kill(slow, SIGSTOP);
	while (state_of(slow) != 'T' && state_of(slow) != 't')
		sched_yield();
	EQUAL(mp_barrier_wait(b->barrier, 60), 1); /* its pass is over; it does not know yet */
	FAILS(mp_barrier_wait(b->barrier, 0.05), MP_BROKEN_BARRIER); /* and the next one fails */
	kill(slow, SIGCONT);
	EQUAL(left(slow), 0);
	EQUAL(b->result[0], 0);
	mp_barrier_free(b->barrier);
}

/* --- sync.5: broken ------------------------------------------------------------------------------------- */

/* 73 */
ROW("sync.5/abort", 2, "abort: all who wait are told, and all who come", TIDY)
{
	struct board *b = board_with_barrier(5, NULL, NULL);
	pid_t pid[4];

	for (int i = 0; i < 4; i++)
		pid[i] = send(wait_at_barrier, b, i, 60);
	EQUAL(mp_barrier_n_waiting(b->barrier), 4);
	mp_barrier_abort(b->barrier);
	for (int i = 0; i < 4; i++)
		EQUAL(left(pid[i]), 1);
	EQUAL(mp_barrier_broken(b->barrier), true);
	FAILS(mp_barrier_wait(b->barrier, 60), MP_BROKEN_BARRIER);
	mp_barrier_free(b->barrier);
}

/* 74 */
ROW("sync.5/reset", 2, "reset: who waits is told; the next pass works, also after abort", TIDY)
{
	struct board *b = board_with_barrier(3, NULL, NULL);
	pid_t pid[2];

	for (int i = 0; i < 2; i++)
		pid[i] = send(wait_at_barrier, b, i, 60);
	mp_barrier_reset(b->barrier);
	EQUAL(left(pid[0]) + left(pid[1]), 2);
	EQUAL(mp_barrier_broken(b->barrier), false);
	b->arrivals = 0;
	pass_all(b, 3, 3);
	mp_barrier_abort(b->barrier);
	mp_barrier_reset(b->barrier);
	EQUAL(mp_barrier_broken(b->barrier), false);
	b->arrivals = 0;
	pass_all(b, 3, 3);
	mp_barrier_free(b->barrier);
}

/* 75 */
ROW("sync.5/late", 2, "one comes later than the others wait: all five are told", TIDY)
{
	struct board *b = shared(sizeof(*b));
	pid_t pid[4];

	OK(mp_barrier_new(&b->barrier, 5, NULL, NULL, 0.2)); /* the barrier's own timeout */
	int64_t start = mp_now();
	for (int i = 0; i < 4; i++)
		pid[i] = send(wait_at_barrier, b, i, i == 0 ? MP_BARRIER_TIMEOUT : 60);
	for (int i = 0; i < 4; i++)
		EQUAL(left(pid[i]), 1);
	BETWEEN(since(start), 0.2, 1.5);
	FAILS(mp_barrier_wait(b->barrier, 60), MP_BROKEN_BARRIER);
	mp_barrier_reset(b->barrier);
	FAILS(mp_barrier_wait(b->barrier, 0), MP_BROKEN_BARRIER);
	mp_barrier_free(b->barrier);
}

static int
fail(void *arg)
{
	(void)arg;
	return 1;
}

ROW("sync.5/action-fails", 1, "the action fails: the barrier is broken for all, once", TIDY)
{
	struct board *b = board_with_barrier(3, fail, NULL);
	pid_t pid[2];

	for (int i = 0; i < 2; i++)
		pid[i] = send(wait_at_barrier, b, i, 60);
	FAILS(mp_barrier_wait(b->barrier, 60), MP_BROKEN_BARRIER);
	EQUAL(left(pid[0]) + left(pid[1]), 2);
	EQUAL(mp_barrier_broken(b->barrier), true);
	mp_barrier_free(b->barrier);
}

ROW("sync.5/killed", 2, "one is killed while it waits: the others are told, in a second", TIDY)
{
	struct board *b = board_with_barrier(5, NULL, NULL);
	pid_t pid[4];

	for (int which = 0; which < 4; which += 3) { /* the first to come, and the last */
		for (int i = 0; i < 4; i++)
			pid[i] = send(wait_at_barrier, b, i, 60);
		int64_t start = mp_now();
		killed(pid[which]);
		for (int i = 0; i < 4; i++)
			if (i != which)
				EQUAL(left(pid[i]), 1);
		BETWEEN(since(start), 0, 1.5);
		EQUAL(mp_barrier_broken(b->barrier), true);
		FAILS(mp_barrier_wait(b->barrier, 60), MP_BROKEN_BARRIER);
		mp_barrier_reset(b->barrier);
		EQUAL(mp_barrier_broken(b->barrier), false);
	}
	b->arrivals = 0;
	pass_all(b, 5, 2);
	mp_barrier_free(b->barrier);
}

static int
enlist_and_stay(void *arg)
{
	struct role *r = arg;

	if (mp_barrier_enlist(r->board->barrier) || mp_barrier_enlist(r->board->barrier))
		return 2;
	for (int i = 0; i < r->n; i++)
		if (mp_barrier_wait(r->board->barrier, 60) < 0)
			return 3;
	if (r->who == 1)
		mp_barrier_retire(r->board->barrier);
	r->board->arrivals++;
	return sleep_forever(NULL);
}

ROW("sync.5/enlisted", 2, "one who has enlisted is killed before it comes: who waits is told", TIDY)
{
	struct board *b = board_with_barrier(2, NULL, NULL);
	struct role member = {.board = b, .n = 2};
	pid_t pid = forked(enlist_and_stay, &member);

	for (int i = 0; i < 2; i++) /* it passes twice, and is still a party */
		OK(mp_barrier_wait(b->barrier, 60));
	while (b->arrivals == 0)
		sched_yield();
	pid_t waiter = send(wait_at_barrier, b, 1, 60);
	int64_t start = mp_now();
	killed(pid);
	EQUAL(left(waiter), 1);
	BETWEEN(since(start), 0, 1.5);
	FAILS(mp_barrier_wait(b->barrier, 60), MP_BROKEN_BARRIER);
	mp_barrier_reset(b->barrier);
	b->arrivals = 0;
	pass_all(b, 2, 3);
	mp_barrier_free(b->barrier);
}

ROW("sync.5/retired", 1, "who has retired, or never enlisted, may end between two passes", TIDY)
{
	struct board *b = board_with_barrier(2, NULL, NULL);
	struct role member = {.board = b, .who = 1, .n = 1};
	pid_t pid = forked(enlist_and_stay, &member);

	OK(mp_barrier_wait(b->barrier, 60));
	while (b->arrivals == 0)
		sched_yield();
	killed(pid);
	EQUAL(mp_barrier_broken(b->barrier), false);
	b->arrivals = 0;
	pass_all(b, 2, 3);
	mp_barrier_free(b->barrier);
}

static int
act_barrier(struct board *b)
{
	int number = mp_barrier_wait(b->barrier, 60);

	return number < 0 && number != MP_BROKEN_BARRIER;
}

/* One of three is killed at its n-th instruction, at every one of them: as the last to come, or
 * as the first. The others pass, or are told. */
static void
killed_at_barrier(bool last)
{
	struct board *b = board_with_barrier(3, NULL, NULL);
	struct victim v = {.board = b, .act = act_barrier};

	for (v.n = 1; !b->all; v.n += 1 + v.n / (last ? 30 : 15)) {
		row_step("killed at instruction %ld of wait", v.n);
		pid_t victim = 0, other[2];
		if (!last) {
			victim = forked(be_victim, &v);
			await_sleep(victim);
		}
		for (int i = 0; i < 2; i++)
			other[i] = send(wait_at_barrier, b, i, 60);
		if (last)
			victim = forked(be_victim, &v);
		met_its_end(b, victim, v.n);
		/* Killed before anybody could know that it was coming: somebody else comes. */
		for (int i = 0; i < 2; i++)
			await_sleep(other[i]);
		if (!mp_barrier_broken(b->barrier) && mp_barrier_n_waiting(b->barrier) == 2)
			(void)!mp_barrier_wait(b->barrier, 60);
		for (int i = 0; i < 2; i++)
			BETWEEN(left(other[i]), 0, 1);
		mp_barrier_reset(b->barrier);
	}
	mp_barrier_free(b->barrier);
}

ROW("sync.5/anywhere", 1, "killed at any instruction as the last to come: the others are told",
    TIDY, .seconds = 20)
{
	killed_at_barrier(true);
}

ROW("sync.5/first", 1, "killed at any instruction as the first to come: the others are told", TIDY,
    .seconds = 20)
{
	killed_at_barrier(false);
}

static int
act_reset(struct board *b)
{
	mp_barrier_reset(b->barrier);
	return 0;
}

static int
act_abort(struct board *b)
{
	mp_barrier_abort(b->barrier);
	return 0;
}

ROW("sync.5/breaker-killed", 1,
    "killed at any instruction of abort or reset: nobody waits for ever", TIDY, .seconds = 20)
{
	int (*const act[])(struct board *) = {act_abort, act_reset};

	for (int i = 0; i < 2; i++) {
		struct board *b = board_with_barrier(3, NULL, NULL);
		struct victim v = {.board = b, .act = act[i]};
		for (v.n = 1; !b->all; v.n += 1 + v.n / 25) {
			row_step("killed at instruction %ld of %s", v.n, i ? "reset" : "abort");
			pid_t first = send(wait_at_barrier, b, 0, 10);
			pid_t second = send(wait_at_barrier, b, 1, 10);
			met_its_end(b, forked(be_victim, &v), v.n);
			/* Not broken yet: a third comes, and all pass; or it is told, as they are. */
			int64_t start = mp_now();
			if (!mp_barrier_broken(b->barrier) && mp_barrier_n_waiting(b->barrier) == 2)
				(void)!mp_barrier_wait(b->barrier, 60);
			BETWEEN(left(first), 0, 1);
			BETWEEN(left(second), 0, 1);
			BETWEEN(since(start), 0, 8);
			mp_barrier_reset(b->barrier);
		}
		mp_barrier_free(b->barrier);
	}
}

/* --- by spawn and forkserver, too ---------------------------------------------------------------- */

static int
wait_till_set(struct mp_value *args)
{
	struct mp_event *go = passed(args, 0, &mp_event_class);
	struct mp_event *done = passed(args, 1, &mp_event_class);

	if (!go || !done || mp_event_wait(go, 60))
		return 2;
	mp_event_clear(go);
	mp_event_set(done);
	return 0;
}
MP_REGISTER(wait_till_set);

ROW("sync.3/passed", 2, "an Event is passed to a child by fork, spawn, forkserver", TIDY,
    .seconds = 10)
{
	struct board *go = board_with_event(), *done = board_with_event();

	guarded();
	for (int i = 0; i < METHODS; i++) {
		struct mp_process *p = called(methods[i], wait_till_set,
		    mp_tuple(mp_object(&mp_event_class, go->event),
			mp_object(&mp_event_class, done->event)));
		mp_event_set(go->event);
		OK(mp_event_wait(done->event, 60));
		EQUAL(mp_event_is_set(go->event), false);
		mp_event_clear(done->event);
		EQUAL(finished(p), 0);
	}
	cannot_be_sent(&mp_event_class, go->event);
	mp_event_free(go->event);
	mp_event_free(done->event);
	let_helpers_go();
}

/* Notify the parent, which waits; then wait for its notify. */
static int
notify_and_wait(struct mp_value *args)
{
	struct mp_condition *c = passed(args, 0, &mp_condition_class);
	struct mp_lock *lock = passed(args, 1, &mp_lock_class);

	if (!c || !lock || mp_lock_acquire(lock, 60))
		return 2;
	if (!mp_lock_is_mine(mp_condition_lock(c)) || mp_condition_notify(c, 5) != 1)
		return 3;
	return mp_condition_wait(c, 60) || mp_condition_release(c) ? 4 : 0;
}
MP_REGISTER(notify_and_wait);

ROW("sync.1/passed", 2, "a Condition and its lock are passed to a child by all start methods", TIDY,
    .seconds = 10)
{
	struct board *b = board_with_condition(NULL);

	guarded();
	for (int i = 0; i < METHODS; i++) {
		OK(mp_condition_acquire(b->c, 60)); /* so it does not notify before we wait */
		struct mp_process *p = called(methods[i], notify_and_wait,
		    mp_tuple(mp_object(&mp_condition_class, b->c),
			mp_object(&mp_lock_class, mp_condition_lock(b->c))));
		OK(mp_condition_wait(b->c, 60));
		EQUAL(mp_condition_notify_all(b->c), 1);
		OK(mp_condition_release(b->c));
		EQUAL(finished(p), 0);
	}
	cannot_be_sent(&mp_condition_class, b->c);
	mp_condition_free(b->c);
	let_helpers_go();
}

/* Enlist, pass, and die before the next pass. */
static int
pass_and_die(struct mp_value *args)
{
	struct mp_barrier *barrier = passed(args, 0, &mp_barrier_class);

	if (!barrier || mp_barrier_enlist(barrier) || mp_barrier_parties(barrier) != 2 ||
	    mp_barrier_wait(barrier, MP_BARRIER_TIMEOUT) < 0)
		return 2;
	kill(getpid(), SIGKILL);
	return 3;
}
MP_REGISTER(pass_and_die);

static int
nothing_to_do(void *arg)
{
	(void)arg;
	return 0;
}

ROW("sync.4/passed", 2, "a Barrier is passed to a child by all start methods; not with an action",
    TIDY, .seconds = 10)
{
	struct board *b = board_with_barrier(2, NULL, NULL),
		     *acts = board_with_barrier(2, nothing_to_do, NULL);

	guarded();
	for (int i = 0; i < METHODS; i++) {
		struct mp_process *p = called(
		    methods[i], pass_and_die, mp_tuple(mp_object(&mp_barrier_class, b->barrier)));
		BETWEEN(mp_barrier_wait(b->barrier, 60), 0, 1);
		FAILS(mp_barrier_wait(b->barrier, 60), MP_BROKEN_BARRIER);
		EQUAL(finished(p), -SIGKILL);
		mp_barrier_reset(b->barrier);
	}
	cannot_be_sent(&mp_barrier_class, b->barrier);
	struct mp_value *v = mp_object(&mp_barrier_class, acts->barrier);
	void *data;
	size_t size;
	FAILS(mp_pickle_dumps(v, &data, &size, NULL), MP_NOT_PICKLABLE);
	mp_value_free(v);
	mp_barrier_free(acts->barrier);
	mp_barrier_free(b->barrier);
	let_helpers_go();
}
