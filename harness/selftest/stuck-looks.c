/* SPDX-License-Identifier: MIT */
/*
 * Looks from outside: each knot is found, a thousand looks at healthy programs find none, with
 * and without rights; and the picture.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mp/deadline.h>

#include "graph/knot.h"
#include "selftest/selftest.h"
#include "selftest/stuck-programs.h"
#include "stuck/stuck.h"

#define MYSELF "/proc/self/exe"
#define NOBODY 65534

/* A program with a pipe as its input, of which we have the other end. */
static pid_t
start_as(uid_t user, const char *name, int *input)
{
	int fds[2];
	char argument[64];

	snprintf(argument, sizeof(argument), "knot:%s", name);
	CU_ASSERT_EQUAL_FATAL(pipe2(fds, O_CLOEXEC), 0);
	pid_t pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)!chdir("/tmp");
		setpgid(0, 0);
		dup2(fds[0], STDIN_FILENO);
		int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
		dup2(null, STDOUT_FILENO);
		if (user && (setresgid(user, user, user) || setresuid(user, user, user)))
			_exit(126);
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* which setresuid has cleared */
		execl(MYSELF, "selftest", argument, (char *)NULL);
		_exit(127);
	}
	setpgid(pid, pid);
	close(fds[0]);
	*input = fds[1];
	return pid;
}

static pid_t
start(const char *name, int *input)
{
	return start_as(0, name, input);
}

/* It must not have ended by itself: then we looked at nothing. */
static void
end(pid_t pid, int input)
{
	CU_ASSERT_EQUAL(waitpid(pid, NULL, WNOHANG), 0);
	kill(-pid, SIGKILL);
	while (waitpid(-pid, NULL, 0) > 0 || errno == EINTR)
		;
	close(input);
}

static void
healthy_looks(void)
{
	unsigned looks = 0, wanted = stuck_rounds(60);
	int input;

	for (const struct stuck_program *p = stuck_healthy; p->name; p++) {
		pid_t pid = start(p->name, &input);
		struct stuck *before = NULL;
		for (unsigned i = 0; i < wanted; i++, looks++) {
			struct stuck *now = stuck_look(&pid, 1, !p->needs_open);
			CU_ASSERT_PTR_NOT_NULL_FATAL(now);
			if (before)
				stuck_settle(now, before);
			bool wrong = before &&
				     (p->needs_open ? stuck_answer(now) != STUCK_NOTHING
						    : stuck_holds(now, pid) && stuck_is_total(now));
			if (wrong) {
				json_t *json = stuck_json(now, false, NULL, NULL);
				json_dumpf(json, stderr, JSON_INDENT(1));
				json_decref(json);
				fprintf(stderr, "%s, look %u\n", p->name, i);
				CU_FAIL("a healthy program is called a deadlock");
			}
			stuck_free(before);
			before = now;
		}
		stuck_free(before);
		end(pid, input);
	}
	if (getenv("PROCSMITH_ROUNDS"))
		fprintf(stderr, "%u looks at healthy programs\n", looks);
	CU_ASSERT(looks >= 1000 || getenv("PROCSMITH_ROUNDS"));
}
SELFTEST("stuck", "a thousand looks at healthy programs find no deadlock", healthy_looks)

/* Look until that is the answer, at most ten seconds. */
static json_t *
look_for(pid_t pid, enum stuck_answer answer)
{
	struct stuck *before = NULL, *now;
	json_t *json = NULL;

	for (int64_t until = mp_deadline(10); !json && mp_now() < until;) {
		now = stuck_look(&pid, 1, false);
		if (now && before) {
			stuck_settle(now, before);
			if (stuck_answer(now) == answer)
				json = stuck_json(now, false, NULL, NULL);
		}
		stuck_free(before);
		before = now;
		(void)poll(NULL, 0, 5);
	}
	stuck_free(before);
	return json;
}

/* The process's parent, and its session; false: it has gone. */
static bool
relatives(pid_t pid, pid_t *parent, pid_t *session)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	FILE *file = fopen(path, "re");
	bool found = file && fscanf(file, "%*d (%*[^)]) %*c %d %*d %d", parent, session) == 2;
	if (file)
		fclose(file);
	return found;
}

static bool
is_hidden(pid_t pid)
{
	char path[64], link[8];

	snprintf(path, sizeof(path), "/proc/%d/cwd", pid);
	return readlink(path, link, sizeof(link)) < 0 && (errno == EACCES || errno == EPERM);
}

/* In a container often not: init, or who started us, has capabilities that we have not. */
static bool
may_see_its_ancestors_and_session(void)
{
	pid_t parent, session;
	bool sees = true;
	DIR *dir = opendir("/proc");

	for (pid_t pid = getpid(); pid > 1 && sees; pid = parent)
		sees = !is_hidden(pid) && relatives(pid, &parent, &session);
	for (struct dirent *e; dir && sees && (e = readdir(dir));) {
		pid_t pid = atoi(e->d_name);
		if (pid > 0 && relatives(pid, &parent, &session) && session == getsid(0))
			sees = !is_hidden(pid);
	}
	if (dir)
		closedir(dir);
	return sees;
}

static void
every_knot_from_outside(void)
{
	bool sees = may_see_its_ancestors_and_session();
	int input;

	for (const struct stuck_program *p = stuck_knots; p; p = stuck_next(p)) {
		pid_t pid = start(p->name, &input);
		enum stuck_answer right = p->handed_on && !sees ? STUCK_UNSEEN : STUCK_DEADLOCK;
		json_t *json = look_for(pid, right);
		if (!json) {
			fprintf(stderr, "%s is not found%s\n", p->name,
			    right == STUCK_UNSEEN ? " as what cannot all be seen" : "");
			CU_FAIL("a knot is not found from outside");
		}
		json_decref(json);
		end(pid, input);
	}
}
SELFTEST("stuck", "every knot is found from outside, too", every_knot_from_outside)

/* The answer of somebody without rights, who looks until it is the one that is wanted. */
static bool
nobody_says(pid_t pid, enum stuck_answer answer)
{
	int status = 0;
	pid_t looker = fork();

	if (looker == 0) {
		if (setresgid(NOBODY, NOBODY, NOBODY) || setresuid(NOBODY, NOBODY, NOBODY))
			_exit(9);
		json_t *json = look_for(pid, answer);
		_exit(json ? 0 : 1);
	}
	waitpid(looker, &status, 0);
	return status == 0;
}

/*
 * Its own processes it may look into. That a semaphore's memory came over an exec from us,
 * its ancestor, cannot be; that a pipe did can, unless it is closed by exec.
 */
static void
unprivileged(void)
{
	int input;

	if (geteuid() != 0)
		return;
	pid_t pid = start_as(NOBODY, "crossed", &input);
	CU_ASSERT(nobody_says(pid, STUCK_DEADLOCK));
	end(pid, input);
	pid = start_as(NOBODY, "semaphore", &input);
	CU_ASSERT(nobody_says(pid, STUCK_DEADLOCK));
	end(pid, input);
	pid = start_as(NOBODY, "join-first", &input);
	CU_ASSERT(nobody_says(pid, STUCK_UNSEEN));
	end(pid, input);
	pid = start("crossed", &input);
	CU_ASSERT(nobody_says(pid, STUCK_UNSEEN));
	end(pid, input);
	pid = start_as(NOBODY, "sleeps", &input);
	CU_ASSERT(nobody_says(pid, STUCK_NOTHING));
	end(pid, input);
}
SELFTEST(
    "stuck", "without rights a deadlock is found, or it is said what was not seen", unprivileged)

static void
picture(void)
{
	int input;
	char *svg[2] = {NULL, NULL}, *dot = NULL;
	size_t size;
	pid_t pid = start("crossed", &input);
	json_t *json = look_for(pid, STUCK_DEADLOCK);

	CU_ASSERT_PTR_NOT_NULL_FATAL(json);
	for (int i = 0; i < 2; i++) {
		FILE *out = open_memstream(&svg[i], &size);
		CU_ASSERT_EQUAL(graph_knot_svg(json, "a & <b>", out), 0);
		fclose(out);
	}
	CU_ASSERT_STRING_EQUAL(svg[0], svg[1]);
	CU_ASSERT_PTR_NOT_NULL(strstr(svg[0], "a mutex held by"));
	CU_ASSERT_PTR_NOT_NULL(strstr(svg[0], "a &amp; &lt;b&gt;"));
	FILE *out = open_memstream(&dot, &size);
	CU_ASSERT_EQUAL(graph_knot_dot(json, NULL, out), 0);
	fclose(out);
	CU_ASSERT_PTR_NOT_NULL(strstr(dot, "->"));
	free(dot);
	free(svg[0]);
	free(svg[1]);
	json_decref(json);
	end(pid, input);
}
SELFTEST("stuck", "the wait-for graph is drawn, the same each time", picture)
