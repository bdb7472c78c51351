/* SPDX-License-Identifier: MIT */
/* What a message through a queue costs: one process puts, another gets. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mp.h>

#include "bench/bench.h"

enum { LARGE = 65536 };

/* The child's part: it puts, and leaves when all is in the queue. */
static pid_t
beside(void (*put)(void *arg, long count), void *arg, long count)
{
	pid_t pid = (pid_t)NEED(fork());

	if (pid == 0) {
		put(arg, count);
		mp_exit(0);
	}
	return pid;
}

static void
put_ints(void *q, long count)
{
	for (long i = 0; i < count; i++) {
		struct mp_value *v = mp_int(i & 127);
		NEED(mp_queue_put(q, v, MP_FOREVER));
		mp_value_free(v);
	}
}

BENCH("queue: a small int", "libmp")
{
	struct mp_queue *q;

	NEED(mp_queue_new(&q, 0));
	bench_start(b);
	pid_t pid = beside(put_ints, q, b->count);
	for (long i = 0; i < b->count; i++) {
		struct mp_value *v;
		NEED(mp_queue_get(q, &v, MP_FOREVER));
		mp_value_free(v);
	}
	NEED(waitpid(pid, NULL, 0));
	bench_stop(b);
	mp_queue_free(q);
}

BENCH("queue: a small int", "libmp SimpleQueue")
{
	struct mp_simple_queue *q;

	NEED(mp_simple_queue_new(&q));
	bench_start(b);
	pid_t pid = (pid_t)NEED(fork());
	for (long i = 0; i < b->count && pid == 0; i++) {
		struct mp_value *v = mp_int(i & 127);
		NEED(mp_simple_queue_put(q, v));
		mp_value_free(v);
	}
	if (pid == 0)
		_exit(0);
	for (long i = 0; i < b->count; i++) {
		struct mp_value *v;
		NEED(mp_simple_queue_get(q, &v));
		mp_value_free(v);
	}
	NEED(waitpid(pid, NULL, 0));
	bench_stop(b);
	mp_simple_queue_free(q);
}

struct records {
	size_t size;
	int fds[2];
	struct mp_queue *q;
};

static void
write_records(void *arg, long count)
{
	struct records *r = arg;
	char *data = calloc(1, r->size);

	for (long i = 0; i < count; i++)
		NEED(mp_write_all(r->fds[1], data, r->size));
	free(data);
}

/* What the kernel does for the same: each record written by itself, and read by itself. */
static void
raw_pipe(struct bench *b, size_t size)
{
	struct records r = {.size = size};
	char *data = malloc(size);

	NEED(mp_pipe_cloexec(r.fds));
	bench_start(b);
	pid_t pid = beside(write_records, &r, b->count);
	for (long i = 0; i < b->count; i++)
		NEED(mp_read_all(r.fds[0], data, size));
	NEED(waitpid(pid, NULL, 0));
	bench_stop(b);
	mp_close(&r.fds[0]);
	mp_close(&r.fds[1]);
	free(data);
}

BENCH("queue: a small int", "raw pipe, the same records")
{
	raw_pipe(b, 12);
}

static void
put_records(void *arg, long count)
{
	struct records *r = arg;
	char *data = calloc(1, r->size);

	for (long i = 0; i < count; i++)
		NEED(mp_queue_put_bytes(r->q, data, r->size, MP_FOREVER));
	free(data);
}

static void
through_queue(struct bench *b, size_t size, size_t capacity)
{
	struct records r = {.size = size};
	void *data;

	NEED(mp_queue_new(&r.q, capacity));
	bench_start(b);
	pid_t pid = beside(put_records, &r, b->count);
	for (long i = 0; i < b->count; i++) {
		NEED(mp_queue_get_bytes(r.q, &data, &size, MP_FOREVER));
		free(data);
	}
	NEED(waitpid(pid, NULL, 0));
	bench_stop(b);
	mp_queue_free(r.q);
}

BENCH("queue: 12 bytes", "libmp")
{
	through_queue(b, 12, 0);
}

BENCH("queue: 12 bytes", "raw pipe, the same records")
{
	raw_pipe(b, 12);
}

BENCH("queue: 64 KiB", "libmp")
{
	through_queue(b, LARGE, 0);
}

BENCH("queue: 64 KiB", "libmp, for 3 at most")
{
	through_queue(b, LARGE, 3);
}

BENCH("queue: 64 KiB", "raw pipe, the same records")
{
	raw_pipe(b, LARGE);
}
