/* SPDX-License-Identifier: MIT */
/*
 * SIGCHLD ignored: no zombies, and no statuses.
 *
 * The same child, which leaves with 7, under two settings of one signal. Look at waitpid: with
 * SIGCHLD ignored it waits too, and then has nothing to give. The setting goes on over fork AND
 * exec: a program may be born with it, by the fault of whoever started it. This one says
 * how it was born.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void
show(pid_t pid)
{
	char path[32], line[128];

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	FILE *file = fopen(path, "re");
	if (!file)
		printf("    %s: no such file\n", path);
	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, "State:", 6))
			printf("    %s: %s", path, line);
	if (file)
		fclose(file);
}

static void
run(void)
{
	int go[2], status;
	siginfo_t info;

	fflush(stdout);
	if (pipe(go))
		err(1, "pipe");
	pid_t pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (pid == 0) {
		char byte;
		close(go[1]);
		_exit(read(go[0], &byte, 1) == 0 ? 7 : 1);
	}
	close(go[0]);
	close(go[1]); /* now the child leaves */
	/* Look, and fetch nothing. With SIGCHLD ignored this returns when no child is left. */
	bool seen = waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) == 0;
	printf("    waitid with WNOWAIT: %s\n", seen ? "it is dead" : strerror(errno));
	show(pid);
	if (waitpid(pid, &status, 0) == pid)
		printf("    waitpid: %d, exit code %d\n", pid, WEXITSTATUS(status));
	else
		printf("    waitpid: %s; the 7 is lost\n", strerror(errno));
}

int
main(void)
{
	struct sigaction born;

	sigaction(SIGCHLD, NULL, &born);
	printf("This program was born with SIGCHLD %s.\n",
	    born.sa_handler == SIG_IGN ? "ignored" : "as usual");
	signal(SIGCHLD, SIG_DFL);
	printf("\nSIGCHLD as usual:\n");
	run();
	signal(SIGCHLD, SIG_IGN);
	printf("\nSIGCHLD ignored:\n");
	run();
	return 0;
}
