/* SPDX-License-Identifier: MIT */
/*
 * Programs that knot themselves with pipes, children, sockets and files, in plain C: see
 * stuck-programs.h. What each is is said by its sentences in the table at the end.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

#include "selftest/stuck-programs.h"
#include "selftest/stuck-tools.h"

/* --- pipes and children ------------------------------------------------------------------- */

static void
join_first(void)
{
	int pipe[2];

	make_pipe(pipe);
	if (child()) {
		close(pipe[0]);
		put(pipe[1], 1000000);
		_exit(0);
	}
	close(pipe[1]);
	tied();
	join_all();
}

static void
own_end(void)
{
	int pipe[2];
	char c;

	make_pipe(pipe);
	if (child())
		_exit(0);
	join_all();
	tied();
	while (read(pipe[0], &c, 1) > 0)
		;
}

static void
both_full(void)
{
	int to[2], from[2];
	bool is_child;

	make_pipe(to);
	make_pipe(from);
	is_child = child();
	close(is_child ? to[1] : from[1]);
	close(is_child ? from[0] : to[0]);
	tied();
	put(is_child ? from[1] : to[1], 200000);
}

/* A filter whose input its own maker has not closed. */
static void
filter(void)
{
	int pipe[2];

	make_pipe(pipe);
	if (child()) {
		dup2(pipe[0], STDIN_FILENO);
		close(pipe[0]);
		close(pipe[1]);
		tied();
		execlp("cat", "cat", (char *)NULL);
		_exit(127);
	}
	close(pipe[0]);
	join_all();
}

static void
ring(void)
{
	int pipes[3][2], me = 0;
	char c;

	for (int i = 0; i < 3; i++)
		make_pipe(pipes[i]);
	if (child())
		me = child() ? 2 : 1;
	for (int i = 0; i < 3; i++) {
		if (i != me)
			close(pipes[i][0]);
		if (i != (me + 1) % 3)
			close(pipes[i][1]);
	}
	tied();
	(void)!read(pipes[me][0], &c, 1);
}

static void
sockets(void)
{
	int ends[2];
	char c;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
		_exit(9);
	bool is_child = child();
	close(ends[!is_child]);
	tied();
	(void)!read(ends[is_child], &c, 1);
}

/* What a poll that was stopped is in, when it goes on, is called otherwise. */
static void
stop_and_go(pid_t poller)
{
	await_state(poller, "S");
	kill(poller, SIGSTOP);
	await_state(poller, "Tt");
	kill(poller, SIGCONT);
}

static void
poll_and_read(bool stopped)
{
	int to[2], from[2];

	make_pipe(to);
	make_pipe(from);
	if (child()) {
		close(from[0]);
		close(to[1]);
		if (stopped)
			stop_and_go(getppid());
		tied();
		(void)!read(to[0], to, 1);
		_exit(0);
	}
	close(from[1]);
	close(to[0]);
	struct pollfd fds[1] = {{.fd = from[0], .events = POLLIN}};
	tied();
	(void)poll(fds, 1, -1);
}

static void
poll_two(void)
{
	poll_and_read(false);
}

static void
poll_stopped(void)
{
	poll_and_read(true);
}

static void
epolls(void)
{
	int event = eventfd(0, EFD_CLOEXEC), set = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event wanted = {.events = EPOLLIN};

	epoll_ctl(set, EPOLL_CTL_ADD, event, &wanted);
	bool is_child = child();
	tied();
	if (is_child)
		(void)!read(event, &(uint64_t){0}, 8);
	else
		(void)epoll_wait(set, &wanted, 1, -1);
}

static void
selects(void)
{
	int to[2], from[2];
	fd_set set;
	char c;

	make_pipe(to);
	make_pipe(from);
	bool is_child = child();
	close(is_child ? to[1] : from[1]);
	close(is_child ? from[0] : to[0]);
	FD_ZERO(&set);
	FD_SET(from[0], &set);
	tied();
	if (is_child)
		(void)!read(to[0], &c, 1);
	else
		(void)select(from[0] + 1, &set, NULL, NULL, NULL);
}

/* --- files ------------------------------------------------------------------------------------- */

static int
lock_file(const char *name)
{
	int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		_exit(9);
	return fd;
}

static void
ofd_lock(int fd, bool wait)
{
	struct flock range = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	if (fcntl(fd, wait ? F_OFD_SETLKW : F_OFD_SETLK, &range))
		_exit(9);
}

static void
cross_files(bool flocks)
{
	struct shared *s = share(PTHREAD_MUTEX_STALLED, PTHREAD_PROCESS_SHARED);
	bool is_child = child();
	int mine = lock_file(is_child ? "one" : "two"), other = lock_file(is_child ? "two" : "one");

	if (flocks)
		flock(mine, LOCK_EX);
	else
		ofd_lock(mine, false);
	sem_post(is_child ? &s->gate : &s->other_gate);
	sem_wait(is_child ? &s->other_gate : &s->gate);
	tied();
	if (flocks)
		flock(other, LOCK_EX);
	else
		ofd_lock(other, true);
	_exit(0);
}

static void
files_fcntl(void)
{
	cross_files(false);
}

static void
files_flock(void)
{
	cross_files(true);
}

/* Two readers hold it, one of them waits for the writer: it needs all. */
static void
readers(void)
{
	struct shared *s = share(PTHREAD_MUTEX_STALLED, PTHREAD_PROCESS_SHARED);
	int pipe[2];
	char c;

	make_pipe(pipe);
	for (int i = 0; i < 2; i++)
		if (child()) {
			close(pipe[1]);
			flock(lock_file("book"), LOCK_SH);
			sem_post(&s->gate);
			(void)!read(pipe[0], &c, 1);
			_exit(0);
		}
	sem_wait(&s->gate);
	sem_wait(&s->gate);
	tied();
	flock(lock_file("book"), LOCK_EX);
}

#define PROGRAM(name, function, tasks, ...)                                                        \
	{                                                                                          \
		name, function, {__VA_ARGS__}, tasks, false, false                                 \
	}
/* Its pipes and sockets stay open over an exec. */
#define HANDED_ON(name, function, tasks, ...)                                                      \
	{                                                                                          \
		name, function, {__VA_ARGS__}, tasks, false, true                                  \
	}

const struct stuck_program stuck_knots[] = {
    HANDED_ON("join-first", join_first, 2, "P joins P.1",
	"P.1 writes 1,000,000 bytes to a pipe that is full; only P reads it"),
    HANDED_ON("own-end", own_end, 1,
	"P reads from a pipe that is empty; only it itself writes to it: it has the last writing "
	"end open, so the end of the file never comes"),
    HANDED_ON("both-full", both_full, 2,
	"P writes 200,000 bytes to a pipe that is full; only P.1 reads it",
	"P.1 writes 200,000 bytes to a pipe that is full; only P reads it"),
    HANDED_ON("filter", filter, 2, "P joins P.1",
	"P.1 reads from a pipe that is empty; only P writes to it"),
    HANDED_ON("ring", ring, 3, "P reads from a pipe that is empty; only P.1.1 writes to it",
	"P.1 reads from a pipe that is empty; only P writes to it",
	"P.1.1 reads from a pipe that is empty; only P.1 writes to it"),
    HANDED_ON("sockets", sockets, 2, "P reads from a socket that is empty; only P.1 writes to it",
	"P.1 reads from a socket that is empty; only P writes to it"),
    HANDED_ON("poll", poll_two, 2, "P polls a pipe that is empty; only P.1 writes to it",
	"P.1 reads from a pipe that is empty; only P writes to it"),
    HANDED_ON("poll-stopped", poll_stopped, 2,
	"P polls a pipe that is empty; only P.1 writes to it",
	"P.1 reads from a pipe that is empty; only P writes to it"),
    PROGRAM("epoll", epolls, 2, "P polls an eventfd; only it itself and P.1 write to it",
	"P.1 reads from an eventfd; only P and it itself write to it"),
    HANDED_ON("select", selects, 2, "P polls a pipe that is empty; only P.1 writes to it",
	"P.1 reads from a pipe that is empty; only P writes to it"),
    PROGRAM(
	"fcntl", files_fcntl, 2, "P wants the lock on ", "/one, held by P.1", "/two, held by P"),
    PROGRAM(
	"flock", files_flock, 2, "P.1 wants the lock on ", "/one, held by P.1", "/two, held by P"),
    HANDED_ON("readers", readers, 3, "P wants the lock on ", "/book, held by P.1 and P.2",
	"P.2 reads from a pipe that is empty; only P writes to it"),
    {0},
};
