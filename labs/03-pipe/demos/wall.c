/* SPDX-License-Identifier: MIT */
/*
 * What isolation is, and what it is not.
 *
 * Parent and child look at one address and see two values: no pointer of one process reaches
 * into another. Then the parent asks the kernel for the child's bytes, and gets them: the
 * wall keeps out mistakes, not those who may look. At the end the child forbids it.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static char secret[16] = "nothing yet";

/* The bytes that process pid has at this address; NULL: not allowed, or not there. */
static const char *
peek(pid_t pid, void *address)
{
	static char bytes[sizeof(secret)];
	struct iovec here = {bytes, sizeof(bytes)}, there = {address, sizeof(bytes)};

	if (process_vm_readv(pid, &here, 1, &there, 1, 0) != (ssize_t)sizeof(bytes))
		return strerrorname_np(errno);
	return bytes;
}

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
be_child(int from, int to)
{
	strcpy(secret, "42, and so on");
	pass(to);
	await(from);
	prctl(PR_SET_DUMPABLE, 0); /* no core, no debugger; ssh-agent does this */
	pass(to);
	await(from);
	_exit(0);
}

int
main(void)
{
	int down[2], up[2];

	if (pipe2(down, O_CLOEXEC) || pipe2(up, O_CLOEXEC))
		err(1, "pipe2");
	pid_t child = fork();
	if (child < 0)
		err(1, "fork");
	if (child == 0) {
		close(down[1]);
		close(up[0]);
		be_child(down[0], up[1]);
	}
	close(down[0]);
	close(up[1]);
	await(up[0]);
	printf("The child %d has written to `secret`, which is at %p in both.\n", child,
	    (void *)secret);
	printf("    the parent reads its own memory there:   %s\n", secret);
	printf("    the kernel reads the child's for it:     %s\n", peek(child, secret));
	printf("    where the child has no memory:           %s\n", peek(child, (void *)16));
	printf("    in process 1:                            %s\n", peek(1, secret));
	pass(down[1]);
	await(up[0]);
	printf("The child has made itself undumpable.\n");
	printf("    the kernel reads the child's for it:     %s\n", peek(child, secret));
	if (geteuid() == 0)
		printf("    (this is root, who may look everywhere; try it as somebody else)\n");
	pass(down[1]);
	waitpid(child, NULL, 0);
	printf("The child is dead and reaped.\n");
	printf("    the kernel reads the child's for it:     %s\n", peek(child, secret));
	return 0;
}
