/* SPDX-License-Identifier: MIT */
/*
 * What the kernel leaves in a word when its owner is killed.
 *
 * The C library's robust mutex, looked at from outside: its first four bytes are a futex, and
 * the kernel knows where it is. See the owner's thread id in it, then a bit of the kernel's
 * beside it when somebody sleeps there, and what is left when the owner is killed: the id is
 * gone, and another bit is there. Nobody wrote that: the owner was dead, the sleeper asleep.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static struct {
	pthread_mutex_t plain, robust;
	_Atomic int holds;
} * shared;

static unsigned
word(void)
{
	return *(volatile unsigned *)&shared->robust;
}

static void
show(const char *when)
{
	unsigned w = word();

	printf("    %-26s %08x   thread %u%s%s\n", when, w, w & 0x3fffffff,
	    w & 0x80000000 ? ", somebody sleeps here" : "",
	    w & 0x40000000 ? ", the owner has died" : "");
	fflush(stdout);
}

static void
make(pthread_mutex_t *mutex, int robust)
{
	pthread_mutexattr_t attributes;

	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&attributes, robust);
	pthread_mutex_init(mutex, &attributes);
}

static void
hold(void)
{
	pthread_mutex_lock(&shared->plain);
	pthread_mutex_lock(&shared->robust);
	shared->holds = 1;
	for (;;)
		pause();
}

static void
wait_and_tell(void)
{
	int error = pthread_mutex_lock(&shared->robust);

	printf("    the sleeper is awake, and told: %s\n",
	    error == EOWNERDEAD ? "the owner died, the lock is yours" : "?");
	fflush(stdout);
	pthread_mutex_consistent(&shared->robust);
	pthread_mutex_unlock(&shared->robust);
	_exit(0);
}

static pid_t
start(void (*function)(void))
{
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (pid == 0)
		function();
	return pid;
}

int
main(void)
{
	struct timespec second;

	shared =
	    mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		err(1, "mmap");
	make(&shared->plain, PTHREAD_MUTEX_STALLED);
	make(&shared->robust, PTHREAD_MUTEX_ROBUST);
	show("free");
	pid_t owner = start(hold);
	while (!shared->holds)
		sched_yield();
	show("held");
	pid_t sleeper = start(wait_and_tell);
	while (!(word() & 0x80000000))
		sched_yield();
	show("and one waits");
	kill(sleeper, SIGSTOP); /* so that it cannot take it before we have looked */
	waitpid(sleeper, NULL, WUNTRACED);
	kill(owner, SIGKILL);
	waitpid(owner, NULL, 0);
	show("the owner was killed");
	kill(sleeper, SIGCONT);
	waitpid(sleeper, NULL, 0);
	clock_gettime(CLOCK_MONOTONIC, &second);
	second.tv_sec++;
	int error = pthread_mutex_clocklock(&shared->plain, CLOCK_MONOTONIC, &second);
	printf("    an ordinary mutex, held by the same process: %s\n",
	    error == ETIMEDOUT ? "still locked, one second later, and for ever" : "?");
	return 0;
}
