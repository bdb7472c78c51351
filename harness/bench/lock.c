/* SPDX-License-Identifier: MIT */
/*
 * What a lock costs, beside its peers: alone, against others, and to whom it goes.
 *
 *	lock [ROUNDS]
 *
 * alone      one process, acquire and release in a loop: nanoseconds a pair
 * two        two processes, one on each of two processors, for a fixed time
 * eight      eight processes on the same two
 *
 * Peers take turns within each round, so what disturbs the machine disturbs all of them; a
 * line gives the median over the rounds, the ratio to the plain mutex of the same round
 * (median, and the middle half of them), and for several processes fairness: the most
 * acquisitions of any process divided by the fewest.
 */
#define _GNU_SOURCE
#include <err.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mp.h>

enum { PEERS = 7, MOST = 8, ROUNDS = 101 };

struct peer {
	const char *name;
	void (*acquire)(void *lock);
	void (*release)(void *lock);
	void *lock;
};

struct run {
	_Atomic int ready, go, stop;
	long done[MOST][16]; /* one cache line and more for each */
	long total;	     /* guarded by the lock */
};

static struct run *run;

static void
mutex_acquire(void *lock)
{
	pthread_mutex_lock(lock);
}

static void
mutex_release(void *lock)
{
	pthread_mutex_unlock(lock);
}

static void
posix_acquire(void *lock)
{
	sem_wait(lock);
}

static void
posix_release(void *lock)
{
	sem_post(lock);
}

static void
turn_acquire(void *lock)
{
	mp_turn_acquire(lock);
}

static void
turn_release(void *lock)
{
	mp_turn_release(lock);
}

static void
line_acquire(void *lock)
{
	(void)!mp_line_acquire(lock, MP_FOREVER);
}

static void
line_release(void *lock)
{
	(void)!mp_line_release(lock);
}

static void
lock_acquire(void *lock)
{
	(void)!mp_lock_acquire(lock, MP_FOREVER);
}

static void
lock_release(void *lock)
{
	(void)!mp_lock_release(lock);
}

static void
semaphore_acquire(void *lock)
{
	(void)!mp_semaphore_acquire(lock, MP_FOREVER);
}

static void
semaphore_release(void *lock)
{
	(void)!mp_semaphore_release(lock);
}

static void *
shared(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		err(1, "mmap");
	return memory;
}

static void *
mutex(int robust)
{
	pthread_mutex_t *lock = shared(sizeof(*lock));
	pthread_mutexattr_t attributes;

	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&attributes, robust);
	pthread_mutex_init(lock, &attributes);
	return lock;
}

static void
make_peers(struct peer *peer)
{
	sem_t *posix = shared(sizeof(*posix));
	struct mp_turn *turn = shared(sizeof(*turn));
	struct mp_line *line;
	struct mp_lock *lock;
	struct mp_semaphore *semaphore;

	sem_init(posix, 1, 1);
	mp_turn_init(turn, 0);
	if (mp_line_new(&line, 0) || mp_lock_new(&lock) || mp_semaphore_new(&semaphore, 1))
		errx(1, "no lock");
	memcpy(peer,
	    (struct peer[]){
		{"pthread mutex", mutex_acquire, mutex_release, mutex(PTHREAD_MUTEX_STALLED)},
		{"pthread, robust", mutex_acquire, mutex_release, mutex(PTHREAD_MUTEX_ROBUST)},
		{"POSIX semaphore", posix_acquire, posix_release, posix},
		{"mp_turn", turn_acquire, turn_release, turn},
		{"mp_line", line_acquire, line_release, line},
		{"mp_lock", lock_acquire, lock_release, lock},
		{"mp_semaphore", semaphore_acquire, semaphore_release, semaphore},
	    },
	    PEERS * sizeof(*peer));
}

static void
pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

/* Nanoseconds of a pair. */
static double
alone(const struct peer *p)
{
	enum { PAIRS = 20000 };
	int64_t start = mp_now();

	for (int i = 0; i < PAIRS; i++) {
		p->acquire(p->lock);
		p->release(p->lock);
	}
	return (double)(mp_now() - start) / PAIRS;
}

static void
compete(const struct peer *p, int who)
{
	pin(who % 2);
	run->ready++;
	while (!run->go)
		sched_yield();
	long done = 0;
	for (; !run->stop; done++) {
		p->acquire(p->lock);
		run->total++;
		p->release(p->lock);
	}
	run->done[who][0] = done;
	_exit(0);
}

/* Nanoseconds of wall time for each acquisition of anybody's; fairness in *fair. */
static double
together(const struct peer *p, int processes, double *fair)
{
	long all = 0, most = 0, fewest = -1;

	memset(run, 0, sizeof(*run));
	for (int i = 0; i < processes; i++)
		if (fork() == 0)
			compete(p, i);
	while (run->ready < processes)
		sched_yield();
	int64_t start = mp_now();
	run->go = 1;
	usleep(40000);
	run->stop = 1;
	double time = (double)(mp_now() - start);
	while (wait(NULL) > 0)
		;
	for (int i = 0; i < processes; i++) {
		long done = run->done[i][0];
		all += done;
		most = done > most ? done : most;
		fewest = fewest < 0 || done < fewest ? done : fewest;
	}
	if (all != run->total)
		errx(1, "%s: %ld acquisitions, counted %ld", p->name, all, run->total);
	*fair = fewest > 0 ? (double)most / (double)fewest : 1e9;
	return time / (double)all;
}

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
part(double *of, int n, double where)
{
	qsort(of, (size_t)n, sizeof(*of), ascending);
	return of[(int)((n - 1) * where + 0.5)];
}

static void
measure(const struct peer *peer, const char *title, int processes, int rounds)
{
	static double ns[PEERS][ROUNDS], ratio[PEERS][ROUNDS], fair[PEERS][ROUNDS];

	for (int r = 0; r < rounds; r++)
		for (int p = 0; p < PEERS; p++) {
			ns[p][r] = processes == 1 ? alone(&peer[p])
						  : together(&peer[p], processes, &fair[p][r]);
			ratio[p][r] = ns[p][r] / ns[0][r];
		}
	printf("%s\n", title);
	for (int p = 0; p < PEERS; p++) {
		printf("  %-16s %9.1f ns  ratio %7.2f (%.2f to %.2f)", peer[p].name,
		    part(ns[p], rounds, 0.5), part(ratio[p], rounds, 0.5),
		    part(ratio[p], rounds, 0.25), part(ratio[p], rounds, 0.75));
		if (processes > 1)
			printf("  fairness %.3f", part(fair[p], rounds, 0.5));
		printf("\n");
	}
}

/* The same loop in Python, which pays for its interpreter, too. */
static void
python(void)
{
	fflush(stdout);
	(void)!system("python3 -c '\n"
		      "import multiprocessing as m, timeit\n"
		      "l = m.Lock()\n"
		      "t = min(timeit.repeat(\"a(); r()\", globals=dict(a=l.acquire, r=l.release),"
		      " number=200000, repeat=7))\n"
		      "print(f\"  CPython Lock     {t/200000*1e9:9.1f} ns, in its interpreter\")' "
		      "2>/dev/null");
}

int
main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 21;
	struct peer peer[PEERS];

	if (rounds < 1 || rounds > ROUNDS)
		errx(2, "1 to %d rounds", ROUNDS);
	run = shared(sizeof(*run));
	make_peers(peer);
	measure(peer, "alone", 1, rounds);
	python();
	measure(peer, "two processes on two processors", 2, rounds);
	measure(peer, "eight processes on two processors", 8, rounds);
	return 0;
}
