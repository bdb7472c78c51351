/* SPDX-License-Identifier: MIT */
/*
 * Two counters that nobody shares, and that cost as if they were shared.
 *
 * Two processes, each with a counter of its own, on one page. What processors pass to and fro
 * is not a counter but a line of memory, of 64 bytes here. When both counters lie in
 * one line, each store takes the line away from the other. Look at the ratio; it needs two
 * processors, and on some machines, virtual ones above all, it is small.
 */
#define _GNU_SOURCE
#include <err.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define STEPS  5000000
#define ROUNDS 9

struct page {
	atomic_int ready;
	char gap[252];
	atomic_long counters[64]; /* eight to a line */
};

static double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void
work(struct page *page, size_t which, int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set); /* if it may not: then where it is put */
	atomic_fetch_add(&page->ready, 1);
	while (atomic_load(&page->ready) < 2)
		sched_yield();
	for (long i = 0; i < STEPS; i++)
		atomic_fetch_add_explicit(&page->counters[which], 1, memory_order_relaxed);
}

/* Nanoseconds a step, when the second counter is so many places behind the first. */
static double
run(struct page *page, size_t distance)
{
	atomic_store(&page->ready, 0);
	double began = seconds();
	for (int i = 0; i < 2; i++) {
		pid_t pid = fork();
		if (pid < 0)
			err(1, "fork");
		if (pid == 0) {
			work(page, i * distance, i);
			_exit(0);
		}
	}
	while (wait(NULL) > 0)
		;
	return (seconds() - began) * 1e9 / STEPS;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int
main(void)
{
	struct page *page =
	    mmap(NULL, sizeof(*page), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	double near[ROUNDS], far[ROUNDS], ratio[ROUNDS];

	if (page == MAP_FAILED)
		err(1, "mmap");
	if (sysconf(_SC_NPROCESSORS_ONLN) < 2) {
		printf("There is one processor: it has every line to itself.\n");
		return 0;
	}
	for (int i = 0; i < ROUNDS; i++) { /* in turns: what disturbs, disturbs both */
		near[i] = run(page, 1);
		far[i] = run(page, 32);
		ratio[i] = near[i] / far[i];
	}
	qsort(near, ROUNDS, sizeof(double), compare);
	qsort(far, ROUNDS, sizeof(double), compare);
	qsort(ratio, ROUNDS, sizeof(double), compare);
	printf("Two processes, a counter each, %d steps, the median of %d:\n", STEPS, ROUNDS);
	printf("      8 bytes apart: %5.1f ns a step\n", near[ROUNDS / 2]);
	printf("    256 bytes apart: %5.1f ns a step\n", far[ROUNDS / 2]);
	printf("    ratio %.1f (%.1f to %.1f)\n", ratio[ROUNDS / 2], ratio[0], ratio[ROUNDS - 1]);
	return 0;
}
