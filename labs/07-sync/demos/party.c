/* SPDX-License-Identifier: MIT */
/*
 * A barrier for three, and one of them is dead.
 *
 * First the C library's barrier: it counts those who come, so it waits for ever for one who
 * does not; and when somebody is killed while it waits, the barrier does not know that either.
 * Then one in which every party holds a mutex of its own as long as it lives, a robust one:
 * whoever waits tries the others' now and then, and the kernel has marked the one of the dead.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PARTIES = 3, BROKEN = -1 };

static struct {
	pthread_barrier_t plain;
	pthread_mutex_t member[PARTIES];
	_Atomic int members, come;
	_Atomic int fate; /* 0: wait; 1: go; or broken */
} * hall;

static void
make(void)
{
	pthread_barrierattr_t barrier;
	pthread_mutexattr_t mutex;

	pthread_barrierattr_init(&barrier);
	pthread_barrierattr_setpshared(&barrier, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(&hall->plain, &barrier, PARTIES);
	pthread_mutexattr_init(&mutex);
	pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&mutex, PTHREAD_MUTEX_ROBUST);
	for (int i = 0; i < PARTIES; i++)
		pthread_mutex_init(&hall->member[i], &mutex);
}

static void
tell(int fate)
{
	hall->fate = fate;
	syscall(SYS_futex, &hall->fate, FUTEX_WAKE, INT_MAX);
}

/* Nobody wakes us when another one dies: so look, every tenth of a second. */
static bool
somebody_died(int self)
{
	for (int i = 0; i < PARTIES; i++)
		if (i != self && pthread_mutex_trylock(&hall->member[i]) == EOWNERDEAD)
			return true;
	return false;
}

static int
come(int self)
{
	struct timespec nap = {.tv_nsec = 100000000};

	if (++hall->come == PARTIES)
		tell(1);
	while (hall->fate == 0) {
		syscall(SYS_futex, &hall->fate, FUTEX_WAIT, 0, &nap);
		if (hall->fate == 0 && somebody_died(self))
			tell(BROKEN);
	}
	return hall->fate;
}

static void
report(int self, const char *what)
{
	printf("    party %d %s\n", self, what);
	fflush(stdout);
}

static void
run_party(int self, bool robust)
{
	pthread_mutex_lock(&hall->member[self]);
	hall->members++;
	while (hall->members < PARTIES)
		sched_yield();
	if (self == 2)
		for (;;)
			pause(); /* it will not come: it will be killed */
	report(self, "comes");
	if (robust)
		report(self, come(self) == BROKEN ? "is told: it is broken" : "goes");
	else
		pthread_barrier_wait(&hall->plain);
	_exit(0);
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* How many come back within a second? */
static int
come_back(pid_t *pid)
{
	double until = now() + 1;
	int n = 0;
	struct timespec nap = {.tv_nsec = 10000000};

	for (; n < 2 && now() < until; nanosleep(&nap, NULL))
		for (int i = 0; i < 2; i++)
			if (pid[i] && waitpid(pid[i], NULL, WNOHANG) > 0) {
				pid[i] = 0;
				n++;
			}
	return n;
}

static void
run(const char *title, bool robust)
{
	pid_t pid[PARTIES];

	puts(title);
	fflush(stdout);
	memset(hall, 0, sizeof(*hall));
	make();
	for (int i = 0; i < PARTIES; i++) {
		pid[i] = fork();
		if (pid[i] < 0)
			err(1, "fork");
		if (pid[i] == 0)
			run_party(i, robust);
	}
	while (hall->members < PARTIES)
		sched_yield();
	kill(pid[2], SIGKILL);
	waitpid(pid[2], NULL, 0);
	report(2, "was killed on its way");
	printf("    %d of the 2 others have come back within a second\n", come_back(pid));
	for (int i = 0; i < 2; i++)
		if (pid[i])
			kill(pid[i], SIGKILL);
	while (wait(NULL) > 0)
		;
}

int
main(void)
{
	hall = mmap(NULL, sizeof(*hall), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (hall == MAP_FAILED)
		err(1, "mmap");
	run("a barrier that counts", false);
	run("a barrier that knows its parties", true);
	return 0;
}
