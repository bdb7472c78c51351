/* SPDX-License-Identifier: MIT */
/*
 * Deadlocks in the runner: each knot of stuck-knots.c and stuck-locks.c is found, named and
 * ended in time, idle and busy; no row of stuck-healthy.c is called one.
 */
#define _GNU_SOURCE
#include <jansson.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner/run.h"
#include "selftest/selftest.h"
#include "selftest/stuck-programs.h"

#define MYSELF "/proc/self/exe"

/* --- in the runner ------------------------------------------------------------------------------- */

struct knot {
	struct run run;
	json_t *json;
	double seconds; /* from the tying to the verdict */
	char row[64];
};

static void
done(const struct run *run, void *context)
{
	struct knot *knot = context;

	knot->json = *run->outcome->knot ? json_loads(run->outcome->knot, 0, NULL) : NULL;
	knot->seconds =
	    (double)(run->outcome->knot_at - strtoll(run->channel->step, NULL, 10)) / 1e9;
}

static void
run_row(struct knot *knot, const char *name, double seconds, enum trace_level level)
{
	char scratch[] = "/tmp/selftest-XXXXXX", command[64];

	*knot = (struct knot){0};
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(scratch));
	snprintf(knot->row, sizeof(knot->row), "knot:%s", name);
	knot->run =
	    (struct run){.program = MYSELF, .row = knot->row, .seconds = seconds, .level = level};
	snprintf(knot->run.log, sizeof(knot->run.log), "%s/log", scratch);
	CU_ASSERT_EQUAL_FATAL(run_all(&knot->run, 1, 1, scratch, done, knot), 0);
	CU_ASSERT(knot->run.outcome->supervised);
	snprintf(command, sizeof(command), "rm -rf %s", scratch);
	CU_ASSERT_EQUAL(system(command), 0);
}

static void
release(struct knot *knot)
{
	json_decref(knot->json);
	run_release(&knot->run);
}

static bool
says(const json_t *json, const char *words)
{
	size_t i;
	json_t *task;

	json_array_foreach(json_object_get(json, "tasks"), i, task)
		if (strstr(json_string_value(json_object_get(task, "sentence")), words))
			return true;
	return false;
}

static bool
is_right(const struct knot *knot, const struct stuck_program *program)
{
	if (json_array_size(json_object_get(knot->json, "tasks")) != program->tasks)
		return false;
	for (int i = 0; i < 4 && program->says[i]; i++)
		if (!says(knot->json, program->says[i]))
			return false;
	return true;
}

static void
tell(const struct knot *knot, const char *name)
{
	char *text = knot->json ? json_dumps(knot->json, JSON_INDENT(1)) : NULL;

	fprintf(stderr, "%s, after %.3f s: %s\n", name, knot->seconds, text ? text : "no knot");
	free(text);
}

/* How long it may take when that is measured: 300 ms, more when others want the processors. */
static double
limit(unsigned own)
{
	unsigned running = 1;
	if (!getenv("PROCSMITH_ROUNDS"))
		return 10;
	FILE *file = fopen("/proc/loadavg", "re");

	if (file && fscanf(file, "%*f %*f %*f %u/", &running) != 1)
		running = 1;
	if (file)
		fclose(file);
	double others = ((double)running - own) / (double)sysconf(_SC_NPROCESSORS_ONLN);
	return others > 1 ? 0.3 * others : 0.3;
}

static double slowest;

static void
tie(enum trace_level level, unsigned count, unsigned busy)
{
	struct knot knot;
	double before = limit(busy + 1);

	for (const struct stuck_program *p = stuck_knots; p; p = stuck_next(p))
		for (unsigned i = 0; i < count; i++) {
			run_row(&knot, p->name, 10, level);
			double after = limit(busy + 1), most = after > before ? after : before;
			bool named = level == TRACE_NONE ? knot.json != NULL : is_right(&knot, p);
			if (!named || knot.seconds > most) {
				tell(&knot, p->name);
				CU_FAIL("the knot is not found, not named rightly, or too late");
			}
			slowest = knot.seconds > slowest ? knot.seconds : slowest;
			before = after;
			release(&knot);
		}
	if (getenv("PROCSMITH_ROUNDS"))
		fprintf(stderr, "the slowest knot was found after %.0f ms\n", slowest * 1e3);
	slowest = 0;
}

static void
idle(void)
{
	tie(TRACE_PTRACE, stuck_rounds(1), 0);
}
SELFTEST("stuck", "every knot is found and named", idle)

static void
untraced(void)
{
	tie(TRACE_NONE, stuck_rounds(1), 0);
}
SELFTEST("stuck", "the same without a tracer", untraced)

/* We, and whatever we execute, look into no process that has more rights than we have. */
static bool
drop_ptrace(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &header, data))
		return false;
	data[0].effective &= ~(1u << CAP_SYS_PTRACE);
	data[0].permitted &= ~(1u << CAP_SYS_PTRACE);
	(void)prctl(PR_CAPBSET_DROP, CAP_SYS_PTRACE); /* refused: it has gone already */
	return syscall(SYS_capset, &header, data) == 0;
}

/*
 * As in a container, whose init has capabilities that the grader has not: what is above the row
 * is hidden, and cannot matter.
 */
static void
below_the_hidden(void)
{
	struct knot knot;
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		if (geteuid() == 0 && !drop_ptrace())
			_exit(9);
		run_row(&knot, "join-first", 10, TRACE_PTRACE);
		_exit(knot.json ? 0 : 1);
	}
	waitpid(pid, &status, 0);
	CU_ASSERT_EQUAL(status, 0);
}
SELFTEST("stuck", "a knot is found below processes that are hidden", below_the_hidden)

static void
busy(void)
{
	pid_t loops[2];

	for (int i = 0; i < 2; i++)
		if ((loops[i] = fork()) == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			for (;;)
				;
		}
	tie(TRACE_PTRACE, stuck_rounds(1), 2);
	for (int i = 0; i < 2; i++) {
		kill(loops[i], SIGKILL);
		waitpid(loops[i], NULL, 0);
	}
}
SELFTEST("stuck", "the same while both processors are busy", busy)

static void
ignore(const struct run *run, void *context)
{
	(void)run;
	(void)context;
}

static void
apart(void)
{
	char scratch[] = "/tmp/selftest-XXXXXX", command[64];
	struct run runs[2];
	cpu_set_t set;

	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(scratch));
	for (int i = 0; i < 2; i++) {
		runs[i] = (struct run){.program = MYSELF, .row = "knot:self-lock", .seconds = 10};
		snprintf(runs[i].log, sizeof(runs[i].log), "%s/log%d", scratch, i);
	}
	CU_ASSERT_EQUAL_FATAL(run_all(runs, 2, 2, scratch, ignore, NULL), 0);
	CU_ASSERT_EQUAL_FATAL(sched_getaffinity(0, sizeof(set), &set), 0);
	CU_ASSERT(runs[0].cpu != runs[1].cpu || CPU_COUNT(&set) == 1);
	for (int i = 0; i < 2; i++)
		run_release(&runs[i]);
	snprintf(command, sizeof(command), "rm -rf %s", scratch);
	CU_ASSERT_EQUAL(system(command), 0);
}
SELFTEST("stuck", "two rows at a time have a processor each", apart)

static void
healthy_rows(void)
{
	struct knot knot;

	for (const struct stuck_program *p = stuck_healthy; p->name; p++) {
		if (p->needs_open)
			continue;
		run_row(&knot, p->name, 0.5, TRACE_PTRACE);
		if (knot.json || !knot.run.outcome->late) {
			tell(&knot, p->name);
			CU_FAIL("a healthy row is not just slow");
		}
		release(&knot);
	}
}
SELFTEST("stuck", "a healthy row is never called a deadlock", healthy_rows)
