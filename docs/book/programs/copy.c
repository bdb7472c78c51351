/* SPDX-License-Identifier: MIT */
/* fork copies memory, and what stdio has not written yet is memory. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int
main(void)
{
	int tickets = 1;

	printf("one sentence; ");
	if (fork() == 0) {
		tickets--;
		printf("child: %d tickets\n", tickets);
		exit(0);
	}
	wait(NULL);
	printf("parent: %d tickets\n", tickets);
	return 0;
}
