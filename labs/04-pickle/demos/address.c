/* SPDX-License-Identifier: MIT */
/*
 * An address, sent to other processes: right by luck, wrong, and dangerous.
 *
 * A struct with a pointer in it is written to a pipe as it lies in memory. A forked child that
 * reads it finds the text: it has a copy of everything, at the same addresses. A program that
 * was started anew has other things there, or nothing. The bytes arrive in any case.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct person {
	int age;
	const char *name;
};

/* What stands at an address? The kernel looks, so that a wrong one does not kill us. */
static void
look(const char *address)
{
	int fds[2];
	char text[9] = "";

	if (pipe2(fds, O_CLOEXEC))
		err(1, "pipe2");
	ssize_t n = write(fds[1], address, sizeof(text) - 1);
	if (n < 0) {
		printf("there is nothing at this address (%s)\n", strerror(errno));
	} else if (read(fds[0], text, (size_t)n) == n) {
		printf("there is");
		for (ssize_t i = 0; i < n && text[i]; i++)
			printf(text[i] >= ' ' && text[i] < 127 ? " %c" : " \\x%02x",
			    (unsigned char)text[i]);
		printf("\n");
	}
	close(fds[0]);
	close(fds[1]);
}

/* stdin is the pipe: read the struct, and follow its pointer. */
static void
receive(const char *who)
{
	struct person person;

	if (read(STDIN_FILENO, &person, sizeof(person)) != sizeof(person))
		errx(1, "the struct did not arrive");
	printf("  %s: age %d, name at %p: ", who, person.age, (const void *)person.name);
	look(person.name);
	fflush(stdout);
}

static void
send_to(const struct person *person, const char *program)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC))
		err(1, "pipe2");
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		dup2(fds[0], STDIN_FILENO);
		if (program)
			execl("/proc/self/exe", program, "receive", (char *)NULL);
		else
			receive("a forked child    ");
		_exit(0);
	}
	if (write(fds[1], person, sizeof(*person)) != sizeof(*person))
		err(1, "write");
	close(fds[0]);
	close(fds[1]);
	waitpid(pid, NULL, 0);
}

int
main(int argc, char **argv)
{
	if (argc > 1) {
		receive("the program anew  ");
		return 0;
	}
	struct person person = {36, strdup("Ada")};
	if (!person.name)
		err(1, "strdup");
	printf("a struct of %zu bytes: age %d, name \"%s\" at %p\n", sizeof(person), person.age,
	    person.name, (const void *)person.name);
	send_to(&person, NULL);
	send_to(&person, argv[0]);
	printf(
	    "\nThe age arrives everywhere. The address arrives, too: as a number that means\n"
	    "something only where it was made. And what if the reader had printed it as a text?\n");
	free((char *)(size_t)person.name);
	return 0;
}
