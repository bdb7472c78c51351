/* SPDX-License-Identifier: MIT */
/*
 * What trace_run changes in its caller's process, and gives back: SIGCHLD's action, one
 * real-time signal for the tick, the signal mask, the affinity, the subreaper flag.
 *
 * The tick is a timer that signals the waiting thread itself 20 times a second, without
 * SA_RESTART: waitpid returns, and the flag is looked at. A tick that comes just before
 * waitpid is entered is made up for by the next.
 */
#define _GNU_SOURCE
#include "trace/tracer.h"

#include <sched.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#define TICK_SIGNAL (SIGRTMAX - 2)
enum { TICK_NANOSECONDS = 50 * 1000 * 1000 };

struct trace_caller {
	struct sigaction child, tick;
	sigset_t mask;
	cpu_set_t cpus;
	bool pinned;
	int subreaper;
	timer_t timer;
};

static volatile sig_atomic_t ticked;

static void
on_tick(int signal)
{
	(void)signal;
	ticked = 1;
}

/* Has the tick come since the last time? */
bool
trace_caller_ticked(void)
{
	bool was = ticked;

	ticked = 0;
	return was;
}

static void
start_timer(struct trace_caller *caller)
{
	struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = TICK_SIGNAL};
	struct itimerspec every = {{0, TICK_NANOSECONDS}, {0, TICK_NANOSECONDS}};

	event._sigev_un._tid = gettid();
	timer_create(CLOCK_MONOTONIC, &event, &caller->timer);
	timer_settime(caller->timer, 0, &every, NULL);
}

/* Take what we need. The caller frees by trace_caller_restore. */
struct trace_caller *
trace_caller_save(int cpu)
{
	struct trace_caller *caller = trace_need(calloc(1, sizeof(*caller)));
	struct sigaction tick = {.sa_handler = on_tick}, child = {.sa_handler = SIG_DFL};
	sigset_t both;

	sigaction(TICK_SIGNAL, &tick, &caller->tick);
	sigaction(SIGCHLD, &child, &caller->child);
	sigemptyset(&both);
	sigaddset(&both, TICK_SIGNAL);
	pthread_sigmask(SIG_UNBLOCK, &both, &caller->mask);
	prctl(PR_GET_CHILD_SUBREAPER, &caller->subreaper);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (cpu >= 0 && sched_getaffinity(0, sizeof(caller->cpus), &caller->cpus) == 0) {
		cpu_set_t one;
		CPU_ZERO(&one);
		CPU_SET((size_t)cpu, &one);
		caller->pinned = sched_setaffinity(0, sizeof(one), &one) == 0;
	}
	start_timer(caller);
	return caller;
}

/* A child of the pinned root may run wherever its grandparent, our caller, might. */
void
trace_caller_spread(const struct trace_caller *caller, pid_t pid)
{
	if (caller->pinned)
		sched_setaffinity(pid, sizeof(caller->cpus), &caller->cpus);
}

/* In the child, which inherits neither timer nor subreaper: signals as the caller had them. */
void
trace_caller_signals(const struct trace_caller *caller)
{
	sigaction(SIGCHLD, &caller->child, NULL);
	sigaction(TICK_SIGNAL, &caller->tick, NULL);
	pthread_sigmask(SIG_SETMASK, &caller->mask, NULL);
}

void
trace_caller_restore(struct trace_caller *caller)
{
	timer_delete(caller->timer);
	trace_caller_signals(caller);
	prctl(PR_SET_CHILD_SUBREAPER, (unsigned long)caller->subreaper);
	if (caller->pinned)
		sched_setaffinity(0, sizeof(caller->cpus), &caller->cpus);
	free(caller);
}
