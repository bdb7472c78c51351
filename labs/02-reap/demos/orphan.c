/* SPDX-License-Identifier: MIT */
/*
 * An orphan, and who adopts it.
 *
 * Three generations; the middle one leaves, and the last one is asked who its parent is,
 * before and after. Many books say: after, it is pid 1. Look at what it is here: the nearest
 * ancestor that has asked for orphans (a "subreaper": systemd does for each user, container
 * runtimes do), and only if there is none, init. Then this program asks for them itself.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void
say_parent(const char *when)
{
	char path[32], name[32] = "?";
	pid_t parent = getppid();

	snprintf(path, sizeof(path), "/proc/%d/comm", parent);
	FILE *file = fopen(path, "re");
	if (file) {
		if (fgets(name, sizeof(name), file))
			name[strcspn(name, "\n")] = '\0';
		fclose(file);
	}
	printf("    %s the parent of %d is %d, named \"%s\"\n", when, getpid(), parent, name);
	fflush(stdout);
}

/* Say who the parent is; wait until it has been reaped; say it again. */
static void
be_last(int born, int reaped)
{
	char byte;

	say_parent("before:");
	close(born); /* now the middle may leave */
	if (read(reaped, &byte, 1) != 0)
		err(1, "read");
	say_parent("after: ");
	_exit(9);
}

static void
be_middle(int reaped)
{
	int born[2];
	char byte;

	if (pipe2(born, O_CLOEXEC))
		err(1, "pipe2");
	pid_t pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (pid == 0) {
		close(born[0]);
		be_last(born[1], reaped);
	}
	close(born[1]);
	if (read(born[0], &byte, 1) != 0) /* until the last has closed it, too */
		err(1, "read");
	_exit(0);
}

/*
 * Two pipes, on which nothing is ever written. This process closes `reaped` when the middle
 * has been; the others hold `lives` as long as they live, so its end says that both are gone.
 */
static void
three_generations(void)
{
	int lives[2], reaped[2];
	char byte;

	if (pipe2(lives, O_CLOEXEC) || pipe2(reaped, O_CLOEXEC))
		err(1, "pipe2");
	pid_t pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (pid == 0) {
		close(lives[0]);
		close(reaped[1]);
		be_middle(reaped[0]);
	}
	close(lives[1]);
	close(reaped[0]);
	if (waitpid(pid, NULL, 0) != pid)
		err(1, "waitpid");
	close(reaped[1]);
	if (read(lives[0], &byte, 1) != 0)
		err(1, "read");
	close(lives[0]);
}

int
main(void)
{
	int status;

	printf("This program is %d. First it does not ask for orphans:\n", getpid());
	fflush(stdout);
	three_generations();
	printf("    waitpid(-1) here says: %s. The adopter fetches that status.\n",
	    waitpid(-1, &status, 0) < 0 ? strerror(errno) : "a child?!");

	if (prctl(PR_SET_CHILD_SUBREAPER, 1))
		err(1, "prctl");
	printf("\nprctl(PR_SET_CHILD_SUBREAPER, 1): now %d asks for them:\n", getpid());
	fflush(stdout);
	three_generations();
	pid_t pid = waitpid(-1, &status, 0);
	printf("    waitpid(-1) here says: %d, exit code %d. Who adopts must fetch the status.\n",
	    pid, pid > 0 ? WEXITSTATUS(status) : -1);
	return 0;
}
