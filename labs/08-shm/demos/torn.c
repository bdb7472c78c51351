/* SPDX-License-Identifier: MIT */
/*
 * A counter that two processes share, and what becomes of its steps.
 *
 * count++ is three things: load, add, store. Who loads before the other has stored, stores
 * the same number again, and a step is lost. Look at how many; it is another number each
 * time. Then the same with a lock, and with an atomic add, and what each of them costs.
 */
#define _GNU_SOURCE
#include <err.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define STEPS 20000000

struct page {
	pthread_mutex_t lock;
	volatile long plain;
	atomic_long atomic;
	atomic_int ready; /* both wait for the other, so that they run at once */
};

static void
step_plain(struct page *page)
{
	page->plain++;
}

static void
step_locked(struct page *page)
{
	pthread_mutex_lock(&page->lock);
	page->plain++;
	pthread_mutex_unlock(&page->lock);
}

static void
step_atomic(struct page *page)
{
	atomic_fetch_add(&page->atomic, 1);
}

static void
work(struct page *page, void (*step)(struct page *page), int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set); /* if it may not: then where it is put */
	atomic_fetch_add(&page->ready, 1);
	while (atomic_load(&page->ready) < 2)
		sched_yield();
	for (long i = 0; i < STEPS; i++)
		step(page);
}

static double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void
run(struct page *page, const char *title, void (*step)(struct page *page))
{
	page->plain = 0;
	atomic_store(&page->atomic, 0);
	atomic_store(&page->ready, 0);
	fflush(stdout);
	double began = seconds();
	for (int i = 0; i < 2; i++) {
		pid_t pid = fork();
		if (pid < 0)
			err(1, "fork");
		if (pid == 0) {
			work(page, step, i);
			_exit(0);
		}
	}
	while (wait(NULL) > 0)
		;
	long count = page->plain + atomic_load(&page->atomic);
	printf("    %-10s %9ld of %d, %8d lost, %5.1f ns a step\n", title, count, 2 * STEPS,
	    (int)(2L * STEPS - count), (seconds() - began) * 1e9 / (2.0 * STEPS));
}

int
main(void)
{
	struct page *page =
	    mmap(NULL, sizeof(*page), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_mutexattr_t shared;

	if (page == MAP_FAILED)
		err(1, "mmap");
	pthread_mutexattr_init(&shared);
	pthread_mutexattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(&page->lock, &shared);
	printf("Two processes, %d steps each, %ld processors:\n", STEPS,
	    sysconf(_SC_NPROCESSORS_ONLN));
	for (int i = 0; i < 3; i++)
		run(page, "count++", step_plain);
	run(page, "locked", step_locked);
	run(page, "atomic", step_atomic);
	return 0;
}
