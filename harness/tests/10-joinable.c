/* SPDX-License-Identifier: MIT */
/*
 * Rows of 10-joinable: JoinableQueue, producers and consumers. The numbers in comments are
 * CPython's behaviours that a row answers to (docs/behaviours.md).
 */
#define _GNU_SOURCE
#include <poll.h>

#include "common.h"
#include "killed.h"
#include "queues.h"

STAGE("JoinableQueue")

#define TIDY		.graph = "every child reaped by its parent; no kill after reap; nothing left"
#define SOMEBODY_KILLED .graph = "every child reaped by its parent; nothing left", .seconds = 3

static struct mp_joinable_queue *
new_joinable(size_t capacity)
{
	struct mp_joinable_queue *q = NULL;

	OK(mp_joinable_queue_new(&q, capacity));
	return q;
}

static void
add(struct mp_joinable_queue *q, unsigned from, unsigned number, size_t length)
{
	size_t size;
	void *data = written(from, number, length, &size);

	OK(mp_joinable_queue_put_bytes(q, data, size, MP_FOREVER));
	free(data);
}

static int
take_mail(struct mp_joinable_queue *q, struct mail *mail, double timeout)
{
	void *data;
	size_t size;

	int error = mp_joinable_queue_get_bytes(q, &data, &size, timeout);
	return error ? error : opened(data, size, mail) ? 0 : -EBADMSG;
}

static unsigned
take(struct mp_joinable_queue *q)
{
	struct mail mail = {0};

	OK(take_mail(q, &mail, MP_FOREVER));
	return mail.number;
}

static void
killed(struct mp_process *p)
{
	OK(mp_process_kill(p));
	EQUAL(finished(p), -SIGKILL);
}

/* --- joinable.1: tasks ------------------------------------------------------------------------------- */

ROW("joinable.1/counts", 3, "a task is unfinished from put, over get, until task_done")
{
	struct mp_joinable_queue *q = new_joinable(0);

	EQUAL(mp_joinable_queue_unfinished(q), 0);
	add(q, 1, 1, 10);
	add(q, 1, 2, 10);
	EQUAL(mp_joinable_queue_unfinished(q), 2);
	EQUAL(take(q), 1);
	EQUAL(mp_joinable_queue_unfinished(q), 2);
	EQUAL(mp_queue_qsize(mp_joinable_queue_queue(q)), 1);
	OK(mp_joinable_queue_task_done(q));
	EQUAL(mp_joinable_queue_unfinished(q), 1);
	EQUAL(take(q), 2);
	OK(mp_joinable_queue_task_done(q));
	EQUAL(mp_joinable_queue_unfinished(q), 0);
	mp_joinable_queue_free(q);
}

/* 51 */
ROW("joinable.1/too-many", 3, "one task_done too many is refused, and changes nothing")
{
	struct mp_joinable_queue *q = new_joinable(0);

	FAILS(mp_joinable_queue_task_done(q), MP_TOO_MANY_DONE);
	add(q, 1, 1, 10);
	FAILS(mp_joinable_queue_task_done(q), MP_TOO_MANY_DONE);
	EQUAL(take(q), 1);
	OK(mp_joinable_queue_task_done(q));
	FAILS(mp_joinable_queue_task_done(q), MP_TOO_MANY_DONE);
	add(q, 1, 2, 10);
	EQUAL(take(q), 2);
	FAILS(mp_joinable_queue_join(q, 0), MP_TIMEOUT);
	OK(mp_joinable_queue_task_done(q));
	OK(mp_joinable_queue_join(q, 0));
	mp_joinable_queue_free(q);
}

ROW("joinable.1/queue", 2, "below it is a queue: bound, timeouts, counts, close")
{
	struct mp_joinable_queue *q = new_joinable(1);
	struct mail mail;

	FAILS(take_mail(q, &mail, 0), MP_EMPTY);
	add(q, 1, 1, 10);
	EQUAL(mp_queue_full(mp_joinable_queue_queue(q)), true);
	FAILS(mp_joinable_queue_put_bytes(q, "x", 1, 0.05), MP_FULL);
	EQUAL(take(q), 1);
	add(q, 1, 2, 10); /* the slot is free when it has been got, not when it is done */
	EQUAL(mp_joinable_queue_unfinished(q), 2);
	mp_queue_close(mp_joinable_queue_queue(q));
	FAILS(mp_joinable_queue_put_bytes(q, "x", 1, 0), MP_CLOSED);
	FAILS(take_mail(q, &mail, 0), MP_CLOSED);
	OK(mp_joinable_queue_task_done(q));
	mp_joinable_queue_free(mp_joinable_queue_ref(q));
	EQUAL(mp_joinable_queue_unfinished(q), 1);
	mp_joinable_queue_free(q);
}

static const struct mp_class unpicklable = {.name = "Unpicklable"};

ROW("joinable.1/values", 2,
    "values come equal; what is refused is no task, what is no pickle is one")
{
	struct mp_joinable_queue *q = new_joinable(0);
	struct mp_value *v = a_value(), *again = NULL;
	struct mp_value *bad = mp_object(&unpicklable, (void *)7);

	FAILS(mp_joinable_queue_put(q, bad, 0), MP_NOT_PICKLABLE);
	EQUAL(mp_joinable_queue_unfinished(q), 0);
	OK(mp_joinable_queue_put(q, v, 0));
	OK(mp_joinable_queue_get(q, &again, 0));
	EQUAL(mp_value_equal(v, again), 1);
	OK(mp_joinable_queue_put_bytes(q, "no pickle", 9, 0));
	mp_value_free(again);
	FAILS(mp_joinable_queue_get(q, &again, 0), MP_UNPICKLING);
	EQUAL(mp_joinable_queue_unfinished(q), 2);
	OK(mp_joinable_queue_task_done(q));
	OK(mp_joinable_queue_task_done(q));
	OK(mp_joinable_queue_join(q, 0));
	mp_value_free(v);
	mp_value_free(bad);
	mp_joinable_queue_free(q);
}

static int
done_by_a_child(void *q)
{
	return mp_joinable_queue_task_done(q) ? 1 : 0;
}

ROW("joinable.1/handed-on", 2, "a task that one process got may be done by another", TIDY)
{
	struct mp_joinable_queue *q = new_joinable(0);

	add(q, 1, 1, 10);
	take(q);
	EQUAL(finished(started(done_by_a_child, q, NULL)), 0);
	OK(mp_joinable_queue_join(q, 0));
	FAILS(mp_joinable_queue_task_done(q), MP_TOO_MANY_DONE);
	mp_joinable_queue_free(q);
}

/* In a child of any kind: two tasks are got, and one is done. */
static int
take_and_finish_there(struct mp_value *args)
{
	struct mp_joinable_queue *q =
	    mp_value_object(mp_value_at(args, 0), &mp_joinable_queue_class);

	if (!q || take(q) != 5 || take(q) != 6)
		return 1;
	return mp_joinable_queue_task_done(q) ? 2 : 0;
}
MP_REGISTER(take_and_finish_there);

ROW("joinable.1/spawned", 2, "a spawned child has the queue, and the same account", TIDY)
{
	char *argv[] = {(char *)"row", NULL};
	struct mp_joinable_queue *q = new_joinable(0);
	struct mp_process *p = NULL;

	OK(mp_init(1, argv));
	add(q, 1, 5, 10);
	add(q, 1, 6, 10);
	OK(mp_process_call(&p, mp_get_context(MP_SPAWN), take_and_finish_there,
	    mp_tuple(mp_object(&mp_joinable_queue_class, q)), NULL));
	OK(mp_process_start(p));
	EQUAL(finished(p), 0);
	EQUAL(mp_joinable_queue_unfinished(q), 1);
	FAILS(mp_joinable_queue_join(q, MP_FOREVER), MP_TASK_LOST);
	OK(mp_joinable_queue_join(q, MP_FOREVER));
	mp_joinable_queue_free(q);
	EQUAL(mp_tracker_stop(), 0);
}

static int
produce(void *arg)
{
	struct crowd *crowd = arg;

	for (unsigned i = 0; i < crowd->each; i++)
		add(crowd->joinable, (unsigned)crowd->me, i, i * 13 % 300);
	return 0;
}

static void
let_produce(struct crowd *crowd, int producers)
{
	struct mp_process *p[CROWD];

	for (crowd->me = 0; crowd->me < producers; crowd->me++)
		p[crowd->me] = started(produce, crowd, NULL);
	for (int i = 0; i < producers; i++)
		EQUAL(finished(p[i]), 0);
}

/* The first version: a consumer goes when it gets the message that says so. */
static int
work_until_none(void *arg)
{
	struct crowd *crowd = arg;
	struct mail mail = {0};

	while (mail.from != STOP) {
		int error = take_mail(crowd->joinable, &mail, MP_FOREVER);
		enter_mail(crowd, error, &mail);
	}
	return 0;
}

/* How many of the three then still sleep. */
static int
asleep_when_two_have_ended(struct mp_process *p[])
{
	struct pollfd fds[3];
	int ended = 0;

	for (int i = 0; i < 3; i++)
		fds[i] = (struct pollfd){.fd = mp_process_sentinel(p[i]), .events = POLLIN};
	while (ended < 2) {
		EQUAL(mp_poll(fds, 3, MP_NEVER) > 0, 1);
		for (int i = 0; i < 3; i++)
			if (fds[i].revents) {
				fds[i].fd = -1;
				ended++;
			}
	}
	for (int i = 0; i < 3; i++)
		if (fds[i].fd >= 0)
			await_sleep(mp_process_pid(p[i]));
	return 3 - ended;
}

ROW("joinable.1/none", 3,
    "the first version: one None for each consumer; with one too few, one waits on", TIDY)
{
	struct crowd crowd = {
	    .joinable = new_joinable(0), .each = 50, .book = shared(sizeof(struct crowd_book))};
	struct mp_process *p[3];

	for (int i = 0; i < 3; i++)
		p[i] = started(work_until_none, &crowd, NULL);
	let_produce(&crowd, 2);
	add(crowd.joinable, STOP, 0, 0);
	add(crowd.joinable, STOP, 0, 0);
	EQUAL(asleep_when_two_have_ended(p), 1);
	add(crowd.joinable, STOP, 0, 0);
	for (int i = 0; i < 3; i++)
		EQUAL(finished(p[i]), 0);
	check_book(&crowd, 2);
	mp_joinable_queue_free(crowd.joinable);
}

/* --- joinable.2: join ----------------------------------------------------------------------------------- */

ROW("joinable.2/nothing", 1, "with nothing unfinished, join returns at once")
{
	struct mp_joinable_queue *q = new_joinable(0);

	OK(mp_joinable_queue_join(q, MP_FOREVER));
	add(q, 1, 1, 10);
	take(q);
	OK(mp_joinable_queue_task_done(q));
	OK(mp_joinable_queue_join(q, MP_FOREVER));
	mp_joinable_queue_free(q);
}

ROW("joinable.2/timeout", 2, "join waits as long as it was told, and not longer")
{
	struct mp_joinable_queue *q = new_joinable(0);

	add(q, 1, 1, 10);
	int64_t then = mp_now();
	FAILS(mp_joinable_queue_join(q, 0), MP_TIMEOUT);
	FAILS(mp_joinable_queue_join(q, -1), MP_TIMEOUT);
	BETWEEN(since(then), 0, 1);
	FAILS(mp_joinable_queue_join(q, 0.15), MP_TIMEOUT);
	BETWEEN(since(then), 0.15, 1.5);
	mp_joinable_queue_free(q);
}

static int
join_in_a_child(void *q)
{
	return mp_joinable_queue_join(q, MP_FOREVER) ? 1 : 0;
}

ROW("joinable.2/waits", 3, "all who join sleep until the last task is done", TIDY)
{
	struct mp_joinable_queue *q = new_joinable(0);
	struct mp_process *p[3];

	add(q, 1, 1, 10);
	add(q, 1, 2, 10);
	for (int i = 0; i < 3; i++)
		p[i] = started(join_in_a_child, q, NULL);
	for (int i = 0; i < 3; i++)
		await_sleep(mp_process_pid(p[i]));
	take(q);
	take(q);
	OK(mp_joinable_queue_task_done(q));
	for (int i = 0; i < 3; i++)
		EQUAL(mp_process_is_alive(p[i]), 1);
	OK(mp_joinable_queue_task_done(q));
	for (int i = 0; i < 3; i++)
		EQUAL(finished(p[i]), 0);
	mp_joinable_queue_free(q);
}

static int
work_for_ever(void *arg)
{
	struct crowd *crowd = arg;
	struct mail mail;

	for (;;) {
		int error = take_mail(crowd->joinable, &mail, MP_FOREVER);
		enter_mail(crowd, error, &mail);
		if (mp_joinable_queue_task_done(crowd->joinable))
			return 1;
	}
}

static const struct mp_process_options daemonic = {.daemon = MP_DAEMON_YES};

static void
employ(struct crowd *crowd, struct mp_process *p[], int consumers)
{
	crowd->book = shared(sizeof(*crowd->book));
	for (int i = 0; i < consumers; i++)
		p[i] = started(work_for_ever, crowd, &daemonic);
}

static void
dismiss(struct mp_process *p[], int consumers)
{
	for (int i = 0; i < consumers; i++)
		OK(mp_process_terminate(p[i]));
	for (int i = 0; i < consumers; i++)
		EQUAL(finished(p[i]), -SIGTERM);
}

/* 50 */
ROW("joinable.2/ten", 2, "ten tasks, four workers: join returns when all are done",
    .graph = "every child reaped by its parent; nothing left")
{
	struct crowd crowd = {.joinable = new_joinable(0), .each = 10};
	struct mp_process *p[4];

	employ(&crowd, p, 4);
	for (unsigned i = 0; i < 10; i++)
		add(crowd.joinable, 0, i, 10);
	OK(mp_joinable_queue_join(crowd.joinable, MP_FOREVER));
	check_book(&crowd, 1);
	dismiss(p, 4);
	mp_joinable_queue_free(crowd.joinable);
}

ROW("joinable.2/crowd", 4,
    "four produce, four daemons consume: after join every task is done, once",
    .graph = "every child reaped by its parent; nothing left")
{
	struct crowd crowd = {.joinable = new_joinable(5), .each = 200};
	struct mp_process *p[4];

	employ(&crowd, p, 4);
	let_produce(&crowd, 4);
	OK(mp_joinable_queue_join(crowd.joinable, MP_FOREVER));
	check_book(&crowd, 4);
	EQUAL(mp_joinable_queue_unfinished(crowd.joinable), 0);
	dismiss(p, 4);
	mp_joinable_queue_free(crowd.joinable);
}

static int
whole_program(void *arg)
{
	struct crowd *crowd = arg;
	struct mp_process *p[3];

	for (int i = 0; i < 3; i++)
		p[i] = started(work_for_ever, crowd, &daemonic);
	let_produce(crowd, 2);
	int error = mp_joinable_queue_join(crowd->joinable, MP_FOREVER);
	for (int i = 0; i < 3; i++)
		mp_process_free(p[i]);
	return error ? 1 : 0;
}

ROW("joinable.2/program", 3,
    "producers joined, the queue joined, consumers daemons: the program ends", TIDY)
{
	struct crowd crowd = {
	    .joinable = new_joinable(0), .each = 60, .book = shared(sizeof(struct crowd_book))};

	EQUAL(finished(started(whole_program, &crowd, NULL)), 0);
	check_book(&crowd, 2);
	mp_joinable_queue_free(crowd.joinable);
}

/* A consumer that puts two tasks for each one above 0, before that is done. */
static int
divide(void *arg)
{
	struct crowd *crowd = arg;

	for (;;) {
		unsigned n = take(crowd->joinable);
		crowd->book->disorder++;
		for (unsigned i = 0; i < 2 && n > 0; i++)
			add(crowd->joinable, 0, n - 1, 10);
		if (mp_joinable_queue_task_done(crowd->joinable))
			return 1;
	}
}

ROW("joinable.2/divided", 3, "tasks that make tasks: join returns after the last of all",
    .graph = "every child reaped by its parent; nothing left")
{
	struct crowd crowd = {
	    .joinable = new_joinable(0), .book = shared(sizeof(struct crowd_book))};
	struct mp_process *p[3];

	for (int i = 0; i < 3; i++)
		p[i] = started(divide, &crowd, &daemonic);
	add(crowd.joinable, 0, 7, 10);
	OK(mp_joinable_queue_join(crowd.joinable, MP_FOREVER));
	EQUAL(crowd.book->disorder, 255); /* 1 + 2 + 4 + ... + 128 */
	dismiss(p, 3);
	mp_joinable_queue_free(crowd.joinable);
}

ROW("joinable.2/waiting", 2, "what waits for room in its producer is unfinished, too", TIDY)
{
	struct mp_joinable_queue *q = new_joinable(0);

	for (unsigned i = 0; i < 3; i++)
		add(q, 1, i, 400000);
	EQUAL(mp_joinable_queue_unfinished(q), 3);
	FAILS(mp_joinable_queue_join(q, 0.05), MP_TIMEOUT);
	for (unsigned i = 0; i < 3; i++) {
		EQUAL(take(q), i);
		FAILS(mp_joinable_queue_join(q, 0), MP_TIMEOUT);
		OK(mp_joinable_queue_task_done(q));
	}
	OK(mp_joinable_queue_join(q, MP_FOREVER));
	mp_joinable_queue_free(q);
}

/* --- joinable.3: when somebody dies ----------------------------------------------------------------------- */

struct holder {
	struct mp_joinable_queue *q;
	int out;
	unsigned get;
};

/* Get some, tell, and hold them. */
static int
hold_tasks(void *arg)
{
	struct holder *holder = arg;

	for (unsigned i = 0; i < holder->get; i++)
		take(holder->q);
	tell(holder->out, 'h');
	return sleep_forever(NULL);
}

static int
leave_undone(void *arg)
{
	take(arg);
	return 0;
}

ROW("joinable.3/killed", 4, "a consumer is killed between get and task_done: join is told, once",
    SOMEBODY_KILLED)
{
	int fds[2];
	OK(mp_pipe_cloexec(fds));
	struct holder holder = {new_joinable(0), fds[1], 2};

	for (unsigned i = 0; i < 3; i++)
		add(holder.q, 1, i, 10);
	struct mp_process *p = started(hold_tasks, &holder, NULL);
	EQUAL(read_byte(fds[0]), 'h');
	FAILS(mp_joinable_queue_join(holder.q, 0.1), MP_TIMEOUT);
	killed(p);
	FAILS(mp_joinable_queue_join(holder.q, MP_FOREVER), MP_TASK_LOST);
	FAILS(mp_joinable_queue_join(holder.q, 0), MP_TIMEOUT);
	EQUAL(mp_joinable_queue_unfinished(holder.q), 1);
	EQUAL(take(holder.q), 2);
	OK(mp_joinable_queue_task_done(holder.q));
	OK(mp_joinable_queue_join(holder.q, MP_FOREVER));
	FAILS(mp_joinable_queue_task_done(holder.q), MP_TOO_MANY_DONE);
	mp_close(&fds[0]);
	mp_close(&fds[1]);
	mp_joinable_queue_free(holder.q);
}

static int
join_the_lost(void *q)
{
	return mp_joinable_queue_join(q, MP_FOREVER) == MP_TASK_LOST ? 0 : 1;
}

ROW("joinable.3/during", 3, "the consumer is killed while somebody sleeps in join: it is told",
    SOMEBODY_KILLED)
{
	int fds[2];
	OK(mp_pipe_cloexec(fds));
	struct holder holder = {new_joinable(0), fds[1], 1};

	add(holder.q, 1, 1, 10);
	struct mp_process *p = started(hold_tasks, &holder, NULL);
	EQUAL(read_byte(fds[0]), 'h');
	struct mp_process *joiner = started(join_the_lost, holder.q, NULL);
	await_sleep(mp_process_pid(joiner));
	killed(p);
	EQUAL(finished(joiner), 0);
	mp_close(&fds[0]);
	mp_close(&fds[1]);
	mp_joinable_queue_free(holder.q);
}

ROW("joinable.3/left", 2, "a consumer returns without task_done: join is told", TIDY)
{
	struct mp_joinable_queue *q = new_joinable(0);

	add(q, 1, 1, 10);
	EQUAL(finished(started(leave_undone, q, NULL)), 0);
	FAILS(mp_joinable_queue_join(q, MP_FOREVER), MP_TASK_LOST);
	OK(mp_joinable_queue_join(q, MP_FOREVER));
	mp_joinable_queue_free(q);
}

ROW("joinable.3/unreaped", 2, "a consumer that is dead and not yet reaped is dead", SOMEBODY_KILLED)
{
	struct mp_joinable_queue *q = new_joinable(0);

	add(q, 1, 1, 10);
	struct mp_process *p = started(leave_undone, q, NULL);
	await_death(p);
	FAILS(mp_joinable_queue_join(q, MP_FOREVER), MP_TASK_LOST);
	EQUAL(finished(p), 0);
	mp_joinable_queue_free(q);
}

static int
take_and_finish(void *arg)
{
	unsigned n = take(arg);

	return mp_joinable_queue_task_done(arg) ? 255 : (int)n;
}

ROW("joinable.3/asleep", 2, "a consumer is killed while it sleeps in get: nothing is lost",
    SOMEBODY_KILLED)
{
	struct mp_joinable_queue *q = new_joinable(0);
	struct mp_process *dead = started(take_and_finish, q, NULL);

	await_sleep(mp_process_pid(dead));
	killed(dead);
	add(q, 1, 6, 10);
	EQUAL(finished(started(take_and_finish, q, NULL)), 6);
	OK(mp_joinable_queue_join(q, MP_FOREVER));
	mp_joinable_queue_free(q);
}

static int
put_and_wait(void *arg)
{
	for (unsigned i = 0; i < 3; i++)
		add(arg, 1, i, 1000000);
	return 0;
}

ROW("joinable.3/producer", 3, "a producer is killed with what waits in it: join is told, no more",
    SOMEBODY_KILLED)
{
	struct mp_joinable_queue *q = new_joinable(0);
	struct mp_process *p = started(put_and_wait, q, NULL);
	struct mail mail;

	while (mp_queue_empty(mp_joinable_queue_queue(q)) || mp_joinable_queue_unfinished(q) < 3)
		sched_yield();
	killed(p);
	FAILS(take_mail(q, &mail, 1), MP_SENDER_DIED);
	FAILS(mp_joinable_queue_join(q, MP_FOREVER), MP_TASK_LOST);
	OK(mp_joinable_queue_join(q, MP_FOREVER));
	EQUAL(mp_joinable_queue_unfinished(q), 0);
	mp_joinable_queue_free(q);
}

static int
take_one(void *arg)
{
	return take(arg) == 1 ? 0 : 1;
}

/* As killed_at, but first let it find out who it is: thousands of steps in which nothing can be
 * lost. */
static bool
killed_taking(const struct point *point, struct mp_joinable_queue *q)
{
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0 && mp_joinable_queue_task_done(q) != MP_TOO_MANY_DONE)
		_exit(2);
	if (pid == 0)
		_exit(point_through(point, take_one, q));
	int status = waited(pid);
	TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0, "it was killed, or has taken one");
	return WIFSIGNALED(status);
}

/* After a death in get: what is still there can be done, and what is not, join is told of. */
ROW("joinable.3/any-store", 4,
    "killed at any store in get: no task is lost that join is not told of", .seconds = 10)
{
	bool dies = step_possible();
	long points = 0;

	while (dies) {
		struct mapped mapped = remember_maps();
		struct mp_joinable_queue *q = new_joinable(0);
		struct point point = {.unit = POINT_STORE, .at = points + 1};
		struct mail mail;
		point.watched = new_shared_map(&mapped, &point.size);
		add(q, 1, 1, 10);
		add(q, 1, 2, 10);
		row_step("killed at store %ld", point.at);
		dies = killed_taking(&point, q);
		points += dies;
		int left = 0;
		while (take_mail(q, &mail, 0) == 0) {
			left++;
			OK(mp_joinable_queue_task_done(q));
		}
		int told = mp_joinable_queue_join(q, 1);
		TRUE(left == 2 || told == MP_TASK_LOST,
		    "one task has gone with the dead, and join says so, not %d", told);
		OK(told == MP_TASK_LOST ? mp_joinable_queue_join(q, 1) : told);
		mp_joinable_queue_free(q);
	}
	TRUE(points >= 1 || !step_possible(), "there are stores to die at");
}
