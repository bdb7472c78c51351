/* SPDX-License-Identifier: MIT */
/*
 * Rows of 03-pipe: whole messages over a stream of bytes. The numbers in comments are
 * CPython's behaviours that a row answers to (docs/behaviours.md).
 *
 * What the library sends is read raw, and what it receives is written raw, so that a task is
 * tested without the other; and where one write must be one write, a packet pipe (O_DIRECT)
 * or a SOCK_SEQPACKET pair shows where each began and ended.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>

#include "pipes.h"

STAGE("Pipe, Connection, and bytes that are not written twice")

#define TIDY .graph = "every child reaped by its parent; no kill after reap; nothing left"

#define MIB  ((size_t)1024 * 1024)

/* --- pipe.1: two ends --------------------------------------------------------------------------------- */

ROW("pipe.1/duplex", 1, "a duplex pipe: both ends receive and send")
{
	struct ends e = piped(true);

	for (int i = 0; i < 2; i++) {
		int mine = OK(mp_connection_fileno(e.end[i]));
		int other = OK(mp_connection_fileno(e.end[!i]));
		TRUE(mp_connection_readable(e.end[i]), "end %d is readable", i);
		TRUE(mp_connection_writable(e.end[i]), "end %d is writable", i);
		EQUAL(mp_connection_closed(e.end[i]), false);
		PUT(mine, "over");
		EQUAL_TEXT(seen(other), "over");
	}
	unpiped(e);
}

ROW("pipe.1/simplex", 1, "a pipe that is not duplex: the first end receives, the second sends")
{
	struct ends e = piped(false);

	EQUAL(mp_connection_readable(e.end[0]), true);
	EQUAL(mp_connection_writable(e.end[0]), false);
	EQUAL(mp_connection_readable(e.end[1]), false);
	EQUAL(mp_connection_writable(e.end[1]), true);
	PUT(OK(mp_connection_fileno(e.end[1])), "over");
	EQUAL_TEXT(seen(OK(mp_connection_fileno(e.end[0]))), "over");
	unpiped(e);
}

ROW("pipe.1/exec", 1, "every descriptor of a connection is closed by exec")
{
	int fds[2];
	struct mp_connection *c;

	for (int duplex = 0; duplex < 2; duplex++) {
		struct ends e = piped(duplex);
		for (int i = 0; i < 2; i++)
			EQUAL(fcntl(OK(mp_connection_fileno(e.end[i])), F_GETFD) & FD_CLOEXEC,
			    FD_CLOEXEC);
		unpiped(e);
	}
	EQUAL(pipe(fds), 0); /* inherited, say */
	OK(mp_connection_new(&c, fds[0], true, false));
	EQUAL(mp_connection_fileno(c), fds[0]);
	EQUAL(fcntl(fds[0], F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	mp_connection_free(c);
	mp_close(&fds[1]);
}

ROW("pipe.1/new", 1, "a descriptor is taken over, also in case of errors")
{
	struct mp_connection *c = NULL;
	int fds[2];

	OK(mp_pipe_cloexec(fds));
	FAILS(mp_connection_new(&c, -1, true, true), MP_INVALID);
	FAILS(mp_connection_new(&c, fds[0], false, false), MP_INVALID);
	TRUE(fcntl(fds[0], F_GETFD) < 0, "the descriptor of a refused connection is closed");
	FAILS(mp_connection_new(&c, fds[0], true, false), -EBADF);
	TRUE(c == NULL, "a call that fails does not touch its result");
	mp_close(&fds[1]);
}

ROW("pipe.1/close", 2, "close closes once; then it is closed, and the other end reads the end")
{
	struct ends e = piped(false);
	int fd = OK(mp_connection_fileno(e.end[1]));

	OK(mp_connection_close(e.end[1]));
	EQUAL(mp_connection_closed(e.end[1]), true);
	EQUAL(mp_connection_writable(e.end[1]), true);
	FAILS(mp_connection_fileno(e.end[1]), MP_HANDLE_CLOSED);
	EQUAL_TEXT(seen(OK(mp_connection_fileno(e.end[0]))), "");
	int strangers = open("/dev/null", O_RDONLY | O_CLOEXEC);
	EQUAL(strangers, fd); /* the number is free, and now somebody else's */
	OK(mp_connection_close(e.end[1]));
	unpiped(e);
	TRUE(fcntl(strangers, F_GETFD) >= 0, "who closes twice does not close another's file");
	mp_close(&strangers);
}

ROW("pipe.1/lost", 1, "close tells of a descriptor that somebody else has closed")
{
	struct ends e = piped(true);

	close(OK(mp_connection_fileno(e.end[0])));
	FAILS(mp_connection_close(e.end[0]), -EBADF);
	EQUAL(mp_connection_closed(e.end[0]), true);
	OK(mp_connection_close(e.end[0]));
	unpiped(e);
}

ROW("pipe.1/owners", 1, "the last owner closes, and nobody before")
{
	struct ends e = piped(true);
	int fd = OK(mp_connection_fileno(e.end[0]));

	TRUE(mp_connection_ref(e.end[0]) == e.end[0], "ref gives back the connection");
	mp_connection_free(e.end[0]);
	TRUE(fcntl(fd, F_GETFD) >= 0, "with one owner left it is open");
	mp_connection_free(e.end[0]);
	TRUE(fcntl(fd, F_GETFD) < 0, "without owners it is closed");
	mp_connection_free(e.end[1]);
	mp_connection_free(NULL);
}

ROW("pipe.1/full", 1, "where no descriptor is free there is no pipe, and nothing is left of it")
{
	struct rlimit before, few;
	struct mp_connection *end[2] = {NULL, NULL};

	EQUAL(getrlimit(RLIMIT_NOFILE, &before), 0);
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC); /* the lowest free number */
	few = (struct rlimit){(rlim_t)fd + 1, before.rlim_max};
	mp_close(&fd);
	EQUAL(setrlimit(RLIMIT_NOFILE, &few), 0); /* room for one */
	FAILS(mp_pipe(end, false), -EMFILE);
	FAILS(mp_pipe(end, true), -EMFILE);
	EQUAL(setrlimit(RLIMIT_NOFILE, &before), 0);
	TRUE(end[0] == NULL && end[1] == NULL, "a call that fails does not touch its results");
}

/* --- pipe.2: sending ------------------------------------------------------------------------------------- */

ROW("pipe.2/frame", 1, "a message goes behind its length: 4 bytes, the highest first")
{
	int fd;
	struct mp_connection *c = sender(&fd);
	char bytes[304], *large = pattern(300);

	OK(mp_connection_send_bytes(c, "hello", 5));
	EQUAL_TEXT(seen(fd), "<00><00><00><05>hello");
	OK(mp_connection_send_bytes(c, NULL, 0));
	EQUAL_TEXT(seen(fd), "<00><00><00><00>");
	OK(mp_connection_send_bytes(c, large, 300));
	EQUAL(mp_read_all(fd, bytes, 304), 304);
	EQUAL_TEXT(shown(bytes, 4), "<00><00><01>,");
	TRUE(memcmp(bytes + 4, large, 300) == 0, "the message follows its length");
	free(large);
	mp_connection_free(c);
	mp_close(&fd);
}

/* Send size bytes, and look what the first packet holds. */
static void
send_as_packet(struct mp_connection *c, int fd, const char *data, size_t size)
{
	static char packet[32 * 1024];

	row_step("%zu bytes", size);
	OK(mp_connection_send_bytes(c, data, size));
	EQUAL(read(fd, packet, sizeof(packet)), 4 + size);
	TRUE(memcmp(packet + 4, data, size) == 0, "the message follows its length");
}

ROW("pipe.2/one-write", 2, "up to 16 KiB, length and message go in one write")
{
	const size_t size[] = {0, 1, 2000, 4092, 4093, 16384};
	int fd;
	char *data = pattern(16384);

	struct mp_connection *c = duplex_half(SOCK_SEQPACKET, &fd);
	for (size_t i = 0; i < 6; i++)
		send_as_packet(c, fd, data, size[i]);
	mp_connection_free(c);
	mp_close(&fd);

	c = packets(false, &fd); /* here a packet has at most 4096 bytes */
	for (size_t i = 0; i < 4; i++)
		send_as_packet(c, fd, data, size[i]);
	mp_connection_free(c);
	mp_close(&fd);
	free(data);
}

struct large {
	struct ends e;
	size_t size;
};

/* More bytes than fit into an int, and no memory for them: every page is the page of zeros. */
static int
send_zeros(void *arg)
{
	const struct large *l = arg;
	void *zeros =
	    mmap(NULL, l->size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	mp_connection_free(l->e.end[0]); /* or somebody could still read: this process */
	return zeros == MAP_FAILED ? 77 : -mp_connection_send_bytes(l->e.end[1], zeros, l->size);
}

ROW("pipe.2/long", 1, "above 0x7fffffff bytes the length is -1, and 8 bytes that say it", TIDY)
{
	const char *header[] = {
	    "<7f><ff><ff><ff><00><00><00><00><00><00><00><00>",
	    "<ff><ff><ff><ff><00><00><00><00><80><00><00><00>",
	};
	char bytes[12];

	for (size_t i = 0; i < 2; i++) {
		struct large l = {piped(false), INT32_MAX + i};
		struct mp_process *p = started(send_zeros, &l, NULL);
		OK(mp_connection_close(l.e.end[1]));
		EQUAL(mp_read_all(OK(mp_connection_fileno(l.e.end[0])), bytes, 12), 12);
		EQUAL_TEXT(shown(bytes, 12), header[i]);
		OK(mp_connection_close(l.e.end[0])); /* that will do */
		EQUAL(finished(p), EPIPE);
		unpiped(l.e);
	}
}

/* 28 */
ROW("pipe.2/slice", 1, "offset and size choose a part, as in Python")
{
	const char *az = "abcdefghijklmnopqrstuvwxyz";
	int fd;
	struct mp_connection *c = sender(&fd);

	OK(mp_connection_send_slice(c, az, 26, 0, MP_REST));
	EQUAL_TEXT(seen(fd), "<00><00><00><1a>abcdefghijklmnopqrstuvwxyz");
	OK(mp_connection_send_slice(c, az, 26, 5, MP_REST));
	EQUAL_TEXT(seen(fd), "<00><00><00><15>fghijklmnopqrstuvwxyz");
	OK(mp_connection_send_slice(c, az, 26, 7, 8));
	EQUAL_TEXT(seen(fd), "<00><00><00><08>hijklmno");
	OK(mp_connection_send_slice(c, az, 26, 26, MP_REST));
	EQUAL_TEXT(seen(fd), "<00><00><00><00>");
	OK(mp_connection_send_slice(c, az, 26, 26, 0));
	EQUAL_TEXT(seen(fd), "<00><00><00><00>");
	mp_connection_free(c);
	mp_close(&fd);
}

/* 29 */
ROW("pipe.2/beyond", 1, "a part that is not all there is refused, and nothing is sent")
{
	const int64_t part[][2] = {{27, MP_REST}, {22, 5}, {26, 1}, {-1, MP_REST}, {4, -1},
	    {1, INT64_MAX - 1}, {INT64_MIN, 0}, {27, 0}};
	const char *az = "abcdefghijklmnopqrstuvwxyz";
	int fd;
	struct mp_connection *c = sender(&fd);

	for (size_t i = 0; i < sizeof(part) / sizeof(part[0]); i++) {
		row_step("offset %ld, size %ld", (long)part[i][0], (long)part[i][1]);
		FAILS(mp_connection_send_slice(c, az, 26, part[i][0], part[i][1]), MP_INVALID);
	}
	mp_connection_free(c);
	EQUAL_TEXT(seen(fd), "");
	mp_close(&fd);
}

/* 34 */
ROW("pipe.2/refuses", 1, "who can only receive does not send; nor who is closed")
{
	int fd;
	struct mp_connection *c = reader(&fd);

	FAILS(mp_connection_send_bytes(c, "x", 1), MP_READ_ONLY);
	FAILS(mp_connection_send_slice(c, "x", 1, 5, -1), MP_READ_ONLY);
	mp_close(&fd);
	OK(mp_connection_close(c));
	FAILS(mp_connection_send_bytes(c, "x", 1), MP_HANDLE_CLOSED);
	FAILS(mp_connection_send_slice(c, "x", 1, 5, -1), MP_HANDLE_CLOSED);
	mp_connection_free(c);
}

struct transfer {
	struct mp_connection *sender;
	int from;
	pid_t parent;
	size_t size;
	bool storm;
};

/* Read a frame of that size, and compare: 0 when it is right. */
static int
read_frame(void *arg)
{
	const struct transfer *t = arg;
	char *expected = pattern(t->size), *bytes = malloc(t->size + 4);

	mp_connection_free(t->sender); /* or there is no end to read */
	await_sleep(t->parent);	       /* the pipe is full */
	if (t->storm)
		await_storm(t->parent);
	ssize_t n = bytes ? mp_read_all(t->from, bytes, t->size + 4) : 0;
	bool right = n == (ssize_t)t->size + 4 && memcmp(bytes + 4, expected, t->size) == 0;
	free(bytes);
	free(expected);
	return right ? 0 : 1;
}

/* Send 4 MiB through c, the raw other end of which a child reads when nothing more fits. */
static void
send_large(struct mp_connection *c, int fd, bool stormy)
{
	struct transfer t = {c, fd, getpid(), 4 * MIB, stormy};
	char *data = pattern(t.size);

	if (stormy)
		storm_begins();
	struct mp_process *p = started(read_frame, &t, NULL);
	OK(mp_connection_send_bytes(c, data, t.size));
	if (stormy)
		storm_ends();
	OK(mp_connection_close(c));
	EQUAL(finished(p), 0);
	free(data);
	mp_connection_free(c);
	mp_close(&fd);
}

ROW("pipe.2/large", 1, "a message larger than the pipe is sent whole", TIDY)
{
	int fd;

	struct mp_connection *c = sender(&fd);
	send_large(c, fd, false);
	c = duplex_half(SOCK_STREAM, &fd);
	send_large(c, fd, false);
}

ROW("pipe.2/signals", 1, "signals that storm while it sends lose no byte and send none twice", TIDY)
{
	int fd;

	struct mp_connection *c = sender(&fd);
	send_large(c, fd, true);
	c = duplex_half(SOCK_STREAM, &fd);
	send_large(c, fd, true);
}

ROW("pipe.2/nonblocking", 1, "a descriptor that somebody has made non-blocking is waited for",
    .seconds = 3, TIDY)
{
	int fd;
	struct mp_connection *c = sender(&fd);

	EQUAL(fcntl(OK(mp_connection_fileno(c)), F_SETFL, O_NONBLOCK), 0);
	send_large(c, fd, false);
}

static volatile sig_atomic_t pipe_signals;

static void
count_pipe_signal(int signal)
{
	(void)signal;
	pipe_signals++;
}

static bool
is_pending(int signal)
{
	sigset_t pending;

	EQUAL(sigpending(&pending), 0);
	return sigismember(&pending, signal) == 1;
}

static bool
is_blocked(int signal)
{
	sigset_t blocked;

	EQUAL(pthread_sigmask(SIG_BLOCK, NULL, &blocked), 0);
	return sigismember(&blocked, signal) == 1;
}

/* Send to nobody, over a pipe and over a socket. */
static void
send_to_nobody(void)
{
	for (int duplex = 0; duplex < 2; duplex++) {
		struct ends e = piped(duplex);
		OK(mp_connection_close(e.end[0]));
		FAILS(mp_connection_send_bytes(e.end[1], "x", 1), -EPIPE);
		FAILS(mp_connection_send_bytes(e.end[1], "x", 1), -EPIPE);
		unpiped(e);
	}
}

ROW("pipe.2/nobody", 2, "who sends to nobody gets EPIPE and lives: no SIGPIPE, now or later")
{
	struct sigaction action = {.sa_handler = count_pipe_signal};

	send_to_nobody(); /* SIGPIPE would end this process */
	EQUAL(sigaction(SIGPIPE, &action, NULL), 0);
	send_to_nobody();
	EQUAL(is_pending(SIGPIPE), false);
	EQUAL(is_blocked(SIGPIPE), false);
	EQUAL(pipe_signals, 0);
	signal(SIGPIPE, SIG_IGN);
	send_to_nobody();
	EQUAL(is_pending(SIGPIPE), false);
}

ROW("pipe.2/theirs", 1, "a SIGPIPE that waited for the caller still waits; none is added")
{
	struct sigaction action = {.sa_handler = count_pipe_signal};
	sigset_t sigpipe;

	sigemptyset(&sigpipe);
	sigaddset(&sigpipe, SIGPIPE);
	EQUAL(sigaction(SIGPIPE, &action, NULL), 0);
	EQUAL(pthread_sigmask(SIG_BLOCK, &sigpipe, NULL), 0);
	send_to_nobody();
	EQUAL(is_pending(SIGPIPE), false);
	raise(SIGPIPE);
	send_to_nobody();
	EQUAL(is_pending(SIGPIPE), true);
	EQUAL(is_blocked(SIGPIPE), true);
	EQUAL(pthread_sigmask(SIG_UNBLOCK, &sigpipe, NULL), 0);
	EQUAL(pipe_signals, 1);
}

struct sending {
	struct mp_connection *c;
	_Atomic pid_t thread;
	int result;
};

static void *
send_in_thread(void *arg)
{
	struct sending *s = arg;
	char *data = pattern(MIB);

	s->thread = gettid();
	s->result = mp_connection_send_bytes(s->c, data, MIB);
	free(data);
	return NULL;
}

ROW("pipe.2/disposition", 1, "while one thread sends, SIGPIPE means to others what they have set",
    .seconds = 2)
{
	struct sigaction action = {.sa_handler = count_pipe_signal}, now;
	struct sending s = {0};
	pthread_t thread;
	int fd;

	EQUAL(sigaction(SIGPIPE, &action, NULL), 0);
	s.c = sender(&fd);
	EQUAL(pthread_create(&thread, NULL, send_in_thread, &s), 0);
	while (s.thread == 0)
		sched_yield();
	await_sleep(s.thread); /* the pipe is full */
	EQUAL(sigaction(SIGPIPE, NULL, &now), 0);
	TRUE(now.sa_handler == count_pipe_signal, "the handler is the caller's");
	raise(SIGPIPE);
	EQUAL(pipe_signals, 1);
	mp_close(&fd); /* now nobody reads */
	EQUAL(pthread_join(thread, NULL), 0);
	EQUAL(s.result, -EPIPE);
	EQUAL(pipe_signals, 1);
	mp_connection_free(s.c);
}

#define CROWD_SIZE ((size_t)4092)

struct letter {
	struct mp_connection *c;
	char letter;
};

/* A hundred messages, each of one letter only. */
static int
send_many(void *arg)
{
	const struct letter *l = arg;
	char message[CROWD_SIZE];

	memset(message, l->letter, sizeof(message));
	for (int i = 0; i < 100; i++)
		if (mp_connection_send_bytes(l->c, message, 1 + (size_t)i * 41 % CROWD_SIZE))
			return 1;
	return 0;
}

/* Read frames until the end; how many, each of one letter only. */
static int
count_frames(int fd)
{
	static unsigned char message[CROWD_SIZE];
	unsigned char length[4];
	int n = 0;

	for (; mp_read_all(fd, length, 4) == 4; n++) {
		size_t size = (size_t)length[2] << 8 | length[3];
		TRUE(length[0] == 0 && length[1] == 0 && size <= CROWD_SIZE,
		    "frame %d has a length that was sent, not %s", n, shown(length, 4));
		EQUAL(mp_read_all(fd, message, size), size);
		for (size_t i = 1; i < size; i++)
			TRUE(message[i] == message[0],
			    "frame %d is of one sender, also at byte %zu", n, i);
	}
	return n;
}

ROW("pipe.2/writers", 1, "four processes send on one pipe without a lock, and no frame is torn",
    TIDY)
{
	struct ends e = piped(false);
	struct mp_process *p[4];

	for (int i = 0; i < 4; i++)
		p[i] = started(send_many, &(struct letter){e.end[1], "abcd"[i]}, NULL);
	OK(mp_connection_close(e.end[1]));
	EQUAL(count_frames(OK(mp_connection_fileno(e.end[0]))), 400);
	for (int i = 0; i < 4; i++)
		EQUAL(finished(p[i]), 0);
	unpiped(e);
}

/* --- pipe.3: receiving ---------------------------------------------------------------------------------- */

static int
only_poll(void *arg)
{
	struct pollfd fd = {.fd = *(int *)arg, .events = POLLIN};

	return mp_poll(&fd, 1, mp_deadline(60)) == 1 ? 0 : 1;
}

/* 32, 33 */
ROW("pipe.3/messages", 1, "what was sent as three messages arrives as three", TIDY)
{
	int fd;
	struct mp_connection *c = reader(&fd);
	int mine = OK(mp_connection_fileno(c));

	PUT(fd, "\0\0\0\1a\0\0\0\1b\0\0\0\2cd");
	EQUAL(finished(started(only_poll, &mine, NULL)), 0); /* who only looks takes nothing */
	EQUAL_TEXT(received(c), "a");
	EQUAL_TEXT(received(c), "b");
	EQUAL_TEXT(received(c), "cd");
	PUT(fd, "\0\0\0\3a\0b");
	EQUAL_TEXT(received(c), "a<00>b");
	mp_connection_free(c);
	mp_close(&fd);
}

ROW("pipe.3/pieces", 1, "a message is whole, in however many pieces it came")
{
	int fd;
	struct mp_connection *c = packets(true, &fd);
	const char frames[] = "\0\0\0\5hello\xff\xff\xff\xff\0\0\0\0\0\0\0\3abc";

	for (size_t i = 0; i < sizeof(frames) - 1; i++)
		put(fd, frames + i, 1); /* one read will give one byte */
	EQUAL_TEXT(received(c), "hello");
	EQUAL_TEXT(received(c), "abc");
	mp_connection_free(c);
	mp_close(&fd);
}

ROW("pipe.3/empty", 1, "an empty message is a message; a 0 byte follows every one")
{
	int fd;
	struct mp_connection *c = reader(&fd);
	void *data = NULL;
	size_t size = 77;

	PUT(fd, "\0\0\0\0\0\0\0\5hello");
	OK(mp_connection_recv_bytes(c, &data, &size, 0));
	EQUAL(size, 0);
	TRUE(data != NULL, "there is something to free");
	EQUAL_TEXT((char *)data, "");
	free(data);
	OK(mp_connection_recv_bytes(c, &data, &size, MP_ANY_LENGTH));
	EQUAL_TEXT((char *)data, "hello");
	free(data);
	mp_connection_free(c);
	mp_close(&fd);
}

/* 35 */
ROW("pipe.3/end", 1, "when the other end is closed: what was sent, and then the end of file")
{
	int fd;
	struct mp_connection *c = reader(&fd);
	char byte;
	size_t size = 77;

	PUT(fd, "\0\0\0\3bye");
	mp_close(&fd);
	EQUAL_TEXT(received(c), "bye");
	FAILS(refused(c, MP_ANY_LENGTH), MP_EOF);
	FAILS(mp_connection_recv_into(c, &byte, 1, &size, NULL), MP_EOF);
	EQUAL(size, 77);
	EQUAL(mp_connection_closed(c), false);
	mp_connection_free(c);
}

/* 36 */
ROW("pipe.3/truncated", 2, "an end of file inside a message is an error of its own, wherever it is")
{
	const char frame[] = "\0\0\0\3abc", large[] = "\xff\xff\xff\xff\0\0\0\0\0\0\0\1";
	char buffer[3];
	size_t size = 77;

	for (size_t cut = 1; cut < sizeof(frame) - 1; cut++) {
		row_step("cut after byte %zu", cut);
		int fd;
		struct mp_connection *c = reader(&fd);
		put(fd, frame, cut);
		mp_close(&fd);
		if (cut % 2)
			FAILS(refused(c, MP_ANY_LENGTH), MP_TRUNCATED);
		else
			FAILS(mp_connection_recv_into(c, buffer, 3, &size, NULL), MP_TRUNCATED);
		EQUAL(size, 77);
		mp_connection_free(c);
	}
	for (size_t cut = 4; cut < sizeof(large); cut += 4) {
		row_step("long form, cut after byte %zu", cut);
		int fd;
		struct mp_connection *c = reader(&fd);
		put(fd, large, cut);
		mp_close(&fd);
		FAILS(refused(c, MP_ANY_LENGTH), MP_TRUNCATED);
		mp_connection_free(c);
	}
}

/* 37 */
ROW("pipe.3/too-long", 1, "a message that is too long ends the reading, and nothing else")
{
	int fd;
	struct mp_connection *c = reader(&fd);

	PUT(fd, "\0\0\0\5fives\0\0\0\6sixsix\0\0\0\1x");
	void *data;
	size_t size;
	OK(mp_connection_recv_bytes(c, &data, &size, 5));
	free(data);
	FAILS(refused(c, 5), MP_TOO_LONG);
	EQUAL(mp_connection_closed(c), true); /* it could do nothing but read */
	FAILS(refused(c, 5), MP_HANDLE_CLOSED);
	mp_connection_free(c);
	mp_close(&fd);

	c = duplex_half(SOCK_STREAM, &fd);
	PUT(fd, "\0\0\0\6sixsix\0\0\0\1x");
	FAILS(refused(c, 5), MP_TOO_LONG);
	EQUAL(mp_connection_closed(c), false);
	EQUAL(mp_connection_readable(c), false);
	EQUAL(mp_connection_writable(c), true);
	FAILS(refused(c, 5), MP_WRITE_ONLY);
	mp_connection_free(c);
	mp_close(&fd);
}

ROW("pipe.3/negative", 1, "a length that cannot be meant is refused: nothing is believed blindly")
{
	const char *length[] = {"\x80\0\0\0", "\xff\xff\xff\xfe",
	    "\xff\xff\xff\xff\x80\0\0\0\0\0\0\0",
	    "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"};

	for (int i = 0; i < 4; i++) {
		int fd;
		struct mp_connection *c = reader(&fd);
		row_step("length %s", shown(length[i], i < 2 ? 4 : 12));
		put(fd, length[i], i < 2 ? 4 : 12);
		PUT(fd, "\0\0\0\1x");
		mp_close(&fd);
		FAILS(refused(c, MP_ANY_LENGTH), MP_BAD_LENGTH);
		EQUAL(mp_connection_closed(c), true);
		mp_connection_free(c);
	}
}

ROW("pipe.3/long", 1, "the long form of the length is understood, also for a short message")
{
	int fd;
	struct mp_connection *c = reader(&fd);

	PUT(fd, "\xff\xff\xff\xff\0\0\0\0\0\0\0\5hello\0\0\0\1x");
	EQUAL_TEXT(received(c), "hello");
	EQUAL_TEXT(received(c), "x");
	mp_connection_free(c);
	mp_close(&fd);
}

/* This process may take so much more memory from now on, and no more. */
static struct rlimit
limit_memory(size_t more)
{
	struct rlimit before, now;
	size_t pages = 0;
	FILE *statm = fopen("/proc/self/statm", "re");

	TRUE(statm && fscanf(statm, "%zu", &pages) == 1, "/proc/self/statm can be read");
	fclose(statm);
	EQUAL(getrlimit(RLIMIT_AS, &before), 0);
	now = (struct rlimit){pages * (size_t)sysconf(_SC_PAGESIZE) + more, before.rlim_max};
	EQUAL(setrlimit(RLIMIT_AS, &now), 0);
	return before;
}

ROW("pipe.3/claim", 1, "who announces two gigabytes and sends ten bytes costs no gigabytes")
{
	const char *length[] = {"\x7f\xff\xff\xff", "\xff\xff\xff\xff\x20\0\0\0\0\0\0\0"};
	struct rlimit before = limit_memory(256 * MIB);
	char buffer[16];
	size_t size;

	for (int i = 0; i < 4; i++) {
		int fd;
		struct mp_connection *c = reader(&fd);
		put(fd, length[i / 2], i < 2 ? 4 : 12);
		PUT(fd, "ten bytes!");
		mp_close(&fd);
		if (i % 2)
			FAILS(mp_connection_recv_into(c, buffer, 16, &size, NULL), MP_TRUNCATED);
		else
			FAILS(refused(c, MP_ANY_LENGTH), MP_TRUNCATED);
		mp_connection_free(c);
	}
	EQUAL(setrlimit(RLIMIT_AS, &before), 0);
}

ROW("pipe.3/into", 1, "a message is received into a buffer, also one that fits exactly")
{
	int fd;
	struct mp_connection *c = reader(&fd);
	char buffer[8] = "........";
	size_t size = 77;

	PUT(fd, "\0\0\0\3abc\0\0\0\6abcdef\0\0\0\0");
	OK(mp_connection_recv_into(c, buffer, 6, &size, NULL));
	EQUAL(size, 3);
	EQUAL_TEXT(shown(buffer, 8), "abc.....");
	OK(mp_connection_recv_into(c, buffer, 6, &size, NULL));
	EQUAL(size, 6);
	EQUAL_TEXT(shown(buffer, 8), "abcdef..");
	OK(mp_connection_recv_into(c, buffer, 0, &size, NULL));
	EQUAL(size, 0);
	mp_connection_free(c);
	mp_close(&fd);
}

/* 30 */
ROW("pipe.3/too-short", 1,
    "a buffer that is too short loses nothing: the whole message is handed over")
{
	int fd;
	struct mp_connection *c = reader(&fd);
	char buffer[5] = ".....";
	void *message = NULL;
	size_t size = 77;

	PUT(fd, "\0\0\0\6abcdef\0\0\0\6ABCDEF\0\0\0\1x");
	mp_close(&fd);
	FAILS(mp_connection_recv_into(c, buffer, 5, &size, &message), MP_TOO_SHORT);
	EQUAL(size, 6);
	EQUAL_TEXT((char *)message, "abcdef");
	EQUAL_TEXT(shown(buffer, 5), ".....");
	free(message);
	FAILS(mp_connection_recv_into(c, buffer, 5, &size, NULL), MP_TOO_SHORT);
	EQUAL_TEXT(received(c), "x");
	mp_connection_free(c);
}

/* Send back every message until the other end is closed. */
static int
echo(void *arg)
{
	struct ends *e = arg;
	void *data;
	size_t size;
	int error;

	mp_connection_free(e->end[0]); /* or its end of file will not come */
	while ((error = mp_connection_recv_bytes(e->end[1], &data, &size, MP_ANY_LENGTH)) == 0) {
		error = mp_connection_send_bytes(e->end[1], data, size);
		free(data);
		if (error)
			return 1;
	}
	return error == MP_EOF ? 0 : 2;
}

/* 27 */
ROW("pipe.3/echo", 1, "sixteen megabytes go to a child and come back equal", TIDY)
{
	const size_t sizes[] = {0, 1, 65536, 65537, 131073, 16 * MIB};
	char *data = pattern(16 * MIB);
	struct ends e = piped(true);
	struct mp_process *p = started(echo, &e, NULL);

	OK(mp_connection_close(e.end[1]));
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		void *back;
		size_t size;
		row_step("%zu bytes", sizes[i]);
		OK(mp_connection_send_bytes(e.end[0], data, sizes[i]));
		OK(mp_connection_recv_bytes(e.end[0], &back, &size, MP_ANY_LENGTH));
		EQUAL(size, sizes[i]);
		TRUE(memcmp(back, data, size) == 0, "what comes back is what was sent");
		free(back);
	}
	OK(mp_connection_close(e.end[0]));
	EQUAL(finished(p), 0);
	unpiped(e);
	free(data);
}

struct drip {
	int to;
	pid_t parent;
	bool storm;
	size_t at[4]; /* pauses after so many bytes; 0: no more */
};

/* Write a frame of 200 KiB, and pause where the parent must wait for the rest. */
static int
write_in_drips(void *arg)
{
	const struct drip *d = arg;
	size_t size = 200 * 1024, done = 0;
	char *frame = pattern(size + 4);

	memcpy(frame, "\0\3\x20\0", 4); /* 0x32000 */
	for (int i = 0; i < 4 && d->at[i]; i++) {
		if (mp_write_all(d->to, frame + done, d->at[i] - done))
			return 1;
		done = d->at[i];
		await_sleep(d->parent);
		if (d->storm)
			await_storm(d->parent);
	}
	int error = mp_write_all(d->to, frame + done, size + 4 - done);
	free(frame);
	return error ? 2 : 0;
}

static void
receive_drips(struct mp_connection *c, int fd, bool stormy)
{
	struct drip d = {.to = fd, .parent = getpid(), .storm = stormy, .at = {2, 4, 104, 150000}};
	char *expected = pattern(200 * 1024 + 4);
	void *data;
	size_t size;

	if (stormy)
		storm_begins();
	struct mp_process *p = started(write_in_drips, &d, NULL);
	OK(mp_connection_recv_bytes(c, &data, &size, MP_ANY_LENGTH));
	if (stormy)
		storm_ends();
	EQUAL(size, 200 * 1024);
	TRUE(memcmp(data, expected + 4, size) == 0, "what was received is what was sent");
	EQUAL(finished(p), 0);
	free(data);
	free(expected);
	mp_connection_free(c);
	mp_close(&fd);
}

ROW("pipe.3/signals", 1, "signals that storm while it waits for the rest lose nothing", TIDY)
{
	int fd;

	struct mp_connection *c = reader(&fd);
	receive_drips(c, fd, true);
	c = duplex_half(SOCK_STREAM, &fd);
	receive_drips(c, fd, true);
}

ROW("pipe.3/nonblocking", 1, "a descriptor that somebody has made non-blocking is waited for",
    .seconds = 3, TIDY)
{
	int fd;
	struct mp_connection *c = reader(&fd);

	EQUAL(fcntl(OK(mp_connection_fileno(c)), F_SETFL, O_NONBLOCK), 0);
	receive_drips(c, fd, false);
}

/* 34 */
ROW("pipe.3/refuses", 1, "who can only send does not receive; nor who is closed")
{
	int fd;
	struct mp_connection *c = sender(&fd);
	char byte;
	size_t size;

	FAILS(refused(c, MP_ANY_LENGTH), MP_WRITE_ONLY);
	FAILS(mp_connection_recv_into(c, &byte, 1, &size, NULL), MP_WRITE_ONLY);
	OK(mp_connection_close(c));
	FAILS(refused(c, MP_ANY_LENGTH), MP_HANDLE_CLOSED);
	FAILS(mp_connection_recv_into(c, &byte, 1, &size, NULL), MP_HANDLE_CLOSED);
	mp_connection_free(c);
	mp_close(&fd);
}

ROW("pipe.3/reset", 1, "a peer that left without reading what we sent is told of, and then the end")
{
	int fd;
	struct mp_connection *c = duplex_half(SOCK_STREAM, &fd);

	PUT(fd, "\0\0\0\3bye");
	PUT(OK(mp_connection_fileno(c)), "unread");
	mp_close(&fd);
	EQUAL_TEXT(received(c), "bye");
	FAILS(refused(c, MP_ANY_LENGTH), -ECONNRESET);
	FAILS(refused(c, MP_ANY_LENGTH), MP_EOF);
	mp_connection_free(c);
}

/* --- pipe.4: waiting ------------------------------------------------------------------------------------ */

/* How often this process has gone to sleep so far. */
static long
naps(void)
{
	struct rusage usage;

	EQUAL(getrusage(RUSAGE_SELF, &usage), 0);
	return usage.ru_nvcsw;
}

/* 31 */
ROW("pipe.4/poll", 1, "poll: false, false after its time, false at once for -1; true for a message")
{
	int fd;
	struct mp_connection *c = reader(&fd);

	EQUAL(mp_connection_poll(c, 0), 0);
	int64_t then = mp_now();
	long before = naps();
	EQUAL(mp_connection_poll(c, 0.1), 0);
	BETWEEN(since(then), 0.09, 3);
	BETWEEN(naps() - before, 1, 10);
	then = mp_now();
	EQUAL(mp_connection_poll(c, -1), 0);
	BETWEEN(since(then), 0, 2);
	PUT(fd, "\0\0\0\0"); /* an empty message */
	EQUAL(mp_connection_poll(c, 0), 1);
	EQUAL(mp_connection_poll(c, MP_FOREVER), 1);
	mp_close(&fd);
	EQUAL(mp_connection_poll(c, 0), 1);
	EQUAL_TEXT(seen(OK(mp_connection_fileno(c))), "<00><00><00><00>");
	EQUAL(mp_connection_poll(c, 0), 1); /* the end of file */
	EQUAL(mp_connection_poll(c, 0), 1);
	mp_connection_free(c);
}

static struct mp_waitable
on(struct mp_connection *c)
{
	return (struct mp_waitable){.connection = c, .fd = -1};
}

/* The marks of a list, a letter each. */
static const char *
marks(const struct mp_waitable *list, size_t n)
{
	static char text[256];

	for (size_t i = 0; i < n; i++)
		text[i] = list[i].ready ? 'R' : '-';
	text[n] = '\0';
	return text;
}

/* 44 */
ROW("pipe.4/wait", 2, "wait marks exactly those that are ready: connections, sockets, sentinels",
    .seconds = 3, TIDY)
{
	struct gate gate;
	struct ends a = piped(false), b = piped(true);

	gate_init(&gate);
	struct mp_process *p = started(wait_at_gate, &gate, NULL);
	struct mp_waitable list[] = {on(a.end[0]), {.fd = OK(mp_process_sentinel(p))}, on(b.end[1]),
	    {.fd = OK(mp_connection_fileno(b.end[0]))}};

	int64_t then = mp_now();
	long before = naps();
	EQUAL(mp_wait(list, 4, 0.2), 0);
	BETWEEN(since(then), 0.19, 3);
	BETWEEN(naps() - before, 1, 15);
	EQUAL_TEXT(marks(list, 4), "----");
	EQUAL(mp_wait(list, 4, -1), 0);
	PUT(OK(mp_connection_fileno(b.end[0])), "x");
	EQUAL(mp_wait(list, 4, MP_FOREVER), 1);
	EQUAL_TEXT(marks(list, 4), "--R-");
	PUT(OK(mp_connection_fileno(a.end[1])), "x");
	PUT(OK(mp_connection_fileno(b.end[1])), "x");
	EQUAL(mp_wait(list, 4, 0), 3);
	EQUAL_TEXT(marks(list, 4), "R-RR");
	EQUAL_TEXT(seen(OK(mp_connection_fileno(a.end[0]))), "x");
	EQUAL_TEXT(seen(OK(mp_connection_fileno(b.end[0]))), "x");
	EQUAL_TEXT(seen(OK(mp_connection_fileno(b.end[1]))), "x");
	gate_open(&gate);
	EQUAL(mp_wait(list, 4, 60), 1);
	EQUAL_TEXT(marks(list, 4), "-R--");
	EQUAL(finished(p), 0);
	unpiped(a);
	unpiped(b);
	gate_release(&gate);
}

ROW("pipe.4/end", 1, "an end of file is something to wait for; and so is a reader that is gone")
{
	struct ends a = piped(false), b = piped(true), c = piped(false);
	struct mp_waitable list[] = {on(a.end[0]), on(b.end[0]), on(c.end[1])};

	OK(mp_connection_close(a.end[1]));
	EQUAL(mp_wait(list, 3, 60), 1);
	EQUAL_TEXT(marks(list, 3), "R--");
	OK(mp_connection_close(b.end[1]));
	OK(mp_connection_close(c.end[0]));
	EQUAL(mp_wait(list, 3, 60), 3);
	unpiped(a);
	unpiped(b);
	unpiped(c);
}

static int
send_ten(void *arg)
{
	struct mp_connection *c = arg;

	for (int i = 0; i < 10; i++)
		if (mp_connection_send_bytes(c, &i, sizeof(i)))
			return 1;
	return 0;
}

/* Receive one of ten numbers; false at the end. */
static bool
receive_next(struct mp_connection *c, int expected)
{
	int n;
	size_t size;
	int error = mp_connection_recv_into(c, &n, sizeof(n), &size, NULL);

	if (error) {
		FAILS(error, MP_EOF);
		EQUAL(expected, 10);
		return false;
	}
	EQUAL(size, sizeof(n));
	EQUAL(n, expected);
	return true;
}

/* 45 */
ROW("pipe.4/writers", 1, "four writers, ten messages each: wait brings all of them, and four ends",
    TIDY)
{
	struct mp_process *p[4];
	struct mp_waitable list[4];
	int count[4] = {0};

	for (int i = 0; i < 4; i++) {
		struct ends e = piped(false);
		p[i] = started(send_ten, e.end[1], NULL);
		mp_connection_free(e.end[1]);
		list[i] = on(e.end[0]);
	}
	for (size_t left = 4; left;) {
		TRUE(mp_wait(list, left, 60) > 0, "one of %zu is ready within a minute", left);
		for (size_t i = left; i-- > 0;) {
			if (!list[i].ready)
				continue;
			if (receive_next(list[i].connection, count[i])) {
				count[i]++;
				continue;
			}
			mp_connection_free(list[i].connection);
			left--;
			list[i] = list[left];
			count[i] = count[left];
		}
	}
	for (int i = 0; i < 4; i++)
		EQUAL(finished(p[i]), 0);
}

ROW("pipe.4/signals", 1, "a storm of signals neither ends a wait nor prolongs it", .seconds = 3)
{
	struct ends e = piped(true);
	struct mp_waitable list[] = {on(e.end[0])};

	storm_begins();
	int64_t then = mp_now();
	EQUAL(mp_wait(list, 1, 0.2), 0);
	BETWEEN(since(then), 0.19, 2);
	then = mp_now();
	EQUAL(mp_connection_poll(e.end[0], 0.2), 0);
	BETWEEN(since(then), 0.19, 2);
	TRUE(*storm > 10, "signals came (else this row shows nothing)");
	storm_ends();
	unpiped(e);
}

#define MANY 300

ROW("pipe.4/many", 1, "three hundred connections, and no descriptor is too high")
{
	static struct ends e[MANY];
	static struct mp_waitable list[MANY];
	struct rlimit limit;

	EQUAL(getrlimit(RLIMIT_NOFILE, &limit), 0);
	if (limit.rlim_cur < 1024 + 3 * MANY && limit.rlim_max > limit.rlim_cur) {
		limit.rlim_cur = limit.rlim_max < 4096 ? limit.rlim_max : 4096;
		EQUAL(setrlimit(RLIMIT_NOFILE, &limit), 0);
	}
	for (int i = 0; i < MANY; i++) {
		e[i] = piped(false);
		list[i] = on(e[i].end[0]);
	}
	/* The last one gets a number beyond what select can name, if this machine has one. */
	int high = fcntl(OK(mp_connection_fileno(e[MANY - 1].end[0])), F_DUPFD_CLOEXEC, 1500);
	if (high >= 0)
		list[MANY - 1] = (struct mp_waitable){.fd = high};
	EQUAL(mp_wait(list, MANY, 0), 0);
	for (int i = 0; i < MANY; i += 7)
		PUT(OK(mp_connection_fileno(e[i].end[1])), "x");
	PUT(OK(mp_connection_fileno(e[MANY - 1].end[1])), "x");
	EQUAL(mp_wait(list, MANY, 60), (MANY + 6) / 7 + 1);
	for (int i = 0; i < MANY; i++)
		EQUAL(list[i].ready, i % 7 == 0 || i == MANY - 1);
	for (int i = 0; i < MANY; i++)
		unpiped(e[i]);
	mp_close(&high);
}

ROW("pipe.4/refuses", 1, "what cannot be waited for is refused, and no mark is touched")
{
	struct ends a = piped(true), b = piped(true), c = piped(false);
	struct mp_waitable list[] = {on(a.end[0]), on(b.end[0])};

	PUT(OK(mp_connection_fileno(a.end[1])), "x");
	OK(mp_connection_close(b.end[0]));
	FAILS(mp_wait(list, 2, 0), MP_HANDLE_CLOSED);
	list[1] = (struct mp_waitable){.fd = -1, .ready = true};
	FAILS(mp_wait(list, 2, 0), MP_INVALID);
	list[1].fd = dup(0);
	close(list[1].fd);
	FAILS(mp_wait(list, 2, 0), -EBADF);
	EQUAL_TEXT(marks(list, 2), "-R");
	FAILS(mp_connection_poll(b.end[0], 0), MP_HANDLE_CLOSED);
	FAILS(mp_connection_poll(c.end[1], 0), MP_WRITE_ONLY);
	EQUAL(mp_wait(NULL, 0, 0.01), 0);
	unpiped(a);
	unpiped(b);
	unpiped(c);
}

/* --- pipe.5: a descriptor in the post --------------------------------------------------------------------- */

static int
write_through(void *arg)
{
	int fd = mp_recv_fd(arg);

	if (fd < 0)
		return 1;
	return write(fd, "from the child", 14) == 14 ? 0 : 2;
}

/* 38 */
ROW("pipe.5/file", 1, "a child writes through the descriptor that it was sent, also a high one",
    TIDY)
{
	char text[32];

	for (int number = 3; number <= 300; number += 297) {
		struct ends e = piped(true);
		struct mp_process *p = started(write_through, e.end[1], NULL);
		int temporary =
		    open(".", O_RDWR | O_TMPFILE | O_CLOEXEC, 0600); /* no fork has it */
		int fd = fcntl(OK(temporary), F_DUPFD_CLOEXEC, number);
		OK(mp_send_fd(e.end[0], fd));
		EQUAL(finished(p), 0);
		EQUAL(pread(fd, text, sizeof(text), 0), 14);
		EQUAL(lseek(fd, 0, SEEK_CUR), 14); /* one open file: the position is shared, too */
		mp_close(&fd);
		mp_close(&temporary);
		unpiped(e);
	}
}

ROW("pipe.5/exec", 1, "a received descriptor is closed by exec, and what was sent may be closed")
{
	struct ends e = piped(true);
	int fds[2];

	EQUAL(pipe(fds), 0);
	OK(mp_send_fd(e.end[0], fds[1]));
	mp_close(&fds[1]); /* under way, the file stays open */
	int fd = OK(mp_recv_fd(e.end[1]));
	EQUAL(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	PUT(fd, "x");
	EQUAL_TEXT(seen(fds[0]), "x");
	mp_close(&fd);
	EQUAL_TEXT(seen(fds[0]), "");
	mp_close(&fds[0]);
	unpiped(e);
}

/* Send bytes with n descriptors beside them, as a peer of another make may. */
static void
send_beside(int socket, const char *bytes, const int *fds, size_t n)
{
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(4 * sizeof(int))];
	} control = {.align = {.cmsg_level = SOL_SOCKET,
			 .cmsg_type = SCM_RIGHTS,
			 .cmsg_len = CMSG_LEN(n * sizeof(int))}};
	struct iovec part = {(void *)(uintptr_t)bytes, strlen(bytes)};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

	if (n) {
		message.msg_control = &control;
		message.msg_controllen = CMSG_SPACE(n * sizeof(int));
		memcpy(CMSG_DATA(&control.align), fds, n * sizeof(int));
	}
	EQUAL(sendmsg(socket, &message, MSG_NOSIGNAL), (ssize_t)part.iov_len);
}

/* 38 */
ROW("pipe.5/none", 1, "one byte and one descriptor; else an error, and no descriptor is left open")
{
	int fd;
	struct mp_connection *c = duplex_half(SOCK_STREAM, &fd);
	const int in[] = {0, 0, 0, 0};
	int before = open_descriptors();

	PUT(fd, "\1");
	FAILS(mp_recv_fd(c), MP_NO_DESCRIPTOR);
	for (size_t n = 2; n <= 4; n++) {
		row_step("%zu descriptors", n);
		send_beside(fd, "\1", in, n);
		FAILS(mp_recv_fd(c), MP_NO_DESCRIPTOR);
		EQUAL(open_descriptors(), before);
	}
	send_beside(fd, "2", in, 1); /* not the byte that goes with one */
	FAILS(mp_recv_fd(c), MP_NO_DESCRIPTOR);
	EQUAL(open_descriptors(), before);
	send_beside(fd, "\1", in, 1);
	int mine = OK(mp_recv_fd(c));
	mp_close(&mine);
	mp_close(&fd);
	FAILS(mp_recv_fd(c), MP_EOF);
	mp_connection_free(c);
}

ROW("pipe.5/wire", 1, "on the wire it is as Python sends it: the byte 1, and no frame")
{
	int fd;
	struct mp_connection *c = duplex_half(SOCK_STREAM, &fd);

	OK(mp_send_fd(c, fd));
	EQUAL_TEXT(seen(fd), "<01>"); /* who only reads loses what came beside it */
	send_beside(fd, "\1next", &fd, 1);
	int mine = OK(mp_recv_fd(c));
	mp_close(&mine);
	mp_close(&fd);
	EQUAL_TEXT(seen(OK(mp_connection_fileno(c))), "next"); /* no byte more is taken */
	mp_connection_free(c);
}

ROW("pipe.5/full", 1, "who may open no more is told so, and may receive the next one")
{
	struct ends e = piped(true);
	struct rlimit before, none;

	EQUAL(getrlimit(RLIMIT_NOFILE, &before), 0);
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC); /* the lowest free number */
	OK(mp_send_fd(e.end[0], fd));
	OK(mp_send_fd(e.end[0], fd));
	none = (struct rlimit){(rlim_t)fd + 1, before.rlim_max};
	EQUAL(setrlimit(RLIMIT_NOFILE, &none), 0);
	FAILS(mp_recv_fd(e.end[1]), -EMFILE);
	EQUAL(setrlimit(RLIMIT_NOFILE, &before), 0);
	mp_close(&fd);
	EQUAL(mp_recv_fd(e.end[1]), fd < 0 ? none.rlim_cur - 1 : 0);
	fd = (int)none.rlim_cur - 1;
	mp_close(&fd);
	unpiped(e);
}

ROW("pipe.5/refuses", 1, "files travel over sockets only, and to somebody, in the right direction")
{
	struct ends a = piped(false), b = piped(true);
	int spare = dup(0);

	close(spare);
	FAILS(mp_send_fd(a.end[0], 0), MP_READ_ONLY);
	FAILS(mp_recv_fd(a.end[1]), MP_WRITE_ONLY);
	FAILS(mp_send_fd(a.end[1], 0), -ENOTSOCK);
	FAILS(mp_recv_fd(a.end[0]), -ENOTSOCK);
	FAILS(mp_send_fd(b.end[0], spare), -EBADF);
	OK(mp_connection_close(b.end[1]));
	FAILS(mp_send_fd(b.end[0], 0), -EPIPE); /* and no SIGPIPE */
	FAILS(mp_send_fd(b.end[1], 0), MP_HANDLE_CLOSED);
	FAILS(mp_recv_fd(b.end[1]), MP_HANDLE_CLOSED);
	unpiped(a);
	unpiped(b);
}

struct posting {
	int to;
	pid_t parent;
};

static int
post_late(void *arg)
{
	const struct posting *p = arg;
	struct mp_connection *c;

	await_storm(p->parent);
	return mp_connection_new(&c, p->to, true, true) || mp_send_fd(c, 0);
}

ROW("pipe.5/signals", 1, "signals that storm while it waits for a descriptor do not end the wait",
    TIDY)
{
	struct posting posting = {.parent = getpid()};
	struct mp_connection *c = duplex_half(SOCK_STREAM, &posting.to);

	storm_begins();
	struct mp_process *p = started(post_late, &posting, NULL);
	int fd = OK(mp_recv_fd(c));
	storm_ends();
	EQUAL(finished(p), 0);
	mp_close(&fd);
	mp_close(&posting.to);
	mp_connection_free(c);
}

/* --- pipe.6: a buffer that knows whose it is ---------------------------------------------------------------- */

/* A writer on one end of a pipe, what it writes in one piece to be read in one: *fd. */
static struct mp_writer *
packet_writer(int *fd)
{
	struct mp_writer *w = NULL;
	int fds[2];

	EQUAL(pipe2(fds, O_DIRECT), 0);
	OK(mp_writer_new(&w, fds[1]));
	EQUAL(fcntl(fds[1], F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	*fd = fds[0];
	EQUAL(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0); /* nothing there: EAGAIN */
	EQUAL(fcntl(fds[0], F_SETFD, FD_CLOEXEC), 0);
	return w;
}

ROW("pipe.6/buffers", 1, "records wait in the buffer, and go out in one write")
{
	int fd;
	struct mp_writer *w = packet_writer(&fd);

	EQUAL(mp_writer_pending(w), 0);
	OK(mp_writer_write(w, "one ", 4));
	OK(mp_writer_write(w, "two ", 4));
	OK(mp_writer_write(w, "", 0));
	EQUAL(mp_writer_pending(w), 8);
	EQUAL_TEXT(seen(fd), "EAGAIN");
	OK(mp_writer_flush(w));
	EQUAL_TEXT(seen(fd), "one two ");
	EQUAL(mp_writer_pending(w), 0);
	OK(mp_writer_flush(w));
	EQUAL_TEXT(seen(fd), "EAGAIN");
	OK(mp_writer_write(w, "three", 5));
	OK(mp_writer_close(w));
	EQUAL_TEXT(seen(fd), "three");
	EQUAL_TEXT(seen(fd), ""); /* it was the last writer */
	mp_writer_free(w);
	mp_close(&fd);
}

static ssize_t
packet_size(int fd)
{
	static char packet[2 * MP_RECORD];
	ssize_t n = read(fd, packet, sizeof(packet));

	return n < 0 ? -errno : n;
}

ROW("pipe.6/records", 1, "a record is never divided between two writes; their order is kept")
{
	int fd;
	struct mp_writer *w = packet_writer(&fd);
	char *data = pattern(3 * MP_RECORD);

	for (int i = 0; i < 3; i++)
		OK(mp_writer_write(w, data, 1500));
	EQUAL(packet_size(fd), 3000); /* the third did not fit any more */
	EQUAL(mp_writer_pending(w), 1500);
	OK(mp_writer_write(w, data, MP_RECORD - 1500)); /* this one just fits */
	EQUAL(packet_size(fd), -EAGAIN);
	OK(mp_writer_write(w, data, MP_RECORD));
	EQUAL(packet_size(fd), MP_RECORD);
	EQUAL(mp_writer_pending(w), MP_RECORD);
	OK(mp_writer_flush(w));
	EQUAL(packet_size(fd), MP_RECORD);
	OK(mp_writer_write(w, "before", 6));
	OK(mp_writer_write(w, data, 2 * MP_RECORD));
	EQUAL(mp_writer_pending(w), 0);
	EQUAL_TEXT(seen(fd), "before");
	EQUAL(packet_size(fd), MP_RECORD); /* a packet holds no more */
	EQUAL(packet_size(fd), MP_RECORD);
	mp_writer_free(w);
	free(data);
	mp_close(&fd);
}

static int
flush_inherited(void *arg)
{
	return mp_writer_pending(arg) == 0 && mp_writer_flush(arg) == 0 ? 0 : 1;
}

static int
close_inherited(void *arg)
{
	return mp_writer_close(arg);
}

static int
free_inherited(void *arg)
{
	mp_writer_free(arg);
	return 0;
}

static int
write_much(void *arg)
{
	char record[3000] = {'c'};

	return mp_writer_write(arg, record, 3000);
}

ROW("pipe.6/fork", 2, "what the parent has buffered is the parent's: no child writes it", TIDY)
{
	int (*const child[])(void *) = {
	    flush_inherited, close_inherited, free_inherited, write_much};
	int fd;
	struct mp_writer *w = packet_writer(&fd);
	char *record = pattern(2000);

	OK(mp_writer_write(w, record, 2000));
	for (int i = 0; i < 4; i++) {
		row_step("child %d", i);
		EQUAL(finished(started(child[i], w, NULL)), 0);
		EQUAL(packet_size(fd), -EAGAIN);
	}
	EQUAL(mp_writer_pending(w), 2000);
	OK(mp_writer_close(w));
	EQUAL(packet_size(fd), 2000);
	EQUAL(packet_size(fd), 0);
	mp_writer_free(w);
	free(record);
	mp_close(&fd);
}

static int
write_last(void *arg)
{
	return mp_writer_write(arg, "grandchild ", 11) || mp_writer_flush(arg);
}

static int
write_and_fork(void *arg)
{
	struct mp_process *p;
	int code;

	if (mp_writer_write(arg, "child ", 6) || mp_process_new(&p, write_last, arg, NULL) ||
	    mp_process_start(p) || mp_process_join(p, MP_FOREVER) ||
	    mp_process_exitcode(p, &code) != 1)
		return 1;
	mp_process_free(p);
	return code || mp_writer_flush(arg);
}

ROW("pipe.6/both", 1, "after a fork each writes its own, once: parent, child, grandchild", TIDY)
{
	int fd;
	struct mp_writer *w = packet_writer(&fd);

	OK(mp_writer_write(w, "parent ", 7));
	EQUAL(finished(started(write_and_fork, w, NULL)), 0);
	EQUAL_TEXT(seen(fd), "grandchild ");
	EQUAL_TEXT(seen(fd), "child ");
	OK(mp_writer_write(w, "parent again", 12));
	OK(mp_writer_flush(w));
	EQUAL_TEXT(seen(fd), "parent parent again");
	mp_writer_free(w);
	mp_close(&fd);
}

struct line {
	struct mp_writer *w;
	int number, reader;
	struct gate *gate;
};

static int
write_lines(void *arg)
{
	const struct line *l = arg;
	char line[64];

	close(l->reader);
	gate_wait(l->gate);
	for (int i = 0; i < 500; i++) {
		int n = sprintf(line, "writer %d, line %d of many\n", l->number, i);
		if (mp_writer_write(l->w, line, (size_t)n))
			return 1;
	}
	return mp_writer_close(l->w);
}

ROW("pipe.6/crowd", 1, "four processes, five hundred lines each, one pipe: every line is whole",
    TIDY)
{
	struct mp_process *p[4];
	struct mp_writer *w;
	struct gate gate;
	int fds[2], next[4] = {0}, number, i;
	char *line = NULL, end;
	size_t size = 0;

	OK(mp_pipe_cloexec(fds));
	OK(fcntl(fds[0], F_SETPIPE_SZ, 4096)); /* so they wait for each other all the time */
	gate_init(&gate);
	OK(mp_writer_new(&w, fds[1]));
	OK(mp_writer_write(w, "of the parent\n", 14));
	for (i = 0; i < 4; i++)
		p[i] = started(write_lines, &(struct line){w, i, fds[0], &gate}, NULL);
	FILE *all = fdopen(fds[0], "re");
	OK(mp_writer_close(w)); /* the pipe is empty: this does not wait for a reader */
	gate_open(&gate);
	for (int n = 0; n < 2001; n++) {
		TRUE(getline(&line, &size, all) > 0, "there are 2001 lines, not %d", n);
		if (!strcmp(line, "of the parent\n"))
			continue;
		TRUE(sscanf(line, "writer %1d, line %d of many%c", &number, &i, &end) == 3 &&
			 end == '\n' && number < 4 && next[number]++ == i,
		    "line %d is whole and in its writer's order: %s", n, line);
	}
	TRUE(getline(&line, &size, all) < 0, "there are no more lines");
	free(line);
	fclose(all);
	for (i = 0; i < 4; i++)
		EQUAL(finished(p[i]), 0);
	gate_release(&gate);
	mp_writer_free(w);
}

ROW("pipe.6/nobody", 1, "with nobody to read, EPIPE comes back, and what was buffered is kept")
{
	int fd;
	struct mp_writer *w = packet_writer(&fd);

	OK(mp_writer_write(w, "kept", 4));
	mp_close(&fd);
	FAILS(mp_writer_flush(w), -EPIPE); /* and no SIGPIPE */
	EQUAL(mp_writer_pending(w), 4);
	char *large = pattern(MP_RECORD);
	FAILS(mp_writer_write(w, large, MP_RECORD), -EPIPE);
	EQUAL(mp_writer_pending(w), 4);
	free(large);
	FAILS(mp_writer_close(w), -EPIPE);
	OK(mp_writer_close(w)); /* it is closed all the same */
	mp_writer_free(w);
}

ROW("pipe.6/closed", 1, "after close, writing and flushing are refused; a descriptor is taken over")
{
	struct mp_writer *w = NULL;
	int fd;

	FAILS(mp_writer_new(&w, -1), MP_INVALID);
	w = packet_writer(&fd);
	OK(mp_writer_close(w));
	OK(mp_writer_close(w));
	FAILS(mp_writer_write(w, "x", 1), MP_CLOSED);
	FAILS(mp_writer_flush(w), MP_CLOSED);
	EQUAL(mp_writer_pending(w), 0);
	mp_writer_free(w);
	mp_writer_free(NULL);
	mp_close(&fd);
}

/* --- pipe.7: behind the wall --------------------------------------------------------------------------------- */

static int tickets = 1;

static int
sell_tickets(void *arg)
{
	struct gate *gate = arg;

	tickets = 70;
	gate_open(gate + 1); /* sold */
	gate_wait(gate);
	return 0;
}

/* What this machine lets this process see of that one: 0, or why not. */
static int
allowed(pid_t pid)
{
	int value;
	struct iovec here = {&value, sizeof(value)}, there = {&tickets, sizeof(tickets)};

	return process_vm_readv(pid, &here, 1, &there, 1, 0) < 0 ? -errno : 0;
}

ROW("pipe.7/copy", 1, "one address, two values: the child's memory is its own, but no secret", TIDY)
{
	struct gate gate[2];
	int value = 0;

	gate_init(&gate[0]);
	gate_init(&gate[1]);
	struct mp_process *p = started(sell_tickets, gate, NULL);
	gate_wait(&gate[1]);
	pid_t pid = mp_process_pid(p);
	int expected = allowed(pid); /* a machine may forbid it: then that is the right answer */
	EQUAL(mp_peek(pid, &tickets, &value, sizeof(value)), expected);
	if (expected == 0)
		EQUAL(value, 70);
	EQUAL(tickets, 1);
	gate_open(&gate[0]);
	EQUAL(joined(p), 0);
	FAILS(mp_peek(pid, &tickets, &value, sizeof(value)), -ESRCH);
	mp_process_free(p);
	gate_release(&gate[0]);
	gate_release(&gate[1]);
}

ROW("pipe.7/hole", 1, "a range that is not all mapped is refused, not copied in part")
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *there =
	    mmap(NULL, 3 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *here = malloc(3 * page);

	TRUE(there != MAP_FAILED && here, "there are three pages");
	memset(there, 'x', 3 * page);
	int expected = allowed(getpid());
	EQUAL(mp_peek(getpid(), there, here, 3 * page), expected);
	if (expected == 0) {
		TRUE(memcmp(here, there, 3 * page) == 0, "the copy is equal");
		EQUAL(munmap(there + 2 * page, page), 0);
		FAILS(mp_peek(getpid(), there, here, 3 * page), -EFAULT);
		FAILS(mp_peek(getpid(), NULL, here, 1), -EFAULT);
		OK(mp_peek(getpid(), there, here, 2 * page));
	}
	munmap(there, 3 * page);
	free(here);
}
