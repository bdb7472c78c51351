/* SPDX-License-Identifier: MIT */
/*
 * Rows of 09-queue: SimpleQueue and Queue. The numbers in comments are CPython's behaviours
 * that a row answers to (docs/behaviours.md).
 *
 * Where somebody must die at a certain point, the point is counted (killed.h), or the process
 * sleeps there, because it has to: a message longer than the room needs two.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <sys/time.h>

#include "common.h"
#include "killed.h"
#include "queues.h"

STAGE("Queues")

#define TIDY .graph = "every child reaped by its parent; no kill after reap; nothing left"

/* --- queue.1: SimpleQueue --------------------------------------------------------------------------- */

/* 56 */
ROW("queue.1/empty", 2, "empty, not empty after a put, empty after the get; closed: refused")
{
	struct mp_simple_queue *q = new_simple_queue();
	void *data;
	size_t size;

	EQUAL(mp_simple_queue_empty(q), 1);
	OK(mp_simple_queue_put_bytes(q, "", 0));
	EQUAL(mp_simple_queue_empty(q), 0);
	OK(mp_simple_queue_put_bytes(q, "hello", 5));
	OK(mp_simple_queue_get_bytes(q, &data, &size));
	EQUAL(size, 0);
	free(data);
	OK(mp_simple_queue_get_bytes(q, &data, &size));
	EQUAL(size, 5);
	EQUAL_TEXT(data, "hello");
	free(data);
	EQUAL(mp_simple_queue_empty(q), 1);
	mp_simple_queue_close(q);
	mp_simple_queue_close(q);
	FAILS(mp_simple_queue_empty(q), MP_HANDLE_CLOSED);
	FAILS(mp_simple_queue_put_bytes(q, "x", 1), MP_HANDLE_CLOSED);
	FAILS(mp_simple_queue_get_bytes(q, &data, &size), MP_HANDLE_CLOSED);
	mp_simple_queue_free(q);
}

ROW("queue.1/order", 1, "messages of all lengths come whole and in order, round and round")
{
	struct mp_simple_queue *q = new_simple_queue();

	for (unsigned i = 0; i < 600; i++) {
		simple_put(q, 1, 2 * i, i * 37 % 9000);
		simple_put(q, 1, 2 * i + 1, i % 3);
		EQUAL(simple_get(q), 2 * i);
		EQUAL(simple_get(q), 2 * i + 1);
	}
	EQUAL(mp_simple_queue_empty(q), 1);
	mp_simple_queue_free(q);
}

struct pair {
	struct mp_simple_queue *q;
	atomic_long *count;
};

static int
put_until_killed(void *arg)
{
	struct pair *pair = arg;
	char kib[1024] = {0};

	while (mp_simple_queue_put_bytes(pair->q, kib, sizeof(kib)) == 0)
		++*pair->count;
	return 1;
}

ROW("queue.1/blocks", 2, "put blocks while there is no room, and goes on when somebody gets",
    .graph = "every child reaped by its parent; nothing left")
{
	struct pair pair = {new_simple_queue(), shared(sizeof(atomic_long))};
	struct mp_process *p = started(put_until_killed, &pair, NULL);
	void *data;
	size_t size;

	await_sleep(mp_process_pid(p));
	long fitted = *pair.count;
	BETWEEN(fitted, MP_QUEUE_ROOM / 1024 * 9 / 10, MP_QUEUE_ROOM / 1024);
	for (long i = 0; i < fitted; i++) {
		OK(mp_simple_queue_get_bytes(pair.q, &data, &size));
		EQUAL(size, 1024);
		free(data);
	}
	while (*pair.count < 2 * fitted)
		sched_yield();
	await_sleep(mp_process_pid(p));
	OK(mp_process_kill(p));
	EQUAL(finished(p), -SIGKILL);
	mp_simple_queue_free(pair.q);
}

static int
get_one(void *arg)
{
	void *data;
	size_t size;

	if (mp_simple_queue_get_bytes(arg, &data, &size))
		return 255;
	int code = size ? *(unsigned char *)data : 254;
	free(data);
	return code;
}

ROW("queue.1/waits", 1, "get sleeps until there is a message", TIDY)
{
	struct mp_simple_queue *q = new_simple_queue();
	struct mp_process *p = started(get_one, q, NULL);

	await_sleep(mp_process_pid(p));
	OK(mp_simple_queue_put_bytes(q, "A", 1));
	EQUAL(finished(p), 'A');
	mp_simple_queue_free(q);
}

static int
produce_simply(void *arg)
{
	struct crowd *crowd = arg;

	for (unsigned i = 0; i < crowd->each; i++)
		simple_put(crowd->simple, (unsigned)crowd->me, i, crowd->length(i));
	return 0;
}

static int
consume_simply(void *arg)
{
	struct crowd *crowd = arg;
	struct mail mail = {0};

	while (mail.from != STOP)
		enter_mail(crowd, simple_get_mail(crowd->simple, &mail), &mail);
	return 0;
}

static void
stop_simply(struct crowd *crowd)
{
	simple_put(crowd->simple, STOP, 0, 0);
}

ROW("queue.1/crowd", 2, "four put, four get: everything comes, once, and in each one's order", TIDY)
{
	struct crowd crowd = {.simple = new_simple_queue(), .each = 400, .length = short_length};

	let_crowd(&crowd, 4, produce_simply, 4, consume_simply, stop_simply);
	EQUAL(mp_simple_queue_empty(crowd.simple), 1);
	mp_simple_queue_free(crowd.simple);
}

/* Who sleeps in get holds nothing that others need. (CPython: the lock, for ever.) */
ROW("queue.1/sleeper", 1, "one who sleeps in get is killed: the others get",
    .graph = "every child reaped by its parent; nothing left", .seconds = 2)
{
	struct mp_simple_queue *q = new_simple_queue();
	struct mp_process *dead = started(get_one, q, NULL);

	await_sleep(mp_process_pid(dead));
	struct mp_process *other = started(get_one, q, NULL);
	await_sleep(mp_process_pid(other));
	OK(mp_process_kill(dead));
	EQUAL(finished(dead), -SIGKILL);
	OK(mp_simple_queue_put_bytes(q, "B", 1));
	EQUAL(finished(other), 'B');
	mp_simple_queue_free(q);
}

static int
put_three(void *arg)
{
	struct mp_simple_queue *q = arg;

	return mp_simple_queue_put_bytes(q, "three", 5) ? 1 : 0;
}

static int
get_first(void *arg)
{
	return get_one(arg) == 'o' ? 0 : 1;
}

/*
 * Two messages, "one" and "two"; a child is killed at a store in put ("three") or in get. What
 * is there afterwards must be one of the two: all of before, or all of after.
 */
static long
die_everywhere(int (*work)(void *), const char *before, const char *after)
{
	bool killed = step_possible();
	long points = 0;

	while (killed) {
		struct mapped mapped = remember_maps();
		struct mp_simple_queue *q = new_simple_queue();
		struct point point = {.unit = POINT_STORE, .at = points + 1};
		point.watched = new_shared_map(&mapped, &point.size);
		OK(mp_simple_queue_put_bytes(q, "one", 3));
		OK(mp_simple_queue_put_bytes(q, "two", 3));
		row_step("killed at store %ld", point.at);
		killed = killed_at(&point, work, q);
		points += killed;
		OK(mp_simple_queue_put_bytes(q, "end", 3));
		const char *seen = drain(q);
		TRUE(!strcmp(seen, after) || (killed && !strcmp(seen, before)),
		    "after a death in it there is \"%s\" or \"%s\", not \"%s\"", before, after,
		    seen);
		mp_simple_queue_free(q);
	}
	return points;
}

ROW("queue.1/killed", 3, "killed at any store in put or get: the message is there, or is not",
    .seconds = 15)
{
	long puts = die_everywhere(put_three, "one two end ", "one two three end ");
	long gets = die_everywhere(get_first, "one two end ", "two end ");

	TRUE((puts >= 2 && gets >= 1) || !step_possible(),
	    "there are stores to die at, not only %ld and %ld", puts, gets);
}

ROW("queue.1/holder", 1, "who waits for one that is killed in the middle of put is let in",
    .seconds = 2)
{
	struct mapped mapped = remember_maps();
	struct mp_simple_queue *q = new_simple_queue();
	struct point inside = {.unit = POINT_STORE, .at = 1, .signal = SIGSTOP};
	int status;

	if (step_possible()) {
		inside.watched = new_shared_map(&mapped, &inside.size);
		fflush(NULL);
		pid_t holder = fork();
		if (holder == 0)
			_exit(point_through(&inside, put_three, q));
		EQUAL(waitpid(holder, &status, WUNTRACED), holder);
		TRUE(WIFSTOPPED(status), "the holder has stopped in put");
		struct mp_process *waiter = started(put_three, q, NULL);
		await_sleep(mp_process_pid(waiter));
		EQUAL(kill(holder, SIGKILL), 0);
		waited(holder);
		EQUAL(finished(waiter), 0);
		OK(mp_simple_queue_put_bytes(q, "end", 3));
		EQUAL_TEXT(drain(q), "three end ");
	}
	mp_simple_queue_free(q);
}

/* --- queue.2: longer than the room ------------------------------------------------------------------ */

static const size_t LONG = 1000000;

static int
put_long(void *arg)
{
	simple_put(arg, 7, 1, LONG);
	return 0;
}

ROW("queue.2/long", 1, "a message longer than the room comes whole, again and again", TIDY)
{
	struct mp_simple_queue *q = new_simple_queue();

	for (int i = 0; i < 3; i++) {
		struct mp_process *p = started(put_long, q, NULL);
		struct mail mail;
		OK(simple_get_mail(q, &mail));
		EQUAL(mail.from, 7);
		EQUAL(mail.length, LONG);
		EQUAL(finished(p), 0);
	}
	EQUAL(mp_simple_queue_empty(q), 1);
	mp_simple_queue_free(q);
}

ROW("queue.2/crowd", 2, "long and short ones of many processes are never mixed", TIDY)
{
	struct crowd crowd = {.simple = new_simple_queue(), .each = 24, .length = mixed_length};

	let_crowd(&crowd, 3, produce_simply, 3, consume_simply, stop_simply);
	mp_simple_queue_free(crowd.simple);
}

/* Somebody who puts a long message, and sleeps in the middle of it. */
static struct mp_process *
stuck_sender(struct mp_simple_queue *q)
{
	struct mp_process *p = started(put_long, q, NULL);

	await_sleep(mp_process_pid(p));
	EQUAL(mp_simple_queue_empty(q), 0);
	return p;
}

static void
killed(struct mp_process *p)
{
	OK(mp_process_kill(p));
	EQUAL(finished(p), -SIGKILL);
}

#define SOMEBODY_KILLED .graph = "every child reaped by its parent; nothing left", .seconds = 3

ROW("queue.2/sender", 2, "a sender is killed in mid-message: who gets is told, and goes on",
    SOMEBODY_KILLED)
{
	struct mp_simple_queue *q = new_simple_queue();
	void *data = NULL;
	size_t size;

	killed(stuck_sender(q));
	FAILS(mp_simple_queue_get_bytes(q, &data, &size), MP_SENDER_DIED);
	TRUE(data == NULL, "a failed call leaves its out-parameters untouched");
	EQUAL(mp_simple_queue_empty(q), 1);
	simple_put(q, 1, 2, 100);
	EQUAL(simple_get(q), 2);
	mp_simple_queue_free(q);
}

static int
get_the_torn(void *arg)
{
	void *data;
	size_t size;

	return mp_simple_queue_get_bytes(arg, &data, &size) == MP_SENDER_DIED ? 0 : 1;
}

ROW("queue.2/receiver-waits", 2, "who waits for the rest of a message learns that it will not come",
    SOMEBODY_KILLED)
{
	struct mp_simple_queue *q = new_simple_queue();
	struct mp_process *sender = stuck_sender(q);

	EQUAL(kill(mp_process_pid(sender), SIGSTOP), 0);
	struct mp_process *receiver = started(get_the_torn, q, NULL);
	await_sleep(mp_process_pid(receiver));
	killed(sender);
	EQUAL(finished(receiver), 0);
	mp_simple_queue_free(q);
}

static int
put_short(void *arg)
{
	simple_put(arg, 1, 5, 10);
	return 0;
}

ROW("queue.2/sender-in-line", 1,
    "who waits to put behind a killed sender goes on, and nothing is torn", SOMEBODY_KILLED)
{
	struct mp_simple_queue *q = new_simple_queue();
	struct mp_process *sender = stuck_sender(q);
	struct mp_process *next = started(put_long, q, NULL);
	void *data;
	size_t size;

	await_sleep(mp_process_pid(next));
	killed(sender);
	FAILS(mp_simple_queue_get_bytes(q, &data, &size), MP_SENDER_DIED);
	struct mail mail;
	OK(simple_get_mail(q, &mail));
	EQUAL(mail.length, LONG);
	EQUAL(finished(next), 0);
	mp_simple_queue_free(q);
}

ROW("queue.2/receiver", 2, "a receiver is killed in mid-message: its message is lost, no other",
    SOMEBODY_KILLED)
{
	struct mp_simple_queue *q = new_simple_queue();
	struct mp_process *sender = stuck_sender(q);
	struct mail mail;

	EQUAL(kill(mp_process_pid(sender), SIGSTOP), 0);
	struct mp_process *receiver = started(get_one, q, NULL);
	await_sleep(mp_process_pid(receiver));
	killed(receiver);
	EQUAL(kill(mp_process_pid(sender), SIGCONT), 0);
	struct mp_process *next = started(put_short, q, NULL);
	OK(simple_get_mail(q, &mail));
	EQUAL(mail.number, 5);
	EQUAL(finished(sender), 0);
	EQUAL(finished(next), 0);
	EQUAL(mp_simple_queue_empty(q), 1);
	mp_simple_queue_free(q);
}

/* --- queue.3: Queue ----------------------------------------------------------------------------------- */

/* 46 */
ROW("queue.3/full", 2, "six fit into a queue for six; the seventh is refused, at once or in time")
{
	struct mp_queue *q = new_queue(6);

	for (unsigned i = 0; i < 6; i++) {
		EQUAL(mp_queue_full(q), false);
		put(q, 1, i, 10);
	}
	EQUAL(mp_queue_full(q), true);
	int64_t then = mp_now();
	FAILS(mp_queue_put_bytes(q, "x", 1, 0), MP_FULL);
	FAILS(mp_queue_put_bytes(q, "x", 1, -1), MP_FULL);
	BETWEEN(since(then), 0, 1);
	FAILS(mp_queue_put_bytes(q, "x", 1, 0.1), MP_FULL);
	BETWEEN(since(then), 0.1, 1.5);
	EQUAL(get(q), 0);
	put(q, 1, 6, 10);
	for (unsigned i = 1; i < 7; i++)
		EQUAL(get(q), i);
	mp_queue_free(q);
}

/* 47 */
ROW("queue.3/empty", 1, "nothing to get: refused at once, or when the time is up")
{
	struct mp_queue *q = new_queue(0);
	void *data = NULL;
	size_t size;

	int64_t then = mp_now();
	FAILS(mp_queue_get_bytes(q, &data, &size, 0), MP_EMPTY);
	FAILS(mp_queue_get_bytes(q, &data, &size, -1), MP_EMPTY);
	BETWEEN(since(then), 0, 1);
	FAILS(mp_queue_get_bytes(q, &data, &size, 0.2), MP_EMPTY);
	BETWEEN(since(then), 0.2, 1.5);
	TRUE(data == NULL, "a failed call leaves its out-parameters untouched");
	mp_queue_free(q);
}

/* 48 */
ROW("queue.3/count", 1, "qsize is 0, 1, 2, 1, 0; empty and full say the same")
{
	struct mp_queue *q = new_queue(2);

	EQUAL(mp_queue_qsize(q), 0);
	EQUAL(mp_queue_empty(q), true);
	put(q, 1, 1, 0);
	EQUAL(mp_queue_qsize(q), 1);
	EQUAL(mp_queue_empty(q), false);
	EQUAL(mp_queue_full(q), false);
	put(q, 1, 2, 0);
	EQUAL(mp_queue_qsize(q), 2);
	EQUAL(mp_queue_full(q), true);
	get(q);
	EQUAL(mp_queue_qsize(q), 1);
	get(q);
	EQUAL(mp_queue_qsize(q), 0);
	EQUAL(mp_queue_empty(q), true);
	mp_queue_free(q);
}

ROW("queue.3/at-once", 2, "what was put can be got without waiting: by who put, and by others",
    TIDY)
{
	struct mp_queue *q = new_queue(0);
	struct gate gate;
	struct later later = {q, &gate, false};

	for (unsigned i = 0; i < 300; i++) {
		put(q, 1, i, i);
		EQUAL(mp_queue_empty(q), false);
		EQUAL(get_now(q), i);
	}
	gate_init(&gate);
	struct mp_process *p = started(get_three_now, &later, NULL);
	for (unsigned i = 0; i < 3; i++)
		put(q, 1, i, 5000);
	gate_open(&gate);
	EQUAL(finished(p), 0);
	gate_release(&gate);
	mp_queue_free(q);
}

static int
put_with_patience(void *arg)
{
	return mp_queue_put_bytes(arg, "x", 1, 30) ? 1 : 0;
}

ROW("queue.3/slot", 1, "a put that waits for a slot goes on when somebody gets", TIDY)
{
	struct mp_queue *q = new_queue(1);

	put(q, 1, 0, 10);
	struct mp_process *p = started(put_with_patience, q, NULL);
	await_sleep(mp_process_pid(p));
	EQUAL(get(q), 0);
	EQUAL(finished(p), 0);
	EQUAL(mp_queue_qsize(q), 1);
	mp_queue_free(q);
}

static void
count_signal(int signal)
{
	(void)signal;
}

ROW("queue.3/signals", 1, "signals neither end a wait nor make it longer")
{
	struct mp_queue *q = new_queue(1);
	struct sigaction action = {.sa_handler = count_signal};
	struct itimerval storm = {{0, 5000}, {0, 5000}}, calm = {{0, 0}, {0, 0}};
	void *data;
	size_t size;

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &storm, NULL);
	int64_t then = mp_now();
	FAILS(mp_queue_get_bytes(q, &data, &size, 0.15), MP_EMPTY);
	put(q, 1, 0, 10);
	FAILS(mp_queue_put_bytes(q, "x", 1, 0.15), MP_FULL);
	setitimer(ITIMER_REAL, &calm, NULL);
	BETWEEN(since(then), 0.3, 1.5);
	mp_queue_free(q);
}

static int
wait_with_slots(void *arg)
{
	struct mp_queue *q = arg;

	put(q, 1, 0, LONG);
	put(q, 1, 1, LONG);
	put(q, 1, 2, LONG);
	return mp_queue_put_bytes(q, "x", 1, 0) == MP_FULL ? 0 : 1;
}

ROW("queue.3/bound", 2, "the bound is also for what waits in a producer",
    .graph = "every child reaped by its parent; nothing left")
{
	struct mp_queue *q = new_queue(3);
	struct mp_process *p = started(wait_with_slots, q, NULL);
	struct mail mail;

	await_sleep(mp_process_pid(p)); /* in its exit: all three are longer than the room */
	FAILS(mp_queue_put_bytes(q, "x", 1, 0), MP_FULL);
	for (unsigned i = 0; i < 3; i++) {
		OK(get_mail(q, &mail, MP_FOREVER));
		EQUAL(mail.number, i);
		EQUAL(mail.length, LONG);
	}
	EQUAL(finished(p), 0);
	EQUAL(mp_queue_full(q), false);
	mp_queue_free(q);
}

static int
put_and_tell(void *arg)
{
	struct later *later = arg;
	int error = mp_queue_put_bytes(later->q, "x", 1, 2);

	gate_open(later->gate);
	return error ? 1 : 0;
}

/* Its put returns before anybody gets; it may leave only after that. */
ROW("queue.3/dead-slots", 2, "a producer is killed with what waits in it: its slots are free again",
    SOMEBODY_KILLED)
{
	struct mp_queue *q = new_queue(3);
	struct gate gate;
	struct later later = {q, &gate, false};
	struct mp_process *p = started(wait_with_slots, q, NULL);
	void *data;
	size_t size;

	await_sleep(mp_process_pid(p));
	while (mp_queue_empty(q))
		sched_yield();
	gate_init(&gate);
	struct mp_process *waiter = started(put_and_tell, &later, NULL);
	await_sleep(mp_process_pid(waiter));
	killed(p);
	gate_wait(&gate);
	FAILS(mp_queue_get_bytes(q, &data, &size, 1), MP_SENDER_DIED);
	OK(mp_queue_get_bytes(q, &data, &size, 1));
	EQUAL(size, 1);
	free(data);
	EQUAL(finished(waiter), 0);
	EQUAL(mp_queue_qsize(q), 0);
	gate_release(&gate);
	mp_queue_free(q);
}

static int
produce(void *arg)
{
	struct crowd *crowd = arg;

	for (unsigned i = 0; i < crowd->each; i++)
		put(crowd->queue, (unsigned)crowd->me, i, crowd->length(i));
	return 0;
}

static int
consume(void *arg)
{
	struct crowd *crowd = arg;
	struct mail mail = {0};

	while (mail.from != STOP)
		enter_mail(crowd, get_mail(crowd->queue, &mail, MP_FOREVER), &mail);
	return 0;
}

static void
stop(struct crowd *crowd)
{
	put(crowd->queue, STOP, 0, 0);
}

ROW("queue.3/crowd", 2, "four put, four get, three slots: everything, once, in each one's order",
    TIDY)
{
	struct crowd crowd = {.queue = new_queue(3), .each = 250, .length = short_length};

	let_crowd(&crowd, 4, produce, 4, consume, stop);
	EQUAL(mp_queue_qsize(crowd.queue), 0);
	mp_queue_free(crowd.queue);
}

/* --- queue.4: the feeder ---------------------------------------------------------------------------------- */

static int
put_and_return(void *arg)
{
	struct mp_queue *q = arg;

	for (unsigned i = 0; i < 4; i++)
		put(q, 1, i, LONG);
	return mp_queue_waiting(q) > 0 ? 0 : 1;
}

ROW("queue.4/returns", 2,
    "put does not wait for somebody to get; leaving does, and nothing is lost", TIDY)
{
	struct mp_queue *q = new_queue(0);
	struct mp_process *p = started(put_and_return, q, NULL);
	struct mail mail;

	for (unsigned i = 0; i < 4; i++) {
		OK(get_mail(q, &mail, 2));
		EQUAL(mail.number, i);
		EQUAL(mail.length, LONG);
	}
	EQUAL(finished(p), 0);
	mp_queue_free(q);
}

static int
put_ten_more(void *arg)
{
	for (unsigned i = 10; i < 20; i++)
		put(arg, 1, i, 10);
	return 0;
}

/* 49 */
ROW("queue.4/one-by-one", 1, "ten of the parent's, then ten of a child's, come as 0 to 19", TIDY)
{
	struct mp_queue *q = new_queue(0);

	for (unsigned i = 0; i < 10; i++)
		put(q, 1, i, 10);
	EQUAL(finished(started(put_ten_more, q, NULL)), 0);
	for (unsigned i = 0; i < 20; i++)
		EQUAL(get(q), i);
	mp_queue_free(q);
}

static int
put_mixed(void *arg)
{
	for (unsigned i = 0; i < 300; i++)
		put(arg, 1, i, i % 50 == 3 ? LONG / 2 : i * 7);
	return 0;
}

ROW("queue.4/order", 2, "what finds room does not overtake what waits: one producer's order stays",
    TIDY)
{
	struct mp_queue *q = new_queue(0);
	struct mp_process *p = started(put_mixed, q, NULL);

	for (unsigned i = 0; i < 300; i++)
		EQUAL(get(q), i);
	EQUAL(finished(p), 0);
	mp_queue_free(q);
}

static int
change_after_put(void *arg)
{
	size_t size = MP_QUEUE_ROOM - 64;
	char *data = malloc(size);

	memset(data, 'a', size);
	if (mp_queue_put_bytes(arg, data, size, 0))
		return 1;
	memset(data, 'b', size);
	if (mp_queue_put_bytes(arg, data, size, 0))
		return 2;
	memset(data, 'x', size);
	free(data);
	return 0;
}

ROW("queue.4/copied", 1, "what the caller does with its bytes after put changes nothing", TIDY)
{
	struct mp_queue *q = new_queue(0);
	struct mp_process *p = started(change_after_put, q, NULL);

	await_sleep(mp_process_pid(p)); /* in its exit: the second one waits */
	for (int letter = 'a'; letter <= 'b'; letter++) {
		char *data;
		size_t size;
		OK(mp_queue_get_bytes(q, (void **)&data, &size, MP_FOREVER));
		EQUAL(data[0], letter);
		EQUAL(data[size - 1], letter);
		free(data);
	}
	EQUAL(finished(p), 0);
	mp_queue_free(q);
}

static int
waits_for_nothing(void *arg)
{
	struct mp_queue *q = arg;

	if (mp_queue_waiting(q) != 0)
		return 1;
	put(q, 2, 0, 10);
	put(q, 2, 1, LONG);
	return 0;
}

ROW("queue.4/fork", 2, "what waits in the parent is the parent's: a child does not put it again",
    TIDY)
{
	struct mp_queue *q = new_queue(0);
	unsigned next[3] = {0};

	for (unsigned i = 0; i < 3; i++)
		put(q, 1, i, LONG);
	EQUAL(mp_queue_waiting(q), 3);
	struct mp_process *p = started(waits_for_nothing, q, NULL);
	for (int i = 0; i < 5; i++) {
		struct mail mail;
		OK(get_mail(q, &mail, 2));
		TRUE(mail.from == 1 || mail.from == 2, "it is one of the two");
		EQUAL(mail.number, next[mail.from]++);
	}
	EQUAL(finished(p), 0);
	EQUAL(next[1], 3);
	EQUAL(mp_queue_qsize(q), 0);
	mp_queue_free(q);
}

static void *
keep_putting(void *arg)
{
	struct later *later = arg;

	for (unsigned i = 0; !atomic_load(&later->stop); i++) {
		put(later->q, 1, i, i % 20 ? 100 : LONG / 3);
		while (mp_queue_waiting(later->q) > 40 && !atomic_load(&later->stop))
			sched_yield();
	}
	return NULL;
}

static int
put_two(void *arg)
{
	put(arg, 2, 0, 10);
	return mp_queue_waiting(arg) > 1;
}

static int
count_twos(void *arg)
{
	struct mail mail;
	int twos = 0;

	while (get_mail(arg, &mail, MP_FOREVER) == 0 && mail.from != STOP)
		twos += mail.from == 2;
	return twos;
}

/* Any moment of the other thread is a moment of the fork. */
ROW("queue.4/fork-storm", 2, "a fork while another thread puts: the child's queue works", TIDY)
{
	struct mp_queue *q = new_queue(0);
	struct later later = {.q = q};
	pthread_t thread;

	struct mp_process *consumer = started(count_twos, q, NULL);
	EQUAL(pthread_create(&thread, NULL, keep_putting, &later), 0);
	for (int i = 0; i < 40; i++)
		EQUAL(finished(started(put_two, q, NULL)), 0);
	atomic_store(&later.stop, true);
	pthread_join(thread, NULL);
	put(q, STOP, 0, 0);
	EQUAL(finished(consumer), 40);
	mp_queue_close(q);
	OK(mp_queue_join_thread(q, MP_FOREVER));
	mp_queue_free(q);
}

static int
put_and_free(void *arg)
{
	put(arg, 1, 0, LONG);
	put(arg, 1, 1, 10);
	mp_queue_free(arg);
	return 0;
}

ROW("queue.4/freed", 1, "what waits in a queue that was freed arrives all the same", TIDY)
{
	struct mp_queue *q = new_queue(0);
	struct mp_process *p = started(put_and_free, q, NULL);

	EQUAL(get(q), 0);
	EQUAL(get(q), 1);
	EQUAL(finished(p), 0);
	mp_queue_free(q);
}

/* --- queue.5: close, and the join deadlock -------------------------------------------------------------- */

/* 53 */
ROW("queue.5/closed", 2, "after close there is no put and no get: in this process", TIDY)
{
	struct mp_queue *q = new_queue(0);
	void *data;
	size_t size;

	struct gate gate;
	put(q, 1, 10, 10);
	gate_init(&gate);
	struct later later = {q, &gate, false};
	struct mp_process *p = started(get_later, &later, NULL);
	mp_queue_close(q);
	mp_queue_close(q);
	FAILS(mp_queue_put_bytes(q, "x", 1, 0), MP_CLOSED);
	FAILS(mp_queue_get_bytes(q, &data, &size, 0), MP_CLOSED);
	gate_open(&gate);
	EQUAL(finished(p), 10);
	gate_release(&gate);
	mp_queue_free(q);
}

ROW("queue.5/join-thread", 2, "join_thread waits for what waits: after close, and in time")
{
	struct mp_queue *q = new_queue(0);

	struct gate gate;
	struct later later = {q, &gate, false};

	gate_init(&gate);
	FAILS(mp_queue_join_thread(q, 0), MP_NOT_CLOSED);
	put(q, 1, 6, LONG);
	struct mp_process *p = started(get_later, &later, NULL);
	mp_queue_close(q);
	FAILS(mp_queue_join_thread(q, 0), MP_TIMEOUT);
	FAILS(mp_queue_join_thread(q, 0.05), MP_TIMEOUT);
	EQUAL(mp_queue_waiting(q), 1);
	gate_open(&gate);
	OK(mp_queue_join_thread(q, MP_FOREVER));
	EQUAL(mp_queue_waiting(q), 0);
	EQUAL(finished(p), 6);
	gate_release(&gate);
	mp_queue_free(q);
}

static int
put_a_million(void *arg)
{
	put(arg, 1, 6, LONG);
	return 0;
}

/* 54 */
ROW("queue.5/deadlock", 3, "join before get: the child stays until its message has been got", TIDY)
{
	struct mp_queue *q = new_queue(0);
	struct mp_process *p = started(put_a_million, q, NULL);
	struct mail mail;

	FAILS(mp_process_join(p, 0.15), MP_TIMEOUT);
	await_sleep(mp_process_pid(p));
	FAILS(mp_process_join(p, 0.05), MP_TIMEOUT);
	EQUAL(mp_process_is_alive(p), 1);
	OK(get_mail(q, &mail, MP_FOREVER));
	EQUAL(mail.length, LONG);
	EQUAL(finished(p), 0);
	mp_queue_free(q);
}

ROW("queue.5/get-first", 1, "the cure: get, then join", TIDY)
{
	struct mp_queue *q = new_queue(0);
	struct mp_process *p = started(put_a_million, q, NULL);

	EQUAL(get(q), 6);
	EQUAL(finished(p), 0);
	mp_queue_free(q);
}

static int
put_and_cancel(void *arg)
{
	struct mp_queue *q = arg;

	put(q, 1, 0, 10);
	put(q, 1, 1, LONG);
	put(q, 1, 2, 10);
	mp_queue_cancel_join_thread(q);
	return 3;
}

/* 55 */
ROW("queue.5/cancel", 2, "cancel_join_thread lets the child leave: what waited is lost, no more",
    TIDY)
{
	struct mp_queue *q = new_queue(0);
	struct mp_process *p = started(put_and_cancel, q, NULL);
	void *data;
	size_t size;

	EQUAL(joined(p), 3);
	EQUAL(get(q), 0);
	int error = mp_queue_get_bytes(q, &data, &size, 0.3);
	TRUE(error == MP_SENDER_DIED || error == MP_EMPTY,
	    "the long message was cut, or had not begun: %s", mp_error_name(error));
	FAILS(mp_queue_get_bytes(q, &data, &size, 0), MP_EMPTY);
	put(q, 1, 9, 10);
	EQUAL(get(q), 9);
	mp_process_free(p);
	mp_queue_free(q);
}

/* --- queue.6: values ---------------------------------------------------------------------------------------- */

static int
put_values(void *arg)
{
	struct mp_value *v = a_value();
	int error = mp_queue_put(arg, v, MP_FOREVER);

	if (!error)
		error = mp_queue_put_nowait(arg, v);
	mp_value_free(v);
	return error ? 1 : 0;
}

ROW("queue.6/values", 1, "a value arrives equal, through either queue", TIDY)
{
	struct mp_queue *q = new_queue(0);
	struct mp_simple_queue *s = new_simple_queue();
	struct mp_value *v = a_value(), *again = NULL;

	EQUAL(finished(started(put_values, q, NULL)), 0);
	OK(mp_queue_get(q, &again, 0));
	EQUAL(mp_value_equal(v, again), 1);
	mp_value_free(again);
	OK(mp_queue_get_nowait(q, &again));
	EQUAL(mp_value_equal(v, again), 1);
	mp_value_free(again);
	FAILS(mp_queue_get_nowait(q, &again), MP_EMPTY);
	OK(mp_simple_queue_put(s, v));
	OK(mp_simple_queue_get(s, &again));
	EQUAL(mp_value_equal(v, again), 1);
	mp_value_free(again);
	mp_value_free(v);
	mp_simple_queue_free(s);
	mp_queue_free(q);
}

static const struct mp_class unpicklable = {.name = "Unpicklable"};

/* 52 */
ROW("queue.6/refused", 2, "what cannot be pickled is refused by put, and takes no slot")
{
	struct mp_queue *q = new_queue(1);
	struct mp_value *bad = mp_list(mp_int(1), mp_object(&unpicklable, (void *)7));
	struct mp_value *good = mp_int(6), *again = NULL;

	FAILS(mp_queue_put(q, bad, MP_FOREVER), MP_NOT_PICKLABLE);
	EQUAL(mp_queue_qsize(q), 0);
	OK(mp_queue_put(q, good, 0));
	FAILS(mp_queue_put_nowait(q, good), MP_FULL);
	OK(mp_queue_get(q, &again, 0));
	EQUAL(mp_value_equal(good, again), 1);
	mp_value_free(again);
	mp_value_free(good);
	mp_value_free(bad);
	mp_queue_free(q);
}

ROW("queue.6/no-pickle", 1, "bytes that are no pickle are an error, once")
{
	struct mp_queue *q = new_queue(0);
	struct mp_value *six = mp_int(6), *v = NULL;

	OK(mp_queue_put_bytes(q, "no pickle", 9, 0));
	OK(mp_queue_put(q, six, 0));
	FAILS(mp_queue_get(q, &v, 0), MP_UNPICKLING);
	OK(mp_queue_get(q, &v, 0));
	EQUAL(mp_value_equal(v, six), 1);
	mp_value_free(v);
	mp_value_free(six);
	mp_queue_free(q);
}

/* 57 */
ROW("queue.6/inheritance", 1, "a queue is not sent through a queue: only a child to come gets one")
{
	struct mp_queue *q = new_queue(0);
	struct mp_simple_queue *s = new_simple_queue();
	struct mp_value *both = mp_tuple(
	    mp_int(1), mp_object(&mp_queue_class, q), mp_object(&mp_simple_queue_class, s));

	FAILS(mp_queue_put(q, both, MP_FOREVER), MP_NOT_SPAWNING);
	FAILS(mp_simple_queue_put(s, both), MP_NOT_SPAWNING);
	EQUAL(mp_queue_qsize(q), 0);
	EQUAL(mp_simple_queue_empty(s), 1);
	mp_value_free(both);
	mp_simple_queue_free(s);
	mp_queue_free(q);
}

/* In a child of any kind: what comes through the first goes back through the second. */
static int
give_back(struct mp_value *args)
{
	struct mp_queue *q = mp_value_object(mp_value_at(args, 0), &mp_queue_class);
	struct mp_simple_queue *s = mp_value_object(mp_value_at(args, 1), &mp_simple_queue_class);
	struct mp_value *v;

	if (!q || !s || mp_queue_get(q, &v, MP_FOREVER))
		return 1;
	int error = mp_simple_queue_put(s, v);
	mp_value_free(v);
	put(q, 7, 6, LONG);
	return error ? 2 : 0;
}
MP_REGISTER(give_back);

static void
give_back_by(enum mp_method method)
{
	char *argv[] = {(char *)"row", NULL};
	struct mp_queue *q = new_queue(0);
	struct mp_simple_queue *s = new_simple_queue();
	struct mp_value *v = a_value(), *again = NULL;
	struct mp_process *p = NULL;

	OK(mp_init(1, argv));
	OK(mp_process_call(&p, mp_get_context(method), give_back,
	    mp_tuple(mp_object(&mp_queue_class, q), mp_object(&mp_simple_queue_class, s)), NULL));
	OK(mp_process_start(p));
	OK(mp_queue_put(q, v, 0));
	OK(mp_simple_queue_get(s, &again));
	EQUAL(mp_value_equal(v, again), 1);
	EQUAL(get(q), 6);
	EQUAL(finished(p), 0);
	mp_value_free(again);
	mp_value_free(v);
	mp_simple_queue_free(s);
	mp_queue_free(q);
	EQUAL(mp_forkserver_stop(), 0);
	EQUAL(mp_tracker_stop(), 0);
}

ROW("queue.6/spawned", 2, "a spawned child has the queues that are among its arguments", TIDY)
{
	give_back_by(MP_SPAWN);
}

ROW("queue.6/forkserver", 1, "so has one of the forkserver's")
{
	give_back_by(MP_FORKSERVER);
}
