/* SPDX-License-Identifier: MIT */
/*
 * What a lock costs, beside its peers: alone, against others, handed over; and to whom it goes.
 *
 * All peers are behind one face, and each case is written once. Against others: so many
 * processes take turns for a tenth of a second, from the moment when each has had one; the
 * time is that of a turn. Fairness: the most turns of any process in a second, over the fewest.
 * (Not with 8 that only spin: on two processors a turn takes as long as the scheduler's slices.)
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <ck_spinlock.h>
#include <mp.h>

#include "bench/bench.h"

enum { MOST = 8 };

struct peer {
	void *(*make)(void);
	void (*acquire)(void *lock);
	void (*release)(void *lock);
};

struct common {
	_Atomic int entered, counting, stop;
	_Atomic int64_t released, waited;
	struct {
		long n;
	} __attribute__((aligned(128))) done[MOST];
};

static void *
shared(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	NEED(memory == MAP_FAILED ? -1 : 0);
	return memory;
}

/* --- the peers ------------------------------------------------------------------------------- */

static void *
make_lock(void)
{
	struct mp_lock *lock;

	NEED(mp_lock_new(&lock));
	return lock;
}

static void
acquire_lock(void *lock)
{
	NEED(mp_lock_acquire(lock, MP_FOREVER));
}

static void
release_lock(void *lock)
{
	NEED(mp_lock_release(lock));
}

static void *
make_turn(void)
{
	struct mp_turn *turn = shared(sizeof(*turn));

	mp_turn_init(turn, 0);
	return turn;
}

static void
acquire_turn(void *turn)
{
	mp_turn_acquire(turn);
}

static void
release_turn(void *turn)
{
	mp_turn_release(turn);
}

static void *
make_mutex(int robust)
{
	pthread_mutex_t *mutex = shared(sizeof(*mutex));
	pthread_mutexattr_t attributes;

	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&attributes, robust);
	pthread_mutex_init(mutex, &attributes);
	return mutex;
}

static void *
make_plain(void)
{
	return make_mutex(PTHREAD_MUTEX_STALLED);
}

static void *
make_robust(void)
{
	return make_mutex(PTHREAD_MUTEX_ROBUST);
}

static void
acquire_mutex(void *mutex)
{
	pthread_mutex_lock(mutex);
}

static void
release_mutex(void *mutex)
{
	pthread_mutex_unlock(mutex);
}

static void *
make_posix(void)
{
	sem_t *semaphore = shared(sizeof(*semaphore));

	NEED(sem_init(semaphore, 1, 1));
	return semaphore;
}

static void
acquire_posix(void *semaphore)
{
	while (sem_wait(semaphore))
		;
}

static void
release_posix(void *semaphore)
{
	NEED(sem_post(semaphore));
}

static void *
make_ck(void)
{
	ck_spinlock_ticket_t *ticket = shared(sizeof(*ticket));

	ck_spinlock_ticket_init(ticket);
	return ticket;
}

static void
acquire_ck(void *ticket)
{
	ck_spinlock_ticket_lock(ticket);
}

static void
release_ck(void *ticket)
{
	ck_spinlock_ticket_unlock(ticket);
}

static const struct peer libmp = {make_lock, acquire_lock, release_lock};
static const struct peer turn = {make_turn, acquire_turn, release_turn};
static const struct peer plain = {make_plain, acquire_mutex, release_mutex};
static const struct peer robust = {make_robust, acquire_mutex, release_mutex};
static const struct peer posix = {make_posix, acquire_posix, release_posix};
static const struct peer ck = {make_ck, acquire_ck, release_ck};

/* In one line. */
#define CASE(name, contender, call)                                                                \
	BENCH(name, contender)                                                                     \
	{                                                                                          \
		call;                                                                              \
	}

/* --- alone ----------------------------------------------------------------------------------- */

static void
alone(struct bench *b, const struct peer *peer)
{
	void *lock = peer->make();

	bench_start(b);
	for (long i = 0; i < b->count; i++) {
		peer->acquire(lock);
		peer->release(lock);
	}
	bench_stop(b);
}

#define ALONE "lock: acquire, release, alone"
CASE(ALONE, "libmp", alone(b, &libmp));
CASE(ALONE, "libmp's turn (no deaths)", alone(b, &turn));
CASE(ALONE, "pthread mutex", alone(b, &plain));
CASE(ALONE, "pthread mutex, robust", alone(b, &robust));
CASE(ALONE, "POSIX semaphore", alone(b, &posix));
CASE(ALONE, "ck's ticket lock", alone(b, &ck));

/* --- against others -------------------------------------------------------------------------- */

/* In a child: take turns until stop. */
static void
compete(const struct peer *peer, void *lock, struct common *c, int who)
{
	for (bool first = true; !c->stop; first = false) {
		peer->acquire(lock);
		if (first)
			c->entered++;
		c->done[who].n += c->counting;
		peer->release(lock);
	}
	_exit(0);
}

static void
join_all(void)
{
	while (wait(NULL) > 0)
		;
}

static void
together(
    struct bench *b, const struct peer *peer, int processes, struct common *c, time_t s, long ns)
{
	void *lock = peer->make();

	for (int i = 0; i < processes; i++)
		if (NEED(fork()) == 0)
			compete(peer, lock, c, i);
	while (c->entered < processes)
		nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
	bench_start(b);
	c->counting = 1;
	nanosleep(&(struct timespec){s, ns}, NULL);
	c->counting = 0;
	bench_stop(b);
	c->stop = 1;
	join_all();
}

static void
contended(struct bench *b, const struct peer *peer, int processes)
{
	struct common *c = shared(sizeof(*c));

	together(b, peer, processes, c, 0, 100000000);
	b->count = 1;
	for (int i = 0; i < processes; i++)
		b->count += c->done[i].n;
	munmap(c, sizeof(*c));
}

static void
fairness(struct bench *b, const struct peer *peer, int processes)
{
	struct common *c = shared(sizeof(*c));
	long most = 0, fewest = __LONG_MAX__;

	together(b, peer, processes, c, 1, 0);
	for (int i = 0; i < processes; i++) {
		most = c->done[i].n > most ? c->done[i].n : most;
		fewest = c->done[i].n < fewest ? c->done[i].n : fewest;
	}
	bench_tell(b, (double)(most + 1) / (double)(fewest + 1));
	munmap(c, sizeof(*c));
}

#define TWO "lock: contended by 2 processes"
CASE(TWO, "libmp", contended(b, &libmp, 2));
CASE(TWO, "libmp's turn (no deaths)", contended(b, &turn, 2));
CASE(TWO, "pthread mutex", contended(b, &plain, 2));
CASE(TWO, "pthread mutex, robust", contended(b, &robust, 2));
CASE(TWO, "POSIX semaphore", contended(b, &posix, 2));
CASE(TWO, "ck's ticket lock", contended(b, &ck, 2));

#define EIGHT "lock: contended by 8 processes"
CASE(EIGHT, "libmp", contended(b, &libmp, 8));
CASE(EIGHT, "libmp's turn (no deaths)", contended(b, &turn, 8));
CASE(EIGHT, "pthread mutex", contended(b, &plain, 8));
CASE(EIGHT, "pthread mutex, robust", contended(b, &robust, 8));
CASE(EIGHT, "POSIX semaphore", contended(b, &posix, 8));

#define FAIR "lock: fairness of 8 processes, most/fewest"
CASE(FAIR, "libmp", fairness(b, &libmp, 8));
CASE(FAIR, "libmp's turn (no deaths)", fairness(b, &turn, 8));
CASE(FAIR, "pthread mutex", fairness(b, &plain, 8));
CASE(FAIR, "pthread mutex, robust", fairness(b, &robust, 8));
CASE(FAIR, "POSIX semaphore", fairness(b, &posix, 8));

/* --- handed over: from the release to the moment at which the one who waited has it ----------- */

static void
take_over(const struct peer *peer, void *lock, struct common *c, int in, int out)
{
	for (char byte; read(in, &byte, 1) == 1; NEED(write(out, &byte, 1))) {
		peer->acquire(lock);
		c->waited += mp_now() - c->released;
		peer->release(lock);
	}
	_exit(0);
}

static void
handoff(struct bench *b, const struct peer *peer)
{
	struct common *c = shared(sizeof(*c));
	void *lock = peer->make();
	int to[2], from[2];
	char byte = 'x';

	NEED(pipe(to));
	NEED(pipe(from));
	if (NEED(fork()) == 0) {
		mp_close(&to[1]);
		take_over(peer, lock, c, to[0], from[1]);
	}
	long rounds = b->count / 32 + 1; /* most of a round is spent in getting ready for it */
	for (long i = 0; i < rounds; i++) {
		peer->acquire(lock);
		NEED(write(to[1], &byte, 1));
		nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL); /* it lies down meanwhile */
		c->released = mp_now();
		peer->release(lock);
		NEED(read(from[0], &byte, 1));
	}
	b->nanoseconds = c->waited / rounds * b->count;
	for (int i = 0; i < 2; i++) {
		mp_close(&to[i]);
		mp_close(&from[i]);
	}
	join_all();
	munmap(c, sizeof(*c));
}

#define HANDOFF "lock: handed over to one who waits"
CASE(HANDOFF, "libmp", handoff(b, &libmp));
CASE(HANDOFF, "libmp's turn (no deaths)", handoff(b, &turn));
CASE(HANDOFF, "pthread mutex", handoff(b, &plain));
CASE(HANDOFF, "pthread mutex, robust", handoff(b, &robust));
CASE(HANDOFF, "POSIX semaphore", handoff(b, &posix));

/* --- semaphores ------------------------------------------------------------------------------ */

#define PING_PONG "semaphore: ping-pong"
BENCH(PING_PONG, "libmp")
{
	struct mp_semaphore *ping, *pong;

	NEED(mp_semaphore_new(&ping, 0));
	NEED(mp_semaphore_new(&pong, 0));
	if (NEED(fork()) == 0) {
		for (long i = 0; i < b->count; i++) {
			NEED(mp_semaphore_acquire(ping, MP_FOREVER));
			NEED(mp_semaphore_release(pong));
		}
		_exit(0);
	}
	bench_start(b);
	for (long i = 0; i < b->count; i++) {
		NEED(mp_semaphore_release(ping));
		NEED(mp_semaphore_acquire(pong, MP_FOREVER));
	}
	bench_stop(b);
	join_all();
}

BENCH(PING_PONG, "POSIX semaphore")
{
	sem_t *s = shared(2 * sizeof(*s));

	NEED(sem_init(&s[0], 1, 0));
	NEED(sem_init(&s[1], 1, 0));
	if (NEED(fork()) == 0) {
		for (long i = 0; i < b->count; i++) {
			acquire_posix(&s[0]);
			release_posix(&s[1]);
		}
		_exit(0);
	}
	bench_start(b);
	for (long i = 0; i < b->count; i++) {
		release_posix(&s[0]);
		acquire_posix(&s[1]);
	}
	bench_stop(b);
	join_all();
}
