/* SPDX-License-Identifier: MIT */
/*
 * What a child leaves to who started it.
 *
 * Two children do the same five things: one is a fork of this program, as multiprocessing
 * makes it, and one executes another program, a shell, as subprocess does. Then this program
 * looks at what it has of them. A forked child can leave its result in memory, if the two
 * have agreed on a page before; a program leaves an exit code and what it has said.
 *
 * left fork, left program: only the one, to look at its picture.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *variable; /* in our memory: a child has a copy, a program not even that */
static char *page;	     /* shared: a child has the same; exec takes it away */

/* A forked child's way of doing it. */
static void
work_in_c(void)
{
	char bytes[3];

	variable = "set";
	strcpy(page, "written");
	if (chdir("/") || read(STDIN_FILENO, bytes, sizeof(bytes)) != sizeof(bytes))
		err(1, "in the child");
	printf("hello");
	fflush(stdout);
	_exit(300);
}

/* A program's. It has no name for our page. */
static void
work_in_shell(void)
{
	execlp("sh", "sh", "-c",
	    "variable=set; cd /; dd bs=3 count=1 of=/dev/null 2>/dev/null; printf hello; exit 300",
	    (char *)NULL);
	err(1, "sh");
}

/* In the child: the file is its input, the pipe its output. */
static void
set_streams(int file, int out)
{
	if (dup2(file, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0)
		err(1, "dup2");
}

/* Run it to its end: all that it said, and its status. */
static int
run(void (*work)(void), int file, char *said, size_t size)
{
	size_t length = 0;
	ssize_t n;
	int ends[2], status;

	if (pipe2(ends, O_CLOEXEC))
		err(1, "pipe2");
	fflush(stdout);
	pid_t pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (pid == 0) {
		set_streams(file, ends[1]);
		work();
	}
	close(ends[1]); /* or the end of file would not come */
	while ((n = read(ends[0], said + length, size - 1 - length)) > 0)
		length += (size_t)n;
	said[length] = '\0';
	close(ends[0]);
	if (waitpid(pid, &status, 0) != pid)
		err(1, "waitpid");
	return status;
}

static void
look(const char *what, void (*work)(void), int file)
{
	char said[64], before[4096], after[4096];

	variable = "not set";
	strcpy(page, "empty");
	if (lseek(file, 0, SEEK_SET) || !getcwd(before, sizeof(before)))
		err(1, "before");
	int status = run(work, file, said, sizeof(said));
	if (!getcwd(after, sizeof(after)))
		err(1, "getcwd");
	printf("%s\n", what);
	printf("    it set a variable          ours is %s\n", variable);
	printf("    it changed directory       ours is %s\n",
	    strcmp(before, after) ? "another" : "as it was");
	printf("    it wrote into the page     ours is %s\n", page);
	printf("    it read 3 bytes of a file  ours is at byte %ld\n", lseek(file, 0, SEEK_CUR));
	printf("    it said hello              we have read \"%s\"\n", said);
	printf(
	    "    it left with 300           we have %d: eight bits of it\n", WEXITSTATUS(status));
}

int
main(int argc, char **argv)
{
	const char *only = argc > 1 ? argv[1] : "";
	int file = memfd_create("left", MFD_CLOEXEC);

	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (file < 0 || page == MAP_FAILED || write(file, "123456", 6) != 6)
		err(1, "main");
	if (strcmp(only, "program"))
		look("A child by fork:", work_in_c, file);
	if (strcmp(only, "fork"))
		look("A program, a shell, which has nothing to write into our page:", work_in_shell,
		    file);
	close(file);
	return 0;
}
