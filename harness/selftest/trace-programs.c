/* SPDX-License-Identifier: MIT */
/*
 * The programs that the tracer's tests trace. They live in the test's own executable: run as
 * "selftest trace-program NAME" it becomes that program before main.
 */
#define _GNU_SOURCE
#include "selftest/trace-programs.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void
reap_all(void)
{
	while (wait(NULL) > 0)
		;
}

static pid_t
child(void (*work)(void))
{
	pid_t pid = fork();

	if (pid == 0) {
		work();
		_exit(0);
	}
	return pid;
}

static void
nothing(void)
{
}

static void
hang(void)
{
	for (;;)
		pause();
}

static void
one_child(void)
{
	child(nothing);
	reap_all();
}

static void
names(void)
{
	for (int i = 0; i < 3; i++)
		waitpid(child(i == 1 ? one_child : nothing), NULL, 0);
}

static void
reaps(void)
{
	siginfo_t info;

	/* Blocking on a child that lives still, and on one that is dead already. */
	pid_t first = child(nothing);
	waitpid(first, NULL, 0);
	pid_t second = child(nothing);
	waitid(P_PID, (id_t)second, &info, WEXITED | WNOWAIT);
	waitpid(second, NULL, 0);
	pid_t third = child(nothing);
	waitid(P_PID, (id_t)third, &info, WEXITED);
	child(nothing);
	waitid(P_ALL, 0, NULL, WEXITED);
	/* Looked at and left: a zombie. */
	child(nothing);
	waitid(P_ALL, 0, &info, WEXITED | WNOWAIT);
}

static void
ignored(void)
{
	signal(SIGCHLD, SIG_IGN);
	child(nothing);
	child(nothing);
	reap_all();
}

static pid_t maker;

/* Its maker dies; it lives until it has another parent. */
static void
outlive_maker(void)
{
	while (getppid() == maker)
		sched_yield();
}

static void
leave_child(void)
{
	maker = getpid();
	child(outlive_maker);
}

static void
orphan(void)
{
	waitpid(child(leave_child), NULL, 0);
}

static void
subreaper(void)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	child(leave_child);
	reap_all();
}

static void
die_before_children(void)
{
	siginfo_t info;

	for (int i = 0; i < 5; i++)
		child(nothing);
	waitid(P_ALL, 0, &info, WEXITED | WNOWAIT);
}

static void
unreaped(void)
{
	for (int i = 0; i < 40; i++)
		child(die_before_children);
	reap_all();
}

static void
inherited(void)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	unreaped();
}

static void
kills(void)
{
	pid_t pid = child(hang);

	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
	kill(pid, SIGTERM);
}

static void
execs(void)
{
	char *argv[] = {"true", "a \"quoted\"\n\xff argument", NULL};
	pid_t pid = vfork();

	if (pid == 0) {
		execvp(argv[0], argv);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
	if (posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ) == 0)
		waitpid(pid, NULL, 0);
}

static void
crowd(void)
{
	for (int round = 0; round < 10; round++) {
		for (int i = 0; i < 50; i++)
			child(i % 10 ? nothing : one_child);
		reap_all();
	}
}

static void
sink(void)
{
	dup2(3, 0);
	close_range(3, 9, 0);
	char byte;
	while (read(0, &byte, 1) > 0)
		;
	execlp("true", "true", NULL);
}

/* Descriptors 3 4, 5 6 and 7 8 are the pipe, the CLOEXEC pipe and the socketpair. */
static void
pipes(void)
{
	int fds[2];

	close_range(3, 20, 0);
	if (pipe(fds) || pipe2(fds, O_CLOEXEC) || socketpair(AF_UNIX, SOCK_STREAM, 0, fds))
		_exit(1);
	child(sink);
	close(4);
	fcntl(6, F_DUPFD, 10);
	reap_all();
	execlp("true", "true", NULL);
}

static void
session(void)
{
	setsid();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static void
sessions(void)
{
	child(session);
	reap_all();
}

__attribute__((noinline)) void
trace_program_crash(volatile int *where)
{
	*where = 1;
}

static void
fault(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
		trace_program_crash((int *)16);
		abort();
	}
	waitpid(pid, NULL, 0);
	abort();
}

static void
stopping(void)
{
	raise(SIGSTOP);
}

static void
stops(void)
{
	pid_t pid = child(stopping);
	int status;

	waitpid(pid, &status, WUNTRACED);
	kill(pid, SIGCONT);
	waitpid(pid, &status, 0);
}

static void *
exec_in_thread(void *unused)
{
	execlp("true", "true", NULL);
	return unused;
}

static void
threads(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, (void *(*)(void *))(void *)nothing, NULL);
	pthread_join(thread, NULL);
	pthread_create(&thread, NULL, exec_in_thread, NULL);
	hang();
}

static void
files(void)
{
	int fd = shm_open("/selftest-trace", O_RDWR | O_CREAT, 0600);

	close(fd);
	shm_unlink("/selftest-trace");
	close(open("/dev/null", O_WRONLY | O_CREAT, 0600));
}

static void
deaf_daemon(void)
{
	setsid();
	if (fork())
		_exit(0);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	hang();
}

static void
stopped_for_ever(void)
{
	raise(SIGSTOP);
	hang();
}

static void
untraced(void)
{
	long pid = syscall(SYS_clone, CLONE_UNTRACED | SIGCHLD, 0, 0, 0, 0);

	if (pid == 0) {
		setsid();
		child(hang);
		hang();
	}
}

/* Never the same pid for long. */
static void
run_away(void)
{
	for (;;)
		if (fork() > 0)
			_exit(0);
}

static void
hostile(void)
{
	int gate[2];
	char byte;

	if (pipe(gate))
		_exit(1);
	child(deaf_daemon);
	child(stopped_for_ever);
	untraced();
	if (child(nothing) < 0 || write(gate[1], "", 1) != 1 || read(gate[0], &byte, 1) != 1)
		_exit(1);
}

static void
runaways(void)
{
	for (int i = 0; i < 4; i++)
		child(run_away);
}

static const struct {
	const char *name;
	void (*work)(void);
} programs[] = {{"names", names}, {"reaps", reaps}, {"ignored", ignored}, {"orphan", orphan},
    {"subreaper", subreaper}, {"unreaped", unreaped}, {"inherited", inherited}, {"kills", kills},
    {"execs", execs}, {"crowd", crowd}, {"pipes", pipes}, {"sessions", sessions}, {"fault", fault},
    {"stops", stops}, {"threads", threads}, {"files", files}, {"hostile", hostile},
    {"runaways", runaways}, {"hang", hang}, {"nothing", nothing}};

__attribute__((constructor)) static void
become_program(int argc, char **argv)
{
	if (argc != 3 || strcmp(argv[1], "trace-program") != 0)
		return;
	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++)
		if (!strcmp(argv[2], programs[i].name)) {
			programs[i].work();
			_exit(0);
		}
	_exit(99);
}
