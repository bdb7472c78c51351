/* SPDX-License-Identifier: MIT */
/*
 * Ctrl-C, and who hears it.
 *
 * The terminal sends SIGINT to a whole group of processes: the owner and its four workers. If
 * each has something to say (Python's workers print a traceback), that is a storm; and who still
 * replaces workers that die makes more of them. If workers are deaf to it, one decides: the owner.
 * But one must not be deaf too late: the signal may come between fork and the first line of
 * the worker. So it is blocked around the fork.
 */
#define _GNU_SOURCE
#include <err.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORKERS 4

static char words[64];

static void
complain(int number)
{
	(void)number;
	(void)!write(STDOUT_FILENO, words, strlen(words));
	_exit(1);
}

static void
work(int i, int ready, int orders, bool deaf, const sigset_t *mask)
{
	char byte = 'x';

	snprintf(words, sizeof(words), "    worker %d: interrupted!\n", i + 1);
	signal(SIGINT, deaf ? SIG_IGN : complain);
	sigprocmask(SIG_SETMASK, mask, NULL);
	(void)!write(ready, &byte, 1);
	while (read(orders, &byte, 1) < 0)
		;
	_exit(0); /* the end of file: the owner is gone */
}

static void
own(bool deaf, int told)
{
	int ready[2], orders[2];
	sigset_t interrupt, mask;
	char byte;

	setpgid(0, 0);
	sigemptyset(&interrupt);
	sigaddset(&interrupt, SIGINT);
	if (pipe(ready) || pipe(orders))
		err(1, "pipe");
	sigprocmask(SIG_BLOCK, &interrupt, &mask);
	for (int i = 0; i < WORKERS; i++)
		if (fork() == 0) {
			close(orders[1]);
			work(i, ready[1], orders[0], deaf, &mask);
		}
	snprintf(words, sizeof(words), "    owner: interrupted, and that is all\n");
	signal(SIGINT, complain);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	for (int i = 0; i < WORKERS; i++)
		(void)!read(ready[0], &byte, 1);
	(void)!write(told, "x", 1);
	for (;;)
		pause();
}

static void
run(const char *title, bool deaf)
{
	int told[2];
	char byte;

	printf("%s\n", title);
	fflush(stdout);
	if (pipe(told))
		err(1, "pipe");
	pid_t owner = fork();
	if (owner < 0)
		err(1, "fork");
	if (owner == 0)
		own(deaf, told[1]);
	close(told[1]);
	if (read(told[0], &byte, 1) != 1)
		err(1, "read");
	kill(-owner, SIGINT);		    /* what the terminal does */
	while (read(told[0], &byte, 1) > 0) /* the end: all of them are gone */
		;
	waitpid(owner, NULL, 0);
	close(told[0]);
}

int
main(void)
{
	run("workers that hear Ctrl-C:", false);
	run("workers that are deaf to it:", true);
	return 0;
}
