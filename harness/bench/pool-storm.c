/* SPDX-License-Identifier: MIT */
/*
 * A storm over a pool: 100,000 tasks on 4 workers, of which one is killed every 20 ms, while
 * every fiftieth task kills its own.
 *
 * Every tenth task takes a while, so that some are shot in the middle of it. Every task must be
 * begun once, ended once and have the right result; or, if its worker died between the two, an
 * error. make storm; ROUNDS=20 TASKS=100000.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <mp.h>

enum { WORKERS = 4, EVERY = 50, PERIOD = 20 * 1000 * 1000, WHILE = 100 * 1000 };

static size_t tasks = 100000;
static atomic_uchar *begun, *ended; /* how often, for each task: shared with the workers */
static atomic_bool over;
static atomic_size_t shots;

static size_t
from_environment(const char *name, size_t otherwise)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 10) : otherwise;
}

static int
square(const void *in, void *out, size_t n)
{
	uint64_t i = *(const uint64_t *)in;

	(void)n;
	atomic_fetch_add(&begun[i], 1);
	if (i % EVERY == EVERY - 1)
		kill(getpid(), SIGKILL);
	for (int64_t then = mp_now(); i % 10 == 0 && mp_now() < then + WHILE;)
		;
	*(uint64_t *)out = i * i;
	atomic_fetch_add(&ended[i], 1);
	return 0;
}

static void *
shoot(void *arg)
{
	struct mp_pool *pool = arg;
	struct timespec period = {.tv_nsec = PERIOD};
	unsigned seed = (unsigned)getpid();

	while (!atomic_load(&over)) {
		nanosleep(&period, NULL);
		int pid = mp_pool_pid(pool, rand_r(&seed) % WORKERS);
		if (pid > 0 && kill(pid, SIGKILL) == 0)
			atomic_fetch_add(&shots, 1);
	}
	return NULL;
}

/* Once, and right. */
static bool
is_done(size_t i, const uint64_t *out)
{
	return begun[i] == 1 && ended[i] == 1 && out[i] == i * i;
}

/* Killed before it had said that it began, or in it; or just before the pool could know that it
 * had ended: there is one instruction between the two. */
static bool
is_lost(size_t i, size_t *late)
{
	*late += ended[i];
	return begun[i] <= 1 && ended[i] <= begun[i];
}

/* How many tasks are wrong. */
static size_t
judge(struct mp_result *r, const uint64_t *out, size_t *failed, size_t *late)
{
	size_t wrong = 0;

	for (size_t i = 0; i < tasks; i++) {
		int error = mp_result_item(r, i);
		wrong += error ? error != MP_WORKER_DIED || !is_lost(i, late) : !is_done(i, out);
		*failed += error != 0;
	}
	return wrong;
}

static int
round_of(size_t number)
{
	uint64_t *in = calloc(tasks, sizeof(*in)), *out = calloc(tasks, sizeof(*out));
	struct mp_progress progress;
	struct mp_result *r;
	struct mp_pool *pool;
	pthread_t shooter;
	size_t failed = 0, late = 0;

	for (size_t i = 0; i < tasks; i++) {
		in[i] = i;
		begun[i] = ended[i] = 0;
	}
	atomic_store(&over, false);
	atomic_store(&shots, 0);
	int64_t then = mp_now();
	if (mp_pool_new(&pool, WORKERS, NULL) ||
	    mp_pool_map_bytes_async(pool, square, in, 8, out, 8, tasks, 1, NULL, &r) ||
	    pthread_create(&shooter, NULL, shoot, pool))
		return 1;
	int error = mp_result_get(r, 600, NULL);
	atomic_store(&over, true);
	pthread_join(shooter, NULL);
	mp_pool_progress(pool, &progress);
	size_t wrong = error == MP_TIMEOUT ? tasks : judge(r, out, &failed, &late);
	bool fair = failed <= tasks / EVERY + shots && late <= 1 + shots / 100;
	printf("round %zu: %zu tasks, %zu errors, %zu workers lost, %zu of them shot, %.1f s: %s\n",
	    number, tasks, failed, progress.lost, (size_t)shots, (double)(mp_now() - then) / 1e9,
	    wrong  ? "WRONG"
	    : fair ? "right"
		   : "TOO MANY ERRORS");
	if (wrong)
		printf("  the pool: %s\n", *mp_pool_why(pool) ? mp_pool_why(pool) : "is sound");
	mp_result_free(r);
	mp_pool_free(pool);
	free(in);
	free(out);
	return wrong || !fair || mp_active_children(NULL, 0);
}

int
main(void)
{
	size_t rounds = from_environment("ROUNDS", 1), bad = 0;

	tasks = from_environment("TASKS", tasks);
	begun = mmap(NULL, 2 * tasks, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (begun == MAP_FAILED)
		return 1;
	ended = begun + tasks;
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (size_t i = 1; i <= rounds; i++)
		bad += (size_t)round_of(i);
	printf("%zu of %zu rounds right\n", rounds - bad, rounds);
	return bad != 0;
}
