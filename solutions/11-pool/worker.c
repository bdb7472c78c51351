/* SPDX-License-Identifier: MIT */
/*
 * The worker: a process that does what it is told, one task after the other.
 *
 * Orders come in batches, and it works them off without asking the kernel for anything: it
 * accepts a task by a compare-and-swap on its desk, and puts a small answer there, too. It
 * rings (a write; or a futex, for a caller who listens) when it has nothing left to do, or when
 * somebody is attentive, that is asleep. No lock, so none that it could take with it when it dies.
 *
 * Handout: labs/11-pool/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include <mp/io.h>
#include <mp/reap.h>

#include "object.h"

//{
struct self {
	const struct station *station;
	struct buffer heard;
	bool unrung; /* there are answers on the desk of which the supervisor may not know */
};

/* Nobody to tell if it fails: the owner is gone, and we are about to be. */
static void
tell(struct self *self, uint64_t number, int error, const void *data, size_t size)
{
	struct answer a = {.number = number, .error = error, .size = size};
	int fd = self->station->answers;

	self->unrung = false;
	if (size <= 4000) { /* in one piece: half a write would only wake the supervisor twice */
		char text[sizeof(a) + 4000];
		memcpy(text, &a, sizeof(a));
		memcpy(text + sizeof(a), data, size);
		if (mp_write_all(fd, text, sizeof(a) + size))
			_exit(1);
	} else if (mp_write_all(fd, &a, sizeof(a)) || mp_write_all(fd, data, size)) {
		_exit(1);
	}
}

static void
ring(struct self *self)
{
	if (atomic_load(&self->station->wall->attentive) != CALLER) {
		tell(self, RING, 0, "", 0);
		return;
	}
	mp__ear_ring(self->station->wall);
	self->unrung = false;
}

/* The task is ours, unless it has been taken back. */
static bool
accept_task(struct slot *slot, uint64_t number)
{
	uint64_t offered = tag(number, OFFERED);

	return atomic_compare_exchange_strong(&slot->word, &offered, tag(number, BEGUN));
}

static void
answer(struct self *self, struct slot *slot, uint64_t number, const struct performance *done)
{
	if (done->size > SLOT_ROOM) {
		tell(self, number, done->error, done->data, done->size);
		return;
	}
	slot->error = done->error;
	slot->size = done->size;
	memcpy(slot->data, done->size ? done->data : "", done->size);
	atomic_store(&slot->word, tag(number, DONE)); /* only now it is said */
	self->unrung = true;
	if (atomic_load(&self->station->wall->attentive))
		ring(self);
}

static void
do_task(struct self *self, const struct order *order, const char *rest)
{
	struct slot *slot = &self->station->desk->slots[order->number % DEPTH];
	struct performance done = {0};

	if (!accept_task(slot, order->number))
		return;
	mp__pool_perform(self->station->memory, order, rest, &done);
	answer(self, slot, order->number, &done);
	free(done.data);
}

/* Wait for one whole order; NULL: there will be none. What it points to is overwritten by the
 * next. */
static const char *
next_order(struct self *self, struct order *order)
{
	struct buffer *b = &self->heard;

	for (;;) {
		size_t there = b->to - b->from, wanted = sizeof(*order);
		if (there >= wanted) {
			memcpy(order, b->data + b->from, sizeof(*order));
			wanted += order->size;
		}
		if (there >= wanted) {
			const char *rest = b->data + b->from + sizeof(*order);
			b->from += wanted;
			return rest;
		}
		if (self->unrung)
			ring(self);
		if (mp__buffer_reserve(b, wanted - there > 65536 ? wanted - there : 65536))
			return NULL;
		ssize_t n = read(self->station->orders, b->data + b->to, b->room - b->to);
		if (n == 0 || (n < 0 && errno != EINTR))
			return NULL;
		b->to += n > 0 ? (size_t)n : 0;
	}
}

/*
 * Be a worker: without the owner's descriptors (a copy of an end of somebody else's pipe would
 * be one more place where bytes can get lost), deaf to Ctrl-C, which the owner decides on, and
 * with the signals that were blocked until now, so that none could come before this.
 */
static void
settle(const struct station *station)
{
	struct mp_pool *pool = station->pool;

	for (int i = 0; pool && i < pool->processes; i++) {
		struct worker *w = &pool->workers[i];
		mp_close(&w->orders);
		mp_close(&w->answers);
		if (w->orders_end != station->orders)
			mp_close(&w->orders_end);
	}
	if (pool) {
		mp_close(&pool->news);
		mp_close(&pool->wake);
	}
	/* Each chunk needs the memory of the last one again: malloc shall not return it. */
	mallopt(M_TRIM_THRESHOLD, 32 << 20);
	mallopt(M_MMAP_THRESHOLD, 16 << 20);
	signal(SIGINT, SIG_IGN);
	pthread_sigmask(SIG_SETMASK, &station->mask, NULL);
}

static int
initialize(struct self *self)
{
	const struct station *station = self->station;
	const char *text = "";

	mp__task_text_clear();
	int error = station->initializer ? station->initializer(station->initargs) : 0;
	if (error)
		text = mp__task_text(error);
	tell(self, READY, error, text, strlen(text));
	return error;
}
//}

int
mp__pool_work(const struct station *station)
{
	/*
	 * pool.1: settle, initialize, tell that you are ready; then one order after the other,
	 * until one says to leave. Returns the exit code.
	 */
	//{
	struct self self = {.station = station};
	struct order order;
	const char *rest;

	settle(station);
	if (initialize(&self))
		return 1;
	while ((rest = next_order(&self, &order)) && order.kind != LEAVE)
		do_task(&self, &order, rest);
	free(self.heard.data);
	return 0;
	//}
}
