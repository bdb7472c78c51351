/* SPDX-License-Identifier: MIT */
/*
 * What a task costs, there and back: alone, in chunks of one, in chunks, over raw memory.
 *
 * All pools have two workers, as Python's in 11-pool.py, but for the last case: as many as
 * there are processors to use, like OpenMP's threads.
 */
#define _GNU_SOURCE
#include <math.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mp.h>

#include "bench/bench.h"

static int
add_one(struct mp_value *args, struct mp_value **result)
{
	int64_t n = 0;

	if (mp_value_int(mp_value_at(args, 0), &n))
		return mp_task_fail("no int");
	return (*result = mp_int(n + 1)) ? 0 : -1;
}

static int
add_one_to_all(const void *in, void *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		((int64_t *)out)[i] = ((const int64_t *)in)[i] + 1;
	return 0;
}

static struct mp_pool *
pool_of(int workers)
{
	struct mp_pool *pool;

	NEED(mp_pool_new(&pool, workers, NULL));
	return pool;
}

static struct mp_value *
range(long n)
{
	struct mp_value *list = mp_list();

	for (long i = 0; i < n; i++)
		NEED(mp_list_append(list, mp_int(i)));
	return list;
}

BENCH("pool: apply, there and back", "libmp")
{
	struct mp_pool *pool = pool_of(1);
	struct mp_value *args = mp_tuple(mp_int(1)), *value;

	bench_start(b);
	for (long i = 0; i < b->count; i++) {
		NEED(mp_pool_apply(pool, add_one, args, &value));
		mp_value_free(value);
	}
	bench_stop(b);
	mp_value_free(args);
	mp_pool_free(pool);
}

BENCH("pool: apply, there and back", "libmp, raw memory")
{
	struct mp_pool *pool = pool_of(1);
	int64_t *n;

	NEED(mp_pool_alloc(pool, sizeof(*n), (void **)&n));
	bench_start(b);
	for (long i = 0; i < b->count; i++)
		NEED(mp_pool_map_bytes(pool, add_one_to_all, n, sizeof(*n), n, sizeof(*n), 1, 1));
	bench_stop(b);
	mp_pool_free(pool);
}

BENCH("pool: apply, there and back", "raw pipes")
{
	int there[2], back[2];
	int64_t n = 0;

	NEED(mp_pipe_cloexec(there));
	NEED(mp_pipe_cloexec(back));
	pid_t pid = fork();
	if (pid == 0) {
		mp_close(&there[1]);
		while (read(there[0], &n, sizeof(n)) == sizeof(n))
			NEED(write(back[1], &n, sizeof(n)));
		_exit(0);
	}
	mp_close(&there[0]);
	bench_start(b);
	for (long i = 0; i < b->count; i++) {
		NEED(write(there[1], &n, sizeof(n)));
		NEED(read(back[0], &n, sizeof(n)));
	}
	bench_stop(b);
	mp_close(&there[1]);
	waitpid(pid, NULL, 0);
}

/* One operation is a map of so many. */
enum { MANY = 100000 };

static void
map(struct bench *b, size_t chunksize)
{
	struct mp_pool *pool = pool_of(2);
	struct mp_value *items = range(MANY), *values;

	bench_start(b);
	for (long i = 0; i < b->count; i++) {
		NEED(mp_pool_map(pool, add_one, items, chunksize, &values));
		mp_value_free(values);
	}
	bench_stop(b);
	mp_value_free(items);
	mp_pool_free(pool);
}

static void
map_bytes(struct bench *b, size_t chunksize)
{
	struct mp_pool *pool = pool_of(2);
	int64_t *numbers = calloc(MANY, sizeof(*numbers));

	bench_start(b);
	for (long i = 0; i < b->count; i++)
		NEED(mp_pool_map_bytes(
		    pool, add_one_to_all, numbers, 8, numbers, 8, MANY, chunksize));
	bench_stop(b);
	free(numbers);
	mp_pool_free(pool);
}

BENCH("pool: map of 100,000, chunks of 1", "libmp")
{
	map(b, 1);
}

BENCH("pool: map of 100,000, chunks of 1", "libmp, raw memory")
{
	map_bytes(b, 1);
}

BENCH("pool: map of 100,000, default chunks", "libmp")
{
	map(b, 0);
}

BENCH("pool: map of 100,000, default chunks", "libmp, raw memory")
{
	map_bytes(b, 0);
}

struct count {
	long next, end;
};

static int
next_number(void *arg, struct mp_value **item)
{
	struct count *c = arg;

	return c->next == c->end ? 0 : (*item = mp_int(c->next++)) ? 1 : -1;
}

BENCH("pool: imap of 100,000, chunks of 1", "libmp")
{
	struct mp_pool *pool = pool_of(2);
	struct mp_value *value;

	bench_start(b);
	for (long i = 0; i < b->count; i++) {
		struct count c = {0, MANY};
		struct mp_imap *it;
		NEED(mp_pool_imap(pool, add_one, (struct mp_input){next_number, &c}, NULL, &it));
		while (mp_imap_next(it, MP_FOREVER, &value) == 0)
			mp_value_free(value);
		mp_imap_free(it);
	}
	bench_stop(b);
	mp_pool_free(pool);
}

/* --- ten million doubles --- */

enum { DOUBLES = 10000000 };

static int
kernel(const void *in, void *out, size_t n)
{
	const double *x = in;

	for (size_t i = 0; i < n; i++)
		((double *)out)[i] = sqrt(x[i]) * 0.5 + 1 / (x[i] + 1);
	return 0;
}

static void
fill(double *x)
{
	for (size_t i = 0; i < DOUBLES; i++)
		x[i] = (double)i;
}

BENCH("pool: 10,000,000 doubles", "libmp")
{
	struct mp_pool *pool = pool_of(mp_cpus());
	double *in, *out;

	NEED(mp_pool_alloc(pool, DOUBLES * sizeof(*in), (void **)&in));
	NEED(mp_pool_alloc(pool, DOUBLES * sizeof(*out), (void **)&out));
	fill(in);
	fill(out);
	NEED(mp_pool_map_bytes(pool, kernel, in, 8, out, 8, DOUBLES, 0)); /* pages are there now */
	bench_start(b);
	for (long i = 0; i < b->count; i++)
		NEED(mp_pool_map_bytes(pool, kernel, in, 8, out, 8, DOUBLES, 0));
	bench_stop(b);
	mp_pool_free(pool);
}

BENCH("pool: 10,000,000 doubles", "OpenMP")
{
	double *in = malloc(DOUBLES * sizeof(*in)), *out = malloc(DOUBLES * sizeof(*out));

	fill(in);
	fill(out);
	bench_start(b);
	for (long i = 0; i < b->count; i++) {
#pragma omp parallel for num_threads(mp_cpus())
		for (size_t k = 0; k < DOUBLES; k++)
			out[k] = sqrt(in[k]) * 0.5 + 1 / (in[k] + 1);
	}
	bench_stop(b);
	free(in);
	free(out);
}
