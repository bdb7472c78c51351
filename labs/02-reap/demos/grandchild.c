/* SPDX-License-Identifier: MIT */
/*
 * Who terminates a parent makes an orphan; and a cure.
 *
 * Parent, child, grandchild; the parent terminates the child. Look at the grandchild: no
 * signal went to it, and it lives on with another parent. The second time it has asked the
 * kernel, PR_SET_PDEATHSIG: send me SIGTERM when my parent dies.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t
forked(void)
{
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	return pid;
}

/* Tell the pid when everything is ready, and live until a signal comes. */
static void
be_grandchild(int report, bool obey, pid_t parent)
{
	pid_t self = getpid();

	if (obey && prctl(PR_SET_PDEATHSIG, SIGTERM))
		err(1, "prctl");
	/* Had the parent died before we asked, nothing would come any more: look. */
	if (obey && getppid() != parent)
		raise(SIGTERM);
	if (write(report, &self, sizeof(self)) != sizeof(self))
		err(1, "write");
	for (;;)
		pause();
}

static void
be_child(int report, bool obey)
{
	pid_t self = getpid();

	if (forked() == 0)
		be_grandchild(report, obey, self);
	for (;;)
		pause();
}

static void
show(pid_t pid)
{
	char path[32], state = '?';
	int parent = 0;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	FILE *file = fopen(path, "re");
	if (!file || fscanf(file, "%*d (%*[^)]) %c %d", &state, &parent) != 2)
		errx(1, "%s cannot be read", path);
	fclose(file);
	printf("    grandchild %d: %s (state %c), its parent is %d\n", pid,
	    state == 'Z' ? "dead" : "alive", state, parent);
}

static void
run(bool obey)
{
	int report[2], status;
	pid_t grandchild;
	siginfo_t info;

	if (pipe2(report, O_CLOEXEC))
		err(1, "pipe2");
	fflush(stdout);
	pid_t child = forked();
	if (child == 0)
		be_child(report[1], obey);
	if (read(report[0], &grandchild, sizeof(grandchild)) != sizeof(grandchild))
		err(1, "read");
	show(grandchild);

	printf("    terminate the child %d\n", child);
	if (kill(child, SIGTERM) || waitpid(child, NULL, 0) != child)
		err(1, "kill, waitpid");
	/* Orphans change hands before their parent can be reaped: it is our child by now. */
	if (obey && waitid(P_PID, (id_t)grandchild, &info, WEXITED | WNOWAIT))
		err(1, "waitid");
	show(grandchild);
	if (!obey) {
		printf("    it would live for ever: end it\n");
		kill(grandchild, SIGKILL);
	}
	if (waitpid(grandchild, &status, 0) != grandchild)
		err(1, "waitpid");
	printf("    the grandchild's status: killed by SIG%s\n", sigabbrev_np(WTERMSIG(status)));
	close(report[0]);
	close(report[1]);
}

int
main(void)
{
	if (prctl(PR_SET_CHILD_SUBREAPER, 1)) /* so that the orphan comes to us, and can be seen */
		err(1, "prctl");
	printf("This program is %d, and adopts orphans.\n\nWithout a cure:\n", getpid());
	run(false);
	printf("\nThe grandchild has asked for SIGTERM when its parent dies:\n");
	run(true);
	return 0;
}
