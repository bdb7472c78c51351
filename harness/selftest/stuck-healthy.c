/* SPDX-License-Identifier: MIT */
/*
 * Healthy programs that look like knots: each would go on for a minute. See stuck-programs.h.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <mp/deadline.h>

#include "selftest/stuck-programs.h"
#include "selftest/stuck-tools.h"

static void
spins(void)
{
	if (child())
		for (int64_t end = mp_deadline(60); mp_now() < end;)
			;
	join_all();
}

static void
yields(void)
{
	if (child())
		for (int64_t end = mp_deadline(60); mp_now() < end;)
			sched_yield();
	join_all();
}

static void
sleeps(void)
{
	if (child())
		nap(60);
	join_all();
}

/* Many short sleeps: between two of them it is awake for an instant. */
static void
dozes(void)
{
	if (child())
		for (int64_t end = mp_deadline(60); mp_now() < end;)
			nap(0.001);
	join_all();
}

/* Children at a gate, their maker in a timed wait. */
static void
gate(void)
{
	int pipe[2];
	char c;

	make_pipe(pipe);
	for (int i = 0; i < 3; i++)
		if (child()) {
			close(pipe[1]);
			(void)!read(pipe[0], &c, 1);
			_exit(0);
		}
	close(pipe[0]);
	for (int i = 0; i < 600; i++)
		(void)poll(NULL, 0, 100);
}

/* Two that wait for each other, and a watchdog that will end them. */
static void
watchdog(void)
{
	int pipe[2];
	char c;

	make_pipe(pipe);
	pid_t first = fork();
	if (first == 0) {
		(void)!read(pipe[0], &c, 1);
		_exit(0);
	}
	if (child()) {
		close(pipe[1]);
		nap(60);
		kill(first, SIGKILL);
		_exit(0);
	}
	join_all();
}

static void
ping_pong(void)
{
	int to[2], from[2];
	char c = 0;

	make_pipe(to);
	make_pipe(from);
	bool is_child = child();
	for (int64_t end = mp_deadline(60); mp_now() < end;) {
		(void)!write(is_child ? from[1] : to[1], &c, 1);
		(void)!read(is_child ? to[0] : from[0], &c, 1);
	}
	_exit(0);
}

static void
pipeline(void)
{
	execlp("sh", "sh", "-c", "yes | head -c 100000000000 | while read -r x; do :; done",
	    (char *)NULL);
}

static void
slow_pipeline(void)
{
	execlp("sh", "sh", "-c",
	    "{ for i in 1 2 3 4 5 6 7 8 9; do echo $i; sleep 9; done; } | cat | tail -1",
	    (char *)NULL);
}

static void
make(void)
{
	execlp("sh", "sh", "-c",
	    "printf 'all: a b c d\\n%%:\\n\\t@sleep 20; sleep 20\\n' > m; exec make -s -j3 -f m",
	    (char *)NULL);
}

static void
on_alarm(int signal)
{
	(void)signal;
}

/* An alarm will end the wait, and no file of /proc says that it is set. */
static void
alarm_clock(void)
{
	int pipe[2];
	char c;

	make_pipe(pipe);
	sigaction(SIGALRM, &(struct sigaction){.sa_handler = on_alarm}, NULL);
	alarm(60);
	(void)!read(pipe[0], &c, 1);
}

static void
posix_timer(void)
{
	timer_t timer;
	int pipe[2];
	char c;
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};

	make_pipe(pipe);
	sigaction(SIGUSR1, &(struct sigaction){.sa_handler = on_alarm}, NULL);
	timer_create(CLOCK_MONOTONIC, &event, &timer);
	timer_settime(timer, 0, &(struct itimerspec){.it_value = {60, 0}}, NULL);
	(void)!read(pipe[0], &c, 1);
}

static void
timer_descriptor(void)
{
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	uint64_t count;

	timerfd_settime(fd, 0, &(struct itimerspec){.it_value = {60, 0}}, NULL);
	if (child())
		nap(50);
	(void)!read(fd, &count, sizeof(count));
}

static void
signal_descriptor(void)
{
	sigset_t set;
	struct signalfd_siginfo info;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	(void)!read(signalfd(-1, &set, SFD_CLOEXEC), &info, sizeof(info));
}

static void
pauses(void)
{
	if (child())
		pause();
	join_all();
}

static void
stopped(void)
{
	if (child())
		raise(SIGSTOP);
	join_all();
}

static int self[2];

static void
on_child(int signal)
{
	(void)signal;
	(void)!write(self[1], "", 1);
}

/* The self-pipe trick: the reader is the only writer, and yet all is well. */
static void
self_pipe(void)
{
	char c;

	make_pipe(self);
	sigaction(SIGCHLD, &(struct sigaction){.sa_handler = on_child}, NULL);
	if (child())
		for (;;)
			nap(60);
	while (read(self[0], &c, 1) < 0)
		;
}

/* The same for a person's signal: a daemon that waits to be told to end. */
static void
self_pipe_term(void)
{
	char c;

	make_pipe(self);
	sigaction(SIGTERM, &(struct sigaction){.sa_handler = on_child}, NULL);
	while (read(self[0], &c, 1) < 0)
		;
}

static void
timed_condition(void)
{
	pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
	pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 60;
	pthread_mutex_lock(&mutex);
	pthread_cond_timedwait(&condition, &mutex, &until);
}

static void *
naps(void *argument)
{
	nap(60);
	return argument;
}

/* A thread that will end, and a mutex that it does not even know. */
static void
one_thread_naps(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, naps, NULL);
	pthread_join(thread, NULL);
}

/* Reads what somebody outside may write: the test has the other end of its standard input. */
static void
reads_input(void)
{
	char c;

	if (child())
		(void)!read(STDIN_FILENO, &c, 1);
	join_all();
}

static void
reads_named_pipe(void)
{
	char c;

	(void)!mkfifo("fifo", 0600);
	int fd = open("fifo", O_RDWR | O_CLOEXEC);
	(void)!read(fd, &c, 1);
}

#define HEALTHY(name, function)                                                                    \
	{                                                                                          \
		name, function, {NULL}, 0, false, false                                            \
	}
#define HEALTHY_OPEN(name, function)                                                               \
	{                                                                                          \
		name, function, {NULL}, 0, true, false                                             \
	}

const struct stuck_program stuck_healthy[] = {
    HEALTHY("spins", spins),
    HEALTHY("yields", yields),
    HEALTHY("sleeps", sleeps),
    HEALTHY("dozes", dozes),
    HEALTHY("gate", gate),
    HEALTHY("watchdog", watchdog),
    HEALTHY("ping-pong", ping_pong),
    HEALTHY("pipeline", pipeline),
    HEALTHY("slow-pipeline", slow_pipeline),
    HEALTHY("make", make),
    HEALTHY("alarm", alarm_clock),
    HEALTHY("posix-timer", posix_timer),
    HEALTHY("timerfd", timer_descriptor),
    HEALTHY("signalfd", signal_descriptor),
    HEALTHY("pause", pauses),
    HEALTHY("stopped", stopped),
    HEALTHY("self-pipe", self_pipe),
    HEALTHY("timed-condition", timed_condition),
    HEALTHY("thread", one_thread_naps),
    HEALTHY_OPEN("self-pipe-term", self_pipe_term),
    HEALTHY_OPEN("input", reads_input),
    HEALTHY_OPEN("named-pipe", reads_named_pipe),
    {0},
};
