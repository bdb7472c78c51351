/* SPDX-License-Identifier: MIT */
/*
 * An event that is set in a signal handler.
 *
 * The first one is made as textbooks make it: a flag, a lock, a condition. A signal comes while
 * the thread is inside set (the demonstration raises it there), the handler calls set, and waits
 * for a lock whose owner waits for the handler to return. The second one is a word, and one
 * system call that changes it and wakes: there is nothing that a handler could find half done.
 */
#define _GNU_SOURCE
#include <err.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool flag;
	_Atomic unsigned word; /* odd: set */
	_Atomic int handled;   /* 1: the handler has begun, 2: it has ended */
} * shared;

static void (*set)(void);

static void
set_with_lock(void)
{
	pthread_mutex_lock(&shared->lock);
	if (!shared->handled)
		raise(SIGUSR1);
	shared->flag = true;
	pthread_cond_broadcast(&shared->changed);
	pthread_mutex_unlock(&shared->lock);
}

static void
set_with_word(void)
{
	if (!shared->handled)
		raise(SIGUSR1);
	syscall(SYS_futex, &shared->word, FUTEX_WAKE_OP, INT_MAX, NULL, &shared->word,
	    FUTEX_OP(FUTEX_OP_OR, 1, FUTEX_OP_CMP_LT, 0));
}

static void
handle(int signal)
{
	(void)signal;
	shared->handled = 1;
	set();
	shared->handled = 2;
}

/* Wait for the word: asleep while it is what it was. */
static void
wait_for_word(void)
{
	while (shared->word % 2 == 0)
		syscall(SYS_futex, &shared->word, FUTEX_WAIT, 0, NULL);
	printf("    another process, which waited for it: it is set\n");
	fflush(stdout);
	_exit(0);
}

static bool
ends_within_a_second(pid_t pid)
{
	struct timespec nap = {.tv_nsec = 10000000};

	for (int i = 0; i < 100; i++) {
		if (waitpid(pid, NULL, WNOHANG) > 0)
			return true;
		nanosleep(&nap, NULL);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return false;
}

static void
run(const char *title, void (*how)(void))
{
	puts(title);
	fflush(stdout);
	set = how;
	shared->handled = 0;
	pid_t pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (pid == 0) {
		signal(SIGUSR1, handle);
		set();
		_exit(0);
	}
	bool ended = ends_within_a_second(pid);
	printf("    the handler %s, and the thread %s\n",
	    shared->handled == 2 ? "has ended" : "has begun",
	    ended ? "went on" : "was still in it a second later: it waits for itself");
	fflush(stdout);
}

int
main(void)
{
	pthread_mutexattr_t between;

	shared =
	    mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		err(1, "mmap");
	pthread_mutexattr_init(&between);
	pthread_mutexattr_setpshared(&between, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(&shared->lock, &between);
	pthread_cond_init(&shared->changed, NULL);
	run("set: a lock, a flag, a condition", set_with_lock);
	if (fork() == 0)
		wait_for_word();
	run("set: one word, one call", set_with_word);
	wait(NULL);
	return 0;
}
