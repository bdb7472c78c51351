/* SPDX-License-Identifier: MIT */
/*
 * The supervisor: subreaper, tracer and keeper of the deadline for one row.
 *
 * The row's process is made with a clean environment, a session of its own, a directory of
 * its own, and one descriptor besides the standard ones: the channel, which it closes
 * before it does anything else.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <mp/deadline.h>
#include <mp/io.h>

#include "runner/supervise.h"

#define CHANNEL_FD 3

struct context {
	struct run *run;
	struct capture capture;
	struct idle_clock clock;
	const _Atomic int *stop;
	struct stuck_watch watch;
	FILE *log;
};

/* Only what a program needs; nothing of the person who runs the harness. */
static int
clean_environment(const char *directory)
{
	return clearenv() || setenv("PATH", "/usr/local/bin:/usr/bin:/bin", 1) ||
	       setenv("HOME", directory, 1) || setenv("TMPDIR", directory, 1) ||
	       setenv("LANG", "C.UTF-8", 1) ||
	       setenv("ASAN_OPTIONS", "detect_leaks=0:handle_segv=0:handle_abort=0", 1);
}

/* For every signal. The kernel's own call: glibc keeps two of them for itself, and refuses. */
static void
set_signals(void (*handler)(int))
{
	struct {
		void (*handler)(int);
		unsigned long flags;
		void (*restorer)(void);
		uint64_t mask;
	} action = {.handler = handler};

	for (int number = 1; number < NSIG; number++)
		if (number != SIGCHLD || handler == SIG_DFL)
			syscall(SYS_rt_sigaction, number, &action, NULL, sizeof(action.mask));
}

/* As if nobody had ever touched them: what we ignore or block is no affair of the row's. */
static void
reset_signals(void)
{
	sigset_t none;

	set_signals(SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* When memory runs out, the row shall be what is killed. */
static void
offer_to_oom_killer(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	(void)!write(fd, "1000", 4);
	mp_close(&fd);
}

/* What a row may take at most, so that a mistake does not take the machine. */
static void
limit(void)
{
	static const struct rlimit file = {1u << 28, 1u << 28};

	struct rlimit core;
	setrlimit(RLIMIT_FSIZE, &file);
	if (getrlimit(RLIMIT_CORE, &core) == 0) {
		core.rlim_cur = 0;
		setrlimit(RLIMIT_CORE, &core);
	}
}

/* In the row's process, before exec. */
static int
prepare(void *argument)
{
	struct context *context = argument;
	struct run *run = context->run;
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	reset_signals();
	offer_to_oom_killer();
	limit();
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 ||
	    dup2(context->capture.fds[1], STDOUT_FILENO) < 0 ||
	    dup2(context->capture.fds[1], STDERR_FILENO) < 0)
		return errno;
	/* If the channel is on its place by chance, dup2 would leave it CLOEXEC. */
	if (run->channel_fd == CHANNEL_FD ? fcntl(CHANNEL_FD, F_SETFD, 0) < 0
					  : dup2(run->channel_fd, CHANNEL_FD) < 0)
		return errno;
	if (setsid() < 0 || chdir(run->directory) || clean_environment(run->directory))
		return errno;
	return 0;
}

static bool
tick(void *argument)
{
	struct context *context = argument;
	struct run *run = context->run;

	if (atomic_load(context->stop))
		return true;
	if (!clock_has_passed(&context->clock, run->seconds))
		return knot_is_tied(&context->watch, run, context->log);
	run->outcome->late = true;
	knot_at_deadline(run, context->log);
	places_look(run->outcome);
	return true;
}

static int
trace(struct context *context, FILE *log)
{
	struct run *run = context->run;
	char channel[8];
	char *argv[] = {(char *)run->program, (char *)run->row, channel, NULL};

	snprintf(channel, sizeof(channel), "%d", CHANNEL_FD);
	context->log = log;
	struct trace_options options = {
	    .argv = argv,
	    .prepare = prepare,
	    .tick = tick,
	    .context = context,
	    .log = log,
	    .level = run->level,
	    .sweep = true,
	    .cpu = run->cpu,
	};
	return trace_run(&options, &run->outcome->trace);
}

_Noreturn void
supervise(struct run *run, const _Atomic int *stop)
{
	struct context context = {.run = run, .stop = stop};
	struct audit audit;

	/* If the harness is killed, so are we, and then (EXITKILL) the row. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != run->harness)
		_exit(EXIT_FAILURE);
	set_signals(SIG_IGN); /* the row may send us what it likes */
	FILE *log = fopen(run->log, "we");
	int error = log ? capture_open(&context.capture, run->outcome) : -errno;
	if (error)
		_exit(EXIT_FAILURE);
	audit_begin(&audit);
	clock_start(&context.clock);
	run->outcome->error = trace(&context, log);
	run->outcome->seconds = clock_wall(&context.clock);
	stuck_watch_release(&context.watch);
	capture_close(&context.capture);
	audit_end(&audit, run);
	if (fclose(log))
		_exit(EXIT_FAILURE);
	run->outcome->supervised = true;
	_exit(EXIT_SUCCESS);
}
