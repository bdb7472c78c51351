/* SPDX-License-Identifier: MIT */
/*
 * A pipe with a lock around it is not a queue: a writer is killed in the middle of a message,
 * and the next one's message is read as the rest of it.
 *
 * Messages go behind their length, as multiprocessing sends them. The first writer's is longer
 * than the pipe, so it sleeps in the middle of it, and there it is killed.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void
put(int fd, char letter, unsigned size)
{
	char *data = malloc(size);

	memset(data, letter, size);
	if (write(fd, &size, sizeof(size)) < 0 || write(fd, data, size) < 0)
		perror("write");
	free(data);
}

static char
state_of(pid_t pid)
{
	char path[32], state = 0;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	FILE *file = fopen(path, "r");
	if (file && fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
		state = 0;
	if (file)
		fclose(file);
	return state;
}

static void
get(int fd)
{
	unsigned size, done = 0, letters[128] = {0};
	char *data;

	if (read(fd, &size, sizeof(size)) != sizeof(size) || !(data = malloc(size)))
		return;
	printf("reader: a message of %u bytes is announced\n", size);
	while (done < size) {
		ssize_t n = read(fd, data + done, size - done);
		if (n <= 0)
			break;
		done += (unsigned)n;
	}
	for (unsigned i = 0; i < done; i++)
		letters[data[i] & 127]++;
	printf("reader: what came of it: %u bytes, %u of them 'a', %u 'b', and %u others\n", done,
	    letters['a'], letters['b'], done - letters['a'] - letters['b']);
	if (done < size)
		printf("reader: and for the other %u it would wait for ever,\n"
		       "        if a writer were left\n",
		    size - done);
	free(data);
}

int
main(void)
{
	int fds[2], full = 0;

	if (pipe(fds))
		return 1;
	pid_t first = fork();
	if (first == 0) {
		put(fds[1], 'a', 100000);
		_exit(0);
	}
	while (state_of(first) != 'S' || full == 0) { /* until it sleeps: the pipe is full */
		sched_yield();
		ioctl(fds[0], FIONREAD, &full);
	}
	kill(first, SIGKILL);
	waitpid(first, NULL, 0);
	printf("writer 1 was killed after %d of its 100000 bytes\n", full - (int)sizeof(unsigned));
	pid_t second = fork();
	if (second == 0) {
		put(fds[1], 'b', 10000);
		_exit(0);
	}
	close(fds[1]);
	printf("writer 2 puts a whole message of 10000 bytes\n");
	get(fds[0]);
	waitpid(second, NULL, 0);
	return 0;
}
