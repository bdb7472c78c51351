/* SPDX-License-Identifier: MIT */
/*
 * What workers say: small answers lie on the desk, large ones come through the pipe, and so do
 * "ready" and "look at my desk".
 *
 * A worker may be killed in the middle of a word. On the desk nothing is said until the slot's
 * word says DONE; of the pipe, half an answer is no answer. And a worker may run wild and
 * write what it likes: nothing that it says is believed before it has been compared with what
 * it was asked. Handout: labs/11-pool/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "parts.h"

//{
/* Take the task of that number out of the hand; NULL: it has no such task. */
static struct task *
take_from_hand(struct worker *w, uint64_t number)
{
	if (number < w->oldest || number >= w->next)
		return NULL;
	struct task *t = w->hand[number % DEPTH];
	if (t) {
		w->hand[number % DEPTH] = NULL;
		w->load--;
		w->finished++;
	}
	return t;
}

/* It says what it cannot mean. It will be buried like any other that died. */
static void
distrust(struct worker *w)
{
	(void)!mp_process_kill(w->process);
	w->heard.from = w->heard.to = 0;
}

static void
is_ready(struct mp_pool *pool, struct worker *w, const struct answer *a, const char *text)
{
	w->ready = true;
	pool->early_deaths = 0;
	if (a->error)
		mp__pool_break(pool, "the initializer failed in pid %d: %.*s",
		    mp_process_pid(w->process), (int)a->size, text);
}

/* One whole answer from the pipe. How many tasks have ended with it: 1 or 0. */
static int
understand(struct mp_pool *pool, struct worker *w, const struct answer *a, const char *rest)
{
	if (a->number == RING)
		return 0;
	if (a->number == READY) {
		is_ready(pool, w, a, rest);
		return 0;
	}
	struct task *t = take_from_hand(w, a->number);
	if (!t) {
		distrust(w);
		return 0;
	}
	mp__pool_end(pool, t, (int)a->error, rest, a->size);
	return 1;
}

/* All answers that are whole. */
static int
understand_all(struct mp_pool *pool, struct worker *w)
{
	struct buffer *b = &w->heard;
	struct answer a;
	int ended = 0;

	while (b->to - b->from >= sizeof(a)) {
		memcpy(&a, b->data + b->from, sizeof(a));
		if (b->to - b->from - sizeof(a) < a.size)
			break;
		const char *rest = b->data + b->from + sizeof(a);
		b->from += sizeof(a) + a.size;
		ended += understand(pool, w, &a, rest);
	}
	return ended;
}
//}

int
mp__pool_look(struct mp_pool *pool, struct worker *w)
{
	/* pool.2: answers on the desk, the oldest first. */
	//{
	struct desk *desk = &pool->wall->desks[w - pool->workers];
	int ended = 0;

	for (; w->oldest < w->next; w->oldest++) {
		struct slot *slot = &desk->slots[w->oldest % DEPTH];
		if (!w->hand[w->oldest % DEPTH])
			continue; /* heard already, or taken back */
		if (atomic_load(&slot->word) != tag(w->oldest, DONE))
			break;
		struct task *t = take_from_hand(w, w->oldest);
		uint64_t size = slot->size;
		mp__pool_end(pool, t, (int)slot->error, slot->data, size <= SLOT_ROOM ? size : 0);
		ended++;
	}
	return ended;
	//}
}

int
mp__pool_look_around(struct mp_pool *pool)
{
	/* pool.2: at the desks of all who have something to do. */
	//{
	int ended = 0;

	for (struct worker *w = pool->workers; w < end_of(pool); w++)
		if (w->load)
			ended += mp__pool_look(pool, w);
	return ended;
	//}
}

bool
mp__pool_is_busy(struct mp_pool *pool)
{
	/* pool.2: are many answers to come: has a worker more than one task in hand? */
	//{
	for (struct worker *w = pool->workers; w < end_of(pool); w++)
		if (w->load > 1)
			return true;
	return false;
	//}
}

int
mp__pool_hear(struct mp_pool *pool, struct worker *w)
{
	/* pool.2: read what is in the pipe, without waiting; then look at the desk. */
	//{
	struct buffer *b = &w->heard;
	int ended = 0;

	w->rings = false;
	for (;;) {
		if (mp__buffer_reserve(b, 64 * 1024)) {
			distrust(w); /* an answer for which there is no memory */
			break;
		}
		size_t room = b->room - b->to;
		ssize_t n = read(w->answers, b->data + b->to, room);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		b->to += (size_t)n;
		ended += understand_all(pool, w);
		if ((size_t)n < room)
			break; /* that was all */
	}
	return ended + mp__pool_look(pool, w);
	//}
}
