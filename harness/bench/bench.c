/* SPDX-License-Identifier: MIT */
/*
 * The main function of every program of measurements: list them, or take one sample of one.
 */
#define _GNU_SOURCE
#include "bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SAMPLE = 100 * 1000 * 1000 }; /* nanoseconds that one sample should take */

extern struct bench *const __start_benches[], *const __stop_benches[];

/* Of a program that spawns children of itself; absent where the library's stage is. */
int mp_init(int argc, char **argv) __attribute__((weak));

static int64_t
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

void
bench_start(struct bench *b)
{
	b->started = now();
}

void
bench_stop(struct bench *b)
{
	b->nanoseconds = now() - b->started;
}

void
bench_tell(struct bench *b, double number)
{
	b->number = number;
}

long
bench_need(long result, const char *what)
{
	if (result >= 0)
		return result;
	fprintf(stderr, "bench: %s: %ld\n", what, result);
	exit(EXIT_FAILURE);
}

/* Ever more operations, until they take long enough to be measured. */
static void
calibrate(struct bench *b)
{
	for (b->count = 1;; b->count *= 2) {
		b->function(b);
		if (b->number > 0)
			return;
		if (b->nanoseconds >= SAMPLE / 2)
			break;
	}
	double each = (double)b->nanoseconds / (double)b->count;
	b->count = each < SAMPLE ? (long)(SAMPLE / each) : 1;
}

static int
sample(struct bench *b, const char *count)
{
	if (count)
		b->count = atol(count);
	else
		calibrate(b);
	if (b->count < 1)
		b->count = 1;
	b->function(b);
	if (b->number > 0)
		printf("%.4f 1 number\n", b->number);
	else
		printf("%.2f %ld\n", (double)b->nanoseconds / (double)b->count, b->count);
	return EXIT_SUCCESS;
}

/* The one that stands next after a line of the file, as row.c does it. */
static struct bench *
bench_after(int line)
{
	struct bench *next = NULL;

	for (struct bench *const *b = __start_benches; b < __stop_benches; b++)
		if ((*b)->line > line && (!next || (*b)->line < next->line))
			next = *b;
	return next;
}

int
main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "--leave"))
		return EXIT_SUCCESS; /* what is started to measure a start */
	if (mp_init && mp_init(argc, argv) < 0)
		return EXIT_FAILURE;
	for (struct bench *b = bench_after(0); b; b = bench_after(b->line)) {
		if (argc == 2 && !strcmp(argv[1], "--list"))
			printf("%s\t%s\n", b->name, b->contender);
		if (argc > 2 && !strcmp(argv[1], b->name) && !strcmp(argv[2], b->contender))
			return sample(b, argv[3]);
	}
	if (argc == 2 && !strcmp(argv[1], "--list"))
		return EXIT_SUCCESS;
	fprintf(stderr, "usage: %s --list | CASE CONTENDER [COUNT]\n", argv[0]);
	return 2;
}
