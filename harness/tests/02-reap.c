/* SPDX-License-Identifier: MIT */
/*
 * Rows of 02-reap: what becomes of processes when others end. The numbers in comments are
 * CPython's behaviours that a row answers to (docs/behaviours.md).
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdarg.h>
#include <sys/pidfd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <mp/internal.h>

#include "common.h"

STAGE("Zombies, orphans, daemons")

#define TIDY .graph = "every child reaped by its parent; no kill after reap; nothing left"

/* Why rows make no sense by every start method. */
#define NO_START    "it starts no child"
#define THE_SERVERS "the child is the server's: it reaps it, and fetches the status"
#define NO_ORPHAN   "its parent is the server, which lives on (spawn.5/death-signal)"

static int zero = 0, six = 6;

/* --- reap.1: the family ------------------------------------------------------------------------- */

ROW("reap.1/lists", 1, "active_children lists the children that run, and no others", TIDY)
{
	struct mp_process *p[3], *list[4];

	EQUAL(mp_active_children(list, 4), 0);
	for (int i = 0; i < 3; i++) {
		p[i] = started(sleep_forever, NULL, NULL);
		EQUAL(mp_active_children(NULL, 0), i + 1);
	}
	EQUAL(mp_active_children(list, 4), 3);
	for (int i = 0; i < 3; i++) {
		TRUE(list[i] == p[i], "child %d is listed in the order of its start", i);
		mp_process_free(list[i]);
	}
	OK(mp_process_kill(p[1]));
	OK(mp_process_join(p[1], MP_FOREVER));
	EQUAL(mp_active_children(list, 1), 2); /* more than there is room for */
	TRUE(list[0] == p[0], "as many as there is room for are listed");
	mp_process_free(list[0]);
	for (int i = 0; i < 3; i++) {
		OK(mp_process_kill(p[i]));
		EQUAL(finished(p[i]), -SIGKILL);
	}
}

/* 2 */
ROW("reap.1/reaps", 2, "active_children reaps the children that have ended", TIDY,
    NO_FORKSERVER(THE_SERVERS))
{
	struct mp_process *p = started(return_number, &six, NULL);
	pid_t pid = mp_process_pid(p);

	await_death(p);
	EQUAL(state_of(pid), 'Z');
	EQUAL(mp_active_children(NULL, 0), 0);
	EQUAL(state_of(pid), 0);
	EQUAL(finished(p), 6);
}

ROW("reap.1/joined", 1, "a child that has been joined is in no list", TIDY)
{
	struct mp_process *p = started(return_number, &six, NULL);

	EQUAL(joined(p), 6);
	EQUAL(mp_active_children(NULL, 0), 0);
	mp_process_free(p);
}

ROW("reap.1/forgotten", 1, "a child whose handle was given up is reaped all the same", TIDY)
{
	struct gate gate;
	struct mp_process *list[1];

	gate_init(&gate);
	mp_process_free(started(wait_at_gate, &gate, NULL));
	EQUAL(mp_active_children(list, 1), 1);
	gate_open(&gate);
	await_death(list[0]);
	mp_process_free(list[0]);
	EQUAL(mp_active_children(list, 1), 0);
	helpers_end();
	int status;
	EQUAL(reap_any(&status), -1); /* nothing is left to reap */
	gate_release(&gate);
}

static int
count_children(void *arg)
{
	(void)arg;
	return mp_active_children(NULL, 0);
}
TRAVELS(count_children, 0, 0);

ROW("reap.1/forked", 1, "a child has no siblings: the family is forgotten over a fork", TIDY)
{
	struct mp_process *p = started(sleep_forever, NULL, NULL);

	EQUAL(finished(started(count_children, NULL, NULL)), 0);
	EQUAL(waited(forked(count_children, NULL)), 0); /* also a bare fork */
	EQUAL(mp_active_children(NULL, 0), 1);
	OK(mp_process_kill(p));
	EQUAL(finished(p), -SIGKILL);
}

ROW("reap.1/crowd", 2, "of fifty children every second is killed: the others are listed", TIDY)
{
	struct mp_process *p[50], *list[50];

	for (int i = 0; i < 50; i++)
		p[i] = started(sleep_forever, NULL, NULL);
	for (int i = 0; i < 50; i += 2) {
		OK(mp_process_kill(p[i]));
		await_death(p[i]);
	}
	for (int time = 1; time <= 2; time++) { /* first with the dead among them, then without */
		EQUAL(mp_active_children(list, 50), 25);
		for (int i = 0; i < 25; i++) {
			TRUE(list[i] == p[2 * i + 1], "time %d: entry %d is child %d", time, i,
			    2 * i + 1);
			mp_process_free(list[i]);
		}
	}
	for (int i = 0; i < 50; i++) {
		OK(mp_process_kill(p[i]));
		EQUAL(finished(p[i]), -SIGKILL);
	}
}

/* --- reap.2: the exit order ------------------------------------------------------------------------ */

static void
write_letter(void *letter)
{
	tell(row_out, *(char *)letter);
}

/* Run it as a child, and give back what it (and its children) wrote. */
static const char *
told_by(int (*target)(void *), int expected)
{
	int fds[2];

	OK(mp_pipe_cloexec(fds));
	row_out = fds[1];
	struct mp_process *p = started(target, NULL, NULL);
	mp_close(&fds[1]);
	const char *text = read_to_end(fds[0]);
	mp_close(&fds[0]);
	EQUAL(finished(p), expected);
	return text;
}

static int
register_five(void *arg)
{
	bool failed = mp_atexit(0, write_letter, "a") || mp_atexit(1, write_letter, "b") ||
		      mp_atexit(-10, write_letter, "c") || mp_atexit(0, write_letter, "d") ||
		      mp_atexit(0, write_letter, "e");

	(void)arg;
	return failed;
}
TRAVELS(register_five, 0, 0);

/* 115 */
ROW("reap.2/order", 2, "finalizers run by priority, and of equal ones the last registered first",
    TIDY)
{
	EQUAL_TEXT(told_by(register_five, 0), "bedac");
}

static void
on_sigterm(int signal)
{
	(void)signal;
	tell(row_out, 'T');
	_exit(0);
}

/* Between a process and its daemon. */
struct talk {
	struct gate handler_stands, call;
	int answer[2];
};

static int
tell_of_sigterm(void *arg)
{
	struct sigaction action = {.sa_handler = on_sigterm};
	struct talk *t = arg;

	sigaction(SIGTERM, &action, NULL);
	gate_open(&t->handler_stands); /* the parent waits for it */
	gate_wait(&t->call);
	tell(t->answer[1], '1');
	mp_close(&t->answer[1]);
	return sleep_forever(NULL);
}
TRAVELS(tell_of_sigterm, sizeof(struct talk), ALL_DESCRIPTORS);

/* Had the daemon got its SIGTERM by now, it would not answer. */
static void
call_daemon(void *arg)
{
	struct talk *t = arg;
	char letter = '?';

	mp_close(&t->answer[1]);
	gate_open(&t->call);
	(void)!mp_read_all(t->answer[0], &letter, 1);
	tell(row_out, letter);
}

static int
leave_a_daemon(void *arg)
{
	static struct talk t;
	struct mp_process_options daemon = {.daemon = MP_DAEMON_YES};
	struct mp_process *p;

	(void)arg;
	gate_init(&t.handler_stands);
	gate_init(&t.call);
	if (mp_pipe_cloexec(t.answer) || mp_atexit(0, call_daemon, &t) ||
	    mp_atexit(-1, write_letter, "2") || make_process(&p, tell_of_sigterm, &t, &daemon) ||
	    mp_process_start(p))
		return 1;
	mp_process_free(p);
	gate_wait(&t.handler_stands);
	return 0;
}
TRAVELS(leave_a_daemon, 0, 0);

/* 11 */
ROW("reap.2/daemons", 2, "at exit a daemon gets SIGTERM, between the finalizers, and is joined",
    .seconds = 2, TIDY)
{
	EQUAL_TEXT(told_by(leave_a_daemon, 0), "1T2");
}

/* A child whose parent opens the gate at its exit. */
struct late_child {
	struct gate gate;
	pid_t parent;
};

/* After the gate, it takes until the parent sleeps in join, or is gone. */
static int
write_at_gate(void *arg)
{
	struct late_child *c = arg;

	gate_wait(&c->gate);
	await_sleep(c->parent);
	tell(row_out, 'c');
	return 0;
}
TRAVELS(write_at_gate, sizeof(struct late_child), DESCRIPTORS(struct late_child, gate));

static void
open_exit_gate(void *gate)
{
	tell(row_out, 'f');
	gate_open(gate);
}

static int
leave_a_child(void *arg)
{
	static struct late_child c;
	struct mp_process *p;

	(void)arg;
	gate_init(&c.gate);
	c.parent = getpid();
	if (make_process(&p, write_at_gate, &c, NULL) || mp_process_start(p) ||
	    mp_atexit(0, open_exit_gate, &c.gate) || mp_atexit(-1, write_letter, "e"))
		return 1;
	mp_process_free(p);
	return 0;
}
TRAVELS(leave_a_child, 0, 0);

/* 12 */
ROW("reap.2/children", 2, "at exit other children are waited for, however long they take",
    .seconds = 2, TIDY)
{
	EQUAL_TEXT(told_by(leave_a_child, 0), "fce");
}

static int
exit_like_main(void *arg)
{
	if (leave_a_daemon(arg))
		return 1;
	exit(3); /* as when main returns 3 */
}

ROW("reap.2/main", 2, "the exit order runs in the main process, too: from exit()", .seconds = 2,
    TIDY)
{
	int fds[2];

	OK(mp_pipe_cloexec(fds));
	row_out = fds[1];
	pid_t pid = forked(exit_like_main, NULL);
	mp_close(&fds[1]);
	EQUAL_TEXT(read_to_end(fds[0]), "1T2");
	mp_close(&fds[0]);
	EQUAL(WEXITSTATUS(waited(pid)), 3);
}

static int
register_one(void *arg)
{
	(void)arg;
	return mp_atexit(0, write_letter, "c");
}
TRAVELS(register_one, 0, 0);

/* 26 */
ROW("reap.2/own", 1, "a process runs its own finalizers, not those its parent registered", TIDY)
{
	OK(mp_atexit(0, write_letter, "p"));
	EQUAL_TEXT(told_by(register_one, 0), "c");
}

static int
exit_at_once(void *arg)
{
	(void)arg;
	exit(0);
}

ROW("reap.2/bare", 2, "a bare fork that exits ends no sibling, and runs no finalizer", .seconds = 2,
    TIDY)
{
	struct mp_process_options daemon = {.daemon = MP_DAEMON_YES};
	struct gate gate;
	int fds[2];

	gate_init(&gate);
	struct mp_process *sibling = started(wait_at_gate, &gate, &daemon);
	OK(mp_pipe_cloexec(fds));
	row_out = fds[1];
	OK(mp_atexit(0, write_letter, "p"));
	EQUAL(waited(forked(exit_at_once, NULL)), 0);
	mp_close(&fds[1]);
	gate_open(&gate);
	EQUAL(finished(sibling), 0); /* a SIGTERM would have been there before the gate opened */
	EQUAL_TEXT(read_to_end(fds[0]), "");
	mp_close(&fds[0]);
	gate_release(&gate);
}

static void
exit_again(void *arg)
{
	tell(row_out, *(char *)arg);
	mp_exit(9);
}

static int
exit_in_finalizer(void *arg)
{
	(void)arg;
	if (mp_atexit(0, write_letter, "b") || mp_atexit(1, exit_again, "a"))
		return 1;
	mp_exit(4);
}
TRAVELS(exit_in_finalizer, 0, 0);

ROW("reap.2/once", 1, "the exit order runs once: mp_exit within it only leaves", .seconds = 2, TIDY)
{
	EQUAL_TEXT(told_by(exit_in_finalizer, 9), "a");
}

static void
print_more(void *file)
{
	fprintf(file, ", and more");
}

static int
print_and_exit(void *arg)
{
	FILE *file = fdopen(dup(row_out), "w");

	(void)arg;
	fprintf(file, "buffered");
	mp_exit(mp_atexit(0, print_more, file) ? 1 : 256 + 5);
}
TRAVELS(print_and_exit, 0, 0);

ROW("reap.2/flushes", 1, "mp_exit flushes at last what is buffered; the low 8 bits are its code",
    TIDY)
{
	EQUAL_TEXT(told_by(print_and_exit, 5), "buffered, and more");
}

static void
tell_handler(void)
{
	tell(row_out, 'h');
}

/* 26 */
ROW("reap.2/handlers", 1, "mp_exit runs no handler of the C library's", TIDY)
{
	EQUAL(atexit(tell_handler), 0);
	EQUAL_TEXT(told_by(register_one, 0), "c");
}

static int
register_and_sleep(void *arg)
{
	if (mp_atexit(0, write_letter, "f"))
		return 1;
	gate_open(arg);
	return sleep_forever(NULL);
}
TRAVELS(register_and_sleep, sizeof(struct gate), ALL_DESCRIPTORS);

ROW("reap.2/killed", 1, "a process that a signal ends runs nothing of its exit order", TIDY)
{
	struct gate ready;
	int fds[2];

	OK(mp_pipe_cloexec(fds));
	row_out = fds[1];
	gate_init(&ready);
	struct mp_process *p = started(register_and_sleep, &ready, NULL);
	mp_close(&fds[1]);
	gate_wait(&ready);
	OK(mp_process_terminate(p));
	EQUAL(finished(p), -SIGTERM);
	EQUAL_TEXT(read_to_end(fds[0]), "");
	mp_close(&fds[0]);
	gate_release(&ready);
}

/* --- reap.3: who may have children ------------------------------------------------------------------- */

static int
start_a_child(void *arg)
{
	struct mp_process_options no_daemon = {.daemon = MP_DAEMON_NO};
	struct mp_process *p;

	(void)arg;
	if (make_process(&p, return_number, &six, &no_daemon))
		return 1;
	int error = mp_process_start(p);
	int pid = mp_process_pid(p);
	mp_process_free(p);
	return error == MP_DAEMONIC && pid == 0 ? 0 : 2;
}
TRAVELS(start_a_child, 0, 0);

/* 9 */
ROW("reap.3/daemonic", 2, "a daemon may have no children, not even one that is no daemon",
    .graph = "exactly 2 processes; every child reaped by its parent")
{
	EQUAL(finished(started(
		  start_a_child, NULL, &(struct mp_process_options){.daemon = MP_DAEMON_YES})),
	    0);
}

ROW("reap.3/reaps", 1, "starting a child reaps those that have ended", TIDY,
    NO_FORKSERVER(THE_SERVERS))
{
	struct mp_process *first = started(return_number, &six, NULL);
	pid_t pid = mp_process_pid(first);

	await_death(first);
	EQUAL(state_of(pid), 'Z');
	struct mp_process *second = started(return_number, &zero, NULL);
	EQUAL(state_of(pid), 0);
	EQUAL(finished(first), 6);
	EQUAL(finished(second), 0);
}

/* Those that the kernel knows of, alive or zombies; the last one's pid in *last. */
static int
list_kernel(pid_t *last)
{
	int count = 0;
	FILE *children = fopen("/proc/thread-self/children", "re");

	TRUE(children != NULL, "the kernel lists the children");
	while (fscanf(children, "%d", last) == 1)
		count++;
	fclose(children);
	return count;
}

ROW("reap.3/crowd", 1, "two hundred children come and go, and no zombie is kept", TIDY,
    NO_FORKSERVER(THE_SERVERS))
{
	pid_t pid;

	for (int i = 0; i < 200; i++) {
		struct mp_process *p = started(return_number, &zero, NULL);
		await_death(p);
		mp_process_free(p); /* never joined */
		if (i % 50 == 49)
			EQUAL(list_kernel(&pid), 1 + HELPERS);
	}
	EQUAL(mp_active_children(NULL, 0), 0);
	helpers_end();
	int status;
	EQUAL(reap_any(&status), -1);
}

/* --- reap.4: orphans, and the cure --------------------------------------------------------------------- */

struct line {
	int report[2], question[2];
	struct mp_process_options child; /* how the middle makes the last */
};
#define LINE_DESCRIPTORS (DESCRIPTORS(struct line, report) | DESCRIPTORS(struct line, question))

/* The last of the line: says that it lives, again when asked, and holds the pipe meanwhile. */
static int
be_last(void *arg)
{
	struct line *line = arg;

	mp_close(&line->report[0]);
	tell(line->report[1], 'l');
	tell(line->report[1], read_byte(line->question[0]));
	return sleep_forever(NULL);
}
TRAVELS(be_last, sizeof(struct line), LINE_DESCRIPTORS);

static int
be_middle(void *arg)
{
	struct line *line = arg;
	struct mp_process *p;

	mp_close(&line->report[0]);
	if (make_process(&p, be_last, line, &line->child) || mp_process_start(p))
		return 1;
	/* Or this process would hold the pipe, too, and its end would say nothing. */
	mp_close(&line->report[1]);
	return sleep_forever(NULL);
}
TRAVELS(be_middle, sizeof(struct line), LINE_DESCRIPTORS);

/* Three generations; the middle has been ended by `end`, and reaped. */
static void
break_line(struct line *line, const struct mp_process_options *middle,
    int (*end)(struct mp_process *), int expected)
{
	adopt_orphans();
	OK(mp_pipe_cloexec(line->report));
	OK(mp_pipe_cloexec(line->question));
	struct mp_process *p = started(be_middle, line, middle);
	mp_close(&line->report[1]);
	EQUAL(read_byte(line->report[0]), 'l');
	await_sleep(mp_process_pid(p)); /* the middle has come back from start */
	OK(end(p));
	EQUAL(finished(p), expected);
}

static void
close_line(struct line *line)
{
	mp_close(&line->report[0]);
	mp_close(&line->question[0]);
	mp_close(&line->question[1]);
}

/* What became of the last: it was adopted here, and this ended it. */
static int
fate_of_last(struct line *line)
{
	int status = 0;

	EQUAL_TEXT(read_to_end(line->report[0]), ""); /* it is gone: the pipe is at its end */
	TRUE(reap_any(&status) > 0, "the orphan has been adopted here");
	close_line(line);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

/* The last still lives, though its parent is dead: end it, as the process that adopted it. */
static void
end_survivor(struct line *line)
{
	int pid = 0, status;

	EQUAL(list_kernel(&pid), 1 + HELPERS);
	tell(line->question[1], 'y');
	EQUAL(read_byte(line->report[0]), 'y'); /* a signal of its parent's death came before */
	EQUAL(kill(pid, SIGKILL), 0);
	EQUAL(reap_any(&status), pid);
	close_line(line);
}

/* The last dies in the moment of its parent's death: which was first cannot always be seen. */
#define TWO_DEATHS "zombie"

ROW("reap.4/orphaned", 1, "without the option, the child of a terminated process lives on",
    .seconds = 2, .graph = "nothing left", NO_FORKSERVER(NO_ORPHAN))
{
	struct line line = {0};

	break_line(&line, NULL, mp_process_terminate, -SIGTERM);
	end_survivor(&line);
}

ROW("reap.4/terminated", 2, "with a death signal the grandchild dies with its parent", .seconds = 2,
    .graph = "nothing left", .owes = TWO_DEATHS, NO_FORKSERVER(NO_ORPHAN))
{
	struct line line = {.child = {.death_signal = SIGKILL}};

	break_line(&line, NULL, mp_process_terminate, -SIGTERM);
	EQUAL(fate_of_last(&line), -SIGKILL);
}

ROW("reap.4/killed", 1, "also a daemon, also when its parent is killed by SIGKILL", .seconds = 2,
    .graph = "nothing left", .owes = TWO_DEATHS, NO_FORKSERVER(NO_ORPHAN))
{
	struct line line = {.child = {.death_signal = SIGTERM, .daemon = MP_DAEMON_YES}};

	break_line(&line, NULL, mp_process_kill, -SIGKILL);
	EQUAL(fate_of_last(&line), -SIGTERM);
}

ROW("reap.4/inherited", 1, "a death signal goes on to the children's children", .seconds = 2,
    .graph = "nothing left", .owes = TWO_DEATHS, NO_FORKSERVER(NO_ORPHAN))
{
	struct line line = {0};

	break_line(&line, &(struct mp_process_options){.death_signal = SIGUSR1}, mp_process_kill,
	    -SIGKILL);
	EQUAL(fate_of_last(&line), -SIGUSR1);
}

ROW("reap.4/none", 1, "MP_NO_SIGNAL ends the inheritance", .seconds = 2, .graph = "nothing left",
    NO_FORKSERVER(NO_ORPHAN))
{
	struct line line = {.child = {.death_signal = MP_NO_SIGNAL}};

	break_line(&line, &(struct mp_process_options){.death_signal = SIGUSR1}, mp_process_kill,
	    -SIGKILL);
	end_survivor(&line);
}

static int
obey_the_dead(void *arg)
{
	mp__obey_parent(SIGUSR2, *(int *)arg);
	return 0;
}

ROW("reap.4/late", 2, "a parent that was dead before the child could ask counts as dying", TIDY,
    NO_CHILD(NO_START))
{
	pid_t pid = forked(return_number, &zero);
	int dead = pidfd_open(pid, 0), alive = pidfd_open(getpid(), 0);

	waited(pid);
	EQUAL(WTERMSIG(waited(forked(obey_the_dead, &dead))), SIGUSR2);
	EQUAL(waited(forked(obey_the_dead, &alive)), 0);
	mp_close(&dead);
	mp_close(&alive);
}

/* A pidfd of the process that dies while another is in prctl; -1: none does. */
static int dying = -1;

/* Called instead of the C library's: the worst that can happen happens first. */
int
prctl(int option, ...)
{
	unsigned long argument[4];
	va_list list;

	va_start(list, option);
	for (int i = 0; i < 4; i++)
		argument[i] = va_arg(list, unsigned long);
	va_end(list);
	if (option == PR_SET_PDEATHSIG && dying >= 0) {
		struct pollfd fd = {.fd = dying, .events = POLLIN};
		pidfd_send_signal(dying, SIGKILL, NULL, 0);
		(void)!mp_poll(&fd, 1, MP_NEVER);
	}
	return (int)syscall(SYS_prctl, option, argument[0], argument[1], argument[2], argument[3]);
}

ROW("reap.4/between", 1, "a parent that dies just before the kernel is asked counts as dying", TIDY,
    NO_CHILD(NO_START))
{
	struct gate gate;

	gate_init(&gate);
	pid_t parent = forked(wait_at_gate, &gate);
	dying = pidfd_open(parent, 0);
	int status = waited(forked(obey_the_dead, &dying));
	gate_open(&gate);
	/* Who asks the kernel in another way is not caught between, and nothing is shown. */
	if (WIFSIGNALED(waited(parent)))
		EQUAL(WTERMSIG(status), SIGUSR2);
	mp_close(&dying);
	gate_release(&gate);
}

/* --- reap.5: the post-mortem ----------------------------------------------------------------------------- */

/* How its post-mortem begins, after the pid; p is freed. */
static const char *
why(struct mp_process *p)
{
	static char text[256];
	char prefix[32];
	struct mp_death death;

	OK(mp_process_join(p, MP_FOREVER));
	EQUAL(mp_process_death(p, &death), 1);
	int n = mp_postmortem(&death, text, sizeof(text));
	EQUAL(n, strlen(text));
	snprintf(prefix, sizeof(prefix), "pid %d ", death.pid);
	TRUE(!strncmp(text, prefix, strlen(prefix)), "\"%s\" begins with \"%s\"", text, prefix);
	mp_process_free(p);
	return text + strlen(prefix);
}

ROW("reap.5/exit", 1, "a child that left by itself: with which code", TIDY)
{
	EQUAL_TEXT(why(started(return_number, &zero, NULL)), "ended well: exit code 0");
	EQUAL_TEXT(why(started(return_number, &six, NULL)), "left with exit code 6");
}

ROW("reap.5/sent", 1, "a signal that this program sent is told from one that it did not", TIDY)
{
	struct mp_process *ours = started(sleep_forever, NULL, NULL);
	struct mp_process *theirs = started(sleep_forever, NULL, NULL);

	OK(mp_process_kill(ours));
	EQUAL(kill(mp_process_pid(theirs), SIGKILL), 0);
	EQUAL_TEXT(why(ours), "was killed by SIGKILL, which this program sent");
	EQUAL_TEXT(why(theirs), "was killed by SIGKILL: sent by another process");
}

static int
touch_forbidden(void *arg)
{
	*(volatile char *)mmap(NULL, 1, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) = 1;
	(void)arg;
	return 0;
}
TRAVELS(touch_forbidden, 0, 0);

ROW("reap.5/fault", 1, "a crash by the name of its signal, with the reason, and the core", TIDY)
{
	struct mp_death death = {.pid = 7, .status = SIGABRT | WCOREFLAG};
	char text[128];

	EQUAL_TEXT(why(started(touch_forbidden, NULL, NULL)),
	    "was killed by SIGSEGV: it touched memory that it may not touch");
	mp_postmortem(&death, text, sizeof(text));
	TRUE(strstr(text, "SIGABRT") && strstr(text, "core dumped"), "\"%s\" says both", text);
}

static int
spin(void *arg)
{
	setrlimit(RLIMIT_CPU, arg);
	for (volatile int i = 0;; i++)
		;
	return 0;
}
TRAVELS(spin, sizeof(struct rlimit), 0);

ROW("reap.5/cpu", 2, "CPU time that is used up, also when it is SIGKILL that says so", TIDY,
    NO_FORKSERVER("what /proc said of it is gone when the server has reaped it"))
{
	struct rlimit soft = {0, 5}, hard = {0, 0}; /* 0: at the next tick of the clock */

	const char *text = why(started(spin, &soft, NULL));
	TRUE(strstr(text, "CPU time") && strstr(text, "SIGXCPU"), "\"%s\" says why", text);
	text = why(started(spin, &hard, NULL));
	TRUE(strstr(text, "CPU time") && strstr(text, "SIGKILL"), "\"%s\" says why", text);
}

ROW("reap.5/memory", 1, "a SIGKILL from nobody while the OOM killer struck: memory",
    NO_CHILD(NO_START))
{
	struct mp_death death = {.pid = 7, .status = SIGKILL, .oom_kills = 2};
	char text[160];

	death.last.cpu_limit = MP_FOREVER;
	mp_postmortem(&death, text, sizeof(text));
	TRUE(strstr(text, "memory") && strstr(text, "2 times"), "\"%s\" says why", text);
	death.sent = SIGKILL; /* but then it was we who sent it */
	mp_postmortem(&death, text, sizeof(text));
	TRUE(!strstr(text, "memory"), "\"%s\" does not claim what is not known", text);
}

static int
stop_myself(void *arg)
{
	raise(SIGSTOP);
	return *(int *)arg;
}
TRAVELS(stop_myself, sizeof(int), 0);

ROW("reap.5/stopped", 1, "a child that is stopped is not dead, and what lets it go on", TIDY,
    NO_FORKSERVER(THE_SERVERS))
{
	struct mp_process *p = started(stop_myself, &six, NULL);
	struct mp_death death = {.pid = mp_process_pid(p)};
	char text[160];

	EQUAL(waitpid(death.pid, &death.status, WUNTRACED), death.pid);
	mp_postmortem(&death, text, sizeof(text));
	TRUE(strstr(text, "stopped by SIGSTOP") && strstr(text, "SIGCONT"), "\"%s\" says so", text);
	EQUAL(mp_process_is_alive(p), 1);
	EQUAL(kill(death.pid, SIGCONT), 0);
	EQUAL(finished(p), 6);
}

ROW("reap.5/short", 1, "a text that does not fit is cut and terminated, its length is told",
    NO_CHILD(NO_START))
{
	struct mp_death death = {.pid = 7, .status = W_EXITCODE(3, 0)};
	char text[11] = "..........";

	EQUAL(mp_postmortem(&death, text, sizeof(text)), strlen("pid 7 left with exit code 3"));
	EQUAL_TEXT(text, "pid 7 left");
}

/* --- reap.6: daemonize ------------------------------------------------------------------------------------- */

struct daemon_plan {
	struct mp_daemon_options options;
	int report[2];
	int (*daemon)(struct daemon_plan *plan);
	struct gate end; /* the daemon ends when its caller is gone, and so all between */
	pid_t session;	 /* of the caller */
	bool crossed; /* the caller's stdout becomes the daemon's stderr, and the other way round */
	int keep[3];
};

/* The caller: leaves within mp_daemonize; the daemon comes back from it and goes on. */
static int
call_daemonize(void *arg)
{
	struct daemon_plan *plan = arg;

	mp_close(&plan->report[0]);
	plan->session = getsid(0);
	plan->keep[0] = fcntl(plan->report[1], F_DUPFD_CLOEXEC, 60); /* high before low */
	plan->keep[1] = plan->report[1];
	plan->options.keep = plan->keep;
	plan->keep[2] = plan->end.fds[0];
	plan->options.keep_count = 3;
	if (plan->crossed) {
		dup2(plan->options.out, STDERR_FILENO);
		dup2(plan->options.err, STDOUT_FILENO);
		plan->options.out = STDERR_FILENO;
		plan->options.err = STDOUT_FILENO;
	} else {
		printf("the caller's"); /* and no word of the daemon's */
	}
	int error = mp_daemonize(&plan->options);
	if (error) {
		dprintf(plan->report[1], "error %s", mp_error_name(error));
		return 9;
	}
	gate_wait(&plan->end);
	mp_exit(plan->daemon(plan));
}

/* Make a daemon, and wait until its caller has left. */
static void
make_daemon(struct daemon_plan *plan, int caller_status)
{
	adopt_orphans();
	gate_init(&plan->end);
	OK(mp_pipe_cloexec(plan->report));
	pid_t caller = forked(call_daemonize, plan);
	mp_close(&plan->report[1]);
	EQUAL(WEXITSTATUS(waited(caller)), caller_status);
	gate_open(&plan->end);
	gate_release(&plan->end);
}

/* What a daemon wrote, when it has ended and is reaped. */
static const char *
told_by_daemon(struct daemon_plan *plan, int caller_status)
{
	int status = 0;

	make_daemon(plan, caller_status);
	const char *text = read_to_end(plan->report[0]);
	mp_close(&plan->report[0]);
	if (caller_status == 0)
		TRUE(reap_any(&status) > 0 && status == 0, "the daemon is an orphan, adopted here");
	return text;
}

static int
tell_about_itself(struct daemon_plan *plan)
{
	char directory[64];
	mode_t mask = umask(0);
	struct rlimit core;
	int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC);

	getrlimit(RLIMIT_CORE, &core);
	dprintf(plan->report[1], "session %s, leader %d, terminal %s, in %s, umask %o, core %s",
	    getsid(0) == plan->session ? "old" : "new", getsid(0) == getpid(),
	    terminal < 0 ? "no" : "yes", getcwd(directory, sizeof(directory)), mask,
	    core.rlim_max ? "yes" : "no");
	return 0;
}

ROW("reap.6/detached", 2, "a daemon leads no session, has no terminal, is in /, umask 0, no core",
    .graph = "nothing left", NO_CHILD(NO_START))
{
	struct daemon_plan plan = {.daemon = tell_about_itself};

	EQUAL_TEXT(
	    told_by_daemon(&plan, 0), "session new, leader 0, terminal no, in /, umask 0, core no");
}

ROW("reap.6/options", 1, "working directory, umask and core dumps are as asked for",
    .graph = "nothing left", NO_CHILD(NO_START))
{
	struct daemon_plan plan = {
	    .daemon = tell_about_itself,
	    .options = {.working_directory = "/tmp", .umask = 027, .core = true},
	};
	struct rlimit core;
	char expected[64];
	const char *text = told_by_daemon(&plan, 0);

	getrlimit(RLIMIT_CORE, &core);
	snprintf(
	    expected, sizeof(expected), "in /tmp, umask 27, core %s", core.rlim_max ? "yes" : "no");
	TRUE(strstr(text, expected), "\"%s\" says \"%s\"", text, expected);
}

static int
tell_descriptors(struct daemon_plan *plan)
{
	for (int fd = 0; fd < 64; fd++) {
		char path[32], target[64] = "";
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		if (fcntl(fd, F_GETFD) < 0)
			continue;
		(void)!readlink(path, target, sizeof(target) - 1);
		bool kept = false;
		for (size_t i = 0; i < plan->options.keep_count; i++)
			kept |= fd == plan->keep[i];
		dprintf(plan->report[1], "%s ", kept ? "kept" : target);
	}
	return 0;
}

ROW("reap.6/descriptors", 2, "a daemon holds /dev/null three times, what it kept, nothing else",
    .graph = "nothing left", NO_CHILD(NO_START))
{
	struct daemon_plan plan = {.daemon = tell_descriptors};
	int high = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 40);

	EQUAL_TEXT(told_by_daemon(&plan, 0), "/dev/null /dev/null /dev/null kept kept kept ");
	mp_close(&high);
}

/* The text of a small file; "" if there is none. */
static const char *
text_of(const char *path)
{
	static char text[64];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : mp_read_all(fd, text, sizeof(text) - 1);

	mp_close(&fd);
	text[n > 0 ? n : 0] = '\0';
	return text;
}

static int
speak(struct daemon_plan *plan)
{
	(void)plan;
	printf("out");
	fflush(stdout);
	fprintf(stderr, "err");
	return 0;
}

ROW("reap.6/streams", 1, "the streams of a daemon are the descriptors that it is given",
    .graph = "nothing left", NO_CHILD(NO_START))
{
	struct daemon_plan plan = {.daemon = speak};
	int fds[2];

	OK(mp_pipe_cloexec(fds));
	plan.options.out = plan.options.err = fds[1];
	EQUAL_TEXT(told_by_daemon(&plan, 0), "");
	mp_close(&fds[1]);
	EQUAL_TEXT(read_to_end(fds[0]), "outerr");
	mp_close(&fds[0]);
}

ROW("reap.6/crossed", 1, "stdout and stderr may be exchanged", .graph = "nothing left",
    NO_CHILD(NO_START))
{
	struct daemon_plan plan = {.daemon = speak, .crossed = true};
	int one[2], two[2];

	OK(mp_pipe_cloexec(one));
	OK(mp_pipe_cloexec(two));
	plan.options.out = one[1];
	plan.options.err = two[1];
	EQUAL_TEXT(told_by_daemon(&plan, 0), "");
	mp_close(&one[1]);
	mp_close(&two[1]);
	EQUAL_TEXT(read_to_end(one[0]), "out");
	EQUAL_TEXT(read_to_end(two[0]), "err");
	mp_close(&one[0]);
	mp_close(&two[0]);
}

static int
tell_pidfile(struct daemon_plan *plan)
{
	char text[32] = "", here[32];
	FILE *file = fopen(getenv("PIDFILE"), "re");
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	/* Another process must ask: fcntl never tells a process of its own locks, and closing
	 * the file would drop them. */
	pid_t pid = fork();
	if (pid == 0) {
		snprintf(here, sizeof(here), "%d\n", getppid());
		bool right = file && fgets(text, sizeof(text), file) && !strcmp(text, here) &&
			     fcntl(fileno(file), F_GETLK, &lock) == 0 && lock.l_type == F_WRLCK &&
			     lock.l_pid == getppid();
		dprintf(plan->report[1], right ? "right" : "wrong: %s", text);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	return 0;
}

ROW("reap.6/pidfile", 2, "the pidfile holds the pid, is locked by it, and removed at the end",
    .graph = "nothing left", NO_CHILD(NO_START))
{
	struct daemon_plan plan = {.daemon = tell_pidfile, .options.pidfile = "daemon.pid"};
	char directory[256], path[300];

	TRUE(getcwd(directory, sizeof(directory)) != NULL, "there is a working directory");
	snprintf(path, sizeof(path), "%s/daemon.pid", directory);
	setenv("PIDFILE", path, 1);
	EQUAL_TEXT(told_by_daemon(&plan, 0), "right");
	EQUAL(access("daemon.pid", F_OK), -1); /* removed, though the daemon had gone to / */
}

static int
tell_and_wait(struct daemon_plan *plan)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%d.", getpid());
	(void)!mp_write_all(plan->report[1], pid, strlen(pid));
	return sleep_forever(NULL);
}

/* A daemon that runs; its pid. The reading end stays open. */
static pid_t
running_daemon(struct daemon_plan *plan)
{
	char text[16] = "";

	make_daemon(plan, 0);
	for (size_t i = 0; i + 1 < sizeof(text); i++)
		if ((text[i] = read_byte(plan->report[0])) == '.')
			break;
	return atoi(text);
}

/* A daemon that fails may end before the process between it and its caller has left. */
#define IN_BETWEEN "zombie"

ROW("reap.6/second", 2, "a second daemon on one pidfile is refused, and its caller goes on",
    .seconds = 2, .graph = "nothing left", .owes = IN_BETWEEN, NO_CHILD(NO_START))
{
	struct daemon_plan first = {.daemon = tell_and_wait, .options.pidfile = "daemon.pid"};
	struct daemon_plan second = {.daemon = tell_about_itself, .options.pidfile = "daemon.pid"};
	pid_t pid = running_daemon(&first);
	int status;

	EQUAL_TEXT(told_by_daemon(&second, 9), "error MP_PIDFILE_LOCKED");
	TRUE(reap_any(&status) != pid, "the refused daemon has ended, the first has not");
	EQUAL(atoi(text_of("daemon.pid")), pid);
	EQUAL(kill(pid, SIGKILL), 0);
	EQUAL(reap_any(&status), pid);
	mp_close(&first.report[0]);
	unlink("daemon.pid");
}

/* Also when its pid is by now that of somebody else who lives: here, of the row itself. */
ROW("reap.6/stale", 1, "a pidfile whose daemon was killed is taken over", .graph = "nothing left",
    NO_CHILD(NO_START))
{
	struct daemon_plan first = {.daemon = tell_and_wait, .options.pidfile = "daemon.pid"};
	struct daemon_plan second = {.daemon = tell_pidfile, .options.pidfile = "daemon.pid"};
	char directory[256], path[300];
	pid_t pid = running_daemon(&first);
	int status;

	EQUAL(kill(pid, SIGKILL), 0);
	EQUAL(reap_any(&status), pid);
	mp_close(&first.report[0]);
	int file = open("daemon.pid", O_WRONLY | O_TRUNC | O_CLOEXEC);
	TRUE(dprintf(file, "%d\n", getpid()) > 0, "the killed daemon has left its pidfile");
	mp_close(&file);
	TRUE(getcwd(directory, sizeof(directory)) != NULL, "there is a working directory");
	snprintf(path, sizeof(path), "%s/daemon.pid", directory);
	setenv("PIDFILE", path, 1);
	EQUAL_TEXT(told_by_daemon(&second, 0), "right");
}

ROW("reap.6/error", 2, "a daemon that cannot be is told to the caller, and leaves nothing",
    .graph = "nothing left", .owes = IN_BETWEEN, NO_CHILD(NO_START))
{
	struct daemon_plan plan = {
	    .daemon = tell_about_itself,
	    .options = {.working_directory = "/does/not/exist", .pidfile = "daemon.pid"},
	};

	EQUAL_TEXT(told_by_daemon(&plan, 9), "error ENOENT");
	/* The daemon that could not be is ours to reap: wait until it has cleaned up. */
	int status;
	TRUE(reap_any(&status) > 0, "the failed daemon has ended");
	EQUAL(access("daemon.pid", F_OK), -1);
}
