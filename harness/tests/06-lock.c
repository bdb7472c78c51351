/* SPDX-License-Identifier: MIT */
/*
 * Rows of 06-lock: ticket locks, and what Python makes of them. The numbers in comments are
 * CPython's behaviours that a row answers to (docs/behaviours.md).
 *
 * Nearly all rows follow one pattern: this process is inside; visitors are started one by one,
 * each asleep in the line before the next is started; then things happen, and a log on a
 * shared page says who came in, in what order, and what it was told.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>

#include "common.h"
#include "methods.h"
#include "step.h"

STAGE("Locks")

#define TIDY   .graph = "every child reaped by its parent; no kill after reap; nothing left"
#define VISITS 10000
#define ANY    (-7777)

/* The locks under test, behind one face: what all of them promise is written once. */
struct kind {
	int (*acquire)(void *lock, double timeout);
	int (*release)(void *lock);
};

struct hall {
	const struct kind *kind;
	void *lock;
	_Atomic int arrivals, entries, gave_up;
	_Atomic int inside, crowded; /* crowded: how often somebody was not alone */
	long total;		     /* guarded by the lock */
	struct {
		int who, error;
	} log[VISITS + 100]; /* guarded by the lock */
};

struct visitor {
	struct hall *hall;
	int who;
	double timeout;
	int visits;
	bool yields;
	struct gate *gate; /* waits here while inside; NULL: not */
};

static int
spin_acquire(void *lock, double timeout)
{
	if (timeout <= 0)
		return mp_spin_try(lock) ? 0 : MP_TIMEOUT;
	mp_spin_acquire(lock);
	return 0;
}

static int
spin_release(void *lock)
{
	mp_spin_release(lock);
	return 0;
}

static int
turn_acquire(void *lock, double timeout)
{
	if (timeout <= 0)
		return mp_turn_try(lock) ? 0 : MP_TIMEOUT;
	mp_turn_acquire(lock);
	return 0;
}

static int
turn_release(void *lock)
{
	mp_turn_release(lock);
	return 0;
}

static int
line_acquire(void *lock, double timeout)
{
	return mp_line_acquire(lock, timeout);
}

static int
line_release(void *lock)
{
	return mp_line_release(lock);
}

static int
lock_acquire(void *lock, double timeout)
{
	return mp_lock_acquire(lock, timeout);
}

static int
lock_release(void *lock)
{
	return mp_lock_release(lock);
}

static int
semaphore_acquire(void *lock, double timeout)
{
	return mp_semaphore_acquire(lock, timeout);
}

static int
semaphore_release(void *lock)
{
	return mp_semaphore_release(lock);
}

static const struct kind spin_kind = {spin_acquire, spin_release};
static const struct kind turn_kind = {turn_acquire, turn_release};
static const struct kind line_kind = {line_acquire, line_release};
static const struct kind lock_kind = {lock_acquire, lock_release};
static const struct kind semaphore_kind = {semaphore_acquire, semaphore_release};

static struct hall *
hall_of(const struct kind *kind, void *lock)
{
	struct hall *hall = shared(sizeof(*hall));

	hall->kind = kind;
	hall->lock = lock;
	return hall;
}

static struct mp_spin *
spin_from(uint32_t first)
{
	struct mp_spin *spin = shared(sizeof(*spin));

	mp_spin_init(spin, first);
	return spin;
}

static struct mp_turn *
turn_from(uint32_t first)
{
	struct mp_turn *turn = shared(sizeof(*turn));

	mp_turn_init(turn, first);
	return turn;
}

static struct mp_line *
line_from(uint32_t first)
{
	struct mp_line *line = NULL;

	OK(mp_line_new(&line, first));
	return line;
}

static struct mp_lock *
a_lock(int (*make)(struct mp_lock **))
{
	struct mp_lock *lock = NULL;

	OK(make(&lock));
	return lock;
}

static struct mp_semaphore *
units(int (*make)(struct mp_semaphore **, int), int value)
{
	struct mp_semaphore *semaphore = NULL;

	OK(make(&semaphore, value));
	return semaphore;
}

static int
enter(struct hall *hall, double timeout)
{
	return hall->kind->acquire(hall->lock, timeout);
}

static int
leave(struct hall *hall)
{
	return hall->kind->release(hall->lock);
}

/* Inside: enter it in the log, and see that nobody else is here. */
static void
sign(struct hall *hall, int who, int error)
{
	if (atomic_fetch_add(&hall->inside, 1))
		hall->crowded++;
	int n = hall->entries++;
	if (n < VISITS) {
		hall->log[n].who = who;
		hall->log[n].error = error;
	}
	atomic_fetch_sub(&hall->inside, 1);
}

static struct gate *afterwards; /* who gives up goes on living until this opens; NULL: not */

/* A visitor: 0 was in, 1 was not (timeout), 2 what should not be. */
static int
visit(void *arg)
{
	struct visitor *v = arg;

	v->hall->arrivals++;
	int error = enter(v->hall, v->timeout);
	if (error == MP_TIMEOUT) {
		v->hall->gave_up++;
		if (afterwards)
			gate_wait(afterwards);
		return 1;
	}
	if (error && error != MP_OWNER_DIED)
		return 2;
	sign(v->hall, v->who, error);
	if (v->gate)
		gate_wait(v->gate);
	return leave(v->hall) ? 2 : 0;
}

/* Start a visitor, and come back when it sleeps in the line. */
static pid_t
send_in(struct hall *hall, int who, double timeout)
{
	int before = hall->arrivals;
	struct visitor *v = &(struct visitor){.hall = hall, .who = who, .timeout = timeout};
	pid_t pid = forked(visit, v);

	while (hall->arrivals == before)
		sched_yield();
	await_sleep(pid);
	return pid;
}

/* It has left as visit says. */
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

/* The n-th to come in was this one, and was told this. */
static void
came_in(struct hall *hall, int n, int who, int error)
{
	row_step("who came in as number %d", n);
	EQUAL(hall->log[n].who, who);
	EQUAL(hall->log[n].error, error);
}

/* --- what every lock promises ------------------------------------------------------------------- */

/* The lock is free: it can be had once, and again when it was given back. */
static void
excludes(struct hall *hall)
{
	for (int i = 0; i < 200; i++) {
		OK(enter(hall, MP_FOREVER));
		EQUAL(enter(hall, 0), MP_TIMEOUT);
		OK(leave(hall));
		OK(enter(hall, 0));
		OK(leave(hall));
	}
}

/* A counter in four steps, with other processes in between: exact only if nobody else is in. */
static int
count(void *arg)
{
	struct visitor *v = arg;

	for (int i = 0; i < v->visits; i++) {
		if (enter(v->hall, v->timeout))
			return 2;
		volatile long *total = &v->hall->total;
		long seen = *total;
		if (v->yields && i % 1000 == v->who * 97 % 1000)
			sched_yield();
		*total = seen + 1;
		if (leave(v->hall))
			return 3;
	}
	return 0;
}

static void
counts(struct hall *hall, int processes, int visits)
{
	pid_t pid[16];

	for (int i = 0; i < processes; i++)
		pid[i] = forked(count, &(struct visitor){.hall = hall,
					   .who = i + 1,
					   .timeout = MP_FOREVER,
					   .visits = visits,
					   .yields = visits < 100000});
	for (int i = 0; i < processes; i++)
		EQUAL(left(pid[i]), 0);
	EQUAL(hall->total, (long)processes * visits);
	OK(enter(hall, 0)); /* and it is free */
	OK(leave(hall));
}

/*
 * Processes that take turns: whoever is in stays until the one that was in before it is back
 * in line. So the order of arrivals is the same in every round, and so must be the entries.
 */
struct turns {
	struct hall *hall;
	int processes, rounds;
	bool sleeps;
	int before; /* who was in before; guarded by the lock */
	struct {
		pid_t pid;
		int visits;
	} of[8];
};

static struct turns *turns;
static int my_turn;

static void
await_return(int who)
{
	struct mp_spin *spin = turns->hall->lock; /* if it is one that does not sleep */

	if (who < 0 || turns->of[who].visits == turns->rounds)
		return;
	if (turns->sleeps)
		await_sleep(turns->of[who].pid);
	else
		while ((int)(spin->next - spin->serving) != turns->processes)
			sched_yield();
}

static int
take_turns(void *arg)
{
	(void)arg;
	turns->of[my_turn].pid = getpid();
	turns->hall->arrivals++;
	for (int i = 0; i < turns->rounds; i++) {
		if (enter(turns->hall, MP_FOREVER))
			return 2;
		sign(turns->hall, my_turn, 0);
		turns->of[my_turn].visits++;
		await_return(turns->before);
		turns->before = my_turn;
		if (leave(turns->hall))
			return 3;
	}
	return 0;
}

/* 10,000 entries in the order of 10,000 arrivals. */
static void
in_order(struct hall *hall, bool sleeps)
{
	enum { N = 4 };
	struct mp_spin *spin = hall->lock;

	turns = shared(sizeof(*turns));
	*turns = (struct turns){
	    .hall = hall, .processes = N, .rounds = VISITS / N, .sleeps = sleeps, .before = -1};
	OK(enter(hall, MP_FOREVER));
	for (my_turn = 0; my_turn < N; my_turn++) {
		pid_t pid = forked(take_turns, NULL);
		while (hall->arrivals <= my_turn)
			sched_yield();
		if (sleeps)
			await_sleep(pid);
		else
			while ((int)(spin->next - spin->serving) != my_turn + 2)
				sched_yield();
		turns->of[my_turn].pid = pid;
	}
	OK(leave(hall));
	for (int i = 0; i < N; i++)
		EQUAL(left(turns->of[i].pid), 0);
	EQUAL(hall->entries, VISITS);
	EQUAL(hall->crowded, 0);
	for (int i = 0; i < VISITS; i++)
		if (hall->log[i].who != i % N) {
			row_step("entry %d of %d", i, VISITS);
			EQUAL(hall->log[i].who, i % N);
		}
}

/* --- lock.1: a ticket lock that spins ------------------------------------------------------------- */

ROW("lock.1/excludes", 1, "a lock that is held cannot be had; one that was released can")
{
	excludes(hall_of(&spin_kind, spin_from(0)));
}

ROW("lock.1/order", 1, "10,000 acquisitions by 4 processes: in the order of arrival", TIDY)
{
	in_order(hall_of(&spin_kind, spin_from(0)), false);
}

ROW("lock.1/wraps", 1, "after the greatest number comes 0: nobody is lost, the order is kept", TIDY)
{
	in_order(hall_of(&spin_kind, spin_from(UINT32_MAX - 4000)), false);
}

ROW("lock.1/try", 1, "who only tries draws no ticket, and nobody waits for it", TIDY)
{
	struct mp_spin *spin = spin_from(UINT32_MAX);
	struct hall *hall = hall_of(&spin_kind, spin);

	mp_spin_acquire(spin);
	for (int i = 0; i < 10; i++)
		EQUAL(mp_spin_try(spin), false);
	pid_t visitor = forked(visit, &(struct visitor){.hall = hall, .who = 1, .timeout = 60});
	while (spin->next - spin->serving != 2)
		sched_yield();
	EQUAL(mp_spin_try(spin), false);
	mp_spin_release(spin);
	EQUAL(left(visitor), 0);
	EQUAL(mp_spin_try(spin), true);
}

static struct hall *bystander_hall;

/* In the middle of a try of another's: acquire and release, so that every number moves on. */
static void
come_and_go(void)
{
	if (enter(bystander_hall, 0) == 0)
		(void)!leave(bystander_hall);
}

/* Is a try that is overtaken at its n-th instruction still right about what it says? */
static bool
try_is_overtaken_at(struct hall *hall, long n)
{
	bystander_hall = hall;
	step_at(n, come_and_go);
	int error = enter(hall, 0);
	bool all = step_end();
	if (error == 0) {
		EQUAL(enter(hall, 0), MP_TIMEOUT);
		OK(leave(hall));
	}
	OK(enter(hall, 0)); /* whatever it said: nobody is inside now */
	OK(leave(hall));
	return all;
}

ROW("lock.1/overtaken", 1, "a try that is overtaken, at any instruction, is in or is not: both")
{
	struct hall *hall = hall_of(&spin_kind, spin_from(7));
	long n = 1;

	while (!try_is_overtaken_at(hall, n))
		n++;
}

static struct mp_spin *drawn_spin;

/* In the middle of a draw: another process draws, too. */
static void
somebody_draws(void)
{
	uint32_t next = drawn_spin->next;

	step_running = 0;
	if (fork() == 0)
		_exit(visit(&(struct visitor){.hall = bystander_hall, .timeout = 60}));
	while (drawn_spin->next == next)
		sched_yield();
}

static int
draw_meanwhile(void *arg)
{
	struct visitor *v = arg;
	int status = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	step_at(v->visits, somebody_draws);
	visit(v);
	bool all = step_end();
	while (wait(&status) > 0)
		if (status)
			return 2;
	return all ? 1 : 0;
}

ROW("lock.1/draws", 1, "two draw at once, at any instruction: they have two numbers", .seconds = 3,
    TIDY)
{
	drawn_spin = spin_from(0);
	bystander_hall = hall_of(&spin_kind, drawn_spin);
	int code = 0;

	for (int n = 1; n <= 60; n++) { /* the draw is at the beginning: what follows is a loop */
		struct visitor v = {.hall = bystander_hall, .who = 1, .visits = n, .timeout = 60};
		row_step("another one draws at instruction %d", n);
		mp_spin_acquire(drawn_spin);
		pid_t pid = forked(draw_meanwhile, &v);
		while (drawn_spin->next - drawn_spin->serving != 3)
			sched_yield();
		mp_spin_release(drawn_spin);
		code = left(pid);
		EQUAL(code, 0);
	}
	EQUAL(bystander_hall->crowded, 0);
}

ROW("lock.1/crowd", 1, "8 processes count to 10,000 each, and none is lost", TIDY)
{
	counts(hall_of(&spin_kind, spin_from(0)), 8, 10000);
}

/* --- lock.2: the same, asleep ----------------------------------------------------------------------- */

ROW("lock.2/excludes", 1, "a lock that is held cannot be had; one that was released can")
{
	excludes(hall_of(&turn_kind, turn_from(0)));
}

ROW("lock.2/order", 1, "10,000 acquisitions by 4 processes: in the order of arrival", .seconds = 10,
    TIDY)
{
	in_order(hall_of(&turn_kind, turn_from(0)), true);
}

ROW("lock.2/wraps", 1, "after the greatest number comes 0: nobody is lost, the order is kept", TIDY)
{
	struct hall *hall = hall_of(&turn_kind, turn_from(UINT32_MAX - 2));
	pid_t pid[8];

	OK(enter(hall, MP_FOREVER));
	for (int i = 0; i < 8; i++)
		pid[i] = send_in(hall, i, 60);
	OK(leave(hall));
	for (int i = 0; i < 8; i++)
		EQUAL(left(pid[i]), 0);
	for (int i = 0; i < 8; i++)
		came_in(hall, i, i, 0);
}

enum { HERD = 8 };

static pid_t *herd;

/* Whoever is inside stays until all behind it sleep again. */
static int
visit_and_count_sleeps(void *arg)
{
	struct visitor *v = arg;
	struct rusage before, after;

	getrusage(RUSAGE_SELF, &before);
	v->hall->arrivals++;
	if (enter(v->hall, v->timeout))
		return 100;
	getrusage(RUSAGE_SELF, &after);
	sign(v->hall, v->who, 0);
	for (int i = v->who + 1; i < HERD; i++)
		await_sleep(herd[i]);
	return leave(v->hall) ? 100 : (int)(after.ru_nvcsw - before.ru_nvcsw);
}

ROW("lock.2/herd", 2, "a release wakes the next in line, and lets all the others sleep", TIDY)
{
	struct hall *hall = hall_of(&turn_kind, turn_from(0));
	struct visitor v = {.hall = hall, .timeout = 60};
	int sleeps = 0;

	herd = shared(HERD * sizeof(*herd));
	OK(enter(hall, MP_FOREVER));
	for (v.who = 0; v.who < HERD; v.who++) {
		herd[v.who] = forked(visit_and_count_sleeps, &v);
		while (hall->arrivals <= v.who)
			sched_yield();
		await_sleep(herd[v.who]);
	}
	OK(leave(hall));
	for (int i = 0; i < HERD; i++)
		sleeps += left(herd[i]);
	for (int i = 0; i < HERD; i++)
		came_in(hall, i, i, 0);
	BETWEEN(sleeps, HERD, 2 * HERD); /* once each; a herd of 8 would make 36 */
}

static void
ignore(int signal)
{
	(void)signal;
}

static int
visit_with_handler(void *arg)
{
	struct sigaction handler = {.sa_handler = ignore};

	sigaction(SIGUSR1, &handler, NULL);
	return visit(arg);
}

/* Signals, each handled, do not end a wait. */
static void
signals_do_not_end_it(struct hall *hall)
{
	OK(enter(hall, MP_FOREVER));
	pid_t pid =
	    forked(visit_with_handler, &(struct visitor){.hall = hall, .who = 1, .timeout = 60});
	while (hall->arrivals == 0)
		sched_yield();
	await_sleep(pid);
	pid_t second = send_in(hall, 2, 60);
	for (int i = 0; i < 20; i++) {
		kill(pid, SIGUSR1); /* it falls asleep again, after the second one */
		await_sleep(pid);
	}
	EQUAL(hall->entries, 0);
	OK(leave(hall));
	EQUAL(left(pid), 0);
	EQUAL(left(second), 0);
	came_in(hall, 0, 1, 0);
	came_in(hall, 1, 2, 0);
}

ROW("lock.2/signals", 1, "a signal that is handled does not end the wait", TIDY)
{
	signals_do_not_end_it(hall_of(&turn_kind, turn_from(0)));
}

static struct hall *between_hall;
static pid_t between_pid;

/* In the middle of our release (or acquire): another process comes, and falls asleep, or has been
 * in and out. (Not running is not asleep yet: it may wait for a page, or stop for the tracer.) */
static void
somebody_comes(void)
{
	between_pid = forked(visit, &(struct visitor){.hall = between_hall, .timeout = 60});
	await_sleep(between_pid);
}

ROW("lock.2/between", 2, "who comes at any instruction of a release is not forgotten", TIDY,
    .seconds = 10)
{
	between_hall = hall_of(&turn_kind, turn_from(0));
	bool all = false;

	for (long n = 1; !all; n++) {
		row_step("somebody comes at instruction %ld of the release", n);
		OK(enter(between_hall, MP_FOREVER));
		between_pid = 0;
		step_at(n, somebody_comes);
		int error = leave(between_hall);
		all = step_end();
		OK(error);
		if (between_pid)
			EQUAL(left(between_pid), 0);
	}
}

ROW("lock.2/crowd", 1, "8 processes count to 10,000 each, and none is lost", TIDY)
{
	counts(hall_of(&turn_kind, turn_from(0)), 8, 10000);
}

/* --- lock.3: who gives up keeps nobody waiting -------------------------------------------------------- */

ROW("lock.3/excludes", 1, "a line that is held cannot be had; one that was released can")
{
	struct mp_line *line = line_from(0);

	excludes(hall_of(&line_kind, line));
	mp_line_free(line);
	mp_line_free(NULL);
}

ROW("lock.3/order", 1, "10,000 acquisitions by 4 processes: in the order of arrival", .seconds = 10,
    TIDY)
{
	struct mp_line *line = line_from((1u << 30) - 4000); /* and over the greatest number */

	in_order(hall_of(&line_kind, line), true);
	mp_line_free(line);
}

/* 62 */
ROW("lock.3/timeout", 1, "who has waited its time is told so, and is not in", TIDY)
{
	struct mp_line *line = line_from(0);
	struct hall *hall = hall_of(&line_kind, line);
	struct rusage before, after;

	OK(mp_line_acquire(line, 0.5));
	pid_t pid = send_in(hall, 1, 0.1);
	EQUAL(left(pid), 1);
	int64_t start = mp_now();
	getrusage(RUSAGE_SELF, &before);
	FAILS(mp_line_acquire(line, 0.1), MP_TIMEOUT); /* ours, and still: nobody gets in twice */
	getrusage(RUSAGE_SELF, &after);
	BETWEEN(since(start), 0.1, 1);
	BETWEEN(after.ru_nvcsw - before.ru_nvcsw, 1, 5); /* it slept once, not in naps */
	OK(mp_line_release(line));
	OK(mp_line_acquire(line, 0));
	OK(mp_line_release(line));
	mp_line_free(line);
}

/* 62 */
ROW("lock.3/try", 1, "0 and negative: nobody waits, and no place in the line is taken", TIDY)
{
	struct mp_line *line = line_from(0);
	struct hall *hall = hall_of(&line_kind, line);

	OK(mp_line_acquire(line, -1));
	pid_t pid = send_in(hall, 1, 60);
	int64_t start = mp_now();
	for (int i = 0; i < 1000; i++) {
		FAILS(mp_line_acquire(line, 0), MP_TIMEOUT);
		FAILS(mp_line_acquire(line, -5), MP_TIMEOUT);
	}
	BETWEEN(since(start), 0, 1);
	OK(mp_line_release(line));
	EQUAL(left(pid), 0);
	OK(mp_line_acquire(line, -1));
	OK(mp_line_release(line));
	mp_line_free(line);
}

ROW("lock.3/places", 2, "some in line give up: the others get in, in their order", TIDY)
{
	struct mp_line *line = line_from(0);
	struct hall *hall = hall_of(&line_kind, line);
	pid_t pid[8];

	struct gate gate;

	gate_init(&gate);
	afterwards = &gate;
	OK(mp_line_acquire(line, MP_FOREVER));
	for (int i = 0; i < 8; i++) /* 0, 1, 4, 7 give up: the first two, one between, the last */
		pid[i] = send_in(hall, i, i == 0 || i == 1 || i == 4 || i == 7 ? 0.2 : 60);
	while (hall->gave_up < 4 && hall->entries == 0)
		sched_yield();
	EQUAL(hall->entries, 0);
	OK(mp_line_release(line));
	EQUAL(left(pid[2]) + left(pid[3]) + left(pid[5]) + left(pid[6]), 0);
	EQUAL(hall->entries, 4);
	came_in(hall, 0, 2, 0);
	came_in(hall, 1, 3, 0);
	came_in(hall, 2, 5, 0);
	came_in(hall, 3, 6, 0);
	gate_open(&gate); /* those who gave up have lived on */
	EQUAL(left(pid[0]) + left(pid[1]) + left(pid[4]) + left(pid[7]), 4);
	gate_release(&gate);
	mp_line_free(line);
}

ROW("lock.3/nobody-left", 1, "all give up, twice round the ring: who comes then gets in", TIDY)
{
	struct mp_line *line = line_from(5);

	OK(mp_line_acquire(line, MP_FOREVER));
	for (int i = 0; i < 2 * MP_LINE_ROOM; i++)
		FAILS(mp_line_acquire(line, 0.0002), MP_TIMEOUT);
	OK(mp_line_release(line));
	for (int i = 0; i < 2 * MP_LINE_ROOM; i++) {
		OK(mp_line_acquire(line, 60));
		FAILS(mp_line_acquire(line, 0.0001), MP_TIMEOUT);
		OK(mp_line_release(line));
	}
	mp_line_free(line);
}

ROW("lock.3/signals", 1, "a signal that is handled does not end the wait, nor make it longer", TIDY)
{
	struct mp_line *line = line_from(0);
	struct hall *hall = hall_of(&line_kind, line);

	signals_do_not_end_it(hall);
	OK(mp_line_acquire(line, MP_FOREVER));
	int64_t start = mp_now();
	struct sigaction handler = {.sa_handler = ignore};
	sigaction(SIGALRM, &handler, NULL);
	setitimer(ITIMER_REAL, &(struct itimerval){{0, 10000}, {0, 10000}}, NULL);
	FAILS(mp_line_acquire(line, 0.2), MP_TIMEOUT);
	setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL);
	BETWEEN(since(start), 0.2, 1.5);
	OK(mp_line_release(line));
	mp_line_free(line);
}

ROW("lock.3/stranger", 1, "who is not inside cannot release it", TIDY)
{
	struct mp_line *line = line_from(0);
	struct hall *hall = hall_of(&line_kind, line);
	struct gate gate;

	FAILS(mp_line_release(line), MP_NOT_OWNER);
	gate_init(&gate);
	pid_t pid =
	    forked(visit, &(struct visitor){.hall = hall, .who = 1, .timeout = 60, .gate = &gate});
	while (hall->entries == 0)
		sched_yield();
	FAILS(mp_line_release(line), MP_NOT_OWNER);
	EQUAL(mp_line_is_mine(line), false);
	FAILS(mp_line_acquire(line, 0), MP_TIMEOUT);
	gate_open(&gate);
	EQUAL(left(pid), 0);
	OK(mp_line_acquire(line, 0));
	EQUAL(mp_line_is_mine(line), true);
	OK(mp_line_release(line));
	FAILS(mp_line_release(line), MP_NOT_OWNER);
	gate_release(&gate);
	mp_line_free(line);
}

ROW("lock.3/full", 1, "more than the line has room for: all get in", TIDY, .seconds = 10)
{
	struct mp_line *line = line_from(0);
	struct hall *hall = hall_of(&line_kind, line);
	enum { N = MP_LINE_ROOM + 20 };
	pid_t pid[N];

	OK(mp_line_acquire(line, MP_FOREVER));
	for (int i = 0; i < N; i++)
		pid[i] = send_in(hall, i, 60);
	FAILS(mp_line_acquire(line, 0.01), MP_TIMEOUT);
	OK(mp_line_release(line));
	for (int i = 0; i < N; i++)
		EQUAL(left(pid[i]), 0);
	EQUAL(hall->entries, N);
	for (int i = 0; i < MP_LINE_ROOM - 1; i++)
		came_in(hall, i, i, 0);
	mp_line_free(line);
}

/* In with whatever patience: how often it was in, on the shared page. */
static int
count_impatiently(void *arg)
{
	struct visitor *v = arg;
	static const double patience[] = {0, 0.00001, 0.0001, 0.001, 60};

	for (int i = 0; i < v->visits; i++) {
		int error = enter(v->hall, patience[(i * 7 + v->who) % 5]);
		if (error == MP_TIMEOUT)
			continue;
		if (error)
			return 2;
		v->hall->arrivals++;
		volatile long *total = &v->hall->total;
		long seen = *total;
		if (i % 16 == 0)
			sched_yield();
		*total = seen + 1;
		if (leave(v->hall))
			return 3;
	}
	return 0;
}

ROW("lock.3/crowd", 1, "8 processes, most of them impatient: never two inside", TIDY, .seconds = 10)
{
	struct mp_line *line = line_from((1u << 30) - 9000);
	struct hall *hall = hall_of(&line_kind, line);
	pid_t pid[8];

	for (int i = 0; i < 8; i++)
		pid[i] = forked(
		    count_impatiently, &(struct visitor){.hall = hall, .who = i, .visits = 2000});
	for (int i = 0; i < 8; i++)
		EQUAL(left(pid[i]), 0);
	EQUAL(hall->total, hall->arrivals);
	OK(mp_line_acquire(line, 0));
	OK(mp_line_release(line));
	mp_line_free(line);
}

/* --- lock.4: who dies keeps nobody waiting, and the next one is told -------------------------------------- */

static int
hold(void *arg)
{
	struct visitor *v = arg;

	if (enter(v->hall, MP_FOREVER))
		return 2;
	sign(v->hall, v->who, 0);
	return sleep_forever(NULL);
}

/* A process that is inside, and stays there. */
static pid_t
send_to_stay(struct hall *hall, int who)
{
	int before = hall->entries;
	pid_t pid = forked(hold, &(struct visitor){.hall = hall, .who = who});

	while (hall->entries == before)
		sched_yield();
	await_sleep(pid);
	return pid;
}

ROW("lock.4/owner", 2, "the owner is killed: the next in line is told, once", TIDY)
{
	struct mp_line *line = line_from(0);
	struct hall *hall = hall_of(&line_kind, line);
	pid_t owner = send_to_stay(hall, 1), pid[2];

	pid[0] = send_in(hall, 2, 60);
	pid[1] = send_in(hall, 3, 60);
	int64_t start = mp_now();
	killed(owner);
	EQUAL(left(pid[0]), 0);
	EQUAL(left(pid[1]), 0);
	BETWEEN(since(start), 0, 0.8); /* at once, not when somebody happens to look */
	came_in(hall, 1, 2, MP_OWNER_DIED);
	came_in(hall, 2, 3, 0);
	owner = send_to_stay(hall, 4);
	killed(owner); /* nobody waits: who comes next is told */
	EQUAL(mp_line_acquire(line, 0), MP_OWNER_DIED);
	OK(mp_line_release(line));
	OK(mp_line_acquire(line, 0));
	OK(mp_line_release(line));
	mp_line_free(line);
}

ROW("lock.4/waiter", 2,
    "waiters are killed: the others get in, in their order, and are told nothing", TIDY)
{
	struct mp_line *line = line_from(0);
	struct hall *hall = hall_of(&line_kind, line);
	pid_t pid[6];

	OK(mp_line_acquire(line, MP_FOREVER));
	for (int i = 0; i < 6; i++)
		pid[i] = send_in(hall, i, 60);
	killed(pid[0]);
	killed(pid[3]);
	killed(pid[2]);
	await_sleep(pid[1]);
	await_sleep(pid[4]);
	int64_t start = mp_now();
	OK(mp_line_release(line));
	EQUAL(left(pid[1]) + left(pid[4]) + left(pid[5]), 0);
	BETWEEN(since(start), 0, 0.8);
	EQUAL(hall->entries, 3);
	came_in(hall, 0, 1, 0);
	came_in(hall, 1, 4, 0);
	came_in(hall, 2, 5, 0);
	mp_line_free(line);
}

ROW("lock.4/news", 1, "who should be told dies, too: then the one after is", TIDY)
{
	struct mp_line *line = line_from(0);
	struct hall *hall = hall_of(&line_kind, line);
	pid_t owner = send_to_stay(hall, 1), pid[3];

	for (int i = 0; i < 3; i++)
		pid[i] = send_in(hall, 2 + i, 60);
	kill(pid[0], SIGSTOP); /* it will not look any more */
	killed(owner);
	killed(pid[0]);
	EQUAL(left(pid[1]), 0);
	EQUAL(left(pid[2]), 0);
	came_in(hall, 1, 3, MP_OWNER_DIED);
	came_in(hall, 2, 4, 0);
	mp_line_free(line);
}

static void *
hold_in_thread(void *line)
{
	return mp_line_acquire(line, 60) ? line : NULL;
}

static int
leave_with_it(void *arg)
{
	return mp_line_acquire(arg, 60) ? 2 : 0;
}

static int
exec_with_it(void *arg)
{
	if (mp_line_acquire(arg, 60) == 0)
		execl("/bin/true", "true", NULL);
	return 2;
}

ROW("lock.4/ends", 1, "an exit, an exec, the end of a thread: each is a death of the owner", TIDY)
{
	struct mp_line *line = line_from(0);
	pthread_t thread;
	void *result;

	EQUAL(left(forked(leave_with_it, line)), 0);
	EQUAL(mp_line_acquire(line, 60), MP_OWNER_DIED);
	OK(mp_line_release(line));
	EQUAL(left(forked(exec_with_it, line)), 0);
	EQUAL(mp_line_acquire(line, 60), MP_OWNER_DIED);
	OK(mp_line_release(line));
	EQUAL(pthread_create(&thread, NULL, hold_in_thread, line), 0);
	EQUAL(pthread_join(thread, &result), 0);
	TRUE(result == NULL, "the thread was in");
	EQUAL(mp_line_acquire(line, 60), MP_OWNER_DIED);
	OK(mp_line_release(line));
	mp_line_free(line);
}

static int
is_it_mine(void *line)
{
	return mp_line_is_mine(line) ? 2 : mp_line_release(line) == MP_NOT_OWNER ? 0 : 3;
}

ROW("lock.4/child", 1, "a child does not own what its parent holds, and its end frees nothing",
    TIDY)
{
	struct mp_line *line = line_from(0);

	OK(mp_line_acquire(line, 60));
	EQUAL(left(forked(is_it_mine, line)), 0);
	FAILS(mp_line_acquire(line, 0), MP_TIMEOUT);
	EQUAL(mp_line_is_mine(line), true);
	OK(mp_line_release(line));
	OK(mp_line_acquire(line, 0));
	OK(mp_line_release(line));
	mp_line_free(line);
}

struct bunch {
	struct mp_line *line[4];
	pthread_mutex_t
	    mutex[2]; /* the C library's, robust: they share the kernel's list with ours */
	_Atomic int holding;
};

static int
hold_a_bunch(void *arg)
{
	struct bunch *b = arg;

	pthread_mutex_lock(&b->mutex[0]);
	for (int i = 0; i < 3; i++)
		if (mp_line_acquire(b->line[i], 60))
			return 2;
	pthread_mutex_lock(&b->mutex[1]);
	if (mp_line_acquire(b->line[3], 60) || mp_line_release(b->line[1]))
		return 2;
	b->holding = 1;
	return sleep_forever(NULL);
}

ROW("lock.4/many", 1, "a process dies with several locks, the C library's between: all are known",
    TIDY)
{
	struct bunch *b = shared(sizeof(*b));
	pthread_mutexattr_t robust;

	pthread_mutexattr_init(&robust);
	pthread_mutexattr_setpshared(&robust, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&robust, PTHREAD_MUTEX_ROBUST);
	for (int i = 0; i < 2; i++)
		pthread_mutex_init(&b->mutex[i], &robust);
	for (int i = 0; i < 4; i++)
		b->line[i] = line_from((uint32_t)i);
	pid_t pid = forked(hold_a_bunch, b);
	while (!b->holding)
		sched_yield();
	killed(pid);
	EQUAL(pthread_mutex_lock(&b->mutex[0]), EOWNERDEAD);
	EQUAL(pthread_mutex_lock(&b->mutex[1]), EOWNERDEAD);
	for (int i = 0; i < 4; i++) {
		EQUAL(mp_line_acquire(b->line[i], 60), i == 1 ? 0 : MP_OWNER_DIED);
		OK(mp_line_release(b->line[i]));
		mp_line_free(b->line[i]);
	}
}

/* What a process does until it is killed at its n-th instruction; 0 if it came to the end. */
struct victim {
	struct hall *hall;
	long n;
	_Atomic bool all, go;
	int (*act)(struct hall *hall); /* what is stepped */
	int (*before)(struct hall *hall),
	    (*after)(struct hall *hall); /* what is not; NULL: nothing */
};

static int
be_victim(void *arg)
{
	struct victim *v = arg;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (v->before && v->before(v->hall))
		return 2;
	v->hall->arrivals++;
	while (!v->go)
		sched_yield();
	step_at(v->n, step_die);
	int error = v->act(v->hall);
	v->all = step_end();
	return error ? 3 : v->after && v->after(v->hall) ? 4 : 0;
}

static int
enter_60(struct hall *hall)
{
	int error = enter(hall, 60);

	return error == MP_OWNER_DIED ? 0 : error;
}

static int
enter_and_leave(struct hall *hall)
{
	return enter_60(hall) || leave(hall);
}

/* Killed, or come to its end: then there is no further instruction. */
static void
met_its_end(struct victim *v, int code)
{
	TRUE(code == (v->all ? 0 : -SIGKILL), "instruction %ld: it left with %d", v->n, code);
}

/* Kill a process at every instruction of act; after each, the lock is still alive. */
static void
kill_everywhere(struct hall *hall, struct victim shape)
{
	struct victim *v = shared(sizeof(*v));
	long points = 0;

	OK(enter_and_leave(hall)); /* what only the first time does, is done */
	*v = shape;
	v->hall = hall;
	v->go = true;
	for (v->n = 1; !v->all; v->n++) {
		row_step("killed at instruction %ld", v->n);
		met_its_end(v, left(forked(be_victim, v)));
		int error = enter(hall, 60);
		TRUE(error == 0 || error == MP_OWNER_DIED, "the lock is alive (%s)",
		    mp_error_name(error));
		OK(leave(hall));
		OK(enter(hall, 0)); /* told once */
		OK(leave(hall));
		points++;
	}
#ifdef __x86_64__
	TRUE(points > 30, "it was killed at %ld instructions", points);
#endif
}

ROW("lock.4/acquire-killed", 1, "killed at any instruction of acquire: the lock lives on", TIDY,
    .seconds = 10)
{
	struct mp_line *line = line_from(0);

	kill_everywhere(
	    hall_of(&line_kind, line), (struct victim){.act = enter_60, .after = leave});
	mp_line_free(line);
}

ROW("lock.4/release-killed", 1, "killed at any instruction of release: the lock lives on", TIDY,
    .seconds = 10)
{
	struct mp_line *line = line_from(0);

	kill_everywhere(
	    hall_of(&line_kind, line), (struct victim){.act = leave, .before = enter_60});
	mp_line_free(line);
}

/*
 * The same, with this process inside: the victim stands in line, alive or dead or killed
 * when it is its turn, and another one behind it, which must get in.
 */
ROW("lock.4/waiter-killed", 2, "killed at any instruction of a wait: who is behind it gets in",
    TIDY, .seconds = 20)
{
	struct mp_line *line = line_from(0);
	struct hall *hall = hall_of(&line_kind, line);
	struct victim *v = shared(sizeof(*v));

	OK(enter_and_leave(hall));
	*v = (struct victim){.hall = hall, .act = enter_60, .after = leave, .go = true};
	/* Who looks a few times before it sleeps has thousands of instructions: not at all of them. */
	for (v->n = 1; !v->all; v->n += 1 + v->n / 15) {
		row_step("killed at instruction %ld of acquire", v->n);
		OK(enter(hall, 0));
		int arrivals = hall->arrivals;
		pid_t victim = forked(be_victim, v);
		while (hall->arrivals == arrivals)
			sched_yield();
		await_sleep(victim);
		pid_t behind = send_in(hall, 1, 60);
		OK(leave(hall));
		EQUAL(left(behind), 0);
		met_its_end(v, left(victim));
		int error = enter(hall, 60);
		TRUE(error == 0 || error == MP_OWNER_DIED, "%s", mp_error_name(error));
		OK(leave(hall));
	}
	mp_line_free(line);
}

ROW("lock.4/wake-killed", 2, "killed at any instruction of release: who sleeps in line gets in",
    TIDY, .seconds = 10)
{
	struct mp_line *line = line_from(0);
	struct hall *hall = hall_of(&line_kind, line);
	struct victim *v = shared(sizeof(*v));

	OK(enter_and_leave(hall));
	*v = (struct victim){.hall = hall, .act = leave, .before = enter_60};
	for (v->n = 1; !v->all; v->n++) {
		row_step("killed at instruction %ld of release", v->n);
		v->go = false;
		int arrivals = hall->arrivals;
		pid_t victim = forked(be_victim, v);
		while (hall->arrivals == arrivals)
			sched_yield();
		pid_t waiter = send_in(hall, 1, 10);
		int64_t start = mp_now();
		v->go = true;
		met_its_end(v, left(victim));
		EQUAL(left(waiter), 0);
		BETWEEN(since(start), 0, 0.8);
	}
	mp_line_free(line);
}

/* --- lock.5: Lock and RLock ------------------------------------------------------------------------------- */

/* 58 */
ROW("lock.5/lock", 1, "a Lock: acquired, not again, released, and not again", TIDY)
{
	struct mp_lock *lock = a_lock(mp_lock_new);

	FAILS(mp_lock_release(lock), MP_OVER_RELEASED);
	OK(mp_lock_acquire(lock, MP_FOREVER));
	FAILS(mp_lock_acquire(lock, 0), MP_TIMEOUT);
	EQUAL(mp_lock_is_mine(lock), true);
	OK(mp_lock_release(lock));
	EQUAL(mp_lock_is_mine(lock), false);
	FAILS(mp_lock_release(lock), MP_OVER_RELEASED);
	excludes(hall_of(&lock_kind, lock));
	mp_lock_free(lock);
	mp_lock_free(NULL);
}

/* 62 */
ROW("lock.5/timeout", 1, "a timeout of 0 asks once, one of 0.1 s waits so long", TIDY)
{
	struct mp_lock *lock = a_lock(mp_lock_new);
	int64_t start = mp_now();

	OK(mp_lock_acquire(lock, MP_FOREVER));
	FAILS(mp_lock_acquire(lock, 0), MP_TIMEOUT);
	FAILS(mp_lock_acquire(lock, -3), MP_TIMEOUT);
	BETWEEN(since(start), 0, 0.09);
	FAILS(mp_lock_acquire(lock, 0.1), MP_TIMEOUT);
	BETWEEN(since(start), 0.1, 1);
	OK(mp_lock_release(lock));
	mp_lock_free(lock);
}

static int
release_it(void *lock)
{
	return mp_lock_is_mine(lock) ? 2 : mp_lock_release(lock) ? 3 : 0;
}

/* 58 */
ROW("lock.5/anybody", 1, "a Lock may be released by another process: the next one gets in", TIDY)
{
	struct mp_lock *lock = a_lock(mp_lock_new);
	struct hall *hall = hall_of(&lock_kind, lock);

	for (int i = 0; i < 3 * MP_LINE_ROOM / 2; i++) {
		OK(mp_lock_acquire(lock, 60));
		pid_t waiter = i % 8 ? 0 : send_in(hall, i, 60);
		EQUAL(left(forked(release_it, lock)), 0);
		EQUAL(mp_lock_is_mine(lock), false);
		if (waiter)
			EQUAL(left(waiter), 0);
	}
	FAILS(mp_lock_release(lock), MP_OVER_RELEASED);
	pid_t dead = send_to_stay(hall, 1); /* also in the name of one that is dead */
	killed(dead);
	EQUAL(left(forked(release_it, lock)), 0);
	OK(mp_lock_acquire(lock, 0));
	OK(mp_lock_release(lock));
	mp_lock_free(lock);
}

static int
be_let_in_and_stay(void *arg)
{
	struct visitor *v = arg;

	v->hall->arrivals++;
	if (mp_lock_acquire(v->hall->lock, 60))
		return 2;
	gate_wait(v->gate);
	return 0;
}

ROW("lock.5/stay", 1, "50 that were released by another, and do nothing since, are in nobody's way",
    TIDY)
{
	struct mp_lock *lock = a_lock(mp_lock_new);
	struct hall *hall = hall_of(&lock_kind, lock);
	struct gate gate;
	pid_t pid[50];

	gate_init(&gate);
	OK(mp_lock_acquire(lock, 60));
	for (int i = 0; i < 50; i++) {
		pid[i] = forked(be_let_in_and_stay, &(struct visitor){.hall = hall, .gate = &gate});
		while (hall->arrivals <= i)
			sched_yield();
		await_sleep(pid[i]);
	}
	OK(mp_lock_release(lock));
	for (int i = 0; i < 50; i++) {
		int error;
		while ((error = mp_lock_release(lock)) == MP_OVER_RELEASED)
			sched_yield(); /* the next one is on its way in */
		OK(error);
	}
	for (int i = 0; i < 200; i++) {
		OK(mp_lock_acquire(lock, 60));
		OK(mp_lock_release(lock));
	}
	gate_open(&gate);
	for (int i = 0; i < 50; i++)
		EQUAL(left(pid[i]), 0);
	gate_release(&gate);
	mp_lock_free(lock);
}

/* --- by spawn and forkserver, too --- */

/*
 * The lock is the parent's: try it, release the other one (a Lock, so anybody may) to say
 * that it could not be had, and wait for it. As often as it is had, it is released.
 */
static int
lock_of_parent(struct mp_value *args)
{
	struct mp_lock *lock = passed(args, 0, &mp_lock_class);
	struct mp_lock *tried = passed(args, 1, &mp_lock_class);
	struct mp_lock *twin = passed(args, 2, &mp_lock_class);
	int64_t times;

	if (!lock || !tried || !twin || mp_value_int(mp_value_at(args, 3), &times))
		return 2;
	if (mp_lock_acquire(lock, 0) != MP_TIMEOUT || mp_lock_release(tried))
		return 3;
	for (int64_t i = 0; i < times; i++)
		if (mp_lock_acquire(i % 2 ? twin : lock, 60))
			return 4;
	for (int64_t i = 0; i < times; i++)
		if (mp_lock_release(i % 2 ? lock : twin))
			return 5;
	return mp_lock_is_mine(lock) ? 6 : 0;
}
MP_REGISTER(lock_of_parent);

/* What the child has released its parent can have, and what the child holds it cannot. */
static void
passes_to_child(enum mp_method method, int (*make)(struct mp_lock **), int times)
{
	struct mp_lock *lock = a_lock(make), *tried = a_lock(mp_lock_new);

	OK(mp_lock_acquire(lock, 0));
	OK(mp_lock_acquire(tried, 0));
	struct mp_process *p = called(method, lock_of_parent,
	    mp_tuple(mp_object(&mp_lock_class, lock), mp_object(&mp_lock_class, tried),
		mp_object(&mp_lock_class, lock), mp_int(times)));
	OK(mp_lock_acquire(tried, 60));
	OK(mp_lock_release(lock));
	EQUAL(finished(p), 0);
	OK(mp_lock_acquire(lock, 0));
	mp_lock_free(lock);
	mp_lock_free(tried);
}

ROW("lock.5/passed", 2, "a Lock and an RLock are passed to a child by fork, spawn, forkserver",
    TIDY, .seconds = 10)
{
	struct mp_lock *lock = a_lock(mp_rlock_new);

	guarded();
	for (int i = 0; i < METHODS; i++) {
		passes_to_child(methods[i], mp_lock_new, 1);
		passes_to_child(methods[i], mp_rlock_new, 4);
	}
	cannot_be_sent(&mp_lock_class, lock);
	mp_lock_free(lock);
	let_helpers_go();
}

/*
 * This process holds the Lock, another one waits, and a stranger that releases it is killed. Nobody can say how far it came, but the one who waits sees for itself.
 */
ROW("lock.5/stranger-killed", 2,
    "killed at each third instruction of a release for another: it is free or held", TIDY,
    .seconds = 20)
{
	struct mp_lock *lock = a_lock(mp_lock_new), *another = a_lock(mp_lock_new);
	struct hall *hall = hall_of(&lock_kind, lock);
	struct victim *v = shared(sizeof(*v));

	*v = (struct victim){.hall = hall, .act = leave, .go = true};
	for (v->n = 1; !v->all; v->n += 3) {
		row_step("killed at instruction %ld of release", v->n);
		OK(mp_lock_acquire(lock, 60));
		int entries = hall->entries;
		pid_t waiter = send_in(hall, 1, 4);
		met_its_end(v, left(forked(be_victim, v)));
		int64_t start = mp_now();
		OK(mp_lock_acquire(another, 0)); /* our list is looked through */
		OK(mp_lock_release(another));
		if (mp_lock_is_mine(lock)) {
			EQUAL(hall->entries, entries);
			OK(mp_lock_release(lock));
		}
		EQUAL(left(waiter), 0);
		BETWEEN(since(start), 0, 3);
		FAILS(mp_lock_release(lock), MP_OVER_RELEASED);
	}
	mp_lock_free(another);
	mp_lock_free(lock);
}

static int
die_holding(struct mp_value *args)
{
	if (mp_lock_acquire(passed(args, 0, &mp_lock_class), 60) == 0)
		kill(getpid(), SIGKILL);
	return 2;
}
MP_REGISTER(die_holding);

ROW("lock.5/passed-died", 1, "who was passed a Lock dies holding it: the next one is told", TIDY,
    .seconds = 10)
{
	struct mp_lock *lock = a_lock(mp_lock_new);

	guarded();
	for (int i = 0; i < METHODS; i++) {
		struct mp_value *args = mp_tuple(mp_object(&mp_lock_class, lock));
		EQUAL(finished(called(methods[i], die_holding, args)), -SIGKILL);
		EQUAL(mp_lock_acquire(lock, 60), MP_OWNER_DIED);
		OK(mp_lock_release(lock));
	}
	mp_lock_free(lock);
	let_helpers_go();
}

static void *
release_in_thread(void *lock)
{
	return mp_lock_release(lock) == MP_NOT_OWNER && mp_lock_acquire(lock, 0) == MP_TIMEOUT
		   ? lock
		   : NULL;
}

static int
release_rlock(void *lock)
{
	return mp_lock_release(lock) == MP_NOT_OWNER && mp_lock_depth(lock) == 0 &&
		       mp_lock_acquire(lock, 0) == MP_TIMEOUT
		   ? 0
		   : 2;
}

/* 59 */
ROW("lock.5/rlock", 2, "an RLock: as often released as acquired, and by its owner only", TIDY)
{
	struct mp_lock *lock = a_lock(mp_rlock_new);
	pthread_t thread;
	void *right;

	FAILS(mp_lock_release(lock), MP_NOT_OWNER);
	for (int i = 0; i < 3; i++)
		OK(mp_lock_acquire(lock, 0));
	EQUAL(mp_lock_depth(lock), 3);
	EQUAL(pthread_create(&thread, NULL, release_in_thread, lock), 0);
	EQUAL(pthread_join(thread, &right), 0);
	TRUE(right == lock, "another thread is refused: release and acquire");
	EQUAL(left(forked(release_rlock, lock)), 0);
	for (int i = 0; i < 2; i++)
		OK(mp_lock_release(lock));
	EQUAL(left(forked(release_rlock, lock)), 0);
	OK(mp_lock_release(lock));
	FAILS(mp_lock_release(lock), MP_NOT_OWNER);
	mp_lock_free(lock);
}

ROW("lock.5/depth", 1, "an RLock is given back at once, and taken again to the same depth", TIDY)
{
	struct mp_lock *lock = a_lock(mp_rlock_new);

	FAILS(mp_lock_release_all(lock), MP_NOT_OWNER);
	for (int i = 0; i < 5; i++)
		OK(mp_lock_acquire(lock, 60));
	EQUAL(mp_lock_release_all(lock), 5);
	EQUAL(mp_lock_depth(lock), 0);
	EQUAL(left(forked(visit, &(struct visitor){.hall = hall_of(&lock_kind, lock)})), 0);
	OK(mp_lock_acquire_depth(lock, 5));
	EQUAL(mp_lock_depth(lock), 5);
	for (int i = 0; i < 5; i++)
		OK(mp_lock_release(lock));
	FAILS(mp_lock_release(lock), MP_NOT_OWNER);
	mp_lock_free(lock);
}

ROW("lock.5/died", 1, "the owner of a Lock or RLock is killed: the next one is told, once", TIDY)
{
	int (*const make[])(struct mp_lock **) = {mp_lock_new, mp_rlock_new};

	for (int i = 0; i < 2; i++) {
		struct mp_lock *lock = a_lock(make[i]);
		killed(send_to_stay(hall_of(&lock_kind, lock), 1));
		EQUAL(mp_lock_acquire(lock, 60), MP_OWNER_DIED);
		EQUAL(mp_lock_depth(lock), 1);
		OK(mp_lock_release(lock));
		OK(mp_lock_acquire(lock, 60));
		OK(mp_lock_release(lock));
		mp_lock_free(lock);
	}
}

ROW("lock.5/references", 1, "a handle lives as long as its last owner; freed by its holder: free",
    TIDY)
{
	struct mp_lock *lock = a_lock(mp_rlock_new), *again = mp_lock_ref(lock);
	struct gate gate;

	mp_lock_free(lock);
	OK(mp_lock_acquire(again, 0));
	gate_init(&gate);
	pid_t pid =
	    forked(visit, &(struct visitor){.hall = hall_of(&lock_kind, again), .timeout = 60});
	await_sleep(pid);
	mp_lock_free(again); /* the child has its own handle, and the memory stays */
	EQUAL(left(pid), 0);
	gate_release(&gate);
	for (int i = 0; i < 200; i++) {
		lock = a_lock(mp_lock_new);
		OK(mp_lock_acquire(lock, 0));
		mp_lock_free(lock);
	}
}

ROW("lock.5/order", 1, "10,000 acquisitions by 4 processes: in the order of arrival", .seconds = 10,
    TIDY)
{
	struct mp_lock *lock = a_lock(mp_lock_new);

	in_order(hall_of(&lock_kind, lock), true);
	mp_lock_free(lock);
}

/* 80 */
ROW("lock.5/crowd", 1, "8 processes count to 100,000 each, and none is lost", .seconds = 15, TIDY)
{
	struct mp_lock *lock = a_lock(mp_lock_new);

	counts(hall_of(&lock_kind, lock), 8, 100000);
	mp_lock_free(lock);
}

/* --- the ticket office: five buyers, one ticket, a file ---------------------------------------------------- */

struct office {
	struct mp_lock *lock;
	struct gate closed; /* who buys while it is closed, waits */
};

#define OFFICE "tickets.json"

static void
write_tickets(int left_over)
{
	char text[32];
	int file = open(OFFICE, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	snprintf(text, sizeof(text), "{\"tickets\": %d}\n", left_over);
	(void)!mp_write_all(file, text, strlen(text));
	mp_close(&file);
}

static int
read_tickets(void)
{
	char text[64] = "";
	int tickets = -1, file = open(OFFICE, O_RDONLY | O_CLOEXEC);

	(void)!mp_read_all(file, text, sizeof(text) - 1);
	mp_close(&file);
	return sscanf(text, "{\"tickets\": %d}", &tickets) == 1 ? tickets : -1;
}

/* 0 has bought it, 1 there was none. */
static int
buy(void *arg)
{
	struct office *office = arg;
	int error = mp_lock_acquire(office->lock, 60);

	if (error && error != MP_OWNER_DIED)
		return 2;
	int tickets = read_tickets();
	for (int i = 0; i < 5; i++)
		sched_yield(); /* every other buyer looks now, if it can */
	if (tickets > 0)
		write_tickets(tickets - 1);
	return mp_lock_release(office->lock) ? 3 : tickets > 0 ? 0 : 1;
}

static int
five_buyers(struct office *office)
{
	pid_t pid[5];
	int bought = 0;

	for (int i = 0; i < 5; i++)
		pid[i] = forked(buy, office);
	for (int i = 0; i < 5; i++)
		bought += left(pid[i]) == 0;
	return bought;
}

ROW("lock.5/office", 1, "five buyers and one ticket in a file: one buyer gets it", TIDY)
{
	struct office office = {.lock = a_lock(mp_lock_new)};

	for (int day = 0; day < 10; day++) {
		write_tickets(1);
		EQUAL(five_buyers(&office), 1);
		EQUAL(read_tickets(), 0);
	}
	unlink(OFFICE);
	mp_lock_free(office.lock);
}

static int
die_buying(void *arg)
{
	struct office *office = arg;

	if (mp_lock_acquire(office->lock, 60))
		return 2;
	int file = open(OFFICE, O_WRONLY | O_TRUNC | O_CLOEXEC);
	(void)!mp_write_all(file, "{\"tick", 6);
	kill(getpid(), SIGKILL);
	return 3;
}

ROW("lock.5/tomorrow", 1,
    "a buyer is killed in the office: it opens tomorrow, and the file is mended", TIDY)
{
	struct office office = {.lock = a_lock(mp_lock_new)};

	write_tickets(1);
	EQUAL(left(forked(die_buying, &office)), -SIGKILL);
	EQUAL(mp_lock_acquire(office.lock, 60), MP_OWNER_DIED); /* so we look, and mend it */
	EQUAL(read_tickets(), -1);
	write_tickets(1);
	OK(mp_lock_release(office.lock));
	EQUAL(five_buyers(&office), 1);
	unlink(OFFICE);
	mp_lock_free(office.lock);
}

/* --- lock.6: semaphores ------------------------------------------------------------------------------------ */

/* 60 */
ROW("lock.6/counts", 1, "Semaphore(2): 2, 1, 0, no more; and back, and beyond", TIDY)
{
	struct mp_semaphore *s = units(mp_semaphore_new, 2), *none = NULL;

	EQUAL(mp_semaphore_value(s), 2);
	OK(mp_semaphore_acquire(s, MP_FOREVER));
	EQUAL(mp_semaphore_value(s), 1);
	OK(mp_semaphore_acquire(s, 0));
	EQUAL(mp_semaphore_value(s), 0);
	FAILS(mp_semaphore_acquire(s, 0), MP_TIMEOUT);
	FAILS(mp_semaphore_acquire(s, -1), MP_TIMEOUT);
	for (int i = 1; i <= 4; i++) {
		OK(mp_semaphore_release(s));
		EQUAL(mp_semaphore_value(s), i);
	}
	FAILS(mp_semaphore_new(&none, -1), MP_INVALID);
	TRUE(none == NULL, "a failed call leaves its out-parameter untouched");
	struct mp_semaphore *again = mp_semaphore_ref(s);
	mp_semaphore_free(s);
	EQUAL(mp_semaphore_value(again), 4);
	mp_semaphore_free(again);
	mp_semaphore_free(NULL);
}

/* 61 */
ROW("lock.6/bounded", 1, "BoundedSemaphore: never more than at first", TIDY)
{
	struct mp_semaphore *s = units(mp_bounded_semaphore_new, 2);

	FAILS(mp_semaphore_release(s), MP_OVER_RELEASED);
	OK(mp_semaphore_acquire(s, 0));
	OK(mp_semaphore_release(s));
	FAILS(mp_semaphore_release(s), MP_OVER_RELEASED);
	EQUAL(mp_semaphore_value(s), 2);
	mp_semaphore_free(s);
}

static struct mp_semaphore *exact;
static int exact_released;

static void
release_between(void)
{
	exact_released += mp_semaphore_release(exact) == 0;
}

ROW("lock.6/exact", 1, "two release at once, and one unit is missing: one of them is refused", TIDY)
{
	exact = units(mp_bounded_semaphore_new, 3);
	bool all = false;

	for (long n = 1; !all; n++) {
		row_step("the other releases at instruction %ld of our release", n);
		exact_released = 0;
		OK(mp_semaphore_acquire(exact, 0));
		step_at(n, release_between);
		int error = mp_semaphore_release(exact);
		all = step_end();
		if (!all)
			EQUAL(exact_released + (error == 0), 1);
		EQUAL(mp_semaphore_value(exact), 3);
	}
	mp_semaphore_free(exact);
}

ROW("lock.6/timeout", 1, "who has waited its time has taken nothing", TIDY)
{
	struct mp_semaphore *s = units(mp_semaphore_new, 0);
	struct hall *hall = hall_of(&semaphore_kind, s);
	pid_t first = send_in(hall, 1, 0.1), second = send_in(hall, 2, 0.1);
	int64_t start = mp_now();

	FAILS(mp_semaphore_acquire(s, 0.1), MP_TIMEOUT);
	BETWEEN(since(start), 0.1, 1);
	EQUAL(left(first), 1);
	EQUAL(left(second), 1);
	OK(mp_semaphore_release(s));
	EQUAL(mp_semaphore_value(s), 1);
	OK(mp_semaphore_acquire(s, 60));
	mp_semaphore_free(s);
}

static int
take_a_unit(void *arg)
{
	struct visitor *v = arg;

	v->hall->arrivals++;
	if (enter(v->hall, v->timeout))
		return 1;
	sign(v->hall, v->who, 0);
	return 0;
}

ROW("lock.6/order", 1, "units go to those who wait, in their order, one each", TIDY)
{
	struct mp_semaphore *s = units(mp_semaphore_new, 0);
	struct hall *hall = hall_of(&semaphore_kind, s);
	struct visitor v = {.hall = hall, .timeout = 60};
	pid_t pid[6];

	for (v.who = 0; v.who < 6; v.who++) {
		pid[v.who] = forked(take_a_unit, &v);
		while (hall->arrivals <= v.who)
			sched_yield();
		await_sleep(pid[v.who]);
	}
	for (int i = 0; i < 6; i++) {
		OK(mp_semaphore_release(s));
		EQUAL(left(pid[i]), 0);
		EQUAL(hall->entries, i + 1);
		came_in(hall, i, i, 0);
	}
	EQUAL(mp_semaphore_value(s), 0);
	mp_semaphore_free(s);
}

ROW("lock.6/killed", 1, "waiters are killed, the first one too: the others are served", TIDY)
{
	struct mp_semaphore *s = units(mp_semaphore_new, 0);
	struct hall *hall = hall_of(&semaphore_kind, s);
	pid_t pid[4];

	for (int i = 0; i < 4; i++)
		pid[i] = send_in(hall, i, 60);
	killed(pid[0]);
	killed(pid[2]);
	await_sleep(pid[1]);
	int64_t start = mp_now();
	OK(mp_semaphore_release(s)); /* each visitor gives its unit back */
	EQUAL(left(pid[1]), 0);
	EQUAL(left(pid[3]), 0);
	BETWEEN(since(start), 0, 0.8);
	EQUAL(hall->entries, 2);
	came_in(hall, 0, 1, 0);
	came_in(hall, 1, 3, 0);
	EQUAL(mp_semaphore_value(s), 1);
	mp_semaphore_free(s);
}

ROW("lock.6/wake-killed", 2, "killed at any instruction of release: no unit sleeps with a waiter",
    TIDY, .seconds = 10)
{
	struct mp_semaphore *s = units(mp_semaphore_new, 0);
	struct hall *hall = hall_of(&semaphore_kind, s);
	struct victim *v = shared(sizeof(*v));

	*v = (struct victim){.hall = hall, .act = leave, .go = true};
	for (v->n = 1; !v->all; v->n++) {
		row_step("killed at instruction %ld of release", v->n);
		int entries = hall->entries;
		pid_t waiter = send_in(hall, 1, 60);
		met_its_end(v, left(forked(be_victim, v)));
		/* Given back, then somebody has it or will; or not given back. */
		while (mp_semaphore_value(s) > 0 && hall->entries == entries)
			sched_yield();
		if (hall->entries == entries)
			OK(mp_semaphore_release(s));
		EQUAL(left(waiter), 0);
		while (mp_semaphore_acquire(s, 0) == 0)
			;
	}
	mp_semaphore_free(s);
}

static int
give_one(void *semaphore)
{
	return mp_semaphore_release(semaphore);
}

static struct mp_semaphore *between_semaphore;
static _Atomic int *given; /* by whom: SOMEBODY, or HELPER when it found us asleep */

enum { SOMEBODY = 1, HELPER = 2 };

static volatile long *asleep_at; /* after how many instructions the helper found us asleep */

static void
somebody_gives(void)
{
	step_running = 0;
	*given |= SOMEBODY;
	EQUAL(left(forked(give_one, between_semaphore)), 0);
}

/* If nobody has given it anything when it sleeps, do it now. */
static int
give_to_sleeper(void *taker)
{
	await_sleep(*(pid_t *)taker);
	if (*given)
		return 0;
	*given |= HELPER;
	asleep_at[0] = *step_count;
	return give_one(between_semaphore);
}

/* Acquire, while a unit is given at its n-th instruction. */
static void
take_given_at(long n)
{
	pid_t self = getpid();

	*given = 0;
	pid_t helper = forked(give_to_sleeper, &self);
	int64_t start = mp_now();
	step_at(n, somebody_gives);
	int error = mp_semaphore_acquire(between_semaphore, 20);
	step_end();
	OK(error);
	BETWEEN(since(start), 0, 15); /* or it was slept over, and found at the end */
	EQUAL(left(helper), 0);
	EQUAL(mp_semaphore_value(between_semaphore), *given == (SOMEBODY | HELPER));
	(void)!mp_semaphore_acquire(between_semaphore, 0);
}

ROW("lock.6/between", 2, "a unit given at any instruction of acquire is taken, not slept over",
    TIDY, .seconds = 10)
{
	between_semaphore = units(mp_semaphore_new, 0);
	given = shared(sizeof(*given));
	step_count = shared(sizeof(*step_count));
	asleep_at = shared(sizeof(*asleep_at));
	OK(mp_semaphore_release(between_semaphore));
	OK(mp_semaphore_acquire(between_semaphore, 60));
	take_given_at(LONG_MAX); /* what only the first time does, is done */
	take_given_at(LONG_MAX);
	long n = *asleep_at > 180 ? *asleep_at - 180 : 1; /* the last ones before the sleep */
	do {
		row_step("a unit is given at instruction %ld of acquire", n);
		take_given_at(n);
		/* A tracer stops at each instruction of each round: not too many rounds. */
		n += *asleep_at - n > 120 ? 2 : 1;
	} while (*given == SOMEBODY);
	mp_semaphore_free(between_semaphore);
}

static struct hall *fair_hall;
static pid_t fair_pid;

static void
somebody_pushes(void)
{
	struct visitor v = {.hall = fair_hall, .who = 2, .timeout = 60};
	int before = fair_hall->arrivals;

	step_running = 0;
	fair_pid = forked(take_a_unit, &v);
	while (fair_hall->arrivals == before)
		sched_yield();
	await_sleep(fair_pid);
}

ROW("lock.6/fair", 1, "who comes while a unit is on its way to one who waits, waits behind it",
    TIDY)
{
	struct mp_semaphore *s = units(mp_semaphore_new, 0);
	bool all = false;

	OK(mp_semaphore_release(s));
	OK(mp_semaphore_acquire(s, 60));
	for (long n = 1; !all; n++) {
		row_step("somebody comes at instruction %ld of release", n);
		fair_hall = hall_of(&semaphore_kind, s);
		struct visitor v = {.hall = fair_hall, .who = 1, .timeout = 60};
		pid_t first = forked(take_a_unit, &v);
		while (fair_hall->arrivals == 0)
			sched_yield();
		await_sleep(first);
		fair_pid = 0;
		step_at(n, somebody_pushes);
		int error = mp_semaphore_release(s);
		all = step_end();
		OK(error);
		EQUAL(left(first), 0);
		came_in(fair_hall, 0, 1, 0);
		if (fair_pid) {
			OK(mp_semaphore_release(s));
			EQUAL(left(fair_pid), 0);
			came_in(fair_hall, 1, 2, 0);
		}
		munmap(fair_hall, sizeof(*fair_hall));
	}
	mp_semaphore_free(s);
}

static int
hold_units(void *arg)
{
	struct visitor *v = arg;

	for (int i = 0; i < v->visits; i++) {
		if (enter(v->hall, 60))
			return 2;
		if (atomic_fetch_add(&v->hall->inside, 1) >= 3)
			v->hall->crowded++;
		if (i % 50 == v->who)
			sched_yield();
		atomic_fetch_sub(&v->hall->inside, 1);
		if (leave(v->hall))
			return 3;
	}
	return 0;
}

ROW("lock.6/crowd", 1, "8 processes and 3 units: never more than 3 inside", TIDY, .seconds = 10)
{
	struct mp_semaphore *s = units(mp_bounded_semaphore_new, 3);
	struct hall *hall = hall_of(&semaphore_kind, s);
	pid_t pid[8];

	for (int i = 0; i < 8; i++)
		pid[i] =
		    forked(hold_units, &(struct visitor){.hall = hall, .who = i, .visits = 5000});
	for (int i = 0; i < 8; i++)
		EQUAL(left(pid[i]), 0);
	EQUAL(hall->crowded, 0);
	EQUAL(mp_semaphore_value(s), 3);
	mp_semaphore_free(s);
}

/* Take from the first what the parent gives, and give it to the second, which has a bound. */
static int
carry_units(struct mp_value *args)
{
	struct mp_semaphore *from = passed(args, 0, &mp_semaphore_class);
	struct mp_semaphore *to = passed(args, 1, &mp_semaphore_class);

	if (!from || !to)
		return 2;
	for (int i = 0; i < 2; i++)
		if (mp_semaphore_acquire(from, 60) || mp_semaphore_release(to))
			return 3;
	return mp_semaphore_release(to) == MP_OVER_RELEASED ? 0 : 4;
}
MP_REGISTER(carry_units);

ROW("lock.6/passed", 2, "semaphores, bounded or not, are passed to a child by all start methods",
    TIDY, .seconds = 10)
{
	guarded();
	for (int i = 0; i < METHODS; i++) {
		struct mp_semaphore *from = units(mp_semaphore_new, 0);
		struct mp_semaphore *to = units(mp_bounded_semaphore_new, 2);
		for (int j = 0; j < 2; j++)
			OK(mp_semaphore_acquire(to, 0));
		struct mp_process *p = called(methods[i], carry_units,
		    mp_tuple(
			mp_object(&mp_semaphore_class, from), mp_object(&mp_semaphore_class, to)));
		for (int j = 0; j < 2; j++)
			OK(mp_semaphore_release(from));
		EQUAL(finished(p), 0);
		EQUAL(mp_semaphore_value(from), 0);
		EQUAL(mp_semaphore_value(to), 2);
		cannot_be_sent(&mp_semaphore_class, to);
		mp_semaphore_free(from);
		mp_semaphore_free(to);
	}
	let_helpers_go();
}
