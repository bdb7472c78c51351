/* SPDX-License-Identifier: MIT */
#ifndef TESTS_COMMON_H
#define TESTS_COMMON_H
/*
 * What the rows of several stages use: children that wait to be told, places where one
 * process writes and another reads, and adoption.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mp.h>

#include "runner/row.h"

#define UNUSED __attribute__((unused))

/*
 * Rows of 01 and 02 run again by each start method, in the program of 05 (05-spawn/travel.h).
 * There make_process is by that method, and what a child is called with must travel: TRAVELS
 * says how. In their own program make_process is mp_process_new.
 */
#ifdef BY_METHOD
#include "05-spawn/travel.h"
#else
#define TRAVELS(target, size, descriptors) struct row
#define make_process			   mp_process_new
#define HELPERS				   0
#define SERVED				   false
#define helpers_end()			   ((void)0)
#endif

/* Where the processes of a row write what they do: it goes along with every child. */
UNUSED static int row_out = -1;

/* --- children ------------------------------------------------------------------------------ */

/* Leave with the number that arg points to. */
UNUSED static int
return_number(void *arg)
{
	return *(int *)arg;
}
TRAVELS(return_number, sizeof(int), 0);

/* Live until the gate is opened, then leave with 0. */
UNUSED static int
wait_at_gate(void *arg)
{
	gate_wait(arg);
	return 0;
}
TRAVELS(wait_at_gate, sizeof(struct gate), ALL_DESCRIPTORS);

/* Live until a signal comes. */
UNUSED static int
sleep_forever(void *arg)
{
	(void)arg;
	for (;;)
		pause();
	return 0;
}
TRAVELS(sleep_forever, 0, 0);

UNUSED static struct mp_process *
made(int (*target)(void *), void *arg, const struct mp_process_options *options)
{
	struct mp_process *p = NULL;

	OK(make_process(&p, target, arg, options));
	return p;
}

UNUSED static struct mp_process *
started(int (*target)(void *), void *arg, const struct mp_process_options *options)
{
	struct mp_process *p = made(target, arg, options);

	OK(mp_process_start(p));
	return p;
}

/* Join it and give back its exit code. */
UNUSED static int
joined(struct mp_process *p)
{
	int code = -1000;

	OK(mp_process_join(p, MP_FOREVER));
	EQUAL(mp_process_exitcode(p, &code), 1);
	if (code == MP_TODO_STATUS) /* a spawned child cannot tell the harness itself */
		mp_todo("a task that a child came upon");
	return code;
}

/* The same, and the object is freed. */
UNUSED static int
finished(struct mp_process *p)
{
	int code = joined(p);

	mp_process_free(p);
	return code;
}

/* --- a bare child, for what a child by mp_process_start cannot show -------------------------- */

UNUSED static pid_t
forked(int (*function)(void *), void *arg)
{
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0)
		_exit(function(arg));
	TRUE(pid > 0, "fork makes a process");
	return pid;
}

/* Its wait status. */
UNUSED static int
waited(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0)
		TRUE(errno == EINTR, "the child %d has not been reaped by anybody else", pid);
	return status;
}

/* --- adoption: this process gets the orphans that its children leave --------------------------- */

UNUSED static void
adopt_orphans(void)
{
	EQUAL(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
}

/* Wait for one orphan (or any other child); its status in *status. */
UNUSED static pid_t
reap_any(int *status)
{
	pid_t pid;

	while ((pid = waitpid(-1, status, 0)) < 0 && errno == EINTR)
		;
	return pid;
}

/* --- memory that parent and child share, and bytes that they tell each other -------------------- */

UNUSED static void *
shared(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	TRUE(memory != MAP_FAILED, "mmap gives shared memory");
	return memory;
}

/* Everything that is written to a pipe until its last writer is gone. The caller has closed
 * its own writing end. */
UNUSED static const char *
read_to_end(int fd)
{
	static char text[4096];
	ssize_t n = mp_read_all(fd, text, sizeof(text) - 1);

	text[OK((int)n)] = '\0';
	return text;
}

UNUSED static char
read_byte(int fd)
{
	char byte = 0;

	EQUAL(mp_read_all(fd, &byte, 1), 1);
	return byte;
}

UNUSED static void
tell(int fd, char byte)
{
	(void)!mp_write_all(fd, &byte, 1);
}

/* The state in /proc, 0 when there is no such process. */
UNUSED static char
state_of(pid_t pid)
{
	struct mp_proc proc;

	return mp_proc_read(pid, &proc) ? 0 : proc.state;
}

/* Wait until a process or thread sleeps in a system call, or is gone. */
UNUSED static void
await_sleep(pid_t pid)
{
	char state;

	while ((state = state_of(pid)) && state != 'S' && state != 'Z')
		sched_yield();
}

/* Wait until it is dead, and leave it as it is: a zombie. The second wait is for the tracer,
 * which is told first: before that, a wait with WNOHANG does not see the zombie. (A child of the
 * forkserver's is not ours to wait for.) */
UNUSED static void
await_death(struct mp_process *p)
{
	struct pollfd fd = {.fd = OK(mp_process_sentinel(p)), .events = POLLIN};
	siginfo_t info;

	EQUAL(mp_poll(&fd, 1, mp_deadline(60)), 1);
	if (!SERVED)
		EQUAL(waitid(P_PID, (id_t)mp_process_pid(p), &info, WEXITED | WNOWAIT), 0);
}

/* Seconds since a moment of mp_now. */
UNUSED static double
since(int64_t then)
{
	return (double)(mp_now() - then) / 1e9;
}

#endif
