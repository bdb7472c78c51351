/* SPDX-License-Identifier: MIT */
/* What a process costs: made, run, joined. */
#define _GNU_SOURCE
#include <sys/wait.h>
#include <unistd.h>

#include <mp.h>

#include "bench/bench.h"

static int
nothing(void *arg)
{
	(void)arg;
	return 0;
}

BENCH("process: start and join, fork", "libmp")
{
	bench_start(b);
	for (long i = 0; i < b->count; i++) {
		struct mp_process *p;
		NEED(mp_process_new(&p, nothing, NULL, NULL));
		NEED(mp_process_start(p));
		NEED(mp_process_join(p, MP_FOREVER));
		mp_process_free(p);
	}
	bench_stop(b);
}

BENCH("process: start and join, fork", "raw fork, waitpid")
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
