/* SPDX-License-Identifier: MIT */
/*
 * A fork server, and a family tree that surprises.
 *
 * The server is forked first, while this program has nothing; it reads a number for each
 * child that it shall make. The child says its pid, and at its end the server its status. Then this program sets a variable and asks for a child. Look at three things:
 * what the child sees of the variable, who its parent is, and who can wait for it.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *word = "nothing yet";

static int
forked(void)
{
	fflush(stdout);
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	return pid;
}

static void
tell(int fd, int number)
{
	if (write(fd, &number, sizeof(number)) != sizeof(number))
		err(1, "write");
}

/* A number from the other side; -1 is the end: it is gone. */
static int
hear(int fd)
{
	int number;
	ssize_t n = read(fd, &number, sizeof(number));

	if (n < 0)
		err(1, "read");
	return n == 0 ? -1 : number;
}

static const char *
name(pid_t pid, pid_t client)
{
	return pid == client ? "the program" : "the server";
}

/* The child: it says its word, then who it is, and stays until it is told to leave. */
static void
be_child(int fd, pid_t client, int gate)
{
	printf("    child: forked by %s; the word is \"%s\"\n", name(getppid(), client), word);
	fflush(stdout);
	tell(fd, getpid());
	close(fd);
	hear(gate);
	_exit(7);
}

/* One child for each request, one after the other. The end of file is the end. */
static void
be_server(int fd, pid_t client, int gate)
{
	int status;

	while (hear(fd) >= 0) {
		pid_t pid = forked();
		if (pid == 0)
			be_child(fd, client, gate);
		if (waitpid(pid, &status, 0) != pid)
			err(1, "waitpid");
		printf("    server: waitpid says: exit code %d\n", WEXITSTATUS(status));
		fflush(stdout);
		tell(fd, status);
	}
	_exit(0);
}

/* Is it dead? A pidfd says so to anybody, not to its parent alone. */
static int
is_dead(int pidfd, int milliseconds)
{
	struct pollfd fd = {.fd = pidfd, .events = POLLIN};

	return poll(&fd, 1, milliseconds);
}

int
main(void)
{
	int ends[2], gate[2], status;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) || pipe2(gate, O_CLOEXEC))
		err(1, "socketpair");
	pid_t client = getpid(), server = forked();
	if (server == 0) {
		close(ends[0]);
		close(gate[1]);
		be_server(ends[1], client, gate[0]);
	}
	close(ends[1]);
	close(gate[0]);

	word = "much";
	printf("The program has forked a server, and then changed its word to \"%s\".\n", word);
	printf("It asks for a child:\n");
	fflush(stdout);
	tell(ends[0], 1);
	pid_t child = hear(ends[0]);
	int pidfd = pidfd_open(child, 0); /* the child lives: nobody else has this number */
	if (pidfd < 0)
		err(1, "pidfd_open");
	if (waitpid(child, &status, 0) < 0)
		printf("    program: waitpid says: %s\n", strerror(errno));
	printf("    program: its pidfd says: %s\n", is_dead(pidfd, 0) ? "dead" : "alive");
	printf("The program lets it go:\n");
	fflush(stdout);
	close(gate[1]);
	is_dead(pidfd, -1);
	status = hear(ends[0]);
	printf("    program: its pidfd says: dead; its exit code, says the server: %d\n",
	    WEXITSTATUS(status));
	printf("The program lets the server go, which is its child, and waits for it:\n");
	close(ends[0]);
	if (waitpid(server, &status, 0) != server)
		err(1, "waitpid");
	printf("    program: waitpid says: exit code %d\n", WEXITSTATUS(status));
	close(pidfd);
	return 0;
}
