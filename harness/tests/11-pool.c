/* SPDX-License-Identifier: MIT */
/*
 * Rows of 11-pool. The numbers in comments are CPython's behaviours that a row answers to
 * (docs/behaviours.md).
 *
 * Tasks and rows tell each other by a page that they share, made before the pool, and by gates.
 * No row waits for a time to pass: it waits until something has happened.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "common.h"
#include "step.h"

STAGE("Pool")

#define TIDY .graph = "every child reaped by its parent; no kill after reap; nothing left"

/* --- what the rows have in common -------------------------------------------------------------- */

/* Seen by the row and by all workers that were forked from it. */
static struct {
	atomic_int begun, ended, calls;
	atomic_int pids[64];
	atomic_int of[4096];
} * page;
static int door = -1;

static void
share_page(void)
{
	page = shared(sizeof(*page));
}

/* A gate that also opens while idle workers hold it: each who waits takes one of what is put in. */
static void
make_door(void)
{
	door = eventfd(0, EFD_SEMAPHORE | EFD_CLOEXEC);
	TRUE(door >= 0, "there is an eventfd");
}

static void
open_door(void)
{
	uint64_t many = 1000000;

	(void)!write(door, &many, sizeof(many));
}

static void
wait_at_door(void)
{
	uint64_t one;

	(void)!mp_read_all(door, &one, sizeof(one));
}

static struct mp_pool *
pool_of(int processes, const struct mp_pool_options *options)
{
	struct mp_pool *pool = NULL;

	OK(mp_pool_new(&pool, processes, options));
	return pool;
}

/* Closed, joined, given up. */
static void
finish(struct mp_pool *pool)
{
	OK(mp_pool_close(pool));
	OK(mp_pool_join(pool, MP_FOREVER));
	mp_pool_free(pool);
}

static int64_t
int_of(const struct mp_value *v)
{
	int64_t number = -1;

	(void)!mp_value_int(v, &number);
	return number;
}

/* The int in a value that is given up. */
static int64_t
taken(struct mp_value *v)
{
	int64_t number = int_of(v);

	mp_value_free(v);
	return number;
}

static struct mp_value *
range(int64_t n)
{
	struct mp_value *list = mp_list();

	for (int64_t i = 0; i < n; i++)
		OK(mp_list_append(list, mp_int(i)));
	return list;
}

static int64_t
applied(struct mp_pool *pool, mp_task *f, int64_t arg)
{
	struct mp_value *args = mp_tuple(mp_int(arg)), *value = NULL;

	OK(mp_pool_apply(pool, f, args, &value));
	mp_value_free(args);
	return taken(value);
}

static struct mp_result *
asked(struct mp_pool *pool, mp_task *f, int64_t arg, const struct mp_callbacks *callbacks)
{
	struct mp_value *args = mp_tuple(mp_int(arg));
	struct mp_result *r = NULL;

	OK(mp_pool_apply_async(pool, f, args, callbacks, &r));
	mp_value_free(args);
	return r;
}

/* What became of it, within a time that nothing may take. */
static int
became(struct mp_result *r)
{
	int error = mp_result_get(r, MP_FOREVER, NULL);

	mp_result_free(r);
	return error;
}

static struct mp_progress
progress_of(struct mp_pool *pool)
{
	struct mp_progress progress;

	mp_pool_progress(pool, &progress);
	return progress;
}

/* Who sits there; never 0, which kill would take for all of us. */
static pid_t
worker_of(struct mp_pool *pool, int i)
{
	pid_t pid = mp_pool_pid(pool, i);

	TRUE(pid > 0, "there is a worker in place %d", i);
	return pid;
}

/* Wait until so many have come. The processor is given away: others need it to come. */
static void
await_count(atomic_int *count, int n)
{
	while (atomic_load(count) < n)
		sched_yield();
}

/* --- functions for the workers ----------------------------------------------------------------- */

static int
square(struct mp_value *args, struct mp_value **result)
{
	int64_t n = int_of(mp_value_at(args, 0));

	return (*result = mp_int(n * n)) ? 0 : -ENOMEM;
}
MP_REGISTER_TASK(square);

static int
multiply(struct mp_value *args, struct mp_value **result)
{
	*result = mp_int(int_of(mp_value_at(args, 0)) * int_of(mp_value_at(args, 1)));
	return *result ? 0 : -ENOMEM;
}

static int
tell_pid(struct mp_value *args, struct mp_value **result)
{
	(void)args;
	return (*result = mp_int(getpid())) ? 0 : -ENOMEM;
}

/* Tell that it has begun, and wait at the gate. */
static int
wait_there(struct mp_value *args, struct mp_value **result)
{
	(void)args, (void)result;
	atomic_fetch_add(&page->begun, 1);
	wait_at_door();
	atomic_fetch_add(&page->ended, 1);
	return 0;
}

static int
sleep_long(struct mp_value *args, struct mp_value **result)
{
	(void)args, (void)result;
	atomic_store(&page->pids[0], getpid());
	atomic_fetch_add(&page->begun, 1);
	for (;;)
		pause();
	return 0;
}

static int
count_me(struct mp_value *args, struct mp_value **result)
{
	(void)args, (void)result;
	atomic_fetch_add(&page->ended, 1);
	return 0;
}

static int
fail_at_three(struct mp_value *args, struct mp_value **result)
{
	if (int_of(mp_value_at(args, 0)) == 3)
		return mp_task_fail("%s is unlucky", "three");
	return square(args, result);
}

static int
kill_myself(struct mp_value *args, struct mp_value **result)
{
	(void)args, (void)result;
	kill(getpid(), SIGKILL);
	return 0;
}
MP_REGISTER_TASK(kill_myself);

static int
leave_with_seven(struct mp_value *args, struct mp_value **result)
{
	(void)args, (void)result;
	_exit(7);
}

static int
long_string(struct mp_value *args, struct mp_value **result)
{
	size_t size = mp_value_len(mp_value_at(args, 0));
	char *text = malloc(size + 1);

	memset(text, 'x', size);
	*result = mp_bytes(text, size);
	free(text);
	return *result ? 0 : -ENOMEM;
}

/* --- pool.1: one worker ------------------------------------------------------------------------- */

ROW("pool.1/apply", 2, "one worker: the function runs in another process, and its result comes",
    TIDY)
{
	struct mp_pool *pool = pool_of(1, NULL);

	EQUAL(applied(pool, square, 7), 49);
	EQUAL(applied(pool, square, -3), 9);
	int64_t pid = applied(pool, tell_pid, 0);
	TRUE(pid > 0 && pid != getpid(), "the task runs in a process of its own");
	EQUAL(applied(pool, tell_pid, 0), pid);
	EQUAL(mp_pool_pid(pool, 0), pid);
	finish(pool);
}

static int64_t begun_with;

static int
begin_with(struct mp_value *args)
{
	begun_with = int_of(mp_value_at(args, 0));
	return 0;
}

static int
tell_beginning(struct mp_value *args, struct mp_value **result)
{
	(void)args;
	return (*result = mp_int(begun_with)) ? 0 : -ENOMEM;
}

ROW("pool.1/initializer", 1, "the initializer is called in every worker, before its first task",
    TIDY)
{
	struct mp_value *args = mp_tuple(mp_int(41));
	struct mp_pool *pool =
	    pool_of(2, &(struct mp_pool_options){.initializer = begin_with, .initargs = args});

	mp_value_free(args);
	for (int i = 0; i < 4; i++)
		EQUAL(applied(pool, tell_beginning, 0), 41);
	EQUAL(begun_with, 0); /* here it was not */
	finish(pool);
}

/* 100 */
ROW("pool.1/invalid", 1, "a pool of no workers, or of -1, is refused; tasks per child, below 0")
{
	struct mp_pool *pool = NULL;

	FAILS(mp_pool_new(&pool, 0, NULL), MP_INVALID);
	FAILS(mp_pool_new(&pool, -1, NULL), MP_INVALID);
	FAILS(mp_pool_new(&pool, 1, &(struct mp_pool_options){.maxtasksperchild = -1}), MP_INVALID);
	TRUE(pool == NULL, "a failed call leaves its out-parameter untouched");
}

/* 102 */
ROW("pool.1/all-or-none", 1, "if a worker cannot be started, those that were are stopped again",
    TIDY)
{
	struct rlimit before, few;
	struct mp_pool *pool = NULL;
	int lowest = open("/dev/null", O_RDONLY | O_CLOEXEC);

	close(lowest);
	EQUAL(getrlimit(RLIMIT_NOFILE, &before), 0);
	few = before;
	few.rlim_cur = (rlim_t)lowest + 16; /* a few workers' worth */
	EQUAL(setrlimit(RLIMIT_NOFILE, &few), 0);
	FAILS(mp_pool_new(&pool, 20, NULL), -EMFILE);
	EQUAL(setrlimit(RLIMIT_NOFILE, &before), 0);
	TRUE(pool == NULL, "a failed call leaves its out-parameter untouched");
	EQUAL(mp_active_children(NULL, 0), 0);
}

/* The signals below 32 that are blocked. */
static int64_t
mask_here(void)
{
	int64_t mask = 0;
	sigset_t set;

	pthread_sigmask(SIG_BLOCK, NULL, &set);
	for (int i = 1; i < 32; i++)
		mask |= (int64_t)(sigismember(&set, i) == 1) << i;
	return mask;
}

static int
tell_mask(struct mp_value *args, struct mp_value **result)
{
	(void)args;
	return (*result = mp_int(mask_here())) ? 0 : -ENOMEM;
}
MP_REGISTER_TASK(tell_mask);

ROW("pool.1/mask", 1, "in a task those signals are blocked that were blocked for who made the pool",
    TIDY)
{
	sigset_t usr1;

	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	EQUAL(pthread_sigmask(SIG_BLOCK, &usr1, NULL), 0);
	int64_t mine = mask_here();
	struct mp_pool *pool = pool_of(2, NULL);
	EQUAL(applied(pool, tell_mask, 0), mine);
	EQUAL(mask_here(), mine);
	finish(pool);
}

/* How many ends of pipes are open here; as the exit code of a child that has no pool. */
static int
ends(void *arg)
{
	struct stat what;
	int n = 0;

	(void)arg;
	for (int fd = 0; fd < 1024; fd++)
		n += !fstat(fd, &what) && (S_ISFIFO(what.st_mode) || S_ISSOCK(what.st_mode));
	return n;
}

/* Wait for all others, so that each of three tells of itself. */
static int
tell_ends(struct mp_value *args, struct mp_value **result)
{
	(void)args;
	atomic_fetch_add(&page->begun, 1);
	await_count(&page->begun, 3);
	return (*result = mp_int(ends(NULL))) ? 0 : -ENOMEM;
}

ROW("pool.1/ends", 1,
    "a worker holds its own two ends of pipes, none of its sisters', and none of ours", TIDY)
{
	struct mp_value *items = range(3), *counts = NULL;

	share_page();
	int others = finished(started(ends, NULL, NULL));
	struct mp_pool *pool = pool_of(3, NULL);
	OK(mp_pool_map(pool, tell_ends, items, 1, &counts));
	for (size_t i = 0; i < 3; i++)
		BETWEEN(int_of(mp_value_at(counts, i)) - others, 0, 2);
	mp_value_free(counts);
	mp_value_free(items);
	finish(pool);
}

static int
unregistered(struct mp_value *args, struct mp_value **result)
{
	return square(args, result);
}

/* Functions by name, a map, a worker that dies in its task, and one in its place. */
static void
work_by(enum mp_method method)
{
	char *argv[] = {(char *)"row", NULL};
	struct mp_value *args = mp_tuple(mp_int(9)), *items = range(20), *values = NULL;
	int64_t sum = 0;

	OK(mp_init(1, argv));
	struct mp_pool *pool =
	    pool_of(2, &(struct mp_pool_options){.context = mp_get_context(method)});
	EQUAL(applied(pool, square, 9), 81);
	EQUAL(applied(pool, tell_mask, 0), 0); /* no signal is blocked */
	FAILS(mp_pool_apply(pool, unregistered, args, &values), MP_NOT_REGISTERED);
	FAILS(mp_pool_apply(pool, kill_myself, args, &values), MP_WORKER_DIED);
	OK(mp_pool_map(pool, square, items, 3, &values));
	for (size_t i = 0; i < mp_value_len(values); i++)
		sum += int_of(mp_value_at(values, i));
	EQUAL(sum, 2470);
	mp_value_free(values);
	mp_value_free(items);
	mp_value_free(args);
	finish(pool);
	EQUAL(mp_forkserver_stop(), 0);
	EQUAL(mp_tracker_stop(), 0);
}

ROW("pool.1/spawn", 1, "where workers are new programs, functions are found by their names",
    .seconds = 10)
{
	work_by(MP_SPAWN);
}

ROW("pool.1/forkserver", 1, "and so where a server makes them, who are not even our children",
    .seconds = 10)
{
	work_by(MP_FORKSERVER);
}

static int
bytes_square(const void *in, void *out, size_t n)
{
	const long *a = in;

	for (size_t i = 0; i < n; i++)
		((long *)out)[i] = a[i] * a[i];
	return 0;
}
MP_REGISTER_TASK(bytes_square);

/* --- pool.2: many, and later --------------------------------------------------------------------- */

ROW("pool.2/at-once", 1, "four workers have four tasks at the same time", TIDY)
{
	struct mp_result *r[4];

	share_page();
	make_door();
	struct mp_pool *pool = pool_of(4, NULL);
	for (int i = 0; i < 4; i++)
		r[i] = asked(pool, wait_there, i, NULL);
	await_count(&page->begun, 4); /* each in a worker: all of them wait at the gate */
	EQUAL(atomic_load(&page->ended), 0);
	open_door();
	for (int i = 0; i < 4; i++)
		OK(became(r[i]));
	finish(pool);
	mp_close(&door);
}

/* 92 */
ROW("pool.2/timeout", 1, "get of a result that takes too long says so; the pool goes on", TIDY)
{
	share_page();
	make_door();
	struct mp_pool *pool = pool_of(2, NULL);
	struct mp_result *r = asked(pool, wait_there, 0, NULL);
	struct mp_value *value = NULL;
	int64_t then = mp_now();

	FAILS(mp_result_get(r, 0.1, &value), MP_TIMEOUT);
	BETWEEN(since(then), 0.1, 3);
	FAILS(mp_result_get(r, 0, &value), MP_TIMEOUT);
	FAILS(mp_result_wait(r, -1), MP_TIMEOUT);
	TRUE(value == NULL, "a failed call leaves its out-parameter untouched");
	EQUAL(applied(pool, square, 5), 25);
	open_door();
	OK(became(r));
	finish(pool);
	mp_close(&door);
}

ROW("pool.2/ready", 1, "a result tells whether it is ready, and then whether all went well", TIDY)
{
	share_page();
	make_door();
	struct mp_pool *pool = pool_of(1, NULL);
	struct mp_result *good = asked(pool, wait_there, 0, NULL);
	struct mp_result *bad = asked(pool, fail_at_three, 3, NULL);
	struct mp_value *value = NULL;

	EQUAL(mp_result_ready(good), 0);
	FAILS(mp_result_successful(good), MP_NOT_READY);
	FAILS(mp_result_item(good, 0), MP_NOT_READY);
	open_door();
	OK(mp_result_wait(bad, MP_FOREVER));
	EQUAL(mp_result_ready(good), 1);
	EQUAL(mp_result_successful(good), 1);
	EQUAL(mp_result_successful(bad), 0);
	OK(mp_result_get(good, 0, &value)); /* again and again: nothing was returned: None */
	EQUAL(mp_value_kind(value), MP_NONE);
	mp_value_free(value);
	mp_result_free(good);
	FAILS(became(bad), MP_TASK_FAILED);
	finish(pool);
	mp_close(&door);
}

struct heard {
	atomic_int done, failed;
	int64_t value;
	int error;
	char why[100];
};

static void
hear_value(void *arg, struct mp_value *value)
{
	struct heard *heard = arg;

	heard->value = int_of(value);
	atomic_fetch_add(&heard->done, 1);
}

static void
hear_error(void *arg, int error, const char *why)
{
	struct heard *heard = arg;

	heard->error = error;
	snprintf(heard->why, sizeof(heard->why), "%s", why);
	atomic_fetch_add(&heard->failed, 1);
}

/* 96 */
ROW("pool.2/callbacks", 2, "of the two callbacks one is called, once: with the value, or the error",
    TIDY)
{
	struct heard good = {0}, bad = {0}, empty = {0};
	struct mp_value *none = mp_list();
	struct mp_pool *pool = pool_of(2, NULL);

	OK(became(asked(pool, square, 6, &(struct mp_callbacks){hear_value, hear_error, &good})));
	FAILS(became(asked(
		  pool, fail_at_three, 3, &(struct mp_callbacks){hear_value, hear_error, &bad})),
	    MP_TASK_FAILED);
	OK(mp_pool_map_async(
	    pool, square, none, 0, &(struct mp_callbacks){hear_value, hear_error, &empty}, NULL));
	finish(pool); /* joined: all callbacks have been called */
	mp_value_free(none);
	EQUAL(good.done, 1);
	EQUAL(good.failed, 0);
	EQUAL(good.value, 36);
	EQUAL(bad.done, 0);
	EQUAL(bad.failed, 1);
	EQUAL(bad.error, MP_TASK_FAILED);
	EQUAL_TEXT(bad.why, "three is unlucky");
	EQUAL(empty.done, 1);
	EQUAL(empty.failed, 0);
}

static struct {
	struct mp_pool *pool;
	struct mp_result *never;
	int left, waited;
	int over[2];
} chain;

static void
next_of_chain(void *arg, struct mp_value *value)
{
	(void)arg;
	if (chain.left == 50)
		chain.waited = mp_result_get(chain.never, 5, NULL);
	if (--chain.left == 0) {
		tell(chain.over[1], 'x');
		return;
	}
	struct mp_value *args = mp_tuple(mp_int(int_of(value) % 10));
	(void)!mp_pool_apply_async(
	    chain.pool, square, args, &(struct mp_callbacks){.done = next_of_chain}, NULL);
	mp_value_free(args);
}

ROW("pool.2/from-callbacks", 1, "a callback may give the pool a task, a hundred times; not wait",
    TIDY)
{
	share_page();
	make_door();
	OK(mp_pipe_cloexec(chain.over));
	chain.pool = pool_of(2, NULL);
	chain.left = 100;
	chain.never = asked(chain.pool, wait_there, 0, NULL);
	mp_result_free(asked(chain.pool, square, 2, &(struct mp_callbacks){.done = next_of_chain}));
	EQUAL(read_byte(chain.over[0]), 'x');
	EQUAL(chain.waited, -EDEADLK);
	open_door();
	OK(became(chain.never));
	finish(chain.pool);
	mp_close(&door);
	mp_close(&chain.over[0]);
	mp_close(&chain.over[1]);
}

ROW("pool.2/not-behind", 1, "who has nothing to do takes what waits behind another's long task",
    TIDY)
{
	struct mp_result *slow[2];

	share_page();
	make_door();
	struct mp_pool *pool = pool_of(2, NULL);
	slow[0] = asked(pool, wait_there, 0, NULL);
	await_count(&page->begun, 1); /* one worker is busy, and tasks are dealt out to both */
	struct mp_value *items = range(40), *values = NULL;
	OK(mp_pool_map(pool, count_me, items, 1, &values));
	EQUAL(atomic_load(&page->ended), 40);
	mp_value_free(values);
	mp_value_free(items);
	open_door();
	OK(became(slow[0]));
	finish(pool);
	EQUAL(atomic_load(&page->ended), 41); /* nothing was done twice */
	mp_close(&door);
}

/* 101 */
ROW("pool.2/two-hundred", 1, "two hundred workers add up the squares below 1,000: 332833500",
    .seconds = 10)
{
	struct mp_value *items = range(1000), *values = NULL;
	struct mp_pool *pool = pool_of(200, NULL);
	int64_t sum = 0;

	OK(mp_pool_map(pool, square, items, 0, &values));
	EQUAL(mp_value_len(values), 1000);
	for (size_t i = 0; i < 1000; i++)
		sum += int_of(mp_value_at(values, i));
	EQUAL(sum, 332833500);
	mp_value_free(values);
	mp_value_free(items);
	OK(mp_pool_terminate(pool));
	mp_pool_free(pool);
}

struct user {
	struct mp_pool *pool;
	struct mp_result *common;
	int64_t number;
	int wrong;
	atomic_int tid;
};

static void *
use(void *arg)
{
	struct user *u = arg;

	atomic_store(&u->tid, gettid());
	u->wrong += mp_result_get(u->common, MP_FOREVER, NULL) != 0;
	for (int64_t i = 0; i < 100; i++) {
		struct mp_value *args = mp_tuple(mp_int(1000 * u->number + i)), *value = NULL;
		int64_t n = 1000 * u->number + i;
		int error = mp_pool_apply(u->pool, square, args, &value);
		u->wrong += error || taken(value) != n * n;
		mp_value_free(args);
	}
	return NULL;
}

ROW("pool.2/threads", 1, "threads that wait for one result all get it; and each what it asks for",
    TIDY)
{
	struct user users[4];
	pthread_t threads[4];

	share_page();
	make_door();
	struct mp_pool *pool = pool_of(3, NULL);
	struct mp_result *common = asked(pool, wait_there, 0, NULL);
	for (int i = 0; i < 4; i++) {
		users[i] = (struct user){.pool = pool, .common = common, .number = i};
		EQUAL(pthread_create(&threads[i], NULL, use, &users[i]), 0);
	}
	for (int i = 0; i < 4; i++) {
		await_count(&users[i].tid, 1);
		await_sleep(users[i].tid);
	}
	open_door();
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		EQUAL(users[i].wrong, 0);
	}
	mp_result_free(common);
	finish(pool);
	mp_close(&door);
}

/* Wait at the pipe of the first argument; then answer with so many bytes, or die. */
static int
answer_after(struct mp_value *args, struct mp_value **result)
{
	int64_t size = int_of(mp_value_at(args, 1));
	char byte, text[100000];

	(void)!mp_read_all((int)int_of(mp_value_at(args, 0)), &byte, 1);
	if (size < 0)
		kill(getpid(), SIGKILL);
	memset(text, 'x', sizeof(text));
	return (*result = mp_bytes(text, (size_t)size)) ? 0 : -ENOMEM;
}

/* Wait until all other threads of ours sleep, the supervisor among them. */
static void
await_quiet(void)
{
	DIR *dir = opendir("/proc/self/task");

	for (struct dirent *e; dir && (e = readdir(dir));) {
		pid_t tid = atoi(e->d_name);
		if (tid > 0 && tid != gettid())
			await_sleep(tid);
	}
	closedir(dir);
}

/* A task that waits at a pipe, and a thread that waits for the task. */
struct listener {
	int pipe[2];
	struct mp_result *r;
	double timeout;
	int error;
	atomic_int tid;
	pthread_t thread;
};

static void *
listen_to(void *arg)
{
	struct listener *l = arg;

	atomic_store(&l->tid, gettid());
	l->error = mp_result_get(l->r, l->timeout, NULL);
	return NULL;
}

/* The pipe must be there before the pool. While the supervisor is awake, nobody else listens. */
static void
ask_and_listen(struct listener *l, struct mp_pool *pool, int64_t size,
    const struct mp_callbacks *callbacks, double timeout)
{
	struct mp_value *args = mp_tuple(mp_int(l->pipe[0]), mp_int(size));

	OK(mp_pool_apply_async(pool, answer_after, args, callbacks, &l->r));
	mp_value_free(args);
	await_quiet();
	l->timeout = timeout;
	l->tid = 0;
	EQUAL(pthread_create(&l->thread, NULL, listen_to, l), 0);
	await_count(&l->tid, 1);
	await_sleep(l->tid);
}

static int
heard_by(struct listener *l)
{
	EQUAL(pthread_join(l->thread, NULL), 0);
	mp_result_free(l->r);
	return l->error;
}

ROW("pool.2/listens", 1, "who waits for one task is told, whether it is done, is lost, or given up",
    TIDY)
{
	static const struct {
		int64_t size;
		int error;
	} ends[] = {{10, 0}, {100000, 0}, {-1, MP_WORKER_DIED}, {10, 0}};
	struct listener l;

	OK(mp_pipe_cloexec(l.pipe));
	struct mp_pool *pool = pool_of(2, NULL);
	for (size_t i = 0; i < 4; i++) {
		ask_and_listen(&l, pool, ends[i].size, NULL, MP_FOREVER);
		OK(mp_write_all(l.pipe[1], "", 1));
		EQUAL(heard_by(&l), ends[i].error);
	}
	ask_and_listen(&l, pool, 10, NULL, MP_FOREVER);
	OK(mp_pool_terminate(pool));
	EQUAL(heard_by(&l), MP_TERMINATED);
	mp_pool_free(pool);
	mp_close(&l.pipe[0]);
	mp_close(&l.pipe[1]);
}

ROW("pool.2/listened", 1, "when the first who waits gives up, the others are told all the same",
    TIDY)
{
	struct listener first, second;

	OK(mp_pipe_cloexec(first.pipe));
	OK(mp_pipe_cloexec(second.pipe));
	struct mp_pool *pool = pool_of(2, NULL);
	ask_and_listen(&first, pool, 10, NULL, 0.3);
	ask_and_listen(&second, pool, 10, NULL, MP_FOREVER);
	EQUAL(heard_by(&first), MP_TIMEOUT);
	OK(mp_write_all(second.pipe[1], "", 1));
	EQUAL(heard_by(&second), 0);
	OK(mp_write_all(first.pipe[1], "", 1)); /* of this nobody wants to hear any more */
	finish(pool);
	for (int i = 0; i < 2; i++) {
		mp_close(&first.pipe[i]);
		mp_close(&second.pipe[i]);
	}
}

ROW("pool.2/heard-and-gone", 1, "who waits is told, and the worker that has done its share leaves",
    TIDY)
{
	struct mp_pool_options one_each = {.maxtasksperchild = 1};
	struct listener l;

	OK(mp_pipe_cloexec(l.pipe));
	struct mp_pool *pool = pool_of(1, &one_each);
	for (int i = 0; i < 3; i++) {
		ask_and_listen(&l, pool, 10, NULL, MP_FOREVER);
		OK(mp_write_all(l.pipe[1], "", 1));
		EQUAL(heard_by(&l), 0);
	}
	finish(pool);
	mp_close(&l.pipe[0]);
	mp_close(&l.pipe[1]);
}

static void
count_call(void *arg, struct mp_value *value)
{
	(void)value;
	atomic_fetch_add((atomic_int *)arg, 1);
}

/* Until whatever woke them is seen to. */
static void
await_other_threads(void)
{
	DIR *tasks = opendir("/proc/self/task");

	for (struct dirent *entry; tasks && (entry = readdir(tasks));)
		if (atoi(entry->d_name) > 0 && atoi(entry->d_name) != gettid())
			await_sleep(atoi(entry->d_name));
	if (tasks)
		closedir(tasks);
}

ROW("pool.2/heard-and-called", 1,
    "who waits is told, and the callback is called; then it may close", TIDY)
{
	atomic_int calls = 0;
	struct mp_callbacks callbacks = {.done = count_call, .arg = &calls};
	struct listener l;

	OK(mp_pipe_cloexec(l.pipe));
	struct mp_pool *pool = pool_of(1, NULL);
	ask_and_listen(&l, pool, 10, &callbacks, MP_FOREVER);
	OK(mp_write_all(l.pipe[1], "", 1));
	EQUAL(heard_by(&l), 0);
	await_count(&calls, 1);
	ask_and_listen(&l, pool, 10, NULL, MP_FOREVER);
	OK(mp_pool_close(pool)); /* what is asked is done, and heard, and then it is over */
	await_other_threads();	 /* the supervisor has heard of the closing, and of no more */
	OK(mp_write_all(l.pipe[1], "", 1));
	EQUAL(heard_by(&l), 0);
	OK(mp_pool_join(pool, MP_FOREVER));
	mp_pool_free(pool);
	EQUAL(calls, 1);
	mp_close(&l.pipe[0]);
	mp_close(&l.pipe[1]);
}

ROW("pool.2/progress", 1, "what is given, runs, is done and has failed can be read at any time",
    TIDY)
{
	size_t ended, items;

	share_page();
	make_door();
	struct mp_pool *pool = pool_of(1, NULL);
	FAILS(became(asked(pool, fail_at_three, 3, NULL)), MP_TASK_FAILED);
	struct mp_result *slow = asked(pool, wait_there, 0, NULL);
	struct mp_value *four = range(4);
	struct mp_result *r;
	OK(mp_pool_map_async(pool, square, four, 4, NULL, &r));
	await_count(&page->begun, 1);
	struct mp_progress p = progress_of(pool);
	EQUAL(p.given, 6);
	EQUAL(p.running, 1);
	EQUAL(p.done, 0);
	EQUAL(p.failed, 1);
	EQUAL(p.workers, 1);
	mp_result_progress(r, &ended, &items);
	EQUAL(ended, 0);
	EQUAL(items, 4);
	open_door();
	FILE *out = tmpfile();
	OK(mp_result_bar(r, out)); /* no terminal: one line, at the end */
	TRUE(ftell(out) > 10, "the bar was drawn");
	fclose(out);
	EQUAL(progress_of(pool).done, 5);
	OK(became(slow));
	OK(became(r));
	mp_value_free(four);
	finish(pool);
	mp_close(&door);
}

ROW("pool.2/large", 1, "arguments and results of some MiB travel whole, in all directions at once",
    TIDY)
{
	size_t size = 3 << 20;
	char *text = calloc(1, size);
	struct mp_value *args = mp_tuple(mp_bytes(text, size)), *value;
	struct mp_pool *pool = pool_of(2, NULL);
	struct mp_result *r[6];

	for (int i = 0; i < 6; i++)
		OK(mp_pool_apply_async(pool, long_string, args, NULL, &r[i]));
	for (int i = 0; i < 6; i++) {
		OK(mp_result_get(r[i], MP_FOREVER, &value));
		EQUAL(mp_value_len(value), size);
		EQUAL(((const char *)mp_value_bytes(value))[size - 1], 'x');
		mp_value_free(value);
		mp_result_free(r[i]);
	}
	mp_value_free(args);
	free(text);
	finish(pool);
}

ROW("pool.2/full", 1, "who does not read keeps nobody waiting, and gets the rest when he does",
    TIDY)
{
	size_t size = 1 << 20;
	char *text = calloc(1, size);
	struct mp_value *args = mp_tuple(mp_bytes(text, size)), *value;
	struct mp_pool *pool = pool_of(1, NULL);
	struct mp_result *r;

	EQUAL(applied(pool, square, 3), 9);
	pid_t pid = worker_of(pool, 0);
	EQUAL(kill(pid, SIGSTOP), 0);
	while (state_of(pid) != 'T' && state_of(pid) != 't')
		sched_yield();
	OK(mp_pool_apply_async(pool, long_string, args, NULL, &r)); /* more than a pipe takes */
	EQUAL(kill(pid, SIGCONT), 0);
	OK(mp_result_get(r, MP_FOREVER, &value));
	EQUAL(mp_value_len(value), size);
	mp_value_free(value);
	mp_value_free(args);
	mp_result_free(r);
	free(text);
	finish(pool);
}

/*
 * The pool sleeps, and its worker is stopped: so it finds both orders at once, and when it has
 * done the first, the second is in its hand. Nobody looks at its desk, and it will not ask for
 * more: who does not ring now has told nobody.
 */
ROW("pool.2/told", 1, "a result is told at once, though its worker has the next task in hand", TIDY)
{
	share_page();
	make_door();
	struct mp_pool *pool = pool_of(1, NULL);
	EQUAL(applied(pool, square, 3), 9);
	await_quiet();
	pid_t pid = worker_of(pool, 0);
	EQUAL(kill(pid, SIGSTOP), 0);
	while (state_of(pid) != 'T' && state_of(pid) != 't')
		sched_yield();
	struct mp_result *quick = asked(pool, square, 4, NULL);
	struct mp_result *slow = asked(pool, wait_there, 0, NULL);
	EQUAL(kill(pid, SIGCONT), 0);
	OK(became(quick));
	EQUAL(atomic_load(&page->ended), 0);
	open_door();
	OK(became(slow));
	finish(pool);
	mp_close(&door);
}

/*
 * Two takers of one task: a worker that has read that the task is offered, and the owner who takes
 * it back for somebody else. The worker goes step by step from the end of its task to the
 * beginning of the next, and stops after the n-th instruction. Meanwhile the supervisor is held
 * in the fork of another worker: it has looked at the desk already, and when it is let go, it
 * finds one worker with nothing to do, and one with two tasks. First in strides, from the last
 * instruction back until the owner is the first; then at every n of that stride.
 */
static struct {
	int start, go_on, fork, round;
	atomic_int forks, holds;
} takers;

static int
new_gate(void)
{
	return OK(eventfd(0, EFD_SEMAPHORE | EFD_CLOEXEC));
}

static void
pass(int gate)
{
	uint64_t one;

	(void)!mp_read_all(gate, &one, sizeof(one));
}

static void
let_pass(int gate)
{
	uint64_t one = 1;

	(void)!mp_write_all(gate, &one, sizeof(one));
}

static void
hold_fork(void)
{
	if (!atomic_exchange(&takers.holds, 0))
		return;
	atomic_fetch_add(&takers.forks, 1);
	pass(takers.fork);
}

static void
stop_here(void)
{
	step_running = 0;
	atomic_fetch_add(&page->calls, 1);
	pass(takers.go_on);
}

/* Its item is n. */
static int
end_stepping(const void *in, void *out, size_t n)
{
	(void)out, (void)n;
	atomic_store(&page->pids[0], getpid());
	atomic_fetch_add(&page->begun, 1);
	pass(takers.start);
	step_at(*(const int *)in, stop_here);
	return 0;
}

static int
count_takers(const void *in, void *out, size_t n)
{
	(void)out, (void)n;
	if (step_running)
		atomic_store(&page->ended, (int)*step_count);
	step_running = 0;
	atomic_fetch_add(&page->of[*(const int *)in], 1);
	return 0;
}

static struct mp_result *
asked_bytes(struct mp_pool *pool, mp_bytes_task *f, int n)
{
	struct mp_result *r = NULL;

	OK(mp_pool_map_bytes_async(pool, f, &n, sizeof(n), NULL, 0, 1, 1, NULL, &r));
	return r;
}

/* The one that is not in the task now is killed, when it has nothing to do. */
static void
kill_other(struct mp_pool *pool)
{
	pid_t pid = worker_of(pool, worker_of(pool, 0) == atomic_load(&page->pids[0]));

	await_sleep(pid);
	EQUAL(kill(pid, SIGKILL), 0);
}

/* Was the owner the first, when the worker had gone n steps? */
static bool
taken_back_at(struct mp_pool *pool, int n)
{
	int stops = atomic_load(&page->calls);
	struct mp_result *first = asked_bytes(pool, end_stepping, n);

	await_count(&page->begun, ++takers.round);
	atomic_store(&takers.holds, 1);
	kill_other(pool);
	await_count(&takers.forks, takers.round);
	struct mp_result *second = asked_bytes(pool, count_takers, n);
	let_pass(takers.start);
	while (atomic_load(&page->calls) == stops && !atomic_load(&page->of[n]))
		sched_yield();
	let_pass(takers.fork);
	while (!mp_result_ready(first) && !atomic_load(&page->of[n]))
		sched_yield(); /* now it has been taken back, or that has been tried */
	bool stopped = atomic_load(&page->calls) > stops, taken = atomic_load(&page->of[n]);
	if (stopped)
		let_pass(takers.go_on);
	OK(became(first));
	OK(became(second));
	return stopped && taken;
}

ROW("pool.2/takers", 1, "a task that is taken back while its worker begins with it is done once",
    TIDY, .seconds = 10)
{
	enum { STRIDE = 16, FAR = 4095 };

	share_page();
	takers.start = new_gate();
	takers.go_on = new_gate();
	takers.fork = new_gate();
	struct mp_pool *pool = pool_of(2, NULL);
	EQUAL(pthread_atfork(hold_fork, NULL, NULL), 0);
	taken_back_at(pool, FAR);
	int all = atomic_load(&page->ended);
	int n = all;
	while (n > 0 && !taken_back_at(pool, n))
		n -= STRIDE;
	for (int i = 1; i < STRIDE && n > 0; i++)
		taken_back_at(pool, n + i);
	finish(pool);
	for (int i = 1; i < FAR; i++)
		TRUE(atomic_load(&page->of[i]) <= 1, "taken back after step %d of %d: done twice",
		    i, all);
	EQUAL(atomic_load(&page->of[FAR]), 1);
	mp_close(&takers.start);
	mp_close(&takers.go_on);
	mp_close(&takers.fork);
}

/* --- pool.3: map --------------------------------------------------------------------------------- */

static void
expect_squares(struct mp_value *values, int64_t n)
{
	EQUAL(mp_value_len(values), n);
	for (int64_t i = 0; i < n; i++)
		EQUAL(int_of(mp_value_at(values, (size_t)i)), i * i);
	mp_value_free(values);
}

/* 91 */
ROW("pool.3/order", 2, "map gives the results in the order of the items, in chunks or not", TIDY)
{
	struct mp_value *ten = range(10), *hundred = range(100), *values = NULL;
	struct mp_pool *pool = pool_of(3, NULL);

	OK(mp_pool_map(pool, square, ten, 0, &values));
	expect_squares(values, 10);
	OK(mp_pool_map(pool, square, hundred, 20, &values));
	expect_squares(values, 100);
	OK(mp_pool_map(pool, square, hundred, 1, &values));
	expect_squares(values, 100);
	OK(mp_pool_map(pool, square, hundred, 1000, &values));
	expect_squares(values, 100);
	mp_value_free(ten);
	mp_value_free(hundred);
	finish(pool);
}

static int
zero_waits(struct mp_value *args, struct mp_value **result)
{
	if (int_of(mp_value_at(args, 0)) == 0)
		wait_at_door();
	return square(args, result);
}

static int
first_waits(struct mp_value *args, struct mp_value **result)
{
	if (int_of(mp_value_at(args, 0)) == 0)
		wait_at_door();
	if (int_of(mp_value_at(args, 0)) == 9)
		open_door();
	return square(args, result);
}

ROW("pool.3/overtaken", 1, "a first item that is done last is still the first of the results", TIDY)
{
	struct mp_value *items = range(10), *values = NULL;

	make_door();
	struct mp_pool *pool = pool_of(2, NULL);
	OK(mp_pool_map(pool, first_waits, items, 1, &values));
	expect_squares(values, 10);
	mp_value_free(items);
	finish(pool);
	mp_close(&door);
}

/* 91 */
ROW("pool.3/starmap", 1, "starmap calls the function with each tuple; others are refused", TIDY)
{
	struct mp_value *pairs = mp_list(mp_tuple(mp_int(2), mp_int(3)),
	    mp_tuple(mp_int(4), mp_int(5)), mp_tuple(mp_int(6), mp_int(7)));
	struct mp_value *numbers = range(2), *values = NULL, *seven = mp_int(7);
	struct mp_pool *pool = pool_of(2, NULL);

	OK(mp_pool_starmap(pool, multiply, pairs, 0, &values));
	EQUAL(mp_value_len(values), 3);
	EQUAL(int_of(mp_value_at(values, 0)), 6);
	EQUAL(int_of(mp_value_at(values, 1)), 20);
	EQUAL(int_of(mp_value_at(values, 2)), 42);
	FAILS(mp_pool_starmap(pool, multiply, numbers, 0, &values), MP_KIND);
	FAILS(mp_pool_map(pool, multiply, seven, 0, &values), MP_KIND);
	FAILS(mp_pool_apply(pool, multiply, seven, &values), MP_KIND);
	mp_value_free(values);
	mp_value_free(seven);
	mp_value_free(pairs);
	mp_value_free(numbers);
	finish(pool);
}

/* 91 */
ROW("pool.3/empty", 1, "map of nothing is an empty list, at once, and the pool goes on", TIDY)
{
	struct mp_value *none = mp_list(), *values = NULL;
	struct mp_pool *pool = pool_of(1, NULL);

	OK(mp_pool_map(pool, square, none, 0, &values));
	EQUAL(mp_value_len(values), 0);
	EQUAL(mp_value_kind(values), MP_LIST);
	EQUAL(applied(pool, square, 2), 4);
	mp_value_free(none);
	mp_value_free(values);
	finish(pool);
}

ROW("pool.3/chunks", 1, "by default a worker gets about four chunks: of 100 items for 2, 13 each",
    TIDY)
{
	struct mp_value *items = range(100);
	struct mp_pool *pool = pool_of(2, NULL);
	struct mp_result *r;

	OK(mp_pool_map_async(pool, fail_at_three, items, 0, NULL, &r));
	FAILS(mp_result_get(r, MP_FOREVER, NULL), MP_TASK_FAILED);
	/* The chunk of item 3 has failed with it, and no other. */
	for (size_t i = 0; i < 100; i++)
		EQUAL(mp_result_item(r, i), i < 13 ? MP_TASK_FAILED : 0);
	FAILS(mp_result_item(r, 100), MP_INVALID);
	mp_result_free(r);
	mp_value_free(items);
	finish(pool);
}

/* --- pool.4: imap --------------------------------------------------------------------------------- */

struct input {
	int64_t next, end, fails_at;
};

static int
read_input(void *arg, struct mp_value **item)
{
	struct input *in = arg;

	if (in->next == in->fails_at)
		return -EIO;
	if (in->next == in->end)
		return 0;
	return (*item = mp_int(in->next++)) ? 1 : -ENOMEM;
}

static struct mp_input
input_of(struct input *in)
{
	return (struct mp_input){read_input, in};
}

/* 93 */
ROW("pool.4/order", 1, "imap gives results in order, one after the other, then says stop", TIDY)
{
	struct input in = {0, 100, -1};
	struct mp_pool *pool = pool_of(3, NULL);
	struct mp_value *value;

	for (size_t chunk = 1; chunk < 20; chunk += 6) {
		struct mp_imap *it;
		in.next = 0;
		OK(mp_pool_imap(
		    pool, square, input_of(&in), &(struct mp_imap_options){chunk, 0}, &it));
		for (int64_t i = 0; i < 100; i++) {
			OK(mp_imap_next(it, MP_FOREVER, &value));
			EQUAL(taken(value), i * i);
		}
		FAILS(mp_imap_next(it, MP_FOREVER, &value), MP_STOP);
		FAILS(mp_imap_next(it, MP_FOREVER, &value), MP_STOP);
		mp_imap_free(it);
	}
	finish(pool);
}

ROW("pool.4/unordered", 1, "imap_unordered gives what is done, though the first is not", TIDY)
{
	struct input in = {0, 10, -1};
	struct mp_value *value;
	struct mp_imap *it;
	int64_t sum = 0;

	make_door();
	struct mp_pool *pool = pool_of(2, NULL);
	OK(mp_pool_imap_unordered(pool, zero_waits, input_of(&in), NULL, &it));
	for (int i = 0; i < 9; i++) {
		OK(mp_imap_next(it, MP_FOREVER, &value));
		int64_t n = taken(value);
		TRUE(n != 0, "0 waits: the others come before it");
		sum += n;
	}
	EQUAL(sum, 285);
	FAILS(mp_imap_next(it, 0, &value), MP_TIMEOUT);
	open_door();
	OK(mp_imap_next(it, MP_FOREVER, &value));
	EQUAL(taken(value), 0);
	FAILS(mp_imap_next(it, MP_FOREVER, &value), MP_STOP);
	mp_imap_free(it);
	finish(pool);
	mp_close(&door);
}

ROW("pool.4/window", 2, "no more of the input is read than the window has room for", TIDY)
{
	struct input in = {0, 1000000, -1};
	struct mp_pool *pool = pool_of(2, NULL);
	struct mp_value *value;
	struct mp_imap *it;

	OK(mp_pool_imap(pool, square, input_of(&in), &(struct mp_imap_options){1, 5}, &it));
	BETWEEN(in.next, 1, 5);
	for (int64_t i = 0; i < 200; i++) {
		OK(mp_imap_next(it, MP_FOREVER, &value));
		EQUAL(taken(value), i * i);
		BETWEEN(in.next, i + 1, i + 1 + 5);
	}
	mp_imap_free(it);
	finish(pool);
}

/* 93 */
ROW("pool.4/input-fails", 1, "an input that fails at item 3: three results come, then its error",
    TIDY)
{
	struct input in = {0, 10, 3};
	struct mp_pool *pool = pool_of(2, NULL);
	struct mp_value *value;
	struct mp_imap *it;

	OK(mp_pool_imap(pool, square, input_of(&in), NULL, &it));
	for (int64_t i = 0; i < 3; i++) {
		OK(mp_imap_next(it, MP_FOREVER, &value));
		EQUAL(taken(value), i * i);
	}
	FAILS(mp_imap_next(it, MP_FOREVER, &value), -EIO);
	FAILS(mp_imap_next(it, MP_FOREVER, &value), MP_STOP);
	mp_imap_free(it);
	finish(pool);
}

ROW("pool.4/task-fails", 1, "a task that fails fails in its place; the next results come", TIDY)
{
	struct input in = {0, 6, -1};
	struct mp_pool *pool = pool_of(2, NULL);
	struct mp_value *value;
	struct mp_imap *it;

	OK(mp_pool_imap(pool, fail_at_three, input_of(&in), NULL, &it));
	for (int64_t i = 0; i < 6; i++) {
		if (i == 3) {
			FAILS(mp_imap_next(it, MP_FOREVER, &value), MP_TASK_FAILED);
			EQUAL_TEXT(mp_imap_why(it), "three is unlucky");
			continue;
		}
		OK(mp_imap_next(it, MP_FOREVER, &value));
		EQUAL(taken(value), i * i);
	}
	FAILS(mp_imap_next(it, MP_FOREVER, &value), MP_STOP);
	mp_imap_free(it);
	finish(pool);
}

ROW("pool.4/timeout", 1, "next says when a result takes too long, and gives it later", TIDY)
{
	struct input in = {0, 1, -1};
	struct mp_value *value;
	struct mp_imap *it;

	share_page();
	make_door();
	struct mp_pool *pool = pool_of(1, NULL);
	OK(mp_pool_imap(pool, zero_waits, input_of(&in), NULL, &it));
	int64_t then = mp_now();
	FAILS(mp_imap_next(it, 0.1, &value), MP_TIMEOUT);
	BETWEEN(since(then), 0.1, 3);
	FAILS(mp_imap_next(it, 0, &value), MP_TIMEOUT);
	open_door();
	OK(mp_imap_next(it, MP_FOREVER, &value));
	EQUAL(taken(value), 0);
	mp_imap_free(it);
	finish(pool);
	mp_close(&door);
}

ROW("pool.4/given-up", 1, "a reader that gives up leaves nothing behind, and the pool goes on",
    TIDY)
{
	struct input in = {0, 1000, -1};
	struct mp_value *value;
	struct mp_imap *it;

	share_page();
	make_door();
	struct mp_pool *pool = pool_of(1, NULL);
	OK(mp_pool_imap(pool, wait_there, input_of(&in), &(struct mp_imap_options){1, 500}, &it));
	await_count(&page->begun, 1);
	mp_imap_free(it); /* at least 500 - 32 tasks had not been dealt out */
	open_door();
	EQUAL(applied(pool, square, 3), 9);
	BETWEEN(atomic_load(&page->begun), 1, 100);
	OK(mp_pool_imap_unordered(pool, square, input_of(&in), NULL, &it));
	OK(mp_imap_next(it, MP_FOREVER, &value));
	mp_value_free(value);
	mp_imap_free(it);
	finish(pool);
	mp_close(&door);
}

/* --- pool.5: errors -------------------------------------------------------------------------------- */

static int
fail_with_errno(struct mp_value *args, struct mp_value **result)
{
	(void)args, (void)result;
	return -ENOENT;
}

ROW("pool.5/words", 1, "a task's error comes back as it was, with its words", TIDY)
{
	struct mp_pool *pool = pool_of(1, NULL);
	struct mp_result *r = asked(pool, fail_at_three, 3, NULL);
	struct mp_value *value = NULL;

	FAILS(mp_result_get(r, MP_FOREVER, &value), MP_TASK_FAILED);
	EQUAL_TEXT(mp_result_why(r), "three is unlucky");
	mp_result_free(r);
	r = asked(pool, fail_with_errno, 0, NULL); /* it has no words of its own, nor old ones */
	FAILS(mp_result_get(r, MP_FOREVER, &value), -ENOENT);
	EQUAL_TEXT(mp_result_why(r), mp_error_text(-ENOENT));
	mp_result_free(r);
	r = asked(pool, square, 2, NULL);
	OK(mp_result_get(r, MP_FOREVER, NULL));
	EQUAL_TEXT(mp_result_why(r), "");
	mp_result_free(r);
	TRUE(value == NULL, "a failed call leaves its out-parameter untouched");
	EQUAL(mp_pool_pid(pool, 0), applied(pool, tell_pid, 0));
	EQUAL(progress_of(pool).started, 1); /* an error is no death */
	finish(pool);
}

static int
zero_fails(struct mp_value *args, struct mp_value **result)
{
	return int_of(mp_value_at(args, 0)) == 0 ? mp_task_fail("zero") : wait_there(args, result);
}

/* 94 */
ROW("pool.5/after-all", 2, "map fails only after all of its chunks have ended", TIDY)
{
	struct mp_value *items = range(3);
	struct mp_result *r;

	share_page();
	make_door();
	struct mp_pool *pool = pool_of(3, NULL);
	OK(mp_pool_map_async(pool, zero_fails, items, 1, NULL, &r));
	await_count(&page->begun, 2);
	while (progress_of(pool).failed == 0)
		sched_yield();
	FAILS(mp_result_get(r, 0, NULL), MP_TIMEOUT); /* it is known that it will fail */
	open_door();
	FAILS(mp_result_get(r, MP_FOREVER, NULL), MP_TASK_FAILED);
	EQUAL(atomic_load(&page->ended), 2);
	EQUAL(mp_result_item(r, 0), MP_TASK_FAILED);
	EQUAL(mp_result_item(r, 2), 0);
	mp_result_free(r);
	mp_value_free(items);
	finish(pool);
	mp_close(&door);
}

static const struct mp_class mute = {.name = "Mute"};

static int
return_object(struct mp_value *args, struct mp_value **result)
{
	static int thing;

	(void)args;
	return (*result = mp_object(&mute, &thing)) ? 0 : -ENOMEM;
}

/* 95 */
ROW("pool.5/not-encoded", 1, "twenty results that cannot be pickled: twenty errors, no worker lost",
    TIDY)
{
	struct mp_pool *pool = pool_of(2, NULL);
	struct mp_result *r[20];
	struct mp_value *value = NULL;

	for (int i = 0; i < 20; i++)
		r[i] = asked(pool, return_object, i, NULL);
	for (int i = 0; i < 20; i++) {
		FAILS(mp_result_get(r[i], MP_FOREVER, &value), MP_NOT_ENCODED);
		TRUE(strstr(mp_result_why(r[i]), "cannot be pickled") != NULL,
		    "the error says why: %s", mp_result_why(r[i]));
		mp_result_free(r[i]);
	}
	EQUAL(progress_of(pool).started, 2);
	EQUAL(applied(pool, square, 4), 16);
	finish(pool);
}

ROW("pool.5/argument", 1, "arguments that cannot be pickled are refused where they are given", TIDY)
{
	static int thing;
	struct mp_value *args = mp_tuple(mp_object(&mute, &thing)), *value = NULL;
	struct mp_pool *pool = pool_of(1, NULL);

	FAILS(mp_pool_apply(pool, square, args, &value), MP_NOT_PICKLABLE);
	FAILS(mp_pool_apply(pool, square, NULL, &value), -EINVAL);
	EQUAL(progress_of(pool).given, 0);
	mp_value_free(args);
	finish(pool);
}

/* --- pool.6: death ---------------------------------------------------------------------------------- */

/* 103 */
ROW("pool.6/killed", 2, "a worker killed in a task costs that task an error, and no other", TIDY)
{
	struct mp_result *other[30];

	share_page();
	struct mp_pool *pool = pool_of(2, NULL);
	struct mp_result *victim = asked(pool, sleep_long, 0, NULL);
	await_count(&page->begun, 1);
	for (int i = 0; i < 30; i++)
		other[i] = asked(pool, count_me, i, NULL);
	int64_t then = mp_now();
	EQUAL(kill(page->pids[0], SIGKILL), 0);
	FAILS(mp_result_get(victim, MP_FOREVER, NULL), MP_WORKER_DIED);
	BETWEEN(since(then), 0, 3);
	TRUE(strstr(mp_result_why(victim), "SIGKILL") != NULL, "the error tells how: %s",
	    mp_result_why(victim));
	mp_result_free(victim);
	for (int i = 0; i < 30; i++)
		OK(became(other[i]));
	EQUAL(atomic_load(&page->ended), 30);
	EQUAL(progress_of(pool).failed, 1);
	finish(pool);
}

ROW("pool.6/exact", 2, "of what one worker has in hand, only the task that kills it is lost", TIDY)
{
	struct mp_pool *pool = pool_of(1, NULL);
	struct mp_result *r[12];

	for (int i = 0; i < 12; i++)
		r[i] = asked(pool, i % 4 == 1 ? kill_myself : square, i, NULL);
	for (int i = 0; i < 12; i++) {
		struct mp_value *value = NULL;
		if (i % 4 == 1) {
			FAILS(mp_result_get(r[i], MP_FOREVER, &value), MP_WORKER_DIED);
		} else {
			OK(mp_result_get(r[i], MP_FOREVER, &value));
			EQUAL(taken(value), i * i);
		}
		mp_result_free(r[i]);
	}
	EQUAL(progress_of(pool).lost, 3);
	EQUAL(progress_of(pool).started, 4);
	finish(pool);
}

ROW("pool.6/exits", 1, "a task that leaves the process gets an error with its exit code", TIDY)
{
	struct mp_pool *pool = pool_of(1, NULL);
	struct mp_result *r = asked(pool, leave_with_seven, 0, NULL);

	FAILS(mp_result_get(r, MP_FOREVER, NULL), MP_WORKER_DIED);
	TRUE(strstr(mp_result_why(r), "exit code 7") != NULL, "the error tells how: %s",
	    mp_result_why(r));
	mp_result_free(r);
	EQUAL(applied(pool, square, 5), 25);
	finish(pool);
}

/* 104, 105 */
ROW("pool.6/idle", 1, "idle workers that are killed cost nothing: the next tasks are done", TIDY)
{
	struct mp_value *items = range(20), *values = NULL;
	struct mp_pool *pool = pool_of(2, NULL);

	EQUAL(applied(pool, square, 1), 1);
	const pid_t pids[] = {worker_of(pool, 0), worker_of(pool, 1)};
	for (int i = 0; i < 2; i++)
		EQUAL(kill(pids[i], SIGKILL), 0);
	OK(mp_pool_map(pool, square, items, 1, &values)); /* given to the dead, maybe */
	expect_squares(values, 20);
	EQUAL(progress_of(pool).failed, 0);
	mp_value_free(items);
	int64_t then = mp_now();
	OK(mp_pool_terminate(pool));
	BETWEEN(since(then), 0, 1);
	mp_pool_free(pool);
}

static int
fail_to_begin(struct mp_value *args)
{
	(void)args;
	atomic_fetch_add(&page->calls, 1);
	return mp_task_fail("no %s left", "disk");
}

static int
die_at_once(struct mp_value *args)
{
	(void)args;
	atomic_fetch_add(&page->calls, 1);
	kill(getpid(), SIGKILL);
	return 0;
}

static void
expect_broken(int (*initializer)(struct mp_value *), const char *reason, int calls)
{
	struct mp_pool *pool = pool_of(2, &(struct mp_pool_options){.initializer = initializer});
	struct mp_value *args = mp_tuple(mp_int(1));
	struct mp_result *r = NULL;
	int error = mp_pool_apply_async(pool, square, args, NULL, &r);

	if (!error)
		error = became(r);
	EQUAL(error, MP_POOL_BROKEN);
	TRUE(
	    strstr(mp_pool_why(pool), reason) != NULL, "the pool tells why: %s", mp_pool_why(pool));
	FAILS(mp_pool_apply(pool, square, args, NULL), MP_POOL_BROKEN);
	BETWEEN(atomic_load(&page->calls), 1, calls);
	mp_value_free(args);
	mp_pool_free(pool);
}

ROW("pool.6/initializer", 2, "an initializer that fails breaks the pool, with its reason; once",
    TIDY)
{
	share_page();
	expect_broken(fail_to_begin, "no disk left", 2);
	EQUAL(mp_active_children(NULL, 0), 0);
}

ROW("pool.6/never-ready", 1, "workers that die again and again before they are ready break it",
    TIDY)
{
	share_page();
	expect_broken(die_at_once, "SIGKILL", 40);
}

/* 97 */
ROW("pool.6/maxtasks", 1, "after its number of tasks a worker leaves for a new one", TIDY)
{
	struct mp_pool *pool = pool_of(2, &(struct mp_pool_options){.maxtasksperchild = 10});
	struct mp_value *items = range(100), *pids = NULL, *values = NULL;
	int64_t pid[100] = {0};
	int count[100] = {0}, different = 0;

	OK(mp_pool_map(pool, tell_pid, items, 1, &pids));
	for (size_t i = 0; i < 100; i++) {
		int k = 0;
		while (k < different && pid[k] != int_of(mp_value_at(pids, i)))
			k++;
		if (k == different)
			pid[different++] = int_of(mp_value_at(pids, i));
		count[k]++;
	}
	for (int k = 0; k < different; k++)
		BETWEEN(count[k], 1, 10);
	BETWEEN(different, 10, 12);
	OK(mp_pool_map(pool, square, items, 1, &values));
	expect_squares(values, 100);
	EQUAL(progress_of(pool).lost, 0);
	mp_value_free(pids);
	mp_value_free(items);
	finish(pool);
}

/* 98 */
ROW("pool.6/one-each", 1, "one task for each worker, closed at once: all results come", TIDY)
{
	struct mp_pool *pool = pool_of(3, &(struct mp_pool_options){.maxtasksperchild = 1});
	struct mp_value *value;
	struct mp_result *r[6];

	for (int i = 0; i < 6; i++)
		r[i] = asked(pool, square, i, NULL);
	finish(pool);
	for (int i = 0; i < 6; i++) {
		OK(mp_result_get(r[i], 0, &value));
		EQUAL(taken(value), i * i);
		mp_result_free(r[i]);
	}
}

/* Once for each item; and every fiftieth kills its worker. */
static int
storm_task(struct mp_value *args, struct mp_value **result)
{
	int64_t n = int_of(mp_value_at(args, 0));

	atomic_fetch_add(&page->of[n], 1);
	if (n % 50 == 49)
		kill(getpid(), SIGKILL);
	return square(args, result);
}

#define STORM 1500

static void *
kill_workers(void *arg)
{
	struct mp_pool *pool = arg;
	size_t done = 0;

	for (int i = 0; done < STORM; i++) {
		size_t before = done;
		while (done < STORM && done < before + 100) {
			struct mp_progress p = progress_of(pool);
			done = p.done + p.failed;
			sched_yield();
		}
		int pid = mp_pool_pid(pool, i % 4);
		if (pid > 0 && done < STORM)
			kill(pid, SIGKILL);
	}
	return NULL;
}

/* The killer knows pids only: now and then one is dead and reaped when it is shot at. */
ROW("pool.6/storm", 4, "workers are killed, tasks kill theirs: each task is done once, or an error",
    .seconds = 10, .graph = "every child reaped by its parent; nothing left")
{
	struct mp_value *items = range(STORM);
	pthread_t killer;
	struct mp_result *r;
	int failed = 0;

	share_page();
	struct mp_pool *pool = pool_of(4, NULL);
	OK(mp_pool_map_async(pool, storm_task, items, 1, NULL, &r));
	EQUAL(pthread_create(&killer, NULL, kill_workers, pool), 0);
	FAILS(mp_result_get(r, MP_FOREVER, NULL), MP_WORKER_DIED);
	for (size_t i = 0; i < STORM; i++) {
		int error = mp_result_item(r, i), times = atomic_load(&page->of[i]);
		if (error)
			EQUAL(error, MP_WORKER_DIED);
		if (i % 50 == 49)
			EQUAL(error, MP_WORKER_DIED);
		TRUE(times == 1 || (error && times == 0), "item %zu was begun %d times", i, times);
		failed += error != 0;
	}
	pthread_join(killer, NULL);
	BETWEEN(failed, STORM / 50, STORM / 50 + STORM / 100);
	mp_result_free(r);
	mp_value_free(items);
	finish(pool);
}

/* --- pool.7: the end -------------------------------------------------------------------------------- */

/* 100 */
ROW("pool.7/close", 2, "closed, the pool does what it was given, and takes no more", TIDY)
{
	struct mp_value *args = mp_tuple(mp_int(1)), *value = NULL;
	struct mp_result *r[20];

	share_page();
	struct mp_pool *pool = pool_of(2, NULL);
	FAILS(mp_pool_join(pool, 0), MP_POOL_RUNNING);
	for (int i = 0; i < 20; i++)
		r[i] = asked(pool, count_me, i, NULL);
	OK(mp_pool_close(pool));
	FAILS(mp_pool_apply(pool, square, args, &value), MP_POOL_CLOSED);
	OK(mp_pool_close(pool));
	OK(mp_pool_join(pool, MP_FOREVER));
	EQUAL(atomic_load(&page->ended), 20);
	EQUAL(mp_active_children(NULL, 0), 0);
	for (int i = 0; i < 20; i++) {
		EQUAL(mp_result_successful(r[i]), 1);
		mp_result_free(r[i]);
	}
	mp_value_free(args);
	mp_pool_free(pool);
}

/* 99 */
ROW("pool.7/terminate", 2, "terminate with 10,000 tasks to do: at once, and each has its error",
    TIDY)
{
	struct mp_value *items = range(10000), *args = mp_tuple(mp_int(1));
	struct mp_result *r;

	share_page();
	struct mp_pool *pool = pool_of(2, NULL);
	OK(mp_pool_map_async(pool, sleep_long, items, 1, NULL, &r));
	await_count(&page->begun, 2);
	int64_t then = mp_now();
	OK(mp_pool_terminate(pool));
	BETWEEN(since(then), 0, 1);
	FAILS(mp_result_get(r, 0, NULL), MP_TERMINATED);
	EQUAL(atomic_load(&page->begun), 2);
	OK(mp_pool_join(pool, 0));
	OK(mp_pool_terminate(pool));
	FAILS(mp_pool_apply(pool, square, args, NULL), MP_POOL_CLOSED);
	mp_result_free(r);
	mp_value_free(args);
	mp_value_free(items);
	mp_pool_free(pool);
}

/* SIGTERM says nothing to it. */
static int
stubborn(struct mp_value *args, struct mp_value **result)
{
	signal(SIGTERM, SIG_IGN);
	return sleep_long(args, result);
}

static int
stop_myself(struct mp_value *args, struct mp_value **result)
{
	(void)args, (void)result;
	atomic_fetch_add(&page->begun, 1);
	raise(SIGSTOP);
	return 0;
}

/* 105 */
ROW("pool.7/stubborn", 2, "terminate ends workers that ignore SIGTERM, are stopped, or dead", TIDY)
{
	share_page();
	struct mp_pool *pool = pool_of(3, NULL);
	mp_result_free(asked(pool, stubborn, 0, NULL));
	await_count(&page->begun, 1);
	mp_result_free(asked(pool, stop_myself, 0, NULL));
	await_count(&page->begun, 2);
	EQUAL(kill(page->pids[0], 0), 0);
	mp_result_free(asked(pool, kill_myself, 0, NULL));
	int64_t then = mp_now();
	OK(mp_pool_terminate(pool));
	BETWEEN(since(then), 0, 1);
	EQUAL(mp_active_children(NULL, 0), 0);
	mp_pool_free(pool);
}

static void
terminate_in_callback(void *arg, struct mp_value *value)
{
	(void)value;
	atomic_store(&page->pids[1], gettid());
	(void)!mp_pool_terminate(arg);
	atomic_store(&page->ended, 1);
	atomic_store(&page->calls, mp_pool_join(arg, 5));
}

/* From its first line until terminate has returned: has the callback slept? */
static bool
slept_in_callback(void)
{
	bool slept = false;

	await_count(&page->pids[1], 1);
	while (!atomic_load(&page->ended)) {
		char state = state_of(page->pids[1]);
		if (state == 'S' && !atomic_load(&page->ended))
			slept = true;
		sched_yield();
	}
	return slept;
}

ROW("pool.7/from-callback", 1, "a callback may terminate its pool; it may not wait for the end",
    TIDY)
{
	share_page();
	struct mp_pool *pool = pool_of(2, NULL);
	struct mp_result *r = asked(pool, sleep_long, 0, NULL);
	await_count(&page->begun, 1);
	int64_t then = mp_now();
	mp_result_free(asked(
	    pool, square, 0, &(struct mp_callbacks){.done = terminate_in_callback, .arg = pool}));
	TRUE(!slept_in_callback(), "in a callback terminate waits for nothing");
	FAILS(became(r), MP_TERMINATED);
	OK(mp_pool_join(pool, MP_FOREVER));
	BETWEEN(since(then), 0, 2);
	EQUAL(atomic_load(&page->calls), -EDEADLK);
	mp_pool_free(pool);
}

static int
leave_with_a_pool(void *arg)
{
	struct mp_pool *pool = pool_of(2, NULL);

	(void)arg;
	mp_result_free(asked(pool, stubborn, 0, NULL));
	await_count(&page->begun, 1);
	return 5;
}

ROW("pool.7/leaves", 1, "who leaves with a pool that runs is not kept, and leaves no worker", TIDY)
{
	share_page();
	int64_t then = mp_now();
	EQUAL(finished(started(leave_with_a_pool, NULL, NULL)), 5);
	BETWEEN(since(then), 0, 2);
	while (state_of(page->pids[0]))
		sched_yield();
}

static struct mp_pool *at_exit;

static void
terminate_at_exit(void)
{
	int64_t then = mp_now();

	if (mp_pool_terminate(at_exit) || since(then) > 1 || mp_active_children(NULL, 0))
		_exit(1);
	mp_pool_free(at_exit);
	page->calls = 1;
}

static int
exit_with_a_pool(void *arg)
{
	struct mp_value *items = range(1000);

	(void)arg;
	at_exit = pool_of(2, NULL);
	if (mp_pool_map_async(at_exit, stubborn, items, 1, NULL, NULL) || atexit(terminate_at_exit))
		return 1;
	await_count(&page->begun, 2);
	exit(5);
}

ROW("pool.7/atexit", 1, "a handler of exit may terminate a pool with much to do: under a second",
    .graph = "every child reaped by its parent; nothing left")
{
	share_page();
	pid_t pid = forked(exit_with_a_pool, NULL);
	EQUAL(WEXITSTATUS(waited(pid)), 5);
	EQUAL(page->calls, 1);
}

ROW("pool.7/free", 1, "a pool that is given up is terminated; results that are held stay", TIDY)
{
	share_page();
	struct mp_pool *pool = pool_of(2, NULL);
	struct mp_result *good = asked(pool, square, 3, NULL);
	OK(mp_result_wait(good, MP_FOREVER));
	struct mp_result *bad = asked(pool, sleep_long, 0, NULL);
	struct mp_value *value = NULL;
	await_count(&page->begun, 1);
	mp_pool_free(pool);
	mp_pool_free(NULL);
	OK(mp_result_get(good, 0, &value));
	EQUAL(taken(value), 9);
	mp_result_free(good);
	FAILS(became(bad), MP_TERMINATED);
}

static int
be_interrupted(void *arg)
{
	struct mp_value *items = range(4);
	int *told = arg;
	struct mp_pool *pool;

	if (setpgid(0, 0) || mp_pool_new(&pool, 4, NULL) ||
	    mp_pool_map_async(pool, wait_there, items, 1, NULL, NULL))
		return 1;
	await_count(&page->begun, 4);
	tell(*told, 'x');
	for (;;)
		pause();
}

ROW("pool.7/ctrl-c", 1, "Ctrl-C ends the owner, and with it all workers; they say nothing",
    .owes = "orphan zombie")
{
	int status, fds[2], told[2];

	share_page();
	make_door();
	OK(mp_pipe_cloexec(told));
	OK(mp_pipe_cloexec(fds));
	adopt_orphans();
	int saved = dup(STDERR_FILENO);
	dup2(fds[1], STDERR_FILENO);
	pid_t owner = forked(be_interrupted, &told[1]);
	dup2(saved, STDERR_FILENO);
	close(saved);
	mp_close(&fds[1]);
	EQUAL(read_byte(told[0]), 'x');
	EQUAL(kill(-owner, SIGINT), 0);
	EQUAL_TEXT(read_to_end(fds[0]), ""); /* the end: none of them is left to write */
	while (reap_any(&status) > 0)
		;
	EQUAL(atomic_load(&page->ended), 0);
	mp_close(&fds[0]);
	mp_close(&told[0]);
	mp_close(&told[1]);
	mp_close(&door);
}

ROW("pool.7/deaf", 1, "workers do not hear SIGINT: it is for the owner to decide", TIDY)
{
	share_page();
	make_door();
	struct mp_pool *pool = pool_of(2, NULL);
	struct mp_result *a = asked(pool, wait_there, 0, NULL),
			 *b = asked(pool, wait_there, 1, NULL);
	await_count(&page->begun, 2);
	for (int i = 0; i < 2; i++)
		EQUAL(kill(worker_of(pool, i), SIGINT), 0);
	open_door();
	OK(became(a));
	OK(became(b));
	EQUAL(progress_of(pool).started, 2);
	finish(pool);
	mp_close(&door);
}

struct anothers {
	struct mp_pool *pool;
	struct mp_result *result; /* it is not ready */
};

static int
use_anothers(void *arg)
{
	struct anothers *a = arg;
	struct mp_value *args = mp_tuple(mp_int(1)), *value = NULL;

	if (mp_pool_apply(a->pool, square, args, &value) != MP_NOT_PARENT)
		return 1;
	if (mp_pool_close(a->pool) != MP_NOT_PARENT || mp_pool_terminate(a->pool) != MP_NOT_PARENT)
		return 2;
	if (mp_result_wait(a->result, 0) != MP_NOT_PARENT ||
	    mp_result_get(a->result, MP_FOREVER, &value) != MP_NOT_PARENT)
		return 4;
	mp_pool_free(a->pool); /* as if it were not there */
	struct mp_pool *own;
	if (mp_pool_new(&own, 1, NULL) || mp_pool_apply(own, square, args, &value))
		return 3;
	mp_pool_free(own);
	return 0;
}

ROW("pool.7/not-yours", 1, "a forked child may not use its parent's pool; it may have its own",
    TIDY)
{
	make_door();
	share_page();
	struct mp_pool *pool = pool_of(2, NULL);
	struct anothers a = {pool, asked(pool, wait_there, 0, NULL)};
	EQUAL(finished(started(use_anothers, &a, NULL)), 0);
	EQUAL(applied(pool, square, 4), 16);
	open_door();
	OK(became(a.result));
	finish(pool);
	mp_close(&door);
}

/* --- pool.8: raw memory ----------------------------------------------------------------------------- */

ROW("pool.8/copied", 1, "an array in, an array out; what was in between is the workers'", TIDY)
{
	struct mp_pool *pool = pool_of(2, NULL);
	long in[100], out[100] = {0};

	for (long i = 0; i < 100; i++)
		in[i] = i;
	OK(mp_pool_map_bytes(pool, bytes_square, in, sizeof(long), out, sizeof(long), 100, 0));
	for (long i = 0; i < 100; i++)
		EQUAL(out[i], i * i);
	OK(mp_pool_map_bytes(pool, bytes_square, in, sizeof(long), in, sizeof(long), 100, 7));
	for (long i = 0; i < 100; i++)
		EQUAL(in[i], i * i);
	OK(mp_pool_map_bytes(pool, bytes_square, in, sizeof(long), out, sizeof(long), 0, 0));
	finish(pool);
}

/* Where it finds the item, and who it is. */
struct seen {
	const void *at;
	pid_t pid;
	size_t n;
};

static int
tell_place(const void *in, void *out, size_t n)
{
	struct seen *seen = out;

	for (size_t i = 0; i < n; i++)
		seen[i] = (struct seen){(const char *)in + i * sizeof(int), getpid(), n};
	return 0;
}

ROW("pool.8/in-place", 1, "memory of the pool's is worked on where it is, by all workers", TIDY)
{
	struct mp_pool *pool = pool_of(2, NULL);
	struct seen *seen;
	int *in;

	OK(mp_pool_alloc(pool, 100 * sizeof(*in), (void **)&in));
	OK(mp_pool_alloc(pool, 100 * sizeof(*seen), (void **)&seen));
	OK(mp_pool_map_bytes(pool, tell_place, in, sizeof(*in), seen, sizeof(*seen), 100, 0));
	for (size_t i = 0; i < 100; i++) {
		TRUE(seen[i].at == &in[i], "item %zu was not copied", i);
		TRUE(seen[i].pid != getpid(), "item %zu was a worker's", i);
		EQUAL(seen[i].n, i < 91 ? 13 : 9); /* four chunks for each of two workers */
	}
	mp_pool_dealloc(pool, seen);
	mp_pool_dealloc(pool, in);
	mp_pool_dealloc(pool, NULL);
	finish(pool);
}

static int
fail_on_negative(const void *in, void *out, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (((const int *)in)[i] < 0)
			return mp_task_fail("negative");
		((int *)out)[i] = 1;
	}
	return 0;
}

ROW("pool.8/fails", 1, "a chunk that fails leaves its part of a copied array as it was", TIDY)
{
	struct mp_pool *pool = pool_of(2, NULL);
	struct mp_result *r;
	int in[30] = {0}, out[30] = {0};

	in[15] = -1;
	OK(mp_pool_map_bytes_async(
	    pool, fail_on_negative, in, sizeof(int), out, sizeof(int), 30, 10, NULL, &r));
	FAILS(mp_result_get(r, MP_FOREVER, NULL), MP_TASK_FAILED);
	EQUAL_TEXT(mp_result_why(r), "negative");
	for (size_t i = 0; i < 30; i++) {
		EQUAL(mp_result_item(r, i), i / 10 == 1 ? MP_TASK_FAILED : 0);
		EQUAL(out[i], i / 10 == 1 ? 0 : 1);
	}
	mp_result_free(r);
	finish(pool);
}

ROW("pool.8/memory", 1,
    "memory that was given back is given again, and is zeros; too much is refused", TIDY)
{
	struct mp_pool *pool = pool_of(1, NULL);
	char *a, *b, *c;
	void *none = NULL;

	OK(mp_pool_alloc(pool, 10000, (void **)&a));
	OK(mp_pool_alloc(pool, 10000, (void **)&b));
	TRUE(b >= a + 10000 || a >= b + 10000, "two pieces do not overlap");
	memset(a, 'a', 10000);
	memset(b, 'b', 10000);
	mp_pool_dealloc(pool, a);
	EQUAL(b[0], 'b');
	OK(mp_pool_alloc(pool, 8000, (void **)&c));
	TRUE(c == a, "the place of the first is used again");
	for (int i = 0; i < 8000; i++)
		EQUAL(c[i], 0);
	FAILS(mp_pool_alloc(pool, SIZE_MAX / 2, &none), -ENOMEM);
	TRUE(none == NULL, "a failed call leaves its out-parameter untouched");
	finish(pool);
}

/* As often as there are items, on arrays that are copied. */
ROW("pool.8/again", 1, "a thousand calls with copied arrays: no memory is kept", TIDY)
{
	struct mp_pool *pool = pool_of(2, NULL);
	long in = 3, out = 0;
	void *first, *last;

	OK(mp_pool_alloc(pool, 1, &first));
	mp_pool_dealloc(pool, first);
	for (int i = 0; i < 1000; i++)
		OK(mp_pool_map_bytes(pool, bytes_square, &in, sizeof(in), &out, sizeof(out), 1, 1));
	EQUAL(out, 9);
	OK(mp_pool_alloc(pool, 1, &last));
	TRUE(first == last, "everything that was taken was given back");
	finish(pool);
}

ROW("pool.8/spawn", 1, "workers that are new programs see the same memory, at another address",
    .seconds = 10)
{
	char *argv[] = {(char *)"row", NULL};
	long *numbers;

	OK(mp_init(1, argv));
	struct mp_pool *pool =
	    pool_of(2, &(struct mp_pool_options){.context = mp_get_context(MP_SPAWN)});
	OK(mp_pool_alloc(pool, 1000 * sizeof(long), (void **)&numbers));
	for (long i = 0; i < 1000; i++)
		numbers[i] = i;
	OK(mp_pool_map_bytes(
	    pool, bytes_square, numbers, sizeof(long), numbers, sizeof(long), 1000, 0));
	for (long i = 0; i < 1000; i++)
		EQUAL(numbers[i], i * i);
	finish(pool);
	EQUAL(mp_tracker_stop(), 0);
}
