/* SPDX-License-Identifier: MIT */
/*
 * The runner against students' code that misbehaves, one program of hostile/ a test.
 *
 * Each replaces the function of reap.5 in a copy of the reference, and the row reap.5/exit
 * is graded: right is the verdict that is said of it, with words that help, and a machine as
 * it was before (handin_grade sees to that).
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "selftest/handin.h"
#include "selftest/selftest.h"

#define GRADED "reap.5/exit"
#define OTHER  "reap.1/lists" /* has no need of the program */

struct expected {
	const char *verdict;
	const char *message;	    /* in the message */
	const char *kind, *finding; /* in the finding of that kind */
	const char *output;	    /* in what it printed */
	const char *where;	    /* the file of a crash */
	const char *other;	    /* the verdict of another row; NULL: it passes */
	bool untraced;
};

static bool
has_finding(const json_t *row, const char *kind, const char *text)
{
	size_t i;
	json_t *finding;

	json_array_foreach(json_object_get(row, "findings"), i, finding)
		if (!strcmp(handin_text(finding, "kind"), kind) &&
		    strstr(handin_text(finding, "text"), text))
			return true;
	return false;
}

static bool
is_as_expected(const json_t *row, const struct expected *e)
{
	return row && !strcmp(handin_text(row, "verdict"), e->verdict) &&
	       strstr(handin_text(row, "message"), e->message ? e->message : "") &&
	       (!e->kind || has_finding(row, e->kind, e->finding ? e->finding : "")) &&
	       strstr(handin_text(row, "output"), e->output ? e->output : "") &&
	       strstr(handin_text(json_object_get(row, "where"), "file"), e->where ? e->where : "");
}

static void
judge(const char *program, const struct expected *e)
{
	char *const wanted[] = {GRADED, OTHER, NULL};
	struct handin h;
	char here[256];

	CU_ASSERT_PTR_NOT_NULL_FATAL(getcwd(here, sizeof(here)));
	handin_open(&h, "02-reap");
	handin_shell(
	    &h, "cp %s/harness/selftest/hostile/*.h %s/harness/runner/channel.h .", here, here);
	handin_shell(&h, "cp %s/harness/selftest/hostile/%s.c postmortem.c", here, program);
	handin_grade(
	    &h, (struct grade_options){.level = e->untraced ? TRACE_NONE : TRACE_PTRACE}, wanted);
	CU_ASSERT_EQUAL(h.code, 0);
	const json_t *row = handin_row(&h, GRADED);
	if (!is_as_expected(row, e)) {
		char *text = row ? json_dumps(row, JSON_INDENT(1)) : NULL;
		fprintf(stderr, "%s: expected %s: %s\n%s\n", program, e->verdict,
		    e->message ? e->message : "", text ? text : h.message);
		free(text);
		CU_FAIL("the verdict is not the right one");
	}
	CU_ASSERT_STRING_EQUAL(
	    handin_text(handin_row(&h, OTHER), "verdict"), e->other ? e->other : "pass");
	handin_close(&h);
}

/* function, the program in hostile/, what the test promises, what is expected */
#define CASE(function, program, sentence, ...)                                                     \
	static void function(void)                                                                 \
	{                                                                                          \
		judge(program, &(const struct expected){__VA_ARGS__});                             \
	}                                                                                          \
	SELFTEST("hostile", sentence, function)

/* --- what never ends: the deadline, and where it was ------------------------------------- */

CASE(hang, "hang", "a hang is slow, and it is said in which call", .verdict = "slow",
    .message = "P waits in pause")
CASE(spin, "spin", "a loop is slow, and said to run", .verdict = "slow", .message = "P runs")
CASE(deaf, "deaf", "a hang that blocks all signals is ended", .verdict = "slow",
    .message = "P waits in pause")
CASE(stop, "stop", "a row that stops itself is said to be stopped", .verdict = "slow",
    .message = "P is stopped")
CASE(stop_untraced, "stop", "the same without a tracer", .verdict = "slow", .message = "is stopped",
    .untraced = true)

CASE(knot, "knot", "a join before the read is a deadlock, named, and ended at once",
    .verdict = "deadlock", .message = "to a pipe that is full; only P reads it")
CASE(behind, "behind", "a reader that is its own last writer is a deadlock", .verdict = "deadlock",
    .message = "has the last writing end open")
CASE(knot_untraced, "knot", "a deadlock without a tracer", .verdict = "deadlock",
    .message = "a pipe that is full", .untraced = true)

/* --- what dies ---------------------------------------------------------------------------- */

CASE(segv, "segv", "a crash is told with function and line", .verdict = "crash",
    .message = "SIGSEGV in harm", .where = "postmortem.c")
CASE(aborts, "abort", "abort is a crash, and its place is the student's", .verdict = "crash",
    .message = "SIGABRT")
CASE(overflow, "overflow", "a full stack is a crash in the function that recurses",
    .verdict = "crash", .message = "SIGSEGV in deeper", .where = "postmortem.c")
CASE(group, "group", "kill(0, SIGKILL) reaches the row alone", .verdict = "crash",
    .message = "SIGKILL")
CASE(leave, "leave", "exit(0) in the middle earns nothing", .verdict = "wrong",
    .message = "exit(0) in the middle", .kind = "early exit")
CASE(leave_now, "leave-now", "_exit(0) in the middle earns nothing", .verdict = "wrong",
    .message = "exit(0) in the middle", .kind = "early exit")
CASE(constructor, "constructor", "an exit before main earns nothing", .verdict = "wrong",
    .message = "before the row began", .kind = "early exit", .other = "wrong")
CASE(become, "become", "becoming another program earns nothing", .verdict = "wrong",
    .message = "in the middle", .kind = "early exit")

/* --- what outlives it ------------------------------------------------------------------------ */

CASE(both, "both", "a fork that goes on in both ends the second", .verdict = "pass")
CASE(daemon_left, "daemon", "a deaf daemon is found, told and killed", .verdict = "leak",
    .kind = "orphan")
CASE(daemon_untraced, "daemon", "the same without a tracer", .verdict = "leak", .kind = "orphan",
    .untraced = true)
CASE(zombie, "zombie", "a zombie is told", .verdict = "leak", .kind = "zombie", .finding = "P.2")
CASE(stopped_child, "stopped-child", "a stopped child is found, told and killed", .verdict = "leak",
    .kind = "orphan", .finding = "P.2")
CASE(crowd, "crowd", "three hundred children are found, told and killed", .verdict = "leak",
    .kind = "orphan")
CASE(crowd_untraced, "crowd", "the same without a tracer", .verdict = "leak", .kind = "orphan",
    .untraced = true)
CASE(forking, "forking", "a family that never stops forking is ended", .verdict = "leak")
CASE(forking_untraced, "forking", "the same without a tracer", .verdict = "leak", .untraced = true)
CASE(untraced, "untraced", "a child that escapes the tracer is found, told and killed",
    .verdict = "leak", .kind = "orphan")
CASE(vforked, "vforked", "a program begun by vfork is found, told and killed", .verdict = "leak",
    .kind = "orphan", .finding = "P.2")
CASE(shm, "shm", "shared memory with a name is told and removed", .verdict = "leak",
    .kind = "shared memory", .finding = "/dev/shm/procsmith-selftest-left")

static void
shm_untraced(void)
{
	judge("shm", &(const struct expected){.verdict = "pass", .untraced = true});
	CU_ASSERT_EQUAL(shm_unlink("/procsmith-selftest-left"), 0);
}
SELFTEST("hostile", "without a tracer nobody is suspected of another's", shm_untraced)

CASE(file, "file", "a file is told and removed", .verdict = "leak", .kind = "temporary file",
    .finding = "forgotten.txt")
CASE(long_name, "long-name", "the longest name is told, too", .verdict = "leak",
    .kind = "temporary file", .finding = "nnnnnnnn")
CASE(locked_folder, "locked-folder", "a folder that may not be entered is told and removed",
    .verdict = "leak", .kind = "temporary file", .finding = "locked")
CASE(descriptor, "descriptor", "a descriptor is told by number and name", .verdict = "leak",
    .kind = "descriptor", .finding = "/etc/passwd")
CASE(high_descriptor, "high-descriptor", "a descriptor of a high number is told", .verdict = "leak",
    .kind = "descriptor", .finding = "4000")
CASE(pipe_daemon, "pipe-daemon", "a child that keeps a pipe open keeps nobody waiting",
    .verdict = "leak", .kind = "orphan", .finding = "P.2")

/* --- what it prints and closes --------------------------------------------------------------- */

CASE(forge_output, "forge-output", "what is printed is shown, and believed by nobody",
    .verdict = "wrong", .output = "1 passed, 0 failed\nPASS reap.5/exit\nok 1")
CASE(close_all, "close-all", "a row that closes everything is judged as usual", .verdict = "pass")
CASE(close_stdin, "close-stdin", "a row without standard input is judged as usual",
    .verdict = "pass")
CASE(no_home, "no-home", "a row that removes its folder is judged as usual", .verdict = "pass")
CASE(elsewhere, "elsewhere", "folder, umask, priority and limits are the row's affair",
    .verdict = "pass")
CASE(nobody, "nobody", "so is its user", .verdict = "pass")

static void
flood(void)
{
	struct rusage before, after;

	getrusage(RUSAGE_SELF, &before);
	judge("flood", &(const struct expected){.verdict = "pass"});
	getrusage(RUSAGE_SELF, &after);
	CU_ASSERT(after.ru_maxrss - before.ru_maxrss < 32 * 1024); /* KiB */
}
SELFTEST("hostile", "a gigabyte of output is drained and bounded", flood)

/* --- what it does to the harness ---------------------------------------------------------------- */

CASE(scribble, "scribble", "a page of results that is written over is tamper", .verdict = "tamper",
    .message = "written over")
CASE(scribble_zero, "scribble-zero", "a page of results that is wiped earns nothing",
    .verdict = "wrong")
CASE(scribble_text, "scribble-text", "texts without end are read to their bounds",
    .verdict = "wrong", .message = "a check did not hold")
CASE(scribble_todo, "scribble-todo", "a task without end is read to its bounds", .verdict = "todo")
CASE(forge_done, "forge-done", "results without the proof are tamper", .verdict = "tamper",
    .message = "not written by the row")
CASE(stop_parent, "stop-parent", "stopping the supervisor is seen, and it goes on",
    .verdict = "tamper", .message = "P sent signal 19")
CASE(signal_parent, "signal-parent", "the supervisor is deaf to all that can be blocked",
    .verdict = "tamper", .message = "P sent signal 1 ")
CASE(kill_parent, "kill-parent", "killing the supervisor is tamper, of this row, and nothing lives",
    .verdict = "tamper", .message = "SIGKILL")
CASE(kill_parent_untraced, "kill-parent", "the same without a tracer", .verdict = "tamper",
    .message = "SIGKILL", .untraced = true)
