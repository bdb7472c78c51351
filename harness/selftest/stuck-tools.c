/* SPDX-License-Identifier: MIT */
/*
 * What the programs of stuck-programs.h share, and the way in to them: a constructor, because
 * the runner executes this very binary as "selftest knot:NAME CHANNEL".
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <mp/deadline.h>
#include <mp/proc.h>

#include "runner/channel.h"
#include "selftest/stuck-programs.h"
#include "selftest/stuck-tools.h"

static struct channel *channel;

void
tied(void)
{
	if (channel)
		snprintf(channel->step, sizeof(channel->step), "%lld", (long long)mp_now());
}

bool
child(void)
{
	pid_t pid = fork();

	if (pid < 0)
		_exit(9);
	if (pid == 0)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return pid == 0;
}

void
join_all(void)
{
	while (waitpid(-1, NULL, 0) > 0)
		;
}

void
make_pipe(int fds[2])
{
	if (pipe(fds)) /* flawfinder: as students do */
		_exit(9);
}

void
put(int fd, size_t size)
{
	char *bytes = calloc(1, size);

	(void)!write(fd, bytes, size);
	free(bytes);
}

void
nap(double seconds)
{
	struct timespec left = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};

	nanosleep(&left, NULL);
}

void
await_state(pid_t pid, const char *states)
{
	struct mp_proc proc = {0};

	while (mp_proc_read(pid, &proc) == 0 && !strchr(states, proc.state))
		nap(0.001);
}

struct shared *
share(int robust, int process_shared)
{
	struct shared *s =
	    mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_mutexattr_t mutex;
	pthread_condattr_t condition;
	pthread_barrierattr_t barrier;

	pthread_mutexattr_init(&mutex);
	pthread_mutexattr_setrobust(&mutex, robust);
	pthread_mutexattr_setpshared(&mutex, process_shared);
	pthread_mutex_init(&s->a, &mutex);
	pthread_mutex_init(&s->b, &mutex);
	pthread_condattr_init(&condition);
	pthread_condattr_setpshared(&condition, PTHREAD_PROCESS_SHARED);
	pthread_cond_init(&s->condition, &condition);
	pthread_barrierattr_init(&barrier);
	pthread_barrierattr_setpshared(&barrier, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(&s->barrier, &barrier, 3);
	sem_init(&s->semaphore, 1, 0);
	sem_init(&s->gate, 1, 0);
	sem_init(&s->other_gate, 1, 0);
	return s;
}

unsigned
stuck_rounds(unsigned few)
{
	const char *many = getenv("PROCSMITH_ROUNDS");

	return many ? (unsigned)atoi(many) : few;
}

const struct stuck_program *
stuck_next(const struct stuck_program *p)
{
	const struct stuck_program *last = stuck_locks;

	for (; last[1].name; last++)
		;
	return p[1].name ? p + 1 : p == last ? NULL : stuck_locks;
}

/* --- the way in ------------------------------------------------------------------------------------ */

static void
open_channel(int fd)
{
	void *page = mmap(NULL, sizeof(*channel), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	channel = page == MAP_FAILED ? NULL : page;
	close(fd);
	if (channel)
		channel->pid = (uint32_t)getpid();
}

static void
run(const struct stuck_program *program, const char *name)
{
	for (; program->name; program++)
		if (!strcmp(program->name, name)) {
			program->function();
			_exit(0);
		}
}

static void __attribute__((constructor)) enter(int argc, char **argv)
{
	if (argc < 2 || strncmp(argv[1], "knot:", 5))
		return;
	if (argc > 2)
		open_channel(atoi(argv[2]));
	run(stuck_knots, argv[1] + 5);
	run(stuck_locks, argv[1] + 5);
	run(stuck_healthy, argv[1] + 5);
	_exit(2);
}
