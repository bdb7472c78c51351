/* SPDX-License-Identifier: MIT */
/*
 * Birth and death of workers.
 *
 * A worker is a daemonic process with two pipes and a pidfd. When it dies, everything that it
 * could still say is in the pipe and on its desk: that is heard first. What is in its hand
 * then was lost with it, if it had begun; and is somebody else's, if not.
 *
 * Invariants: only the supervisor comes here, so the signal that workers get when the thread
 * that forked them ends is never sent while they are needed. Handout: labs/11-pool/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mp/io.h>
#include <mp/reap.h>

#include "parts.h"

//{
static int
listen_to(struct mp_pool *pool, int fd, uint32_t events, uint32_t whose)
{
	struct epoll_event event = {.events = events, .data.u32 = whose};

	return epoll_ctl(pool->news, EPOLL_CTL_ADD, fd, &event) ? -errno : 0;
}

/* Two pipes: orders to the worker, answers from it. Our ends never make us wait. */
static int
connect_pipes(struct worker *w, int *answers_end)
{
	int orders[2], answers[2];
	int error = mp_pipe_cloexec(orders);

	if (error)
		return error;
	error = mp_pipe_cloexec(answers);
	if (error) {
		mp_close(&orders[0]);
		mp_close(&orders[1]);
		return error;
	}
	fcntl(orders[1], F_SETFL, O_NONBLOCK);
	fcntl(answers[0], F_SETFL, O_NONBLOCK);
	w->orders_end = orders[0];
	w->orders = orders[1];
	w->answers = answers[0];
	*answers_end = answers[1];
	return 0;
}

static void
disconnect(struct worker *w)
{
	mp_close(&w->orders_end);
	mp_close(&w->orders);
	mp_close(&w->answers);
	w->heard.from = w->heard.to = 0;
	w->said.from = w->said.to = 0;
}

/* Make the process. The lock is not held: a fork takes its time. */
static int
start(struct mp_pool *pool, struct worker *w, struct mp_process **out)
{
	char name[32];
	int answers_end = -1;
	int error = connect_pipes(w, &answers_end);
	struct station station = {
	    .orders = w->orders_end,
	    .answers = answers_end,
	    .wall = pool->wall,
	    .desk = &pool->wall->desks[w - pool->workers],
	    .memory = pool->memory,
	    .initializer = pool->initializer,
	    .initargs = pool->initargs,
	    .mask = pool->mask,
	    .pool = pool,
	};
	struct mp_process_options options = {
	    .name = name, .daemon = MP_DAEMON_YES, .death_signal = SIGKILL};

	snprintf(name, sizeof(name), "PoolWorker-%zu", pool->born + 1);
	if (!error)
		error = mp__station_process(out, &station, &options);
	if (!error)
		error = mp_process_start(*out);
	mp_close(&answers_end); /* the worker's */
	return error;
}

/* Closing would not do: a process that was forked meanwhile has copies of these descriptors, and
 * as long as one is open, epoll goes on telling of it. */
static void
listen_no_more(struct mp_pool *pool, struct worker *w, struct mp_process *process)
{
	epoll_ctl(pool->news, EPOLL_CTL_DEL, w->answers, NULL);
	epoll_ctl(pool->news, EPOLL_CTL_DEL, w->orders, NULL);
	epoll_ctl(pool->news, EPOLL_CTL_DEL, mp_process_sentinel(process), NULL);
}

static int
listen_to_all(struct mp_pool *pool, struct worker *w, struct mp_process *process)
{
	uint32_t index = (uint32_t)(w - pool->workers) * 2;
	int error = listen_to(pool, w->answers, EPOLLIN, index);

	if (!error)
		error = listen_to(pool, w->orders, 0, index);
	return error ? error : listen_to(pool, mp_process_sentinel(process), EPOLLIN, index + 1);
}

/* There is a process, and we cannot hear it. */
static void
undo(struct mp_pool *pool, struct worker *w, struct mp_process *process)
{
	listen_no_more(pool, w, process);
	(void)!mp_process_kill(process);
	(void)!mp_process_join(process, MP_FOREVER);
}
//}

int
mp__pool_hire(struct mp_pool *pool, struct worker *w)
{
	/*
	 * pool.1: start a worker and listen to it. The caller holds the lock; let it go while
	 * the process is made. Nothing is left behind when it could not be.
	 */
	//{
	struct mp_process *process = NULL;

	memset(&pool->wall->desks[w - pool->workers], 0, sizeof(struct desk));
	pthread_mutex_unlock(&pool->lock);
	int error = start(pool, w, &process);
	if (!error && (error = listen_to_all(pool, w, process)))
		undo(pool, w, process);
	pthread_mutex_lock(&pool->lock);
	if (error) {
		mp_process_free(process);
		disconnect(w);
		return error;
	}
	w->rings = w->died = w->ready = w->leaving = w->blocked = false;
	w->patience = 0;
	w->finished = w->load = 0;
	w->oldest = w->next;
	w->process = process;
	pool->born++;
	return 0;
	//}
}

//{
/* How it died, in words. */
static void
explain(struct worker *w, char text[200])
{
	struct mp_death death;

	if (mp_process_death(w->process, &death) == 1)
		mp_postmortem(&death, text, 200);
	else
		snprintf(text, 200, "somebody else has fetched the status of its worker");
}

#define MOST_EARLY 20

/* It died before it was ready. By an exit: that is the initializer's doing. By a signal: that
 * may have been meant for anybody, unless it happens again and again. */
static void
consider_early_death(struct mp_pool *pool, struct worker *w, const char *text)
{
	int code = 0;

	if (mp_process_exitcode(w->process, &code) == 1 && code >= 0)
		mp__pool_break(pool, "a worker left before it was ready: %s", text);
	else if (++pool->early_deaths > MOST_EARLY + 4 * pool->processes)
		mp__pool_break(pool, "workers die before they are ready: %s", text);
}

/* What was in its hand: begun is lost, the rest goes to the front of the queue, in order. */
static void
pass_on(struct mp_pool *pool, struct worker *w, const char *text)
{
	struct desk *desk = &pool->wall->desks[w - pool->workers];

	for (uint64_t number = w->next; number-- > w->oldest;) {
		struct task *t = w->hand[number % DEPTH];
		w->hand[number % DEPTH] = NULL;
		if (!t)
			continue;
		if (atomic_load(&desk->slots[number % DEPTH].word) == tag(number, BEGUN))
			mp__pool_end(pool, t, MP_WORKER_DIED, text, strlen(text));
		else
			mp__pool_requeue(pool, t);
	}
	w->load = 0;
	w->oldest = w->next;
}
//}

void
mp__pool_bury(struct mp_pool *pool, struct worker *w)
{
	/*
	 * pool.6: a worker has died. Hear its last words, then see to what was in its hand, and
	 * to its place. Did it die before it was ready? Then something may be wrong with all.
	 */
	//{
	char text[200];

	mp__pool_hear(pool, w);
	explain(w, text);
	pass_on(pool, w, text);
	if (!w->leaving && !w->patience) {
		pool->lost++;
		if (!w->ready)
			consider_early_death(pool, w, text);
	}
	listen_no_more(pool, w, w->process);
	mp_process_free(w->process);
	w->process = NULL;
	disconnect(w);
	//}
}
