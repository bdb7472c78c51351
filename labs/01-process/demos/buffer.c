/* SPDX-License-Identifier: MIT */
/*
 * One printf, printed twice.
 *
 * The same six lines of C run five times: write a word, fork, and let both processes leave
 * in the usual way. Look at how many bytes lie in the stdio buffer at the moment of the
 * fork: those are memory, so they are copied, and each process writes its own copy.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <pty.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* In a process of its own: write, fork, and both processes leave. */
static void
write_and_fork(int fd, const char *word, bool flush)
{
	FILE *out = fdopen(fd, "w");

	fprintf(out, "%s", word);
	if (flush)
		fflush(out);
	printf("%2zu bytes are in the buffer; ", __fpending(out));
	fflush(stdout); /* or this sentence would be the demonstration */
	pid_t pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (pid > 0)
		waitpid(pid, NULL, 0);
	exit(0); /* both: and exit writes what is buffered */
}

/* What arrives at the other end, as one line. */
static void
show(int fd)
{
	char c;
	int words = 0;

	printf("what arrives: \"");
	while (read(fd, &c, 1) == 1) {
		words += c == 'o';
		if (c == '\n')
			printf("\\n");
		else if (c != '\r') /* a terminal writes \r\n for \n */
			putchar(c);
	}
	printf("\"%s\n", words == 1 ? "" : "   <-- twice");
}

static void
try(const char *title, bool terminal, const char *word, bool flush)
{
	int fds[2]; /* to read, to write */

	if (terminal ? openpty(&fds[0], &fds[1], NULL, NULL, NULL) : pipe(fds))
		err(1, terminal ? "openpty" : "pipe");
	printf("%-36s ", title);
	fflush(stdout);
	pid_t pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (pid == 0) {
		close(fds[0]);
		write_and_fork(fds[1], word, flush);
	}
	close(fds[1]); /* now the last process that leaves ends what we read */
	show(fds[0]);
	close(fds[0]);
	waitpid(pid, NULL, 0);
}

int
main(void)
{
	try("a line, to a terminal:", true, "hello\n", false);
	try("the same line, to a pipe:", false, "hello\n", false);
	try("half a line, to a terminal:", true, "hello", false);
	try("half a line, to a pipe:", false, "hello", false);
	try("the pipe again, but fflush first:", false, "hello\n", true);
	printf(
	    "\nTo a terminal, stdio writes each line at its end; to a pipe or a file, only when\n"
	    "the buffer is full. So this fault hides on the screen, and shows in a log file.\n");
	return 0;
}
