/* SPDX-License-Identifier: MIT */
/*
 * A worker dies with a task. Who knows, and what exactly was lost?
 *
 * Two workers get four tasks each, ahead, in a pipe of their own. Task 3 kills its worker. First
 * the owner counts results, and waits for the eighth. Then it listens to the death itself (a
 * pidfd), and each worker has a desk, a line of shared memory, on which it writes what it begins
 * before it begins: so who comes later can read what was lost with it, and what was only given.
 */
#define _GNU_SOURCE
#include <err.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define TASKS 8

enum stage { GIVEN, BEGUN, DONE, LOST };

static _Atomic int *desk; /* a word for each task; shared */
static int answers[2], deaths[2];
static bool has_desks;

static void
work(int orders)
{
	int task;

	while (read(orders, &task, sizeof(task)) == sizeof(task)) {
		desk[task] = BEGUN;
		if (task == 3)
			kill(getpid(), SIGKILL);
		desk[task] = DONE;
		if (write(answers[1], &task, sizeof(task)) != sizeof(task))
			break;
	}
	_exit(0);
}

/* A worker, with every task from first on, in steps of step, that was given to no one else. */
static pid_t
hire(int first, int step)
{
	int orders[2];

	if (pipe(orders))
		err(1, "pipe");
	for (int task = first; task < TASKS; task += step)
		if (desk[task] == GIVEN && write(orders[1], &task, sizeof(task)) != sizeof(task))
			err(1, "write");
	fflush(stdout);
	pid_t pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (pid == 0) {
		close(orders[1]);
		work(orders[0]);
	}
	close(orders[0]);
	close(orders[1]); /* that was all: after it comes the end of file */
	return pid;
}

/* Worker i has ended: by what, and with what in hand? True: tasks are left that nobody has. */
static bool
bury(int i, pid_t pid)
{
	bool missing = false;
	int status;

	waitpid(pid, &status, 0);
	close(deaths[i]);
	deaths[i] = -1;
	if (!WIFSIGNALED(status))
		return false;
	printf("    worker %d has died by SIG%s\n", i + 1, sigabbrev_np(WTERMSIG(status)));
	for (int task = i; task < TASKS; task += 2) {
		if (desk[task] == BEGUN) {
			printf("    task %d was begun: an error\n", task);
			desk[task] = LOST;
		} else if (desk[task] == GIVEN) {
			printf("    task %d was only given: for somebody else\n", task);
			missing = true;
		}
	}
	return missing;
}

static void
run(const char *title, bool desks)
{
	pid_t pids[2];
	int task, done = 0;

	has_desks = desks;
	printf("%s\n", title);
	memset((void *)desk, 0, TASKS * sizeof(*desk));
	if (pipe(answers))
		err(1, "pipe");
	for (int i = 0; i < 2; i++) {
		pids[i] = hire(i, 2);
		deaths[i] = (int)syscall(SYS_pidfd_open, pids[i], 0);
	}
	for (;;) {
		struct pollfd news[] = {{answers[0], POLLIN, 0},
		    {has_desks ? deaths[0] : -1, POLLIN, 0},
		    {has_desks ? deaths[1] : -1, POLLIN, 0}};
		if (done + (has_desks && desk[3] == LOST) == TASKS || poll(news, 3, 1000) == 0)
			break;
		if (news[0].revents) {
			done += read(answers[0], &task, sizeof(task)) == sizeof(task);
			continue; /* first what it could still say */
		}
		for (int i = 0; i < 2; i++)
			if (news[i + 1].revents && bury(i, pids[i]))
				(void)hire(i, 2);
	}
	printf("    %d of %d results%s\n", done, TASKS,
	    has_desks ? ", and one error" : "; nothing more comes, and nobody says why");
	while (wait(NULL) > 0)
		;
	for (int i = 0; i < 2; i++)
		if (deaths[i] >= 0)
			close(deaths[i]);
	close(answers[0]);
	close(answers[1]);
}

int
main(void)
{
	desk = mmap(
	    NULL, TASKS * sizeof(*desk), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (desk == MAP_FAILED)
		err(1, "mmap");
	run("results are counted:", false);
	run("deaths are heard, and desks are looked at:", true);
	return 0;
}
