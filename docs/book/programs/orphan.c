/* SPDX-License-Identifier: MIT */
/* Who adopts an orphan: the nearest living ancestor that asked for it. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mp/io.h>

/* A child has a child and dies; we wait for that, and let the orphan look around. */
static void
make_orphan(const char *when)
{
	pid_t self = getpid(), child;
	int gate[2];
	char byte;

	if (mp_pipe_cloexec(gate))
		return;
	child = fork();
	if (child == 0) {
		if (fork() > 0)
			_exit(0);
		mp_close(&gate[1]);
		(void)!mp_read_all(gate[0], &byte, 1);
		printf(
		    "%s: adopted by %s\n", when, getppid() == self ? "the grandparent" : "another");
		fflush(stdout);
		_exit(5);
	}
	waitpid(child, NULL, 0); /* by now the orphan has been given away */
	mp_close(&gate[0]);
	mp_close(&gate[1]);
}

int
main(void)
{
	int status = 0;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	make_orphan("subreaper");
	pid_t orphan = wait(&status);
	printf("the adopter fetched a status: %s, %d\n", orphan > 0 ? "yes" : "no",
	    WEXITSTATUS(status));
	return 0;
}
