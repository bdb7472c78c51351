/* SPDX-License-Identifier: MIT */
/*
 * Deadlocks tied with queues, to be looked at from outside: knots-peer.sh.
 *
 *	queue-knots NAME
 *
 * Children die with their parent. Status 0: it was no deadlock, and ended as it should.
 */
#define _GNU_SOURCE
#include <err.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <mp.h>

#define MUST(call) must((call), #call)

static struct mp_queue *queue, *other;
static struct mp_joinable_queue *tasks;
static struct mp_simple_queue *simple;
static char megabyte[1000000];

static void
must(int error, const char *what)
{
	if (error < 0)
		errx(1, "%s: %s: %s", what, mp_error_name(error), mp_error_text(error));
}

static struct mp_process *
start(int (*target)(void *))
{
	struct mp_process_options options = {.death_signal = SIGKILL};
	struct mp_process *p;

	MUST(mp_process_new(&p, target, NULL, &options));
	MUST(mp_process_start(p));
	return p;
}

static void
join(struct mp_process *p)
{
	MUST(mp_process_join(p, MP_FOREVER));
	mp_process_free(p);
}

/* Get, and give it away; true: it was empty, the None of these programs. */
static bool
get(struct mp_queue *q)
{
	void *data;
	size_t size;

	MUST(mp_queue_get_bytes(q, &data, &size, MP_FOREVER));
	free(data);
	return size == 0;
}

static void
put(struct mp_queue *q, const char *text)
{
	MUST(mp_queue_put_bytes(q, text, strlen(text), MP_FOREVER));
}

/* --- the join deadlock, and its cures ------------------------------------------------------- */

static int
put_megabyte(void *unused)
{
	(void)unused;
	MUST(mp_queue_put_bytes(queue, megabyte, sizeof(megabyte), MP_FOREVER));
	return 0;
}

static int
put_and_leave(void *unused)
{
	mp_queue_cancel_join_thread(queue);
	return put_megabyte(unused);
}

static void
join_first(void)
{
	join(start(put_megabyte));
	get(queue);
}

/* The feeder of the second waits until the first one's message is through. */
static void
join_first_of_two(void)
{
	struct mp_process *p[] = {start(put_megabyte), start(put_megabyte)};

	join(p[0]);
	join(p[1]);
}

static void
get_first(void)
{
	struct mp_process *p = start(put_megabyte);

	get(queue);
	join(p);
}

static void
cancelled(void)
{
	join(start(put_and_leave));
}

/* --- producers and consumers ---------------------------------------------------------------- */

static int
consume(void *unused)
{
	(void)unused;
	while (!get(queue))
		;
	return 0;
}

/* Two consumers, and one None. */
static void
none_missing(void)
{
	struct mp_process *p[] = {start(consume), start(consume)};

	put(queue, "work");
	put(queue, "");
	join(p[0]);
	join(p[1]);
}

static int
never_done(void *unused)
{
	void *data;
	size_t size;

	(void)unused;
	while (!mp_joinable_queue_get_bytes(tasks, &data, &size, MP_FOREVER))
		free(data);
	return 1;
}

static void
undone(void)
{
	start(never_done);
	for (int i = 0; i < 3; i++)
		MUST(mp_joinable_queue_put_bytes(tasks, "task", 4, MP_FOREVER));
	MUST(mp_joinable_queue_join(tasks, MP_FOREVER));
}

/* More than it takes, before anybody is there to get. */
static void
alone(void)
{
	for (int i = 0; i < 3; i++)
		put(other, "more");
	start(consume);
}

/* --- two of them ---------------------------------------------------------------------------- */

static int
ask_after(void *unused)
{
	(void)unused;
	get(queue);
	put(other, "answer");
	return 0;
}

/* Each waits for the other's word. */
static void
both_get(void)
{
	start(ask_after);
	get(other);
	put(queue, "question");
}

static int
fill_other(void *unused)
{
	(void)unused;
	for (int i = 0; i < 3; i++)
		put(other, "more");
	return get(queue);
}

/* Each fills the other's queue, which takes one. */
static void
both_put(void)
{
	MUST(mp_queue_new(&queue, 1));
	start(fill_other);
	for (int i = 0; i < 3; i++)
		put(queue, "more");
	get(other);
}

static int
put_simply(void *unused)
{
	(void)unused;
	return mp_simple_queue_put_bytes(simple, megabyte, sizeof(megabyte));
}

static void
simply(void)
{
	join(start(put_simply));
}

/* No knot, only late. */
static int
late(void *unused)
{
	void *data;
	size_t size;

	(void)unused;
	if (mp_queue_get_bytes(other, &data, &size, 1) != MP_EMPTY)
		errx(1, "a message out of nothing");
	return consume(NULL);
}

static void
slow(void)
{
	struct mp_process *p = start(late);

	join(start(put_megabyte));
	put(queue, "");
	join(p);
}

static const struct {
	const char *name;
	void (*tie)(void);
} knots[] = {
    {"join-first", join_first},
    {"join-first-of-two", join_first_of_two},
    {"get-first", get_first},
    {"cancelled", cancelled},
    {"none-missing", none_missing},
    {"undone", undone},
    {"alone", alone},
    {"both-get", both_get},
    {"both-put", both_put},
    {"simply", simply},
    {"slow", slow},
};

int
main(int argc, char **argv)
{
	MUST(mp_queue_new(&queue, 0));
	MUST(mp_queue_new(&other, 1));
	MUST(mp_joinable_queue_new(&tasks, 0));
	MUST(mp_simple_queue_new(&simple));
	for (size_t i = 0; i < sizeof(knots) / sizeof(knots[0]); i++)
		if (argc == 2 && !strcmp(argv[1], knots[i].name)) {
			knots[i].tie();
			mp_exit(0);
		}
	errx(2, "usage: queue-knots NAME");
}
