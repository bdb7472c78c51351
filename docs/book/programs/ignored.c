/* SPDX-License-Identifier: MIT */
/* A parent that ignores SIGCHLD has no zombies, and no statuses either. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int
main(void)
{
	int status;

	signal(SIGCHLD, SIG_IGN);
	pid_t pid = fork();
	if (pid == 0)
		_exit(7);
	/* It does wait: until the child is gone. But there is nothing to fetch. */
	printf("waitpid: %s\n", waitpid(pid, &status, 0) < 0 ? strerrorname_np(errno) : "a status");
	printf("the child: %s\n", kill(pid, 0) ? strerrorname_np(errno) : "is there");
	return 0;
}
