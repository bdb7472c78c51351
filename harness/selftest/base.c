/* SPDX-License-Identifier: MIT */
/*
 * What 00-base promises: deadlines, whole reads and writes, the error table, /proc, mp_todo.
 *
 * Signals come from a child that sends them as fast as it can, so that every call under test
 * is interrupted many times; the child is told by a pipe when it may stop.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mp/deadline.h>
#include <mp/io.h>
#include <mp/proc.h>
#include <mp/todo.h>

#include "selftest/selftest.h"

#define SECOND INT64_C(1000000000)

/* --- a storm of signals ------------------------------------------------------------------- */

struct storm {
	pid_t pid;
	struct sigaction before;
};

static volatile sig_atomic_t struck;

static void
on_strike(int signal)
{
	(void)signal;
	struck++;
}

/* Without SA_RESTART: every strike ends a call that blocks. It has begun on return. */
static struct storm
storm_begin(void)
{
	struct storm storm;
	struct sigaction action = {.sa_handler = on_strike};
	pid_t target = getpid();

	struck = 0;
	sigaction(SIGUSR1, &action, &storm.before);
	storm.pid = fork();
	while (storm.pid == 0)
		if (getppid() != target || kill(target, SIGUSR1))
			_exit(0);
	while (!struck)
		(void)poll(NULL, 0, 1000);
	return storm;
}

static void
storm_end(struct storm *storm)
{
	kill(storm->pid, SIGKILL);
	while (waitpid(storm->pid, NULL, 0) < 0 && errno == EINTR)
		;
	sigaction(SIGUSR1, &storm->before, NULL);
}

/* --- deadlines -------------------------------------------------------------------------------- */

static void
deadlines(void)
{
	static const double now[] = {0, -0.0, -1, -1e300, -INFINITY, NAN};
	static const double never[] = {INFINITY, 1e300, 1e12};
	int64_t before = mp_now();

	for (size_t i = 0; i < sizeof(now) / sizeof(*now); i++)
		CU_ASSERT(mp_deadline(now[i]) >= before && mp_deadline(now[i]) <= mp_now());
	for (size_t i = 0; i < sizeof(never) / sizeof(*never); i++)
		CU_ASSERT_EQUAL(mp_deadline(never[i]), MP_NEVER);
	int64_t soon = mp_deadline(2.5);
	CU_ASSERT(soon >= before + 5 * SECOND / 2 && soon <= mp_now() + 5 * SECOND / 2);
	/* The longest that is not forever does not overflow into the past. */
	CU_ASSERT(mp_deadline(9e9) > mp_now());
	CU_ASSERT(mp_deadline(1e-12) >= before);
}
SELFTEST("base", "a timeout becomes a deadline: 0, negative, NaN, inf, 1e300", deadlines)

static void
deadlines_left(void)
{
	CU_ASSERT(isinf(mp_deadline_left(MP_NEVER)));
	CU_ASSERT_EQUAL(mp_deadline_left(0), 0);
	CU_ASSERT_EQUAL(mp_deadline_left(INT64_MIN / 2), 0);
	double left = mp_deadline_left(mp_deadline(100));
	CU_ASSERT(left > 90 && left <= 100);
}
SELFTEST("base", "the time left is never below 0, and forever of never", deadlines_left)

static void
poll_in_storm(void)
{
	int fds[2];

	CU_ASSERT_EQUAL_FATAL(mp_pipe_cloexec(fds), 0);
	struct pollfd ready = {.fd = fds[0], .events = POLLIN};
	struct storm storm = storm_begin();
	int64_t began = mp_now();
	CU_ASSERT_EQUAL(mp_poll(&ready, 1, mp_deadline(0.3)), 0);
	double seconds = (double)(mp_now() - began) / SECOND;
	CU_ASSERT(seconds >= 0.3);
	CU_ASSERT_EQUAL(write(fds[1], "x", 1), 1);
	CU_ASSERT_EQUAL(mp_poll(&ready, 1, MP_NEVER), 1);
	CU_ASSERT_EQUAL(mp_poll(&ready, 1, mp_deadline(-1)), 1);
	storm_end(&storm);
	ready.fd = -1;
	CU_ASSERT_EQUAL(mp_poll(&ready, 1, 0), 0);
	mp_close(&fds[0]);
	mp_close(&fds[1]);
}
SELFTEST("base", "mp_poll keeps its deadline in a storm of signals", poll_in_storm)

/* --- whole reads and writes ------------------------------------------------------------------- */

#define MANY 300001

static char
byte(size_t i)
{
	return (char)(i * 31 + i / 251);
}

/* In a child: all of it in odd pieces, some of one byte, while signals strike. */
static void
write_in_pieces(int fd)
{
	char piece[977];

	for (size_t i = 0, n; i < MANY; i += n) {
		n = i % 3 ? 1 + i % sizeof(piece) : 1;
		n = n < MANY - i ? n : MANY - i;
		for (size_t j = 0; j < n; j++)
			piece[j] = byte(i + j);
		if (mp_write_all(fd, piece, n))
			_exit(1);
	}
	_exit(0);
}

static void
reads_all(void)
{
	static char buffer[MANY + 10];
	int fds[2], status;
	size_t wrong = 0;

	struct storm storm = storm_begin();
	CU_ASSERT_EQUAL_FATAL(mp_pipe_cloexec(fds), 0);
	pid_t writer = fork();
	if (writer == 0)
		write_in_pieces(fds[1]);
	mp_close(&fds[1]);
	/* More than comes: end of file ends it, with what there was. */
	CU_ASSERT_EQUAL(mp_read_all(fds[0], buffer, sizeof(buffer)), MANY);
	while (waitpid(writer, &status, 0) < 0 && errno == EINTR)
		;
	CU_ASSERT_EQUAL(status, 0);
	CU_ASSERT_EQUAL(mp_read_all(fds[0], buffer + MANY, 10), 0);
	storm_end(&storm);
	for (size_t i = 0; i < MANY; i++)
		wrong += buffer[i] != byte(i);
	CU_ASSERT_EQUAL(wrong, 0);
	mp_close(&fds[0]);
	CU_ASSERT_EQUAL(mp_read_all(fds[0], buffer, 1), -EBADF);
	CU_ASSERT_EQUAL(mp_read_all(-1, buffer, 0), 0);
}
SELFTEST("base", "mp_read_all makes one out of many partial reads, signals or not", reads_all)

/* In a child: reads slowly and in odd sizes, and checks every byte. */
static void
read_in_pieces(int fd)
{
	char piece[4099];
	size_t i = 0;
	ssize_t n;

	while ((n = read(fd, piece, 1 + i % sizeof(piece))) > 0)
		for (ssize_t j = 0; j < n; j++, i++)
			if (piece[j] != byte(i))
				_exit(2);
	_exit(i != MANY);
}

static void
writes_all(void)
{
	static char buffer[MANY];
	int fds[2], status;

	for (size_t i = 0; i < MANY; i++)
		buffer[i] = byte(i);
	struct storm storm = storm_begin(); /* first, or it would hold the pipe open, too */
	CU_ASSERT_EQUAL_FATAL(mp_pipe_cloexec(fds), 0);
	pid_t reader = fork();
	if (reader == 0) {
		mp_close(&fds[1]);
		read_in_pieces(fds[0]);
	}
	mp_close(&fds[0]);
	/* Far more than a pipe holds: it blocks, and is interrupted with a part written. */
	CU_ASSERT_EQUAL(mp_write_all(fds[1], buffer, MANY), 0);
	mp_close(&fds[1]);
	while (waitpid(reader, &status, 0) < 0 && errno == EINTR)
		;
	storm_end(&storm);
	CU_ASSERT_EQUAL(status, 0);
	CU_ASSERT_EQUAL(mp_write_all(fds[1], buffer, 1), -EBADF);
}
SELFTEST("base", "mp_write_all writes all through a full pipe, signals or not", writes_all)

static void
writes_to_nobody(void)
{
	int fds[2];
	void (*before)(int) = signal(SIGPIPE, SIG_IGN);

	CU_ASSERT_EQUAL_FATAL(mp_pipe_cloexec(fds), 0);
	CU_ASSERT(fcntl(fds[0], F_GETFD) & FD_CLOEXEC && fcntl(fds[1], F_GETFD) & FD_CLOEXEC);
	mp_close(&fds[0]);
	CU_ASSERT_EQUAL(mp_write_all(fds[1], "x", 1), -EPIPE);
	mp_close(&fds[1]);
	signal(SIGPIPE, before);
}
SELFTEST("base", "a pipe is CLOEXEC at birth, and broken without a reader", writes_to_nobody)

static void
closes(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC), same = fd, stale = 1 << 20;

	errno = ENOTTY;
	mp_close(&fd);
	CU_ASSERT_EQUAL(fd, -1);
	mp_close(&fd);
	mp_close(&stale);
	CU_ASSERT_EQUAL(stale, -1);
	CU_ASSERT_EQUAL(errno, ENOTTY);
	CU_ASSERT(fcntl(same, F_GETFD) < 0 && errno == EBADF);
}
SELFTEST("base", "mp_close closes once, forgets the number and keeps errno", closes)

/* --- the error table ---------------------------------------------------------------------------- */

static const int codes[] = {
#define X(code, number, python, sentence) number,
    MP_ERRORS(X)
#undef X
};
static const char *const pythons[] = {
#define X(code, number, python, sentence) python,
    MP_ERRORS(X)
#undef X
};
#define CODES (sizeof(codes) / sizeof(*codes))

static void
error_table(void)
{
	for (size_t i = 0; i < CODES; i++) {
		CU_ASSERT(codes[i] < -5000);
		CU_ASSERT_EQUAL(strncmp(mp_error_name(codes[i]), "MP_", 3), 0);
		CU_ASSERT_STRING_EQUAL(mp_error_python(codes[i]), pythons[i]);
		const char *text = mp_error_text(codes[i]);
		CU_ASSERT(strlen(text) > 5 && text[strlen(text) - 1] != '.');
		for (size_t j = 0; j < i; j++) {
			CU_ASSERT_NOT_EQUAL(codes[i], codes[j]);
			CU_ASSERT_STRING_NOT_EQUAL(
			    mp_error_name(codes[i]), mp_error_name(codes[j]));
			CU_ASSERT_STRING_NOT_EQUAL(text, mp_error_text(codes[j]));
		}
	}
	CU_ASSERT_STRING_EQUAL(mp_error_name(MP_TIMEOUT), "MP_TIMEOUT");
	CU_ASSERT_STRING_EQUAL(mp_error_python(MP_TIMEOUT), "multiprocessing.TimeoutError");
}
SELFTEST("base", "every error has a number, a name, a Python exception and a sentence", error_table)

static void
errors_of_kernel(void)
{
	static const int strange[] = {-5000, -4999, -99999, -INT32_MAX};

	CU_ASSERT_STRING_EQUAL(mp_error_name(-EAGAIN), "EAGAIN");
	CU_ASSERT_STRING_EQUAL(mp_error_python(-EAGAIN), "BlockingIOError");
	CU_ASSERT_STRING_EQUAL(mp_error_python(-ECHILD), "ChildProcessError");
	CU_ASSERT_STRING_EQUAL(mp_error_python(-EMFILE), "OSError");
	CU_ASSERT_STRING_EQUAL(mp_error_text(-ENOENT), "No such file or directory");
	CU_ASSERT_STRING_EQUAL(mp_error_name(0), "0");
	CU_ASSERT_STRING_EQUAL(mp_error_python(7), "none");
	CU_ASSERT_STRING_EQUAL(mp_error_text(7), "no error");
	for (size_t i = 0; i < sizeof(strange) / sizeof(*strange); i++) {
		CU_ASSERT_STRING_EQUAL(mp_error_name(strange[i]), "unknown");
		CU_ASSERT_STRING_EQUAL(mp_error_text(strange[i]), "unknown error");
		CU_ASSERT_STRING_EQUAL(mp_error_python(strange[i]), "OSError");
	}
}
SELFTEST("base", "-errno has the kernel's words, what is unknown says so", errors_of_kernel)

/* --- /proc ---------------------------------------------------------------------------------------- */

static void
proc_of_self(void)
{
	struct mp_proc me;

	CU_ASSERT_EQUAL_FATAL(mp_proc_read(getpid(), &me), 0);
	CU_ASSERT_EQUAL(me.state, 'R');
	CU_ASSERT_EQUAL(me.parent, getppid());
	CU_ASSERT_EQUAL(me.session, getsid(0));
	CU_ASSERT(me.birth > 0 && me.cpu_seconds >= 0 && me.cpu_limit > 0);
	CU_ASSERT(mp_proc_oom_kills() >= -1);
}
SELFTEST("base", "mp_proc_read knows this process", proc_of_self)

static void
proc_of_liar(void)
{
	static const char *const names[] = {
	    ") (", ") R 1 (", "a b)\n(Z) 1 2", "(((", ")))", "", "%s%n"};
	char before[16];
	struct mp_proc me;

	prctl(PR_GET_NAME, before);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		prctl(PR_SET_NAME, names[i]);
		CU_ASSERT_EQUAL(mp_proc_read(getpid(), &me), 0);
		CU_ASSERT_STRING_EQUAL(me.name, names[i]);
		CU_ASSERT_EQUAL(me.state, 'R');
		CU_ASSERT_EQUAL(me.parent, getppid());
	}
	prctl(PR_SET_NAME, before);
}
SELFTEST("base", "mp_proc_read is not confused by names with parentheses", proc_of_liar)

static void
proc_of_dead(void)
{
	struct mp_proc dead = {.state = '?'};
	siginfo_t info;
	pid_t pid = fork();

	if (pid == 0)
		_exit(3);
	CU_ASSERT_EQUAL(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	CU_ASSERT_EQUAL(mp_proc_read(pid, &dead), 0);
	CU_ASSERT_EQUAL(dead.state, 'Z');
	CU_ASSERT_EQUAL(dead.parent, getpid());
	CU_ASSERT_EQUAL(waitpid(pid, NULL, 0), pid);
	dead.state = '?';
	CU_ASSERT_EQUAL(mp_proc_read(pid, &dead), -ESRCH);
	CU_ASSERT_EQUAL(mp_proc_read(-1, &dead), -ESRCH);
	CU_ASSERT_EQUAL(dead.state, '?');
}
SELFTEST("base", "mp_proc_read sees a zombie, and after its reaping nothing", proc_of_dead)

/* --- mp_todo ---------------------------------------------------------------------------------------- */

static int told;

static void
tell(const char *task)
{
	(void)!write(told, task, strlen(task));
}

static void
todo(void)
{
	int hook[2], err[2], status;
	char text[256] = "";

	CU_ASSERT_EQUAL_FATAL(mp_pipe_cloexec(hook), 0);
	CU_ASSERT_EQUAL_FATAL(mp_pipe_cloexec(err), 0);
	pid_t pid = fork();
	if (pid == 0) {
		dup2(err[1], STDERR_FILENO);
		told = hook[1];
		mp__on_todo = tell;
		mp_todo("example.7");
	}
	mp_close(&hook[1]);
	mp_close(&err[1]);
	CU_ASSERT_EQUAL(mp_read_all(hook[0], text, sizeof(text)), 9);
	CU_ASSERT_EQUAL(strncmp(text, "example.7", 9), 0);
	CU_ASSERT(mp_read_all(err[0], text, sizeof(text) - 1) > 9);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "example.7 is not written yet"));
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == MP_TODO_STATUS);
	mp_close(&hook[0]);
	mp_close(&err[0]);
}
SELFTEST("base", "mp_todo calls the hook, says which task, and leaves with its status", todo)
