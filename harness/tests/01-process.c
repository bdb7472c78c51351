/* SPDX-License-Identifier: MIT */
/*
 * Rows of 01-process: Process over fork. The numbers in comments are CPython's behaviours
 * that a row answers to (docs/behaviours.md).
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <sys/pidfd.h>
#include <sys/resource.h>
#include <sys/time.h>

#include "common.h"

STAGE("Process over fork")

#define TIDY .graph = "every child reaped by its parent; no kill after reap; nothing left"

/* Why rows make no sense by every start method. */
#define NO_START    "it starts no child"
#define A_STRANGER  "an object in its parent's memory is nothing to a spawned child"
#define THE_SERVERS "the child is the server's: it reaps it, and fetches the status"

static int six = 6, zero = 0;

/* --- process.1: the object ---------------------------------------------------------------------- */

/* 1 */
ROW("process.1/unborn", 1, "before start there is nothing to ask: no pid, no code, not alive")
{
	struct mp_process *p = made(return_number, &zero, NULL);
	int code = 77;

	EQUAL(mp_process_pid(p), 0);
	EQUAL(mp_process_is_alive(p), 0);
	EQUAL(mp_process_exitcode(p, &code), 0);
	EQUAL(code, 77);
	FAILS(mp_process_sentinel(p), MP_NOT_STARTED);
	FAILS(mp_process_join(p, 0), MP_NOT_STARTED);
	mp_process_free(p);
}

static int
name_of_a_child(void *arg)
{
	struct mp_process *p = made(return_number, &zero, NULL);

	(void)arg;
	return strcmp(mp_process_name(p), "Process-2:1");
}
TRAVELS(name_of_a_child, 0, 0);

ROW("process.1/names", 1, "names are counted, Process-1, and in a child Process-2:1", TIDY)
{
	char mine[] = "worker";
	struct mp_process *first = made(return_number, &zero, NULL);
	struct mp_process *second = made(name_of_a_child, NULL, NULL);
	struct mp_process *third =
	    made(return_number, &zero, &(struct mp_process_options){.name = mine});

	strcpy(mine, "xxxxxx");
	EQUAL_TEXT(mp_process_name(first), "Process-1");
	EQUAL_TEXT(mp_process_name(second), "Process-2");
	EQUAL_TEXT(mp_process_name(third), "worker");
	OK(mp_process_set_name(first, "first"));
	EQUAL_TEXT(mp_process_name(first), "first");
	OK(mp_process_start(second));
	EQUAL(finished(second), 0);
	mp_process_free(first);
	mp_process_free(third);
}

static int
flag_of_a_child(void *arg)
{
	struct mp_process *p = made(return_number, &zero, NULL);

	(void)arg;
	return mp_process_daemon(p);
}
TRAVELS(flag_of_a_child, 0, 0);

/* 10 */
ROW("process.1/daemon", 1, "the daemon flag is the creator's, and can be set until start", TIDY)
{
	struct mp_process *p = made(return_number, &zero, NULL);
	struct mp_process *daemon =
	    made(flag_of_a_child, NULL, &(struct mp_process_options){.daemon = MP_DAEMON_YES});

	EQUAL(mp_process_daemon(p), false);
	OK(mp_process_set_daemon(p, true));
	EQUAL(mp_process_daemon(p), true);
	OK(mp_process_start(daemon));
	FAILS(mp_process_set_daemon(daemon, false), MP_STARTED);
	EQUAL(finished(daemon), 1);
	mp_process_free(p);
}

ROW("process.1/references", 1, "an object lives as long as its last owner; a child, too", TIDY)
{
	struct gate gate;
	gate_init(&gate);
	struct mp_process *p = started(wait_at_gate, &gate, NULL);
	struct mp_process *again = mp_process_ref(p);
	struct mp_process *list[1];

	mp_process_free(again);
	EQUAL(mp_process_is_alive(p), 1);
	mp_process_free(p); /* the last handle of ours, and the child still runs */
	EQUAL(mp_active_children(list, 1), 1);
	gate_open(&gate);
	EQUAL(finished(list[0]), 0);
	mp_process_free(NULL);
	gate_release(&gate);
}

ROW("process.1/invalid", 1, "a death signal that is no signal is refused")
{
	struct mp_process *p = NULL;

	FAILS(make_process(
		  &p, return_number, &zero, &(struct mp_process_options){.death_signal = 999}),
	    MP_INVALID);
	TRUE(p == NULL, "a failed call leaves its out-parameter untouched");
}

/* --- process.2: start ------------------------------------------------------------------------------ */

static int
change_and_tell(void *arg)
{
	six = 600;
	return *(int *)arg == 600 && getpid() != getppid() ? 42 : 1;
}

/* 2, 3 */
ROW("process.2/runs", 2, "the target runs in another process, on a copy of the memory", TIDY,
    FORK_ONLY("a spawned child has no copy of the memory (spawn.4/child)"))
{
	struct mp_process *p = started(change_and_tell, &six, NULL);

	TRUE(mp_process_pid(p) > 0 && mp_process_pid(p) != getpid(), "the child has its own pid");
	EQUAL(joined(p), 42);
	EQUAL(six, 6);
	mp_process_free(p);
}

ROW("process.2/flushes", 2, "what is buffered when a child starts is written once", TIDY)
{
	int fds[2];
	OK(mp_pipe_cloexec(fds));
	FILE *out = fdopen(fds[1], "w");

	fprintf(out, "once");
	EQUAL(finished(started(return_number, &zero, NULL)), 0);
	fclose(out);
	EQUAL_TEXT(read_to_end(fds[0]), "once");
	mp_close(&fds[0]);
}

static int
print_in_child(void *arg)
{
	fprintf(fdopen(*(int *)arg, "w"), "from the child");
	return 0;
}
TRAVELS(print_in_child, sizeof(int), ALL_DESCRIPTORS);

ROW("process.2/child-flushes", 1, "what a child has buffered when its target returns is written",
    TIDY)
{
	int fds[2];
	OK(mp_pipe_cloexec(fds));

	EQUAL(finished(started(print_in_child, &fds[1], NULL)), 0);
	mp_close(&fds[1]);
	EQUAL_TEXT(read_to_end(fds[0]), "from the child");
	mp_close(&fds[0]);
}

/* 7 */
ROW("process.2/twice", 1, "an object starts one process: the second start is refused", TIDY)
{
	struct mp_process *p = started(return_number, &zero, NULL);

	FAILS(mp_process_start(p), MP_STARTED);
	EQUAL(joined(p), 0);
	FAILS(mp_process_start(p), MP_STARTED);
	mp_process_free(p);
}

static int
start_anothers(void *arg)
{
	return mp_process_start(arg) == MP_NOT_PARENT ? 0 : 1;
}

ROW("process.2/stranger", 1, "only the process that made an object may start it", TIDY,
    FORK_ONLY(A_STRANGER))
{
	struct mp_process *made_here = made(return_number, &zero, NULL);

	EQUAL(finished(started(start_anothers, made_here, NULL)), 0);
	FAILS(mp_process_start(mp_current_process()), MP_NOT_PARENT);
	mp_process_free(made_here);
}

static int
read_stdin(void *arg)
{
	(void)arg;
	return getchar() == EOF && feof(stdin) ? 0 : 1;
}
TRAVELS(read_stdin, 0, 0);

/* 20 */
ROW("process.2/stdin", 2, "a child's stdin is at its end, and the parent's loses nothing", TIDY)
{
	char line[16];
	int file = open("lines", O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	unlink("lines");
	OK(mp_write_all(file, "one\ntwo\nthree\n", 14));
	EQUAL(lseek(file, 0, SEEK_SET), 0);
	EQUAL(dup2(file, STDIN_FILENO), STDIN_FILENO);
	mp_close(&file);
	EQUAL_TEXT(fgets(line, sizeof(line), stdin), "one\n");
	off_t before = lseek(STDIN_FILENO, 0, SEEK_CUR);
	EQUAL(finished(started(read_stdin, NULL, NULL)), 0);
	EQUAL(lseek(STDIN_FILENO, 0, SEEK_CUR), before);
	EQUAL_TEXT(fgets(line, sizeof(line), stdin), "two\n");
}

static int
close_stdout(void *arg)
{
	(void)arg;
	close(STDOUT_FILENO);
	printf("nobody reads this");
	return 0;
}
TRAVELS(close_stdout, 0, 0);

/* 22 */
ROW("process.2/closed-stdout", 1, "a child that has closed its stdout still leaves with 0", TIDY)
{
	EQUAL(finished(started(close_stdout, NULL, NULL)), 0);
}

static int
has_descriptor(void *arg)
{
	return fcntl(*(int *)arg, F_GETFD) >= 0 ? 0 : 1;
}

/* 19 */
ROW("process.2/descriptors", 1, "over fork a child has every descriptor that its parent has", TIDY,
    FORK_ONLY("a spawned child has only what it is given (spawn.4/descriptors)"))
{
	int high = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 200);

	EQUAL(finished(started(has_descriptor, &high, NULL)), 0);
	mp_close(&high);
}

static int
start_a_child(void *arg)
{
	struct mp_process *p = made(return_number, &zero, NULL);
	int error = mp_process_start(p);

	(void)arg;
	mp_process_free(p);
	return error == MP_DAEMONIC ? 0 : 1;
}
TRAVELS(start_a_child, 0, 0);

/* 9 */
ROW("process.2/family", 1, "start asks the family: no child for a daemon, and the dead are reaped",
    TIDY)
{
	struct mp_process_options daemon = {.daemon = MP_DAEMON_YES};
	struct mp_process *first = started(start_a_child, NULL, &daemon);

	await_death(first);
	struct mp_process *second = started(return_number, &six, NULL);
	EQUAL(state_of(mp_process_pid(first)), 0);
	EQUAL(finished(first), 0);
	EQUAL(finished(second), 6);
}

/* The signal that this process will get when its parent dies. */
static int
death_signal(void *arg)
{
	int signal = 0;

	(void)arg;
	prctl(PR_GET_PDEATHSIG, &signal);
	return signal;
}
TRAVELS(death_signal, 0, 0);

static int
death_signal_of_a_child(void *options)
{
	struct mp_process *p = made(death_signal, NULL, options);

	return mp_process_start(p) ? 255 : finished(p);
}
TRAVELS(death_signal_of_a_child, sizeof(struct mp_process_options), 0);

ROW("process.2/death-signal", 1, "a child asks for its death signal: its own, or its creator's",
    TIDY, NO_FORKSERVER("it is the server that sends it (spawn.5/death-signal)"))
{
	struct mp_process_options usr1 = {.death_signal = SIGUSR1};
	struct mp_process_options none = {.death_signal = MP_NO_SIGNAL};

	EQUAL(finished(started(death_signal, NULL, NULL)), 0);
	EQUAL(finished(started(death_signal, NULL, &usr1)), SIGUSR1);
	EQUAL(finished(started(death_signal_of_a_child, NULL, &usr1)), SIGUSR1);
	EQUAL(finished(started(death_signal_of_a_child, &none, &usr1)), 0);
}

static int handler_pipe = -1;

static void
tell_exit(void)
{
	tell(handler_pipe, 'x');
}

/* 26 */
ROW("process.2/handlers", 2, "the parent's atexit handlers do not run in a child", TIDY)
{
	int fds[2];

	OK(mp_pipe_cloexec(fds));
	handler_pipe = fds[1];
	EQUAL(atexit(tell_exit), 0);
	EQUAL(finished(started(return_number, &zero, NULL)), 0);
	mp_close(&fds[1]);
	EQUAL_TEXT(read_to_end(fds[0]), "");
	mp_close(&fds[0]);
}

static int
start_without_processes(void *arg)
{
	struct rlimit none = {0, 0}, before;
	struct mp_process *p = made(return_number, &six, NULL);

	(void)arg;
	/* The limit is not enforced for root: be nobody. */
	getrlimit(RLIMIT_NPROC, &before);
	none.rlim_max = before.rlim_max;
	if ((getuid() == 0 && setresuid(65534, 65534, 65534)) || setrlimit(RLIMIT_NPROC, &none))
		return 1;
	if (mp_process_start(p) != -EAGAIN || mp_process_pid(p) != 0)
		return 2;
	setrlimit(RLIMIT_NPROC, &before);
	return mp_process_start(p) ? 3 : joined(p);
}
TRAVELS(start_without_processes, 0, 0);

ROW("process.2/retry", 1, "when there can be no process, start says so and may be tried again",
    TIDY, NO_FORKSERVER("the server makes the process: no limit of ours stops it"))
{
	EQUAL(finished(started(start_without_processes, NULL, NULL)), 6);
}

/* 17 */
ROW("process.2/hundred", 2, "a hundred children at a time all end with 0", TIDY)
{
	struct mp_process *p[100];
	struct gate gate;

	gate_init(&gate);
	for (int i = 0; i < 100; i++)
		p[i] = started(wait_at_gate, &gate, NULL);
	gate_open(&gate);
	for (int i = 0; i < 100; i++)
		EQUAL(finished(p[i]), 0);
	gate_release(&gate);
}

struct tree {
	int depth, out;
	char path[16];
};

static int
grow(void *arg)
{
	struct tree *t = arg;

	(void)!mp_write_all(t->out, t->path, strlen(t->path));
	tell(t->out, ' ');
	for (int i = 0; t->depth > 0 && i < 2; i++) {
		struct tree next = {t->depth - 1, t->out, ""};
		snprintf(next.path, sizeof(next.path), "%.4s%d", t->path, i);
		struct mp_process *p;
		if (make_process(&p, grow, &next, NULL) || mp_process_start(p) ||
		    mp_process_join(p, MP_FOREVER))
			return 1;
		mp_process_free(p);
	}
	return 0;
}
TRAVELS(grow, sizeof(struct tree), DESCRIPTORS(struct tree, out));

/* 16 */
ROW("process.2/tree", 2, "children have children: a tree joined in order arrives in order",
    .graph = "every child reaped by its parent; exactly 8 processes; at most 4 alive")
{
	int fds[2];
	OK(mp_pipe_cloexec(fds));
	struct tree root = {2, fds[1], ":"};

	EQUAL(finished(started(grow, &root, NULL)), 0);
	mp_close(&fds[1]);
	EQUAL_TEXT(read_to_end(fds[0]), ": :0 :00 :01 :1 :10 :11 ");
	mp_close(&fds[0]);
}

/* --- process.3: join and the sentinel ---------------------------------------------------------------- */

ROW("process.3/waits", 1, "join returns when the child has ended, not before", .seconds = 2, TIDY)
{
	struct gate gate;

	gate_init(&gate);
	struct mp_process *p = started(wait_at_gate, &gate, NULL);
	FAILS(mp_process_join(p, 0.02), MP_TIMEOUT);
	gate_open(&gate);
	OK(mp_process_join(p, MP_FOREVER));
	EQUAL(mp_process_is_alive(p), 0);
	OK(mp_process_join(p, MP_FOREVER)); /* and again, at once */
	mp_process_free(p);
	gate_release(&gate);
}

/* 6 */
ROW("process.3/poll", 1, "join(0) and join(-1) look once and return; the child lives on",
    .seconds = 2, TIDY)
{
	struct gate gate;
	gate_init(&gate);
	struct mp_process *p = started(wait_at_gate, &gate, NULL);
	int64_t then = mp_now();

	FAILS(mp_process_join(p, 0), MP_TIMEOUT);
	FAILS(mp_process_join(p, -1), MP_TIMEOUT);
	BETWEEN(since(then), 0, 1);
	EQUAL(mp_process_is_alive(p), 1);
	gate_open(&gate);
	EQUAL(finished(p), 0);
	gate_release(&gate);
}

/* How often this thread has gone to sleep of itself. */
static long
naps(void)
{
	struct rusage usage;

	getrusage(RUSAGE_THREAD, &usage);
	return usage.ru_nvcsw;
}

ROW("process.3/timeout", 1, "join sleeps until its time is over, and gives up", .seconds = 2, TIDY)
{
	struct gate gate;
	gate_init(&gate);
	struct mp_process *p = started(wait_at_gate, &gate, NULL);
	int64_t then = mp_now();
	long before = naps();

	FAILS(mp_process_join(p, 0.2), MP_TIMEOUT);
	BETWEEN(since(then), 0.19, 3);
	/* Not 0, which is to spin; nor a nap for each millisecond. */
	BETWEEN(naps() - before, 1, 15);
	gate_open(&gate);
	EQUAL(finished(p), 0);
	gate_release(&gate);
}

static volatile sig_atomic_t signals_seen;

static void
count_signal(int signal)
{
	(void)signal;
	signals_seen++;
}

struct disturbance {
	pid_t whom;
	int report;
};

/* A signal each time that the parent is asleep: in join, for there is nothing else to wait for. */
static int
disturb(void *arg)
{
	struct disturbance *d = arg;

	for (int i = 0; i < 20; i++) {
		await_sleep(d->whom);
		kill(d->whom, SIGUSR1);
	}
	tell(d->report, 'd'); /* after the last signal, before the end */
	return 5;
}
TRAVELS(disturb, sizeof(struct disturbance), DESCRIPTORS(struct disturbance, report));

/* 25 */
ROW("process.3/signals", 2, "signals that come during join are handled and do not end it",
    .seconds = 2, .graph = "every child reaped by its parent")
{
	struct sigaction action = {.sa_handler = count_signal};
	int fds[2];

	OK(mp_pipe_cloexec(fds));
	struct disturbance d = {getpid(), fds[1]};
	struct pollfd told = {.fd = fds[0], .events = POLLIN};
	EQUAL(sigaction(SIGUSR1, &action, NULL), 0);
	struct mp_process *p = started(disturb, &d, NULL);
	OK(mp_process_join(p, MP_FOREVER));
	EQUAL(mp_poll(&told, 1, mp_deadline(0)), 1);
	TRUE(signals_seen > 0, "at least one signal came (else this row shows nothing)");
	EQUAL(finished(p), 5);
	mp_close(&fds[0]);
	mp_close(&fds[1]);
}

ROW("process.3/deadline", 1, "signals that come during join do not prolong its time", .seconds = 2,
    TIDY)
{
	struct sigaction action = {.sa_handler = count_signal};
	struct itimerval often = {{0, 20000}, {0, 20000}}, never = {0};
	struct gate gate;

	gate_init(&gate);
	EQUAL(sigaction(SIGALRM, &action, NULL), 0);
	struct mp_process *p = started(wait_at_gate, &gate, NULL);
	/* Ten in the time that join has: who begins anew after each will never be done. */
	EQUAL(setitimer(ITIMER_REAL, &often, NULL), 0);
	FAILS(mp_process_join(p, 0.2), MP_TIMEOUT);
	EQUAL(setitimer(ITIMER_REAL, &never, NULL), 0);
	TRUE(signals_seen > 0, "at least one signal came (else this row shows nothing)");
	gate_open(&gate);
	EQUAL(finished(p), 0);
	gate_release(&gate);
}

/* 15 */
ROW("process.3/sentinel", 1, "the sentinel is ready when the child is dead, and not before", TIDY)
{
	struct gate gate;
	gate_init(&gate);
	struct mp_process *p = started(wait_at_gate, &gate, NULL);
	struct pollfd fd = {.fd = OK(mp_process_sentinel(p)), .events = POLLIN};

	EQUAL(mp_poll(&fd, 1, mp_deadline(0.05)), 0);
	gate_open(&gate);
	EQUAL(mp_poll(&fd, 1, mp_deadline(60)), 1);
	EQUAL(mp_process_is_alive(p), 0);
	EQUAL(mp_poll(&fd, 1, mp_deadline(0)), 1); /* also when the status has been fetched */
	TRUE(fd.revents & POLLIN, "the sentinel is still a descriptor, and readable");
	EQUAL(finished(p), 0);
	gate_release(&gate);
}

/* Leave a child behind that holds everything this process holds. */
static int
leave_grandchild(void *arg)
{
	pid_t pid = fork();

	if (pid == 0) {
		gate_wait(arg);
		_exit(0);
	}
	_exit(7);
}
TRAVELS(leave_grandchild, sizeof(struct gate), ALL_DESCRIPTORS);

ROW("process.3/grandchild", 2, "a grandchild that lives on does not hold the sentinel back",
    .seconds = 2, .graph = "nothing left; no zombie")
{
	struct gate gate;
	int status;

	adopt_orphans();
	gate_init(&gate);
	struct mp_process *p = started(leave_grandchild, &gate, NULL);
	OK(mp_process_join(p, 20));
	EQUAL(finished(p), 7);
	gate_open(&gate);
	TRUE(reap_any(&status) > 0 && status == 0, "the grandchild was alive, and is adopted here");
	gate_release(&gate);
}

static int
join_anothers(void *arg)
{
	return mp_process_join(arg, 0) == MP_NOT_PARENT ? 0 : 1;
}

ROW("process.3/stranger", 1, "only the process that started a child may join it", TIDY,
    FORK_ONLY(A_STRANGER))
{
	struct gate gate;
	gate_init(&gate);
	struct mp_process *sibling = started(wait_at_gate, &gate, NULL);

	EQUAL(finished(started(join_anothers, sibling, NULL)), 0);
	FAILS(mp_process_join(mp_current_process(), 0), MP_NOT_PARENT);
	gate_open(&gate);
	EQUAL(finished(sibling), 0);
	gate_release(&gate);
}

/* --- process.4: the status ------------------------------------------------------------------------------- */

ROW("process.4/code", 1, "the exit code is what the target returned, once the child has ended",
    TIDY)
{
	struct gate gate;
	int code = 77, eight = 8, large = 256 + 9;

	gate_init(&gate);
	struct mp_process *p = started(wait_at_gate, &gate, NULL);
	EQUAL(mp_process_exitcode(p, &code), 0);
	EQUAL(code, 77);
	EQUAL(mp_process_is_alive(p), 1);
	gate_open(&gate);
	EQUAL(finished(p), 0);
	EQUAL(finished(started(return_number, &eight, NULL)), 8);
	EQUAL(finished(started(return_number, &large, NULL)), 9);
	gate_release(&gate);
}

static int
die_of(void *arg)
{
	raise(*(int *)arg);
	return 0;
}
TRAVELS(die_of, sizeof(int), 0);

ROW("process.4/signal", 1, "the exit code of a child that a signal ended is minus the signal", TIDY)
{
	int usr1 = SIGUSR1;

	EQUAL(finished(started(die_of, &usr1, NULL)), -SIGUSR1);
}

ROW("process.4/kept", 1, "the status is fetched once and kept: every later answer is the same",
    TIDY, NO_FORKSERVER(THE_SERVERS))
{
	struct mp_process *p = started(return_number, &six, NULL);
	int code = 0;

	await_death(p);
	pid_t pid = mp_process_pid(p);
	EQUAL(state_of(pid), 'Z');
	EQUAL(mp_process_exitcode(p, &code), 1); /* no join: asking is enough */
	EQUAL(state_of(pid), 0);
	for (int i = 0; i < 3; i++) {
		EQUAL(mp_process_exitcode(p, &code), 1);
		EQUAL(code, 6);
		EQUAL(mp_process_is_alive(p), 0);
		EQUAL(mp_process_pid(p), pid);
	}
	mp_process_free(p);
}

ROW("process.4/stolen", 2, "a status that somebody else fetched is told as lost, not as running",
    .seconds = 2, NO_FORKSERVER(THE_SERVERS))
{
	struct mp_process *p = started(return_number, &six, NULL);
	int status, code = 77;

	EQUAL(waitpid(-1, &status, 0), mp_process_pid(p));
	OK(mp_process_join(p, MP_FOREVER));
	EQUAL(mp_process_is_alive(p), 0);
	FAILS(mp_process_exitcode(p, &code), -ECHILD);
	EQUAL(code, 77);
	EQUAL(mp_active_children(NULL, 0), 0);
	mp_process_free(p);
}

ROW("process.4/ignored", 1, "with SIGCHLD ignored a child is still joined, its status lost",
    .seconds = 2, NO_FORKSERVER(THE_SERVERS))
{
	int code;

	signal(SIGCHLD, SIG_IGN);
	struct mp_process *p = started(return_number, &six, NULL);
	OK(mp_process_join(p, MP_FOREVER));
	FAILS(mp_process_exitcode(p, &code), -ECHILD);
	mp_process_free(p);
}

static void *
join_and_ask(void *arg)
{
	int code = 0;
	bool right = mp_process_join(arg, MP_FOREVER) == 0 &&
		     mp_process_exitcode(arg, &code) == 1 && code == 6 &&
		     mp_process_is_alive(arg) == 0;

	return right ? arg : NULL;
}

ROW("process.4/threads", 3, "many threads may join and ask at once: all get the same answer", TIDY)
{
	for (int round = 0; round < 20; round++) {
		struct gate gate;
		pthread_t thread[8];
		void *right;

		gate_init(&gate);
		struct mp_process *p = started(return_number, &six, NULL);
		for (int i = 0; i < 8; i++)
			EQUAL(pthread_create(&thread[i], NULL, join_and_ask, p), 0);
		for (int i = 0; i < 8; i++) {
			EQUAL(pthread_join(thread[i], &right), 0);
			TRUE(right == p, "thread %d of round %d: joined, code 6, not alive", i,
			    round);
		}
		mp_process_free(p);
		gate_release(&gate);
	}
}

static void *
join_and_tell(void *arg)
{
	_Atomic pid_t *thread = ((void **)arg)[1];

	*thread = gettid();
	return mp_process_join(*(struct mp_process **)arg, MP_FOREVER) == 0 ? arg : NULL;
}

ROW("process.4/meanwhile", 1, "while one thread joins, another asks, and ends the child",
    .seconds = 2, TIDY)
{
	_Atomic pid_t joiner = 0;
	struct mp_process *p = started(sleep_forever, NULL, NULL);
	void *arg[] = {p, &joiner}, *right;
	pthread_t thread;
	int code = 77;

	EQUAL(pthread_create(&thread, NULL, join_and_tell, arg), 0);
	while (joiner == 0)
		sched_yield();
	await_sleep(joiner);
	EQUAL(mp_process_is_alive(p), 1);
	EQUAL(mp_process_exitcode(p, &code), 0);
	OK(mp_process_terminate(p));
	EQUAL(pthread_join(thread, &right), 0);
	TRUE(right == arg, "the thread has joined the child");
	EQUAL(finished(p), -SIGTERM);
}

static int
ask_anothers(void *arg)
{
	struct mp_death death;
	int code;

	return mp_process_is_alive(arg) == MP_NOT_PARENT &&
		       mp_process_exitcode(arg, &code) == MP_NOT_PARENT &&
		       mp_process_death(arg, &death) == MP_NOT_PARENT &&
		       mp_process_close(arg) == MP_NOT_PARENT
		   ? 0
		   : 1;
}

ROW("process.4/stranger", 1, "a process is told nothing of its siblings", TIDY,
    FORK_ONLY(A_STRANGER))
{
	struct mp_process *sibling = started(return_number, &six, NULL);

	EQUAL(finished(started(ask_anothers, sibling, NULL)), 0);
	EQUAL(finished(sibling), 6);
}

ROW("process.4/death", 1, "the death of a child is told in full: pid, status, signal we sent", TIDY)
{
	struct mp_process *p = started(sleep_forever, NULL, NULL);
	struct mp_death death = {0};

	EQUAL(mp_process_death(p, &death), 0);
	EQUAL(death.pid, 0);
	OK(mp_process_terminate(p));
	OK(mp_process_join(p, MP_FOREVER));
	EQUAL(mp_process_death(p, &death), 1);
	EQUAL(death.pid, mp_process_pid(p));
	TRUE(WIFSIGNALED(death.status) && WTERMSIG(death.status) == SIGTERM, "it died of SIGTERM");
	EQUAL(death.sent, SIGTERM);
	mp_process_free(p);
}

/* --- process.5: ending it, and closing the object -------------------------------------------------------- */

/* 4, 5 */
ROW("process.5/signals", 2, "terminate, kill and interrupt end a child: -15, -9, -2", .seconds = 2,
    TIDY)
{
	int (*const end[])(struct mp_process *) = {
	    mp_process_terminate, mp_process_kill, mp_process_interrupt};
	const int code[] = {-SIGTERM, -SIGKILL, -SIGINT};

	for (int i = 0; i < 3; i++) {
		struct mp_process *p = started(sleep_forever, NULL, NULL);
		OK(end[i](p));
		EQUAL(finished(p), code[i]);
	}
}

ROW("process.5/gone", 2, "to end what has ended is fine, and sends nothing to anybody", TIDY)
{
	struct mp_process *p = started(return_number, &zero, NULL);
	struct mp_process *unborn = made(return_number, &zero, NULL);

	await_death(p);
	OK(mp_process_terminate(p)); /* a zombie */
	EQUAL(joined(p), 0);
	OK(mp_process_kill(p)); /* reaped: its pid may be anybody's by now */
	FAILS(mp_process_kill(unborn), MP_NOT_STARTED);
	mp_process_free(p);
	mp_process_free(unborn);
}

static int
refuse_to_end(void *arg)
{
	signal(SIGTERM, SIG_IGN);
	tell(*(int *)arg, 'r');
	return sleep_forever(NULL);
}
TRAVELS(refuse_to_end, sizeof(int), ALL_DESCRIPTORS);

ROW("process.5/refuses", 1, "a child may refuse terminate, but not kill", .seconds = 2, TIDY)
{
	int fds[2];

	OK(mp_pipe_cloexec(fds));
	struct mp_process *p = started(refuse_to_end, &fds[1], NULL);
	EQUAL(read_byte(fds[0]), 'r');
	OK(mp_process_terminate(p));
	FAILS(mp_process_join(p, 0.05), MP_TIMEOUT);
	OK(mp_process_kill(p));
	EQUAL(finished(p), -SIGKILL);
	mp_close(&fds[0]);
	mp_close(&fds[1]);
}

/* 8 */
ROW("process.5/close", 2, "close is refused while it runs; after it, every question is refused",
    TIDY)
{
	struct mp_process *p = started(sleep_forever, NULL, NULL);
	struct mp_death death;
	int code;

	FAILS(mp_process_close(p), MP_BUSY);
	OK(mp_process_kill(p));
	EQUAL(joined(p), -SIGKILL);
	OK(mp_process_close(p));
	FAILS(mp_process_pid(p), MP_CLOSED);
	FAILS(mp_process_sentinel(p), MP_CLOSED);
	FAILS(mp_process_join(p, 0), MP_CLOSED);
	FAILS(mp_process_exitcode(p, &code), MP_CLOSED);
	FAILS(mp_process_death(p, &death), MP_CLOSED);
	FAILS(mp_process_is_alive(p), MP_CLOSED);
	FAILS(mp_process_terminate(p), MP_CLOSED);
	FAILS(mp_process_start(p), MP_CLOSED);
	EQUAL_TEXT(mp_process_name(p), "Process-1");
	OK(mp_process_close(p));
	mp_process_free(p);
}

ROW("process.5/descriptor", 1, "close gives the descriptor back", TIDY)
{
	struct mp_process *p = started(return_number, &zero, NULL);
	int sentinel = OK(mp_process_sentinel(p));

	EQUAL(joined(p), 0);
	TRUE(fcntl(sentinel, F_GETFD) >= 0, "until close, the sentinel can be polled");
	OK(mp_process_close(p));
	TRUE(fcntl(sentinel, F_GETFD) < 0, "after close, descriptor %d is closed", sentinel);
	mp_process_free(p);
}

ROW("process.5/hundred", 2, "a hundred children are terminated, and all end by SIGTERM",
    .seconds = 3, TIDY)
{
	struct mp_process *p[100];

	for (int i = 0; i < 100; i++)
		p[i] = started(sleep_forever, NULL, NULL);
	for (int i = 0; i < 100; i++)
		OK(mp_process_terminate(p[i]));
	for (int i = 0; i < 100; i++)
		EQUAL(finished(p[i]), -SIGTERM);
}

/* --- process.6: who am I, and whose child? --------------------------------------------------------------- */

ROW("process.6/main", 1, "the main process is MainProcess, alive, and has no parent",
    NO_CHILD(NO_START))
{
	struct mp_process *main_process = mp_current_process();

	EQUAL_TEXT(mp_process_name(main_process), "MainProcess");
	EQUAL(mp_process_pid(main_process), getpid());
	EQUAL(mp_process_is_alive(main_process), 1);
	EQUAL(mp_process_daemon(main_process), false);
	TRUE(mp_parent_process() == NULL, "main has no parent process");
}

static int
know_thyself(void *arg)
{
	struct mp_process *me = mp_current_process(), *parent = mp_parent_process();
	int code;

	if (me != *(struct mp_process **)arg || mp_process_pid(me) != getpid() ||
	    mp_process_is_alive(me) != 1)
		return 1;
	if (!parent || mp_process_pid(parent) != getppid() ||
	    strcmp(mp_process_name(parent), "MainProcess"))
		return 2;
	if (mp_process_is_alive(parent) != 1 || mp_process_join(parent, 0) != MP_TIMEOUT)
		return 3;
	if (mp_process_exitcode(parent, &code) != MP_NOT_PARENT)
		return 4;
	return mp_process_terminate(parent) == MP_NOT_PARENT ? 0 : 5;
}

/* 13 */
ROW("process.6/child", 2, "a child knows itself, and its parent by name and pid", TIDY,
    FORK_ONLY("it looks into its copy of the memory (spawn.4/child, spawn.5/child)"))
{
	struct mp_process *p;

	OK(mp_process_new(&p, know_thyself, &p, NULL)); /* the child will look where p is */
	OK(mp_process_start(p));
	EQUAL(finished(p), 0);
}

struct generations {
	int report[2];
	struct gate end; /* of the grandchild: not before its parent has been reaped */
};

static int
watch_parent(void *arg)
{
	struct generations *g = arg;
	struct mp_process *parent = mp_parent_process();

	mp_close(&g->report[0]);
	tell(g->report[1], mp_process_is_alive(parent) == 1 ? 'a' : '?');
	tell(g->report[1], mp_process_join(parent, 60) == 0 ? 'j' : '?');
	tell(g->report[1], mp_process_is_alive(parent) == 0 ? 'd' : '?');
	pid_t self = getpid();
	(void)!write(g->report[1], &self, sizeof(self));
	gate_wait(&g->end);
	return 0;
}
TRAVELS(watch_parent, sizeof(struct generations), ALL_DESCRIPTORS);

static int
be_in_the_middle(void *arg)
{
	struct mp_process *p;

	if (make_process(&p, watch_parent, arg, NULL) || mp_process_start(p))
		return 1;
	return sleep_forever(NULL);
}
TRAVELS(be_in_the_middle, sizeof(struct generations), ALL_DESCRIPTORS);

/* 14 */
ROW("process.6/orphan", 2, "a grandchild sees its parent alive, and then dead", .seconds = 2,
    .graph = "nothing left; no zombie")
{
	struct generations g;
	pid_t orphan;
	int status;

	adopt_orphans();
	gate_init(&g.end);
	OK(mp_pipe_cloexec(g.report));
	struct mp_process *middle = started(be_in_the_middle, &g, NULL);
	mp_close(&g.report[1]);
	EQUAL(read_byte(g.report[0]), 'a');
	OK(mp_process_kill(middle));
	EQUAL(read_byte(g.report[0]), 'j');
	EQUAL(read_byte(g.report[0]), 'd'); /* dead, and still a zombie */
	EQUAL(finished(middle), -SIGKILL);
	EQUAL(read(g.report[0], &orphan, sizeof(orphan)), sizeof(orphan));
	struct pollfd dead = {.fd = OK(pidfd_open(orphan, 0)), .events = POLLIN};
	gate_open(&g.end);
	EQUAL(mp_poll(&dead, 1, mp_deadline(60)), 1);
	mp_close(&dead.fd);
	TRUE(SERVED || (reap_any(&status) > 0 && status == 0),
	    "the orphan is adopted here, and ends with 0");
	mp_close(&g.report[0]);
	gate_release(&g.end);
}

static struct generations late;

/* In the new process, before its fork returns: wait until the parent has been killed. (By a
 * pidfd: a dying process closes its descriptors before it is dead.) */
static void
outlive_parent(void)
{
	struct pollfd parent = {.fd = pidfd_open(getppid(), 0), .events = POLLIN};

	tell(late.report[1], 'f');
	(void)!mp_poll(&parent, 1, mp_deadline(60));
	mp_close(&parent.fd);
}

static int
tell_of_the_dead(void *arg)
{
	struct mp_process *parent = mp_parent_process();
	bool dead = parent && mp_process_is_alive(parent) == 0 && mp_process_join(parent, 0) == 0;

	(void)arg;
	tell(late.report[1], dead ? 'd' : '?');
	gate_wait(&late.end);
	return 0;
}

static int
be_killed_while_starting(void *arg)
{
	struct mp_process *p;

	if (pthread_atfork(NULL, NULL, outlive_parent) ||
	    mp_process_new(&p, tell_of_the_dead, arg, NULL) || mp_process_start(p))
		return 1;
	return sleep_forever(NULL);
}

ROW("process.6/late", 1, "a parent that died before its child could look is known to be dead",
    .seconds = 2, .graph = "nothing left; no zombie",
    FORK_ONLY("it is about the moment of the fork"))
{
	int status;

	adopt_orphans();
	gate_init(&late.end);
	OK(mp_pipe_cloexec(late.report));
	struct mp_process *middle = started(be_killed_while_starting, NULL, NULL);
	mp_close(&late.report[1]);
	EQUAL(read_byte(late.report[0]), 'f');
	OK(mp_process_kill(middle));
	EQUAL(read_byte(late.report[0]), 'd');
	EQUAL(finished(middle), -SIGKILL);
	gate_open(&late.end);
	TRUE(reap_any(&status) > 0 && status == 0, "the orphan is adopted here, and ends with 0");
	mp_close(&late.report[0]);
	gate_release(&late.end);
}
