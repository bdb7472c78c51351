/* SPDX-License-Identifier: MIT */
/*
 * `procsmith grade` as a process: its outputs, what it inherits, and how it is interrupted.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "selftest/handin.h"
#include "selftest/selftest.h"

/* Run a shell line with $P the command and $S the submission; its exit status. */
static int
shell(const struct handin *h, const char *line)
{
	char *command;

	if (asprintf(&command, "P='%s/procsmith grade --graphs %s --submission %s'; cd %s; %s",
		kit_build(), h->graphs, h->sub, h->base, line) < 0)
		return -1;
	int status = system(command);
	free(command);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
outputs(void)
{
	struct handin h;

	handin_open(&h, NULL);
	CU_ASSERT_EQUAL(shell(&h, "$P process.1 --json r.json > out 2> err"), 0);
	CU_ASSERT_EQUAL(shell(&h, "$P process.1 --json /dev/full > out 2> err"), 3);
	CU_ASSERT_EQUAL(shell(&h, "grep -q '/dev/full: No space left' err"), 0);
	CU_ASSERT_EQUAL(shell(&h, "$P process.1 --json - > /dev/full 2> err"), 3);
	CU_ASSERT_EQUAL(shell(&h, "$P process.1 --json /nowhere/r.json > out 2> err"), 2);
	/* Nobody reads the report: the other output is written all the same. */
	CU_ASSERT_EQUAL(shell(&h, "rm r.json; $P process.1 --json r.json 2> err | true; "
				  "python3 -m json.tool r.json > /dev/null"),
	    0);
	CU_ASSERT_EQUAL(shell(&h, "$P process.99 > out 2> err"), 2);
	CU_ASSERT_EQUAL(shell(&h, "test -z \"$(ls tmp)\""), 0);
	handin_close(&h);
}
SELFTEST("command", "a full disk is told, and a reader that has left loses nothing else", outputs)

static void
ignored_sigchld(void)
{
	struct handin h;

	handin_open(&h, NULL);
	CU_ASSERT_EQUAL(shell(&h, "trap '' CHLD PIPE HUP; $P process.1 reap.5 --quiet"), 0);
	handin_close(&h);
}
SELFTEST("command", "what whoever starts it ignores is no affair of the rows", ignored_sigchld)

/* Rows of one task may lie apart, as those of a second start method do. */
static void
ladder(void)
{
	struct handin h;

	handin_open(&h, NULL);
	CU_ASSERT_EQUAL(shell(&h, "${P%% *} status > out"), 0);
	CU_ASSERT_EQUAL(shell(&h, "test $(grep -c '^    [a-z]*\\.[0-9]' out) -ge 60"), 0);
	CU_ASSERT_EQUAL(shell(&h, "test -z \"$(grep -o '^    [^ ]*' out | sort | uniq -d)\""), 0);
	handin_close(&h);
}
SELFTEST("command", "status names each task of the ladder once", ladder)

/* Interrupt it once the file is there: while it compiles, while rows run. */
static int
interrupt(struct handin *h, const char *until, int number)
{
	char json[160];
	int status;

	snprintf(json, sizeof(json), "%s/r.json", h->base);
	unlink(json);
	pid_t pid = fork();
	if (pid == 0) {
		char command[256];
		int null = open("/dev/null", O_RDWR | O_CLOEXEC);
		snprintf(command, sizeof(command), "%s/procsmith", kit_build());
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		execl(command, command, "grade", "--submission", h->sub, "--graphs", h->graphs,
		    "--json", json, "process.1/names", "reap.5", (char *)NULL);
		_exit(99);
	}
	char *wait_for;
	if (asprintf(&wait_for,
		"while ls /proc/%d/fd/1; do ls -d %s && break; sleep 0.01; done > /dev/null 2>&1",
		pid, until) < 0)
		return -1;
	CU_ASSERT_EQUAL(shell(h, wait_for), 0);
	free(wait_for);
	kill(pid, number);
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT_EQUAL(shell(h, "test -z \"$(ls tmp)\""), 0);
	return status;
}

static void
interrupted(void)
{
	struct handin h;
	char here[256];

	CU_ASSERT_PTR_NOT_NULL_FATAL(getcwd(here, sizeof(here)));
	handin_open(&h, NULL);
	handin_shell(&h,
	    "cp %s/harness/selftest/hostile/right.h 02-reap && "
	    "cp %s/harness/selftest/hostile/hang.c 02-reap/postmortem.c",
	    here, here);
	int status = interrupt(&h, "tmp/procsmith-*/row-1.jsonl", SIGINT);
	CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 1);
	CU_ASSERT_EQUAL(shell(&h, "grep -q '\"pass\"' r.json && grep -q interrupted r.json"), 0);
	handin_shell(&h, "mkfifo fifo; echo '#include \"%s/fifo\"' >> 01-process/end.c", h.sub);
	status = interrupt(&h, "tmp/procsmith-*/obj/01-process/birth.o", SIGTERM);
	CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 3);
	handin_close(&h);
}
SELFTEST(
    "command", "Ctrl-C ends it at once: nothing is left, what was graded is reported", interrupted)
