/* SPDX-License-Identifier: MIT */
/*
 * What a message through a queue costs, from one to one process, from four to one, from one to
 * four. A small int is pickled and loaded; 64 KiB are bytes.
 *
 * The peers do what they can do: a pipe takes the same records, each written and read by
 * itself (longer ones of several writers would mix, so those are only counted); a POSIX message
 * queue takes ten messages of 8 KiB at most; memcpy copies in and out in one process.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mp.h>

#include "bench/bench.h"

enum { RECORD = 9, LARGE = 65536, PIECE = 8192 }; /* a length, and the pickle of a small int */

/* Something that messages go through: of one size, or small ints. */
struct way {
	size_t size; /* 0: small ints */
	struct mp_queue *queue;
	struct mp_simple_queue *simple;
	int pipe[2];
	mqd_t mq;
	char *data;
};

typedef void one_message(struct way *way, long i);

/* --- the ways ------------------------------------------------------------------------------ */

static void
queue_put(struct way *way, long i)
{
	if (way->size) {
		NEED(mp_queue_put_bytes(way->queue, way->data, way->size, MP_FOREVER));
		return;
	}
	struct mp_value *v = mp_int(i & 127);
	NEED(mp_queue_put(way->queue, v, MP_FOREVER));
	mp_value_free(v);
}

static void
queue_get(struct way *way, long i)
{
	struct mp_value *v;
	void *data;
	size_t size;

	(void)i;
	if (way->size) {
		NEED(mp_queue_get_bytes(way->queue, &data, &size, MP_FOREVER));
		free(data);
		return;
	}
	NEED(mp_queue_get(way->queue, &v, MP_FOREVER));
	mp_value_free(v);
}

static void
simple_put(struct way *way, long i)
{
	if (way->size) {
		NEED(mp_simple_queue_put_bytes(way->simple, way->data, way->size));
		return;
	}
	struct mp_value *v = mp_int(i & 127);
	NEED(mp_simple_queue_put(way->simple, v));
	mp_value_free(v);
}

static void
simple_get(struct way *way, long i)
{
	struct mp_value *v;
	void *data;
	size_t size;

	(void)i;
	if (way->size) {
		NEED(mp_simple_queue_get_bytes(way->simple, &data, &size));
		free(data);
		return;
	}
	NEED(mp_simple_queue_get(way->simple, &v));
	mp_value_free(v);
}

static void
pipe_put(struct way *way, long i)
{
	(void)i;
	NEED(mp_write_all(way->pipe[1], way->data, way->size ? way->size : RECORD));
}

static void
pipe_get(struct way *way, long i)
{
	(void)i;
	NEED(mp_read_all(way->pipe[0], way->data, way->size ? way->size : RECORD));
}

static void
mq_put(struct way *way, long i)
{
	(void)i;
	for (size_t done = 0; done < way->size; done += PIECE)
		NEED(mq_send(way->mq, way->data, PIECE, 0));
	if (!way->size)
		NEED(mq_send(way->mq, way->data, RECORD, 0));
}

static void
mq_get(struct way *way, long i)
{
	(void)i;
	for (size_t done = 0; done < way->size || done == 0; done += PIECE)
		NEED(mq_receive(way->mq, way->data, PIECE, NULL));
}

static void
make(struct way *way, size_t size)
{
	struct mq_attr attributes = {.mq_maxmsg = 10, .mq_msgsize = PIECE};
	char name[32];

	*way = (struct way){.size = size, .data = calloc(1, LARGE)};
	snprintf(name, sizeof(name), "/mp-bench-%d", (int)getpid());
	NEED(mp_queue_new(&way->queue, 0));
	NEED(mp_simple_queue_new(&way->simple));
	NEED(mp_pipe_cloexec(way->pipe));
	NEED(way->mq = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attributes));
	NEED(mq_unlink(name));
}

static void
release(struct way *way)
{
	mp_queue_free(way->queue);
	mp_simple_queue_free(way->simple);
	mp_close(&way->pipe[0]);
	mp_close(&way->pipe[1]);
	mq_close(way->mq);
	free(way->data);
}

/* --- many to many --------------------------------------------------------------------------- */

/* A process for each of n, which has its share of count messages when the gate is opened. It says
 * when it is there, and when it has done. */
static void
start(int n, one_message *one, struct way *way, long count, const int gate[2], const int end[2])
{
	char c;

	for (int process = 0; process < n; process++) {
		if (NEED(fork()))
			continue;
		NEED(mp_write_all(end[1], ".", 1));
		NEED(mp_read_all(gate[0], &c, 1));
		for (long i = 0; i < count / n; i++)
			one(way, i);
		NEED(mp_write_all(end[1], ".", 1));
		mp_exit(0);
	}
}

static void
flow(struct bench *b, int producers, int consumers, one_message *put, one_message *get, size_t size)
{
	struct way way;
	int gate[2], end[2], status;
	long count = (b->count + 3) / 4 * 4;
	char all[8] = {0};
	size_t processes = (size_t)(producers + consumers);

	make(&way, size);
	NEED(mp_pipe_cloexec(gate));
	NEED(mp_pipe_cloexec(end));
	start(consumers, get, &way, count, gate, end);
	start(producers, put, &way, count, gate, end);
	NEED(mp_read_all(end[0], all, processes));
	bench_start(b);
	NEED(mp_write_all(gate[1], all, processes));
	NEED(mp_read_all(end[0], all, processes));
	bench_stop(b);
	while (wait(&status) > 0)
		NEED(status ? -1 : 0);
	for (int i = 0; i < 2; i++) {
		mp_close(&gate[i]);
		mp_close(&end[i]);
	}
	release(&way);
}

/* What no way can be faster than: a copy in, and a copy out. */
static void
copies(struct bench *b, size_t size)
{
	char *from = calloc(1, size), *between = calloc(1, size), *to = calloc(1, size);

	bench_start(b);
	for (long i = 0; i < b->count; i++) {
		memcpy(between, from, size);
		__asm__ volatile("" ::: "memory");
		memcpy(to, between, size);
		__asm__ volatile("" ::: "memory");
	}
	bench_stop(b);
	free(from);
	free(between);
	free(to);
}

#define FLOW(case_name, contender, ...)                                                            \
	BENCH(case_name, contender)                                                                \
	{                                                                                          \
		flow(b, __VA_ARGS__);                                                              \
	}

/* clang-format off */
FLOW("queue: small ints, 1 to 1", "libmp", 1, 1, queue_put, queue_get, 0)
FLOW("queue: small ints, 1 to 1", "libmp SimpleQueue", 1, 1, simple_put, simple_get, 0)
FLOW("queue: small ints, 1 to 1", "raw pipe, the same records", 1, 1, pipe_put, pipe_get, 0)
FLOW("queue: small ints, 1 to 1", "POSIX message queue", 1, 1, mq_put, mq_get, 0)
FLOW("queue: small ints, 4 to 1", "libmp", 4, 1, queue_put, queue_get, 0)
FLOW("queue: small ints, 4 to 1", "libmp SimpleQueue", 4, 1, simple_put, simple_get, 0)
FLOW("queue: small ints, 4 to 1", "raw pipe, the same records", 4, 1, pipe_put, pipe_get, 0)
FLOW("queue: small ints, 4 to 1", "POSIX message queue", 4, 1, mq_put, mq_get, 0)
FLOW("queue: small ints, 1 to 4", "libmp", 1, 4, queue_put, queue_get, 0)
FLOW("queue: small ints, 1 to 4", "libmp SimpleQueue", 1, 4, simple_put, simple_get, 0)
FLOW("queue: small ints, 1 to 4", "raw pipe, the same records", 1, 4, pipe_put, pipe_get, 0)
FLOW("queue: small ints, 1 to 4", "POSIX message queue", 1, 4, mq_put, mq_get, 0)
FLOW("queue: 64 KiB, 1 to 1", "libmp", 1, 1, queue_put, queue_get, LARGE)
FLOW("queue: 64 KiB, 1 to 1", "libmp SimpleQueue", 1, 1, simple_put, simple_get, LARGE)
FLOW("queue: 64 KiB, 1 to 1", "raw pipe, the same records", 1, 1, pipe_put, pipe_get, LARGE)
FLOW("queue: 64 KiB, 1 to 1", "POSIX message queue", 1, 1, mq_put, mq_get, LARGE)
FLOW("queue: 64 KiB, 4 to 1", "libmp", 4, 1, queue_put, queue_get, LARGE)
FLOW("queue: 64 KiB, 4 to 1", "libmp SimpleQueue", 4, 1, simple_put, simple_get, LARGE)
FLOW("queue: 64 KiB, 4 to 1", "raw pipe, the same records", 4, 1, pipe_put, pipe_get, LARGE)
FLOW("queue: 64 KiB, 4 to 1", "POSIX message queue", 4, 1, mq_put, mq_get, LARGE)
FLOW("queue: 64 KiB, 1 to 4", "libmp", 1, 4, queue_put, queue_get, LARGE)
FLOW("queue: 64 KiB, 1 to 4", "libmp SimpleQueue", 1, 4, simple_put, simple_get, LARGE)
FLOW("queue: 64 KiB, 1 to 4", "raw pipe, the same records", 1, 4, pipe_put, pipe_get, LARGE)
FLOW("queue: 64 KiB, 1 to 4", "POSIX message queue", 1, 4, mq_put, mq_get, LARGE)
/* clang-format on */

BENCH("queue: small ints, 1 to 1", "memcpy")
{
	copies(b, RECORD);
}

BENCH("queue: 64 KiB, 1 to 1", "memcpy")
{
	copies(b, LARGE);
}
