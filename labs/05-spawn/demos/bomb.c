/* SPDX-License-Identifier: MIT */
/*
 * A main that starts itself.
 *
 * It wants a child that says hello, and executes itself for it. The child begins in main,
 * as everything does: so it wants a child that says hello. A count of generations, carried
 * on in an argument, ends it here after five; without it, the limit would be the machine's.
 * Then the same with two guards: a child that turns off at once, as Python's
 * `if __name__ == '__main__'` does, and a parent that refuses to begin.
 */
#define _GNU_SOURCE
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST = 5 };

enum guard { NONE, TURN_OFF, REFUSE };

static enum guard guard;
static int generation;
static bool guarded; /* main has called init */

/* Execute this program, for a child that shall say hello. How many have said it, in all. */
static int
start(void)
{
	char number[16], kind[16];
	int status;

	if (guard == REFUSE && !guarded) {
		printf("    %d: start refuses: main has not called init\n", generation);
		return 0;
	}
	printf("    %d: starts a child\n", generation);
	fflush(stdout);
	snprintf(number, sizeof(number), "%d", generation + 1);
	snprintf(kind, sizeof(kind), "%d", guard);
	pid_t pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (pid == 0) {
		execl("/proc/self/exe", "bomb", number, kind, (char *)NULL);
		err(1, "execl");
	}
	if (waitpid(pid, &status, 0) != pid)
		err(1, "waitpid");
	return WEXITSTATUS(status);
}

/* The guard: a child does here what it was started for, and never comes back. */
static void
init(void)
{
	guarded = true;
	if (generation > 1) {
		printf("    %d: turns off at the guard; hello\n", generation);
		exit(1);
	}
}

/* What somebody wrote who thinks of a fork, where a child goes on behind the call. */
static int
users_main(void)
{
	printf("    %d: main begins\n", generation);
	if (generation >= MOST) {
		printf("    %d: the demo ends it here. Nobody has said hello\n", generation);
		return 0;
	}
	if (guard == TURN_OFF)
		init();
	return start();
}

static void
act(const char *what, enum guard kind)
{
	guard = kind;
	guarded = false;
	generation = 1;
	printf("%s\n", what);
	int hellos = users_main();
	printf("    children that said hello: %d\n", hellos);
}

int
main(int argc, char **argv)
{
	if (argc > 2) { /* a child */
		generation = atoi(argv[1]);
		guard = (enum guard)atoi(argv[2]);
		return users_main();
	}
	act("No guard:", NONE);
	act("main calls init, where children turn off:", TURN_OFF);
	act("main has forgotten it, and start refuses, before there is a child:", REFUSE);
	return 0;
}
