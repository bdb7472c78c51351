/* SPDX-License-Identifier: MIT */
/* exit and _exit: the handlers and buffers that exit looks after were copied by fork. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *who = "parent";

static void
goodbye(void)
{
	printf("goodbye from the %s\n", who);
}

int
main(void)
{
	atexit(goodbye);
	if (fork() == 0) {
		who = "child that called exit";
		exit(0);
	}
	wait(NULL);
	if (fork() == 0) {
		who = "child that called _exit";
		printf("this stays in the buffer, and is lost\n");
		_exit(0);
	}
	wait(NULL);
	return 0;
}
