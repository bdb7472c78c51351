/* SPDX-License-Identifier: MIT */
/*
 * The C end of a connection whose other end is Python's: see pipe.py, which runs it.
 *
 *	pipe echo IN OUT          send back every message, until the end of file
 *	pipe send OUT SIZE...     send messages of these sizes
 *	pipe error IN             receive one, and name the error
 *	pipe take IN              receive a descriptor, and write "from C" through it
 *	pipe give OUT FILE        open FILE, and send the descriptor
 *	pipe parent COMMAND...   run COMMAND... FD on the other end of a pipe, and be its echo
 *
 * IN and OUT are inherited descriptors, the same number for a socket. Status 0: all went well.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mp.h>

static void
ok(int error, const char *what)
{
	if (error < 0)
		errx(1, "%s: %s: %s", what, mp_error_name(error), mp_error_text(error));
}

static struct mp_connection *
connection(const char *number, bool readable, bool writable)
{
	struct mp_connection *c;

	ok(mp_connection_new(&c, atoi(number), readable, writable), "mp_connection_new");
	return c;
}

static int
echo(struct mp_connection *in, struct mp_connection *out)
{
	void *data;
	size_t size;
	int error;

	while ((error = mp_connection_recv_bytes(in, &data, &size, MP_ANY_LENGTH)) == 0) {
		ok(mp_connection_send_bytes(out, data, size), "mp_connection_send_bytes");
		free(data);
	}
	if (error != MP_EOF)
		ok(error, "mp_connection_recv_bytes");
	return 0;
}

static int
echo_between(char **fds)
{
	struct mp_connection *in, *out;

	if (!strcmp(fds[0], fds[1]))
		in = out = connection(fds[0], true, true);
	else
		in = connection(fds[0], true, false), out = connection(fds[1], false, true);
	return echo(in, out);
}

static int
send_sizes(char **argv)
{
	struct mp_connection *out = connection(argv[0], false, true);

	for (char **size = argv + 1; *size; size++) {
		size_t n = strtoul(*size, NULL, 10);
		char *data = malloc(n + 1);
		if (!data)
			err(1, "malloc");
		for (size_t i = 0; i < n; i++)
			data[i] = (char)(i * 31 + i / 251);
		ok(mp_connection_send_bytes(out, data, n), "mp_connection_send_bytes");
		free(data);
	}
	return 0;
}

static int
name_error(const char *fd)
{
	void *data = NULL;
	size_t size;

	puts(mp_error_name(
	    mp_connection_recv_bytes(connection(fd, true, false), &data, &size, MP_ANY_LENGTH)));
	free(data);
	return 0;
}

static int
take(const char *socket)
{
	int fd = mp_recv_fd(connection(socket, true, true));

	ok(fd, "mp_recv_fd");
	return write(fd, "from C", 6) != 6;
}

static int
give(const char *socket, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		err(1, "%s", path);
	ok(mp_send_fd(connection(socket, true, true), fd), "mp_send_fd");
	return 0;
}

/* The other way round: this process makes the pipe, and Python inherits an end of it. */
static int
be_parent(char **argv)
{
	struct mp_connection *end[2];
	char number[16], *command[16];
	int n = 0, status;

	ok(mp_pipe(end, true), "mp_pipe");
	while (n < 14 && argv[n]) {
		command[n] = argv[n];
		n++;
	}
	command[n] = number;
	command[n + 1] = NULL;
	pid_t pid = fork();
	if (pid == 0) {
		snprintf(number, sizeof(number), "%d", dup(mp_connection_fileno(end[1])));
		execv(command[0], command);
		err(126, "%s", command[0]);
	}
	mp_connection_free(end[1]);
	echo(end[0], end[0]);
	if (waitpid(pid, &status, 0) != pid)
		err(1, "waitpid");
	return status != 0;
}

int
main(int argc, char **argv)
{
	alarm(60); /* a peer that never answers ends this, too */
	const char *verb = argc > 2 ? argv[1] : "";
	if (!strcmp(verb, "echo") && argc == 4)
		return echo_between(argv + 2);
	if (!strcmp(verb, "send"))
		return send_sizes(argv + 2);
	if (!strcmp(verb, "error"))
		return name_error(argv[2]);
	if (!strcmp(verb, "take"))
		return take(argv[2]);
	if (!strcmp(verb, "give") && argc == 4)
		return give(argv[2], argv[3]);
	if (!strcmp(verb, "parent"))
		return be_parent(argv + 2);
	errx(2, "usage: see the comment in its source");
}
