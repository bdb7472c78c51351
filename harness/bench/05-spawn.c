/* SPDX-License-Identifier: MIT */
/* What a process costs by the other two start methods, and what they could cost. */
#define _GNU_SOURCE
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mp.h>

#include "bench/bench.h"

extern char **environ;

static int
nothing(struct mp_value *args)
{
	(void)args;
	return 0;
}
MP_REGISTER(nothing);

static void
start_and_join(enum mp_method method)
{
	struct mp_process *p;

	NEED(mp_process_call(&p, mp_get_context(method), nothing, mp_tuple(mp_int(1)), NULL));
	NEED(mp_process_start(p));
	NEED(mp_process_join(p, MP_FOREVER));
	mp_process_free(p);
}

BENCH("spawn: start and join, spawn", "libmp")
{
	start_and_join(MP_SPAWN); /* the tracker is there now */
	bench_start(b);
	for (long i = 0; i < b->count; i++)
		start_and_join(MP_SPAWN);
	bench_stop(b);
}

/* The same program, which leaves at once: see bench.c on --leave. */
BENCH("spawn: start and join, spawn", "raw posix_spawn, waitpid")
{
	char *argv[] = {"bench", "--leave", NULL};
	pid_t pid;

	bench_start(b);
	for (long i = 0; i < b->count; i++) {
		NEED(-posix_spawn(&pid, "/proc/self/exe", NULL, NULL, argv, environ));
		NEED(waitpid(pid, NULL, 0));
	}
	bench_stop(b);
}

BENCH("spawn: start and join, forkserver", "libmp")
{
	start_and_join(MP_FORKSERVER); /* the server is there now */
	bench_start(b);
	for (long i = 0; i < b->count; i++)
		start_and_join(MP_FORKSERVER);
	bench_stop(b);
	NEED(mp_forkserver_stop());
}

BENCH("spawn: start and join, forkserver", "raw fork, waitpid")
{
	bench_start(b);
	for (long i = 0; i < b->count; i++) {
		pid_t pid = fork();
		if (pid == 0)
			_exit(0);
		NEED(waitpid(pid, NULL, 0));
	}
	bench_stop(b);
}
