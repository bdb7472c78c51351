/* SPDX-License-Identifier: MIT */
/*
 * How many items should one task have?
 *
 * Two workers, each with one task at a time; a task is "so many items, from there on". With items
 * that cost nothing, all time goes into giving tasks: the larger the better. With items that are
 * not alike (here the first eighth costs forty times as much as each of the others), a large task
 * keeps one worker busy while the other has nothing to do. Python's default, and ours, lies
 * between: four tasks for each worker. The busier worker's time is how long it takes where each
 * has a processor to itself.
 */
#define _GNU_SOURCE
#include <err.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct worker {
	int orders[2], answers[2];
	pid_t pid;
};

struct chunk {
	int from, n;
};

static double
seconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
nothing(int item, int items)
{
	(void)item, (void)items;
}

/* 8 ms of this processor, or a fifth of one. */
static void
uneven(int item, int items)
{
	double until = seconds(CLOCK_PROCESS_CPUTIME_ID) + (item < items / 8 ? 0.008 : 0.0002);

	while (seconds(CLOCK_PROCESS_CPUTIME_ID) < until)
		;
}

static void
hire(struct worker *w, void (*task)(int item, int items), int items)
{
	struct chunk chunk;

	if (pipe2(w->orders, 0) || pipe2(w->answers, 0))
		err(1, "pipe");
	fflush(stdout);
	w->pid = fork();
	if (w->pid < 0)
		err(1, "fork");
	while (w->pid == 0) {
		if (read(w->orders[0], &chunk, sizeof(chunk)) != sizeof(chunk))
			_exit(1);
		for (int i = 0; i < chunk.n; i++)
			task(chunk.from + i, items);
		if (write(w->answers[1], &chunk, sizeof(chunk)) != sizeof(chunk))
			_exit(1);
	}
}

/* The next chunk, if there is one. How many were given: 1 or 0. */
static int
give(struct worker *w, int *from, int items, int size)
{
	struct chunk chunk = {*from, size < items - *from ? size : items - *from};

	if (chunk.n == 0)
		return 0;
	if (write(w->orders[1], &chunk, sizeof(chunk)) != sizeof(chunk))
		err(1, "write");
	*from += chunk.n;
	return 1;
}

static double
map(struct worker w[2], int items, int size)
{
	double then = seconds(CLOCK_MONOTONIC);
	int from = 0, out = give(&w[0], &from, items, size) + give(&w[1], &from, items, size);

	while (out > 0) {
		struct pollfd news[2] = {
		    {w[0].answers[0], POLLIN, 0}, {w[1].answers[0], POLLIN, 0}};
		struct chunk chunk;
		poll(news, 2, -1);
		for (int i = 0; i < 2; i++)
			if (news[i].revents) {
				if (read(w[i].answers[0], &chunk, sizeof(chunk)) != sizeof(chunk))
					err(1, "read");
				out += give(&w[i], &from, items, size) - 1;
			}
	}
	return seconds(CLOCK_MONOTONIC) - then;
}

/* What a worker has spent so far. */
static double
spent(const struct worker *w)
{
	clockid_t clock;

	if (clock_getcpuclockid(w->pid, &clock))
		err(1, "clock_getcpuclockid");
	return seconds(clock);
}

static void
measure(struct worker w[2], int items, int size)
{
	double before[2] = {spent(&w[0]), spent(&w[1])};
	double took = map(w, items, size);
	double one = spent(&w[0]) - before[0], other = spent(&w[1]) - before[1];

	printf("    %9d %8d %8.1f %15.1f %6.1f%s\n", size, (items - 1) / size + 1, took * 1e3,
	    (one > other ? one : other) * 1e3, (one > other ? other : one) * 1e3,
	    size == items / 8 ? "  the default" : "");
}

static void
run(const char *title, void (*task)(int, int), int items, const int *sizes)
{
	struct worker w[2];

	printf("%s\n    %9s %8s %8s %22s\n", title, "chunksize", "chunks", "ms",
	    "busier worker, other");
	for (int i = 0; i < 2; i++)
		hire(&w[i], task, items);
	for (; *sizes; sizes++)
		measure(w, items, *sizes);
	for (int i = 0; i < 2; i++)
		kill(w[i].pid, SIGKILL);
	while (wait(NULL) > 0)
		;
}

int
main(void)
{
	run("100,000 items that cost nothing:", nothing, 100000,
	    (const int[]){1, 10, 100, 1000, 12500, 50000, 0});
	run("200 items, of which the first 25 cost forty times as much:", uneven, 200,
	    (const int[]){1, 5, 25, 100, 0});
	return 0;
}
