/* SPDX-License-Identifier: MIT */
/* Descriptors are copied; the open file behind them, with its position, is not. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int
main(void)
{
	FILE *file = tmpfile();
	int fd = fileno(file);

	if (write(fd, "abcdef", 6) != 6 || lseek(fd, 0, SEEK_SET))
		return 1;
	if (fork() == 0) {
		char three[3];
		_exit(read(fd, three, 3) != 3);
	}
	wait(NULL);
	printf("the child read; the parent is at byte %d\n", (int)lseek(fd, 0, SEEK_CUR));
	return 0;
}
