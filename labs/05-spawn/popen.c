/* SPDX-License-Identifier: MIT */
/*
 * Another program: started, waited for, signalled, freed.
 *
 * Its three streams are chosen first, each as the descriptor that the program will have
 * and, for a pipe, the end that stays here; then launch.c makes the process, and what was
 * opened for the program alone is closed. Handout: labs/05-spawn/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mp/io.h>
#include <mp/subprocess.h>
#include <mp/todo.h>

#include "launch.h"
#include "popen.h"

int
mp_popen(struct mp_popen **out, char *const argv[], const struct mp_popen_options *options)
{
	/*
	 * spawn.2: choose the three streams, launch, and close what only the program needs: or
	 * the end of a pipe would never come.
	 */
	mp_todo("spawn.2");
}

int
mp_popen_wait(struct mp_popen *p, double timeout, int *code)
{
	/* spawn.2: wait for the pidfd until the deadline, then fetch the status, once. */
	mp_todo("spawn.2");
}

int
mp_popen_signal(struct mp_popen *p, int signal)
{
	/* spawn.2: by the pidfd: never to a stranger. */
	mp_todo("spawn.2");
}

void
mp_popen_free(struct mp_popen *p)
{
	/* spawn.2: close our ends, so that it sees the end of its input; then wait. */
	mp_todo("spawn.2");
}

pid_t
mp_popen_pid(const struct mp_popen *p)
{
	/* spawn.2: also when it has ended. */
	mp_todo("spawn.2");
}

int
mp_popen_in(const struct mp_popen *p)
{
	/* spawn.2: the end to write to. */
	mp_todo("spawn.2");
}

int
mp_popen_out(const struct mp_popen *p)
{
	/* spawn.2: the end to read from. */
	mp_todo("spawn.2");
}

int
mp_popen_err(const struct mp_popen *p)
{
	/* spawn.2: the same. */
	mp_todo("spawn.2");
}
