/* SPDX-License-Identifier: MIT */
/*
 * How far it is: counted as it happens, read at any time, drawn as a bar.
 *
 * What runs is not counted but looked up: it stands on the workers' desks.
 * Handout: labs/11-pool/README.md
 */
#define _GNU_SOURCE
#include <unistd.h>

#include <mp/deadline.h>

#include "parts.h"

//{
static size_t
running(struct mp_pool *pool, struct worker *w)
{
	struct desk *desk = &pool->wall->desks[w - pool->workers];

	for (uint64_t number = w->oldest; number < w->next; number++) {
		struct task *t = w->hand[number % DEPTH];
		if (t && atomic_load(&desk->slots[number % DEPTH].word) == tag(number, BEGUN))
			return t->items;
	}
	return 0;
}

#define WIDTH 40

static void
draw(FILE *out, size_t ended, size_t items, const char *end)
{
	char bar[WIDTH + 1];
	size_t full = items ? ended * WIDTH / items : WIDTH;

	for (size_t i = 0; i < WIDTH; i++)
		bar[i] = i < full ? '#' : '.';
	bar[WIDTH] = '\0';
	fprintf(out, "[%s] %zu/%zu%s", bar, ended, items, end);
	fflush(out);
}
//}

void
mp_pool_progress(struct mp_pool *pool, struct mp_progress *progress)
{
	/* pool.2: the counters, and a look at each desk. */
	//{
	struct mp_progress p = {0};

	pthread_mutex_lock(&pool->lock);
	p.given = pool->given;
	p.done = pool->done;
	p.failed = pool->failed;
	p.started = pool->born;
	p.lost = pool->lost;
	for (struct worker *w = pool->workers; w < end_of(pool); w++)
		if (w->process) {
			p.workers++;
			p.running += running(pool, w);
		}
	pthread_mutex_unlock(&pool->lock);
	*progress = p;
	//}
}

int
mp_pool_pid(struct mp_pool *pool, int i)
{
	/* pool.2: of the process that sits there now. */
	//{
	int pid = 0;

	pthread_mutex_lock(&pool->lock);
	if (i >= 0 && i < pool->processes && pool->workers[i].process)
		pid = mp_process_pid(pool->workers[i].process);
	pthread_mutex_unlock(&pool->lock);
	return pid < 0 ? 0 : pid;
	//}
}

void
mp_result_progress(struct mp_result *r, size_t *ended, size_t *items)
{
	/* pool.2: of one result. */
	//{
	pthread_mutex_lock(&r->pool->lock);
	*ended = r->ended;
	*items = r->items;
	pthread_mutex_unlock(&r->pool->lock);
	//}
}

int
mp_result_bar(struct mp_result *r, FILE *out)
{
	/* pool.2: wait a tenth of a second, draw, until it is ready. */
	//{
	bool terminal = isatty(fileno(out));
	size_t ended, items;
	int error;

	while ((error = mp_result_wait(r, terminal ? 0.1 : MP_FOREVER)) == MP_TIMEOUT) {
		mp_result_progress(r, &ended, &items);
		draw(out, ended, items, "\r");
	}
	mp_result_progress(r, &ended, &items);
	if (!error)
		draw(out, ended, items, "\n");
	return error;
	//}
}
