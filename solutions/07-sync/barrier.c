/* SPDX-License-Identifier: MIT */
/*
 * Barrier: seats again, a line in front of them, and a generation.
 *
 * Everything changes inside the line (a lock that survives its owner). Who comes takes a
 * seat; the last one writes into every seat that it may go, and only then counts the
 * generation up, at which all sleep. So each reads its own fate in its own seat: a slow
 * one cannot be told what the next pass has decided.
 *
 * Invariants: HERE becomes PASSED or BROKE, by somebody else, inside the line; a seat whose
 * owner is dead while HERE, or while enlisted, breaks the barrier for whoever looks.
 *
 * Handout: labs/07-sync/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <mp/barrier.h>
#include <mp/futex.h>
#include <mp/internal.h>
#include <mp/line.h>

//{
/* The high half of a seat's word; a member's has MEMBER beside it. */
enum { NOBODY, HERE, PASSED, BROKE, MEMBER = 4 };

/* Nothing wakes us when another one dies: so look, so often. */
#define NAP INT64_C(100000000)

struct hall {
	_Atomic uint32_t generation;
	_Atomic bool broken;
	_Atomic int used; /* no seat from here on was ever taken */
	struct mp__badge seat[MP_BARRIER_MOST * 2];
};
//}

struct mp_barrier {
	//{
	struct mp_line *line; /* shared */
	struct hall *hall;    /* shared; changed inside the line */
	int parties;
	int (*action)(void *arg);
	void *arg;
	double timeout;
	atomic_int references; /* in this process */
			       //}
};

//{
enum { SEATS = MP_BARRIER_MOST * 2 };

static uint32_t
high(struct mp__badge *seat)
{
	return (uint32_t)(atomic_load(&seat->word) >> 32);
}

static uint32_t
state(struct mp__badge *seat)
{
	return high(seat) % MEMBER;
}

/* Write a state into a seat; its owner may die meanwhile, in the other half. */
static void
become(struct mp__badge *seat, uint32_t now)
{
	uint64_t word = atomic_load(&seat->word), next;

	do
		next = (word & UINT32_MAX) | (word >> 32 & MEMBER) << 32 | (uint64_t)now << 32;
	while (!atomic_compare_exchange_weak(&seat->word, &word, next));
}

static bool
is_mine(struct mp__badge *seat)
{
	return (atomic_load(&seat->word) & MP__OWNER) == mp__badge_self();
}

/* This thread's seat, if it has enlisted; else a free one, taken; or NULL. */
static struct mp__badge *
sit_down(struct hall *hall, uint32_t now)
{
	for (int i = 0; i < hall->used; i++)
		if (is_mine(&hall->seat[i])) {
			become(&hall->seat[i], now);
			return &hall->seat[i];
		}
	for (int i = 0; i < SEATS; i++) {
		struct mp__badge *seat = &hall->seat[i];
		uint64_t word = atomic_load(&seat->word);
		if (hall->used <= i)
			hall->used = i + 1;
		seat->mark = MP__BADGE;
		if (!(word & MP__OWNER) && mp__badge_take(seat, &word, now))
			return seat;
	}
	return NULL;
}

/* Members keep their seats. */
static void
get_up(struct mp__badge *seat)
{
	uint32_t now = high(seat);

	if (now & MEMBER)
		become(seat, NOBODY);
	else
		(void)mp__badge_drop(seat, now, NOBODY);
}

static int
waiting(struct hall *hall)
{
	int n = 0;

	for (int i = 0; i < hall->used; i++)
		n += state(&hall->seat[i]) == HERE;
	return n;
}

/* Is somebody dead whom the others would wait for? */
static bool
somebody_died(struct hall *hall)
{
	for (int i = 0; i < hall->used; i++) {
		uint64_t word = atomic_load(&hall->seat[i].word);
		uint32_t was = (uint32_t)(word >> 32);
		if (mp__badge_died(word) && (was % MEMBER == HERE || was & MEMBER))
			return true;
	}
	return false;
}

/*
 * All who are here are told, and go. Count and wake in one call: nobody is killed in
 * between.
 */
static void
let_go(struct hall *hall, uint32_t how)
{
	for (int i = 0; i < hall->used; i++)
		if (state(&hall->seat[i]) == HERE)
			become(&hall->seat[i], how);
	syscall(SYS_futex, &hall->generation, FUTEX_WAKE_OP, INT_MAX, NULL, &hall->generation,
	    FUTEX_OP(FUTEX_OP_ADD, 1, FUTEX_OP_CMP_LT, 0));
}

static void
break_it(struct hall *hall)
{
	atomic_store(&hall->broken, true);
	let_go(hall, BROKE);
}

/* Into the line. If somebody was killed in there, nobody knows how far it came. */
static void
enter(struct mp_barrier *b)
{
	if (mp_line_acquire(b->line, MP_FOREVER) == MP_OWNER_DIED)
		break_it(b->hall);
}

static void
leave(struct mp_barrier *b)
{
	(void)!mp_line_release(b->line);
}

/* Here, and asleep, until told; if the time is up, or one has died: break it. */
static int
wait_here(struct mp_barrier *b, struct mp__badge *seat, int64_t deadline)
{
	for (;;) {
		uint32_t generation = atomic_load(&b->hall->generation);
		if (state(seat) != HERE)
			return state(seat);
		bool late = mp_now() >= deadline;
		if (late || somebody_died(b->hall)) {
			enter(b);
			if (state(seat) == HERE)
				break_it(b->hall);
			leave(b);
			return state(seat);
		}
		int64_t nap = mp_now() + NAP;
		(void)!mp_futex_wait(
		    &b->hall->generation, generation, nap < deadline ? nap : deadline);
	}
}

static int
make(struct mp_barrier *b)
{
	void *memory;
	int error = mp_line_new(&b->line, 0);

	if (error)
		return error;
	error = mp__shared_new(&memory, sizeof(struct hall));
	if (error)
		mp_line_free(b->line);
	else
		b->hall = memory;
	return error;
}
//}

int
mp_barrier_new(
    struct mp_barrier **out, int parties, int (*action)(void *arg), void *arg, double timeout)
{
	/* sync.4: a line, and a hall in shared memory. */
	//{
	if (parties < 1 || parties > MP_BARRIER_MOST)
		return MP_INVALID;
	struct mp_barrier *b = malloc(sizeof(*b));
	if (!b)
		return -ENOMEM;
	*b = (struct mp_barrier){
	    .parties = parties, .action = action, .arg = arg, .timeout = timeout, .references = 1};
	int error = make(b);
	if (error) {
		free(b);
		return error;
	}
	*out = b;
	return 0;
	//}
}

struct mp_barrier *
mp_barrier_ref(struct mp_barrier *barrier)
{
	/* sync.4: one more owner of the handle. */
	//{
	atomic_fetch_add(&barrier->references, 1);
	return barrier;
	//}
}

void
mp_barrier_free(struct mp_barrier *barrier)
{
	/* sync.4: the last one retires, and gives the memory back. */
	//{
	if (!barrier || atomic_fetch_sub(&barrier->references, 1) > 1)
		return;
	mp_barrier_retire(barrier);
	mp_line_free(barrier->line);
	mp__shared_free(barrier->hall);
	free(barrier);
	//}
}

int
mp_barrier_wait(struct mp_barrier *barrier, double timeout)
{
	/*
	 * sync.4: take a seat. Not the last: wait until you are told. The last: the action, then
	 * tell all that they may go. Your number is how many were here before you.
	 */
	//{
	struct hall *hall = barrier->hall;
	int64_t deadline = mp_deadline(timeout == MP_BARRIER_TIMEOUT ? barrier->timeout : timeout);

	enter(barrier);
	if (!atomic_load(&hall->broken) && somebody_died(hall))
		break_it(hall);
	int number = waiting(hall);
	struct mp__badge *seat = atomic_load(&hall->broken) ? NULL : sit_down(hall, HERE);
	if (seat && number + 1 == barrier->parties) {
		if (barrier->action && barrier->action(barrier->arg))
			break_it(hall);
		else
			let_go(hall, PASSED);
	}
	leave(barrier);
	if (!seat)
		return MP_BROKEN_BARRIER;
	int fate = wait_here(barrier, seat, deadline);
	get_up(seat);
	return fate == PASSED ? number : MP_BROKEN_BARRIER;
	//}
}

int
mp_barrier_enlist(struct mp_barrier *barrier)
{
	/* sync.5: a seat that is yours until you retire, or die. */
	//{
	enter(barrier);
	bool seated = sit_down(barrier->hall, MEMBER);
	leave(barrier);
	return seated ? 0 : -EAGAIN;
	//}
}

void
mp_barrier_retire(struct mp_barrier *barrier)
{
	/* sync.5: and get up from it. */
	//{
	struct hall *hall = barrier->hall;

	for (int i = 0; i < hall->used; i++) {
		struct mp__badge *seat = &hall->seat[i];
		if (is_mine(seat))
			(void)mp__badge_drop(seat, high(seat), NOBODY);
	}
	//}
}

void
mp_barrier_abort(struct mp_barrier *barrier)
{
	/* sync.5: break it. */
	//{
	enter(barrier);
	break_it(barrier->hall);
	leave(barrier);
	//}
}

void
mp_barrier_reset(struct mp_barrier *barrier)
{
	/* sync.5: who is here is told; the dead are forgotten. */
	//{
	struct hall *hall = barrier->hall;

	enter(barrier);
	let_go(hall, BROKE);
	for (int i = 0; i < hall->used; i++) {
		uint64_t word = atomic_load(&hall->seat[i].word);
		if (mp__badge_died(word))
			atomic_compare_exchange_strong(&hall->seat[i].word, &word, 0);
	}
	atomic_store(&hall->broken, false);
	leave(barrier);
	//}
}

int
mp_barrier_parties(const struct mp_barrier *barrier)
{
	/* sync.4: how many are needed. */
	//{
	return barrier->parties;
	//}
}

int
mp_barrier_n_waiting(const struct mp_barrier *barrier)
{
	/* sync.4: how many are here. */
	//{
	return waiting(barrier->hall);
	//}
}

bool
mp_barrier_broken(const struct mp_barrier *barrier)
{
	/* sync.4: whether it is broken; a death that nobody has noticed yet, too. */
	//{
	return atomic_load(&barrier->hall->broken) || somebody_died(barrier->hall);
	//}
}
