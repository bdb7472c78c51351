/* SPDX-License-Identifier: MIT */
/*
 * Workers that share a lock, and one of them is killed.
 *
 * Three workers take tasks from one pipe. A task is more than one read, so only one worker may
 * be at the pipe: they take turns, under a lock. When there is nothing to do, one sleeps in
 * read, with the lock, and the others sleep at the lock. Kill the one: it was idle, no task was
 * lost, another takes its place at once. Python's Pool is built so.
 *
 * Then the same with a pipe for each worker, and no lock.
 */
#define _GNU_SOURCE
#include <err.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORKERS 3
#define TASKS	3

static struct {
	pthread_mutex_t lock;
	atomic_int holder; /* only for us, who look on */
} * page;

static int orders[WORKERS][2], answers[2];
static pid_t pids[WORKERS];
static bool share;

static void
take_turns(int *task)
{
	pthread_mutex_lock(&page->lock);
	page->holder = getpid();
	if (read(orders[0][0], task, sizeof(*task)) != sizeof(*task))
		_exit(1);
	pthread_mutex_unlock(&page->lock);
}

static void
work(int i)
{
	int task;

	for (;;) {
		if (share)
			take_turns(&task);
		else if (read(orders[i][0], &task, sizeof(task)) != sizeof(task))
			_exit(1);
		if (write(answers[1], &task, sizeof(task)) != sizeof(task))
			_exit(1);
	}
}

static void
hire(int i)
{
	fflush(stdout);
	pids[i] = fork();
	if (pids[i] < 0)
		err(1, "fork");
	if (pids[i] == 0)
		work(i);
}

/* End the worker that will be missed most; start another in its place. */
static void
kill_one(void)
{
	int i = 0;

	while (share && !page->holder)
		sched_yield();
	while (share && pids[i] != page->holder)
		i++;
	kill(pids[i], SIGKILL);
	waitpid(pids[i], NULL, 0);
	printf("    worker %d, idle, is killed%s; a new one takes its place\n", i + 1,
	    share ? " with the lock in its hand" : "");
	hire(i);
}

static void
give_tasks(void)
{
	struct pollfd news = {.fd = answers[0], .events = POLLIN};
	int done = 0, task;

	for (int i = 0; i < TASKS; i++)
		if (write(orders[share ? 0 : i][1], &i, sizeof(i)) != sizeof(i))
			err(1, "write");
	while (done < TASKS && poll(&news, 1, 1000) > 0 &&
	       read(answers[0], &task, sizeof(task)) == sizeof(task))
		done++;
	printf("    %d tasks are given, %d are done%s\n", TASKS, done,
	    done < TASKS ? ", and for a second nothing happens" : "");
}

static void
run(const char *title, bool with_lock)
{
	share = with_lock;
	page->holder = 0;
	printf("%s\n", title);
	if (pipe(answers))
		err(1, "pipe");
	for (int i = 0; i < WORKERS; i++)
		if (pipe(orders[i]))
			err(1, "pipe");
	for (int i = 0; i < WORKERS; i++)
		hire(i);
	kill_one();
	give_tasks();
	if (share)
		printf("    the lock is held by %d, which is dead\n", page->holder);
	for (int i = 0; i < WORKERS; i++)
		kill(pids[i], SIGKILL);
	while (wait(NULL) > 0)
		;
	for (int i = 0; i < WORKERS; i++)
		close(orders[i][0]), close(orders[i][1]);
	close(answers[0]), close(answers[1]);
}

int
main(void)
{
	pthread_mutexattr_t shared;

	page = mmap(NULL, sizeof(*page), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		err(1, "mmap");
	pthread_mutexattr_init(&shared);
	pthread_mutexattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(&page->lock, &shared);
	run("one pipe, and a lock for it:", true);
	run("a pipe for each worker, and no lock:", false);
	return 0;
}
