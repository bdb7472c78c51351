/* SPDX-License-Identifier: MIT */
/*
 * One address, two values.
 *
 * Parent and child print the address and the value of two variables, in turn. Look at
 * `tickets`: the same address, and yet two places. A third place, made with MAP_SHARED,
 * is the exception that must be asked for.
 */
#define _GNU_SOURCE
#include <err.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static int tickets = 1; /* an ordinary variable */
static int *shared;	/* one place for both */

static void
look(const char *who, const char *what)
{
	printf("%-6s %5d  %-23s tickets at %p: %d   *shared at %p: %d\n", who, getpid(), what,
	    (void *)&tickets, tickets, (void *)shared, *shared);
	fflush(stdout);
}

/* Let the other process go on; and wait until it lets us. */
static void
pass(int to)
{
	if (write(to, ".", 1) != 1)
		err(1, "write");
}

static void
await(int from)
{
	char byte;

	if (read(from, &byte, 1) != 1)
		errx(1, "the other process is gone");
}

static void
child(int from, int to)
{
	look("child", "just born");
	tickets = 0;
	*shared = 0;
	look("child", "sells both");
	pass(to);
	await(from);
	look("child", "looks again");
	_exit(0);
}

int
main(void)
{
	int down[2], up[2];

	shared = mmap(NULL, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED || pipe(down) || pipe(up))
		err(1, "mmap, pipe");
	*shared = 1;
	look("parent", "before the fork");
	pid_t pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (pid == 0) {
		close(down[1]); /* the child's own copy would hide that the parent is gone */
		close(up[0]);
		child(down[0], up[1]);
	}
	close(down[0]);
	close(up[1]);
	await(up[0]);
	look("parent", "after the child's sale");
	tickets = 70;
	*shared = 70;
	look("parent", "prints 70 new ones");
	pass(down[1]);
	waitpid(pid, NULL, 0);
	close(down[1]);
	close(up[0]);
	printf("\nThe addresses are equal because the map of the memory was copied, too. What an\n"
	       "address means is each process's own affair.\n");
	munmap(shared, sizeof(int));
	return 0;
}
