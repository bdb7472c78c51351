/* SPDX-License-Identifier: MIT */
#ifndef BENCH_H
#define BENCH_H
/*
 * How a measurement is written.
 *
 * A case is one thing to do, measured for several contenders: the library, its peers, and a
 * floor written in raw C, all of them doing the same. One function is one contender:
 *
 *	BENCH("pipe: 1 byte there and back", "raw pipe")
 *	{
 *		set up ...
 *		bench_start(b);
 *		for (long i = 0; i < b->count; i++)
 *			... once ...
 *		bench_stop(b);
 *		take down ...
 *	}
 *
 * The contender "libmp" is ours. What Python does stands in NN-x.py, in the same words. A
 * program is asked for one contender's one sample at a time, so that harness/bench/compare
 * can interleave them; it says the nanoseconds of one operation, on one line. (What is no
 * time, such as a ratio, is told by bench_tell, and says so: the line ends with "number".)
 *
 *	PROGRAM --list
 *	PROGRAM CASE CONTENDER [COUNT]        without COUNT it is sought: about 0.1 s
 *
 * Invariants: only what stands between start and stop is timed; b->count is at least 1.
 */
#include <stdint.h>

struct bench {
	const char *name, *contender;
	void (*function)(struct bench *b);
	int line;
	long count; /* how many operations this sample is of */
	int64_t started, nanoseconds;
	double number; /* what was told instead of a time; 0: nothing */
};

#define BENCH_JOIN_(a, b) a##b
#define BENCH_JOIN(a, b)  BENCH_JOIN_(a, b)
#define BENCH(case_name, contender_name)                                                           \
	static void BENCH_JOIN(bench_, __LINE__)(struct bench * b);                                \
	static struct bench BENCH_JOIN(bench_it_, __LINE__) = {.name = case_name,                  \
	    .contender = contender_name,                                                           \
	    .function = BENCH_JOIN(bench_, __LINE__),                                              \
	    .line = __LINE__};                                                                     \
	static struct bench *const BENCH_JOIN(bench_at_, __LINE__)                                 \
	    __attribute__((used, section("benches"))) = &BENCH_JOIN(bench_it_, __LINE__);          \
	static void BENCH_JOIN(bench_, __LINE__)(struct bench * b)

void bench_start(struct bench *b);
void bench_stop(struct bench *b);

/* Instead of both: what was measured is no time but this number. */
void bench_tell(struct bench *b, double number);

/* Nothing of a measurement may fail: say what did, and leave. Gives back what it was given. */
long bench_need(long result, const char *what);
#define NEED(call) bench_need((long)(call), #call)

#endif
