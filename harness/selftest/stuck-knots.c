/* SPDX-License-Identifier: MIT */
/*
 * Programs that knot themselves, in plain C: see stuck-programs.h. What each is is said by
 * its sentences in the table at the end.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "selftest/stuck-programs.h"
#include "selftest/stuck-tools.h"
#include "stuck/registry.h"

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

static void
poll_two(void)
{
	int to[2], from[2];

	make_pipe(to);
	make_pipe(from);
	if (child()) {
		close(from[0]);
		close(to[1]);
		tied();
		(void)!read(to[0], to, 1);
		_exit(0);
	}
	close(from[1]);
	close(to[0]);
	struct pollfd fds[2] = {{.fd = from[0], .events = POLLIN},
	    {.fd = (int)syscall(SYS_pidfd_open, 1 + getpid(), 0), .events = POLLIN}};
	tied();
	(void)poll(fds, 1, -1);
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

/* --- memory ---------------------------------------------------------------------------------- */

struct shared {
	pthread_mutex_t a, b;
	pthread_cond_t condition;
	pthread_barrier_t barrier;
	sem_t semaphore;
	sem_t gate, other_gate;
	uint32_t word;
};

static struct shared *
share(int robust, int process_shared)
{
	struct shared *s =
	    mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_mutexattr_t mutex;
	pthread_condattr_t condition;
	pthread_barrierattr_t barrier;

	pthread_mutexattr_init(&mutex);
	pthread_mutexattr_setrobust(&mutex, robust);
	pthread_mutexattr_setpshared(&mutex, process_shared);
	pthread_mutex_init(&s->a, &mutex);
	pthread_mutex_init(&s->b, &mutex);
	pthread_condattr_init(&condition);
	pthread_condattr_setpshared(&condition, PTHREAD_PROCESS_SHARED);
	pthread_cond_init(&s->condition, &condition);
	pthread_barrierattr_init(&barrier);
	pthread_barrierattr_setpshared(&barrier, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(&s->barrier, &barrier, 3);
	sem_init(&s->semaphore, 1, 0);
	sem_init(&s->gate, 1, 0);
	sem_init(&s->other_gate, 1, 0);
	return s;
}

static void
cross(struct shared *s)
{
	if (child()) {
		pthread_mutex_lock(&s->a);
		sem_post(&s->gate);
		sem_wait(&s->other_gate);
		tied();
		pthread_mutex_lock(&s->b);
		_exit(0);
	}
	if (child()) {
		pthread_mutex_lock(&s->b);
		sem_post(&s->other_gate);
		sem_wait(&s->gate);
		tied();
		pthread_mutex_lock(&s->a);
		_exit(0);
	}
	join_all();
}

static void
crossed(void)
{
	cross(share(PTHREAD_MUTEX_STALLED, PTHREAD_PROCESS_SHARED));
}

static void
crossed_robust(void)
{
	cross(share(PTHREAD_MUTEX_ROBUST, PTHREAD_PROCESS_SHARED));
}

static void
self_lock(void)
{
	struct shared *s = share(PTHREAD_MUTEX_STALLED, PTHREAD_PROCESS_SHARED);

	pthread_mutex_lock(&s->a);
	tied();
	pthread_mutex_lock(&s->a);
}

static void
dead_holder(void)
{
	struct shared *s = share(PTHREAD_MUTEX_STALLED, PTHREAD_PROCESS_SHARED);

	if (child()) {
		pthread_mutex_lock(&s->a);
		_exit(0);
	}
	join_all();
	tied();
	pthread_mutex_lock(&s->a);
}

/* A mutex in shared memory that was not made process-shared: an unlock wakes nobody there. */
static void
not_shared(void)
{
	struct shared *s = share(PTHREAD_MUTEX_STALLED, PTHREAD_PROCESS_PRIVATE);

	pthread_mutex_lock(&s->a);
	if (child()) {
		tied();
		pthread_mutex_lock(&s->a);
		_exit(0);
	}
	join_all();
}

static void
semaphore(void)
{
	struct shared *s = share(PTHREAD_MUTEX_STALLED, PTHREAD_PROCESS_SHARED);

	if (child()) {
		tied();
		sem_wait(&s->semaphore);
		_exit(0);
	}
	join_all();
}

static void
condition(void)
{
	struct shared *s = share(PTHREAD_MUTEX_STALLED, PTHREAD_PROCESS_SHARED);

	if (child()) {
		pthread_mutex_lock(&s->a);
		tied();
		pthread_cond_wait(&s->condition, &s->a);
		_exit(0);
	}
	join_all();
}

static void
barrier(void)
{
	struct shared *s = share(PTHREAD_MUTEX_STALLED, PTHREAD_PROCESS_SHARED);

	for (int i = 0; i < 2; i++)
		if (child()) {
			tied();
			pthread_barrier_wait(&s->barrier);
			_exit(0);
		}
	join_all();
}

static void
bare_futex(void)
{
	struct shared *s = share(PTHREAD_MUTEX_STALLED, PTHREAD_PROCESS_SHARED);

	if (child()) {
		tied();
		syscall(SYS_futex, &s->word, FUTEX_WAIT, 0, NULL, NULL, 0);
		_exit(0);
	}
	join_all();
}

/* What a library says of its own: registry.h. */
static void
registered(void)
{
	struct page {
		struct stuck_notes notes;
		struct stuck_note note;
		uint32_t word, holder;
	} * page;
	int fd = memfd_create("mp-lock", MFD_CLOEXEC);

	if (ftruncate(fd, sizeof(*page)))
		_exit(9);
	page = mmap(NULL, sizeof(*page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	*page = (struct page){.notes = {STUCK_MAGIC, STUCK_VERSION, 1},
	    .note = {.kind = STUCK_NOTE_LOCK,
		.words = offsetof(struct page, word),
		.words_size = 4,
		.holder = offsetof(struct page, holder),
		.name = "tickets"},
	    .holder = (uint32_t)getpid()};
	if (child()) {
		tied();
		syscall(SYS_futex, &page->word, FUTEX_WAIT, 0, NULL, NULL, 0);
		_exit(0);
	}
	join_all();
}

static pthread_t first;

static void *
joins_first(void *argument)
{
	(void)argument;
	tied();
	pthread_join(first, NULL);
	return NULL;
}

static void
threads(void)
{
	pthread_t second;

	first = pthread_self();
	pthread_create(&second, NULL, joins_first, NULL);
	pthread_join(second, NULL);
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
		name, function, {__VA_ARGS__}, tasks, false                                        \
	}

const struct stuck_program stuck_knots[] = {
    PROGRAM("join-first", join_first, 2, "P joins P.1",
	"P.1 writes 1,000,000 bytes to a pipe that is full; only P reads it"),
    PROGRAM("own-end", own_end, 1,
	"P reads from a pipe that is empty; only it itself writes to it: it has the last writing "
	"end open, so the end of the file never comes"),
    PROGRAM("both-full", both_full, 2,
	"P writes 200,000 bytes to a pipe that is full; only P.1 reads it",
	"P.1 writes 200,000 bytes to a pipe that is full; only P reads it"),
    PROGRAM("filter", filter, 2, "P joins P.1",
	"P.1 reads from a pipe that is empty; only P writes to it"),
    PROGRAM("ring", ring, 3, "P reads from a pipe that is empty; only P.1.1 writes to it",
	"P.1 reads from a pipe that is empty; only P writes to it",
	"P.1.1 reads from a pipe that is empty; only P.1 writes to it"),
    PROGRAM("sockets", sockets, 2, "P reads from a socket that is empty; only P.1 writes to it",
	"P.1 reads from a socket that is empty; only P writes to it"),
    PROGRAM("poll", poll_two, 2, "P polls a pipe that is empty; only P.1 writes to it",
	"P.1 reads from a pipe that is empty; only P writes to it"),
    PROGRAM("epoll", epolls, 2, "P polls an eventfd; only it itself and P.1 write to it",
	"P.1 reads from an eventfd; only P and it itself write to it"),
    PROGRAM("select", selects, 2, "P polls a pipe that is empty; only P.1 writes to it",
	"P.1 reads from a pipe that is empty; only P writes to it"),
    PROGRAM("crossed", crossed, 3, "P.1 locks a mutex held by P.2", "P.2 locks a mutex held by P.1",
	"P waits until one of its children ends: P.1 and P.2"),
    PROGRAM("crossed-robust", crossed_robust, 3, "P.1 locks a robust mutex held by P.2",
	"P.2 locks a robust mutex held by P.1"),
    PROGRAM("self-lock", self_lock, 1, "P locks a mutex held by itself"),
    PROGRAM("dead-holder", dead_holder, 1, "P locks a mutex whose holder, ",
	"is dead: nobody will ever unlock it"),
    PROGRAM(
	"not-shared", not_shared, 2, "P.1 locks a mutex that is not process-shared", "P joins P.1"),
    PROGRAM("semaphore", semaphore, 2,
	"P.1 waits for a semaphore that is 0; only P and it itself could post it", "P joins P.1"),
    PROGRAM("condition", condition, 2,
	"P.1 waits for a condition; only P and it itself could notify it", "P joins P.1"),
    PROGRAM("barrier", barrier, 3, "P.1 waits at a barrier to which 2 of 3 have come; only P",
	"P.2 waits at a barrier to which 2 of 3 have come; only P"),
    PROGRAM("bare-futex", bare_futex, 2,
	"P.1 waits on a futex; only P and it itself have its memory", "P joins P.1"),
    PROGRAM(
	"registered", registered, 2, "P.1 waits for the lock 'tickets' held by P", "P joins P.1"),
    PROGRAM("threads", threads, 2, "P's thread 1 joins P's thread 2",
	"P's thread 2 joins P's thread 1"),
    PROGRAM(
	"fcntl", files_fcntl, 2, "P wants the lock on ", "/one, held by P.1", "/two, held by P"),
    PROGRAM(
	"flock", files_flock, 2, "P.1 wants the lock on ", "/one, held by P.1", "/two, held by P"),
    PROGRAM("readers", readers, 3, "P wants the lock on ", "/book, held by P.1 and P.2",
	"P.2 reads from a pipe that is empty; only P writes to it"),
    {0},
};
