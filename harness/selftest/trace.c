/* SPDX-License-Identifier: MIT */
/*
 * The tracer's promises, each on a program of trace-programs.c that does just that.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "selftest/selftest.h"
#include "selftest/trace-programs.h"
#include "selftest/trace-seen.h"
#include "trace/trace.h"

static void
names(void)
{
	struct seen seen = seen_of("names");
	static const char *const order[] = {"P.1", "P.2", "P.3"};

	for (int i = 0; i < 3; i++) {
		CU_ASSERT_STRING_EQUAL(
		    seen_text(seen_find(&seen, "fork", "P", i), "child"), order[i]);
		CU_ASSERT_EQUAL(seen_number(seen_find(&seen, "exit", order[i], 0), "code"), 0);
	}
	CU_ASSERT_STRING_EQUAL(seen_text(seen_find(&seen, "fork", "P.2", 0), "child"), "P.2.1");
	CU_ASSERT(seen_where(&seen, "exit", "P.2.1", 0) < seen_where(&seen, "reap", "P.2", 0));
	CU_ASSERT(seen_where(&seen, "reap", "P.2", 0) < seen_where(&seen, "exit", "P.2", 0));
	CU_ASSERT_EQUAL(seen_number(seen_find(&seen, "end", NULL, 0), "processes"), 5);
	CU_ASSERT_EQUAL(seen_number(seen_find(&seen, "end", NULL, 0), "lost"), 0);
	seen_free(&seen);
}
SELFTEST("trace", "processes are named by their fork path, in order of birth", names)

static void
reaps(void)
{
	struct seen seen = seen_of("reaps");

	for (int i = 1; i <= 4; i++) {
		char child[16];
		snprintf(child, sizeof(child), "P.%d", i);
		CU_ASSERT_STRING_EQUAL(seen_reaped(&seen, "P", child), "wait");
	}
	CU_ASSERT_EQUAL(seen_count(&seen, "reap", NULL), 4);
	CU_ASSERT_EQUAL(seen_count(&seen, "exit", "P.5"), 1);
	seen_free(&seen);
}
SELFTEST("trace", "wait4 and waitid reap, looking with WNOWAIT does not", reaps)

static void
ignored(void)
{
	struct seen seen = seen_of("ignored");

	CU_ASSERT_STRING_EQUAL(seen_reaped(&seen, "P", "P.1"), "ignored");
	CU_ASSERT_STRING_EQUAL(seen_reaped(&seen, "P", "P.2"), "ignored");
	seen_free(&seen);
}
SELFTEST("trace", "a parent that ignores SIGCHLD reaps by that", ignored)

static void
adoption(void)
{
	struct seen seen = seen_of("subreaper");
	json_t *adopt = seen_find(&seen, "adopt", "P.1.1", 0);

	CU_ASSERT_STRING_EQUAL(seen_text(adopt, "from"), "P.1");
	CU_ASSERT_STRING_EQUAL(seen_text(adopt, "to"), "P");
	CU_ASSERT_STRING_EQUAL(seen_reaped(&seen, "P", "P.1.1"), "wait");
	CU_ASSERT_EQUAL(seen_count(&seen, "subreaper", "P"), 1);
	seen_free(&seen);
	seen = seen_of("orphan");
	adopt = seen_find(&seen, "adopt", "P.1.1", 0);
	CU_ASSERT(json_is_null(json_object_get(adopt, "to")));
	CU_ASSERT_EQUAL(seen_number(adopt, "pid"), getpid());
	CU_ASSERT_EQUAL(seen_count(&seen, "reap", NULL), 1);
	seen_free(&seen);
}
SELFTEST("trace", "an orphan is told with its true adopter", adoption)

static void
unreaped(void)
{
	/* Parent and children die at once: whoever is reported first, the truth is the same. */
	struct seen seen = seen_of("unreaped");

	CU_ASSERT_EQUAL(seen_count(&seen, "exit", NULL), 241);
	CU_ASSERT_EQUAL(seen_count(&seen, "reap", NULL), 40);
	CU_ASSERT_EQUAL(seen_count(&seen, "adopt", NULL), 200);
	seen_free(&seen);
	seen = seen_of("inherited");
	CU_ASSERT_EQUAL(seen_count(&seen, "reap", "P"), 240);
	CU_ASSERT_EQUAL(seen_count(&seen, "reap", NULL), 240);
	CU_ASSERT_EQUAL(seen_count(&seen, "adopt", NULL), 200);
	seen_free(&seen);
}
SELFTEST("trace", "dead children of dying parents are adopted by who reaps them", unreaped)

static void
kills(void)
{
	struct seen seen = seen_of("kills");
	json_t *first = seen_find(&seen, "kill", "P", 0), *late = seen_find(&seen, "kill", "P", 1);

	CU_ASSERT_EQUAL(seen_number(first, "signal"), SIGTERM);
	CU_ASSERT_EQUAL(seen_number(first, "error"), 0);
	CU_ASSERT_STRING_EQUAL(
	    json_string_value(json_array_get(json_object_get(first, "to"), 0)), "P.1");
	CU_ASSERT_EQUAL(seen_number(seen_find(&seen, "exit", "P.1", 0), "signal"), SIGTERM);
	CU_ASSERT(seen_where(&seen, "kill", "P", 0) < seen_where(&seen, "exit", "P.1", 0));
	CU_ASSERT(seen_where(&seen, "reap", "P", 0) < seen_where(&seen, "kill", "P", 1));
	CU_ASSERT_EQUAL(seen_number(late, "error"), ESRCH);
	CU_ASSERT_STRING_EQUAL(
	    json_string_value(json_array_get(json_object_get(late, "to"), 0)), "P.1");
	seen_free(&seen);
}
SELFTEST("trace", "a kill comes before the death it causes, and after a reap it fails", kills)

static void
execs(void)
{
	struct seen seen = seen_of("execs");
	json_t *argv = json_object_get(seen_find(&seen, "exec", "P.1", 0), "argv");

	CU_ASSERT_STRING_EQUAL(seen_text(seen_find(&seen, "fork", "P", 0), "how"), "vfork");
	CU_ASSERT_STRING_EQUAL(seen_text(seen_find(&seen, "fork", "P", 1), "how"), "vfork");
	CU_ASSERT_STRING_EQUAL(
	    json_string_value(json_array_get(argv, 1)), "a \"quoted\"\n\xc3\xbf argument");
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(seen_text(seen_find(&seen, "exec", "P.2", 0), "exe"), "/true"));
	seen_free(&seen);
}
SELFTEST("trace", "vfork, posix_spawn and exec are told, whatever the arguments hold", execs)

/* Every event of a process lies between its fork and its exit. */
static void
check_order(const struct seen *seen)
{
	json_t *alive = json_object(), *event;
	size_t i;

	json_object_set_new(alive, "P", json_true());
	json_array_foreach(seen->events, i, event) {
		const char *kind = seen_text(event, "event"), *who = seen_text(event, "who");
		if (!strcmp(kind, "fork"))
			CU_ASSERT(json_object_set_new(
				      alive, seen_text(event, "child"), json_true()) == 0);
		if (*who && strcmp(kind, "adopt") != 0)
			CU_ASSERT_PTR_NOT_NULL(json_object_get(alive, who));
		if (!strcmp(kind, "exit"))
			json_object_del(alive, who);
	}
	CU_ASSERT_EQUAL(json_object_size(alive), 0);
	json_decref(alive);
}

static void
crowd(void)
{
	for (int i = 0; i < 5; i++) {
		struct seen seen = seen_of("crowd");
		CU_ASSERT_EQUAL(seen_count(&seen, "fork", NULL), 550);
		CU_ASSERT_EQUAL(seen_count(&seen, "reap", NULL), 550);
		CU_ASSERT_EQUAL(seen_count(&seen, "exit", NULL), 551);
		CU_ASSERT_EQUAL(seen_number(seen_find(&seen, "end", NULL, 0), "lost"), 0);
		check_order(&seen);
		seen_free(&seen);
	}
}
SELFTEST("trace", "in a crowd nobody is lost and nobody acts before its birth", crowd)

static void
check_end(json_t *event, const char *pipe, const char *end, int fd, const char *why)
{
	CU_ASSERT_STRING_EQUAL(seen_text(event, "pipe"), pipe);
	CU_ASSERT_STRING_EQUAL(seen_text(event, "end"), end);
	CU_ASSERT_EQUAL(seen_number(event, "fd"), fd);
	CU_ASSERT_STRING_EQUAL(seen_text(event, "why"), why);
}

static void
pipes(void)
{
	struct seen seen = seen_of("pipes");

	CU_ASSERT_EQUAL(seen_count(&seen, "pipe", "P"), 3);
	CU_ASSERT_STRING_EQUAL(seen_text(seen_find(&seen, "pipe", "P", 2), "kind"), "socketpair");
	check_end(seen_find(&seen, "hold", "P.1", 0), "pipe1", "r", 0, "");
	CU_ASSERT_EQUAL(seen_count(&seen, "drop", "P.1"), 6);
	check_end(seen_find(&seen, "drop", "P", 0), "pipe1", "w", 4, "close");
	check_end(seen_find(&seen, "hold", "P", 0), "pipe2", "w", 10, "");
	/* At exec the two CLOEXEC descriptors go, the duplicate stays. */
	CU_ASSERT_EQUAL(seen_count(&seen, "drop", "P"), 3);
	CU_ASSERT_STRING_EQUAL(seen_text(seen_find(&seen, "drop", "P", 1), "why"), "exec");
	CU_ASSERT_STRING_EQUAL(seen_text(seen_find(&seen, "drop", "P", 2), "why"), "exec");
	seen_free(&seen);
}
SELFTEST("trace", "who holds which end of a pipe: dup, close, close_range and exec", pipes)

static void
sessions(void)
{
	struct seen seen = seen_of("sessions");

	CU_ASSERT_EQUAL(seen_number(seen_find(&seen, "session", "P.1", 0), "sid"),
	    seen_number(seen_find(&seen, "fork", "P", 0), "pid"));
	CU_ASSERT_EQUAL(seen_number(seen_find(&seen, "deathsig", "P.1", 0), "signal"), SIGKILL);
	seen_free(&seen);
}
SELFTEST("trace", "setsid and the parent-death signal are told", sessions)

static void
fault(void)
{
	struct seen seen = seen_of("fault");
	json_t *segv = seen_find(&seen, "fault", "P.1", 0),
	       *aborted = seen_find(&seen, "fault", "P", 0);
	long long pc = json_integer_value(json_array_get(json_object_get(segv, "frames"), 0));
	long long at = (long long)(intptr_t)trace_program_crash;

	CU_ASSERT_EQUAL(seen_number(segv, "signal"), SIGSEGV);
	CU_ASSERT_EQUAL(seen_number(segv, "address"), 16);
	CU_ASSERT_EQUAL(seen_number(segv, "base"), 0);
	CU_ASSERT(pc >= at && pc < at + 64);
	CU_ASSERT(json_array_size(json_object_get(segv, "frames")) >= 3);
	CU_ASSERT_EQUAL(seen_number(aborted, "signal"), SIGABRT);
	CU_ASSERT(json_array_size(json_object_get(aborted, "frames")) >= 3);
	seen_free(&seen);
}
SELFTEST("trace", "a crash is told with the frames that led to it", fault)

static void
stops(void)
{
	struct seen seen = seen_of("stops");

	CU_ASSERT_EQUAL(seen_number(seen_find(&seen, "stop", "P.1", 0), "signal"), SIGSTOP);
	CU_ASSERT(seen_where(&seen, "stop", "P.1", 0) < seen_where(&seen, "continue", "P.1", 0));
	CU_ASSERT_EQUAL(seen_count(&seen, "reap", "P"), 1);
	CU_ASSERT(seen_where(&seen, "exit", "P.1", 0) < seen_where(&seen, "reap", "P", 0));
	seen_free(&seen);
}
SELFTEST("trace", "a stopped child is stopped, and is not taken for reaped", stops)

static void
threads(void)
{
	struct seen seen = seen_of("threads");

	CU_ASSERT_EQUAL(seen_count(&seen, "fork", NULL), 0);
	CU_ASSERT_EQUAL(seen_count(&seen, "exec", "P"), 1);
	CU_ASSERT_EQUAL(seen_number(seen_find(&seen, "exit", "P", 0), "code"), 0);
	seen_free(&seen);
}
SELFTEST("trace", "threads are no processes, and one that executes is the process", threads)

static void
files(void)
{
	struct seen seen = seen_of("files");

	CU_ASSERT_EQUAL(seen_count(&seen, "create", NULL), 1);
	CU_ASSERT_STRING_EQUAL(
	    seen_text(seen_find(&seen, "create", "P", 0), "path"), "/dev/shm/selftest-trace");
	CU_ASSERT_STRING_EQUAL(
	    seen_text(seen_find(&seen, "unlink", "P", 0), "path"), "/dev/shm/selftest-trace");
	seen_free(&seen);
}
SELFTEST("trace", "shared memory that gets and loses a name", files)

static void
sweep(enum trace_level level, const char *program, size_t least)
{
	struct seen seen =
	    seen_with(program, (struct trace_options){.level = level, .sweep = true});

	CU_ASSERT(seen.result.left >= least);
	CU_ASSERT_EQUAL((size_t)seen_count(&seen, "left", NULL), seen.result.left);
	CU_ASSERT(WIFEXITED(seen.result.status) && WEXITSTATUS(seen.result.status) == 0);
	seen_free(&seen);
}

static void
sweeps(void)
{
	sweep(TRACE_PTRACE, "hostile", 2);
	sweep(TRACE_PTRACE, "runaways", 0);
	sweep(TRACE_NONE, "hostile", 2);
	sweep(TRACE_NONE, "runaways", 0);
}
SELFTEST("trace", "nothing outlives the sweep: daemon, stopped, untraced, ever forking", sweeps)

static bool
enough(void *context)
{
	return ++*(int *)context == 3;
}

static void
tick(void)
{
	for (int level = TRACE_PTRACE; level <= TRACE_NONE; level++) {
		int ticks = 0;
		struct seen seen = seen_with("hang",
		    (struct trace_options){
			.level = (enum trace_level)level, .tick = enough, .context = &ticks});
		CU_ASSERT(seen.result.ended_by_tick);
		CU_ASSERT_EQUAL(WTERMSIG(seen.result.status), SIGKILL);
		CU_ASSERT_EQUAL(ticks, 3);
		seen_free(&seen);
	}
}
SELFTEST("trace", "the tick comes while nothing happens, and ends a hang", tick)

static void
none(void)
{
	struct seen seen = seen_with("names", (struct trace_options){.level = TRACE_NONE});

	CU_ASSERT_EQUAL(seen.result.level, TRACE_NONE);
	CU_ASSERT_STRING_EQUAL(seen_text(seen_find(&seen, "start", "P", 0), "level"), "none");
	CU_ASSERT_EQUAL(seen_count(&seen, "exit", "P"), 1);
	CU_ASSERT_EQUAL(json_array_size(seen.events), 3);
	seen_free(&seen);
}
SELFTEST("trace", "without ptrace: start, exit, end", none)

static void
refused(void)
{
	struct trace_result result;
	char *const missing[] = {"/no/such/command", NULL}, *const folder[] = {"/", NULL};
	size_t before = seen_descriptors();

	for (int level = TRACE_PTRACE; level <= TRACE_NONE; level++) {
		struct trace_options options = {
		    .argv = missing, .level = (enum trace_level)level, .cpu = -1};
		CU_ASSERT_EQUAL(trace_run(&options, &result), -ENOENT);
		options.argv = folder;
		CU_ASSERT_EQUAL(trace_run(&options, &result), -EACCES);
	}
	CU_ASSERT_EQUAL(seen_descriptors(), before);
	CU_ASSERT(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
}
SELFTEST("trace", "a command that cannot be run is an error, not a run", refused)

static void
unprivileged(void)
{
	char *const argv[] = {"sh", "-c", "true & wait", NULL};
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (getuid() == 0 &&
		    (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534)))
			_exit(2);
		prctl(PR_SET_DUMPABLE, 1);
		struct seen seen = seen_command(argv, (struct trace_options){.cpu = -1});
		_exit(seen.result.level != TRACE_PTRACE || seen_count(&seen, "fork", "P") != 1 ||
		      strcmp(seen_reaped(&seen, "P", "P.1"), "wait") != 0);
	}
	CU_ASSERT(waitpid(pid, &status, 0) == pid && status == 0);
}
SELFTEST("trace", "it needs no privilege", unprivileged)

static void
restored(void)
{
	struct sigaction child, was = {.sa_handler = SIG_IGN}, now;
	cpu_set_t before, after;
	sigset_t mask, mask_after;
	int subreaper = -1;
	char *const argv[] = {"true", NULL};
	struct trace_result result;

	sigaction(SIGCHLD, &was, &child);
	sched_getaffinity(0, sizeof(before), &before);
	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	struct trace_options options = {.argv = argv, .cpu = sched_getcpu()};
	CU_ASSERT_EQUAL(trace_run(&options, &result), 0);
	sigaction(SIGCHLD, &child, &now);
	sched_getaffinity(0, sizeof(after), &after);
	pthread_sigmask(SIG_SETMASK, NULL, &mask_after);
	prctl(PR_GET_CHILD_SUBREAPER, &subreaper);
	CU_ASSERT(now.sa_handler == SIG_IGN);
	CU_ASSERT(CPU_EQUAL(&before, &after));
	for (int signal = 1; signal <= SIGRTMAX; signal++)
		CU_ASSERT_EQUAL(sigismember(&mask, signal), sigismember(&mask_after, signal));
	CU_ASSERT_EQUAL(subreaper, 0);
}
SELFTEST("trace", "the caller's signals, affinity and subreaper flag are as they were", restored)
