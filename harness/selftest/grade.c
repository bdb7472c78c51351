/* SPDX-License-Identifier: MIT */
/*
 * From a submission to results: what is refused and how it is said, what does not compile,
 * and that nothing but the submission decides the verdicts.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mp/deadline.h>

#include "selftest/handin.h"
#include "selftest/selftest.h"

/* --- what is refused ------------------------------------------------------------------------ */

struct refusal {
	const char *spoil;	/* a shell command in the folder that is handed in */
	const char *submission; /* added to the folder's path */
	const char *message;	/* in the message */
};

static void
refuse(const struct refusal *r)
{
	char path[256];
	struct handin h;

	handin_open(&h, NULL);
	handin_shell(&h, "%s", r->spoil);
	snprintf(path, sizeof(path), "%s%s", h.sub, r->submission ? r->submission : "");
	handin_grade(&h, (struct grade_options){.submission = path}, NULL);
	CU_ASSERT_EQUAL(h.code, 2);
	CU_ASSERT_PTR_NULL(h.results);
	if (!strstr(h.message, r->message) || strchr(h.message, '\n')) {
		fprintf(stderr, "%s: %s\n", r->spoil, h.message);
		CU_FAIL("the message is not the right one");
	}
	handin_close(&h);
}

#define REFUSED(function, sentence, ...)                                                           \
	static void function(void)                                                                 \
	{                                                                                          \
		refuse(&(const struct refusal){__VA_ARGS__});                                      \
	}                                                                                          \
	SELFTEST("grade", sentence, function)

REFUSED(empty, "an empty folder is refused", .spoil = "rm -r *", .message = "nothing to grade")
REFUSED(a_file, "a file is refused", .spoil = "true", .submission = "/02-reap/family.c",
    .message = "it is a file")
REFUSED(missing, "a path that is not there is refused", .spoil = "true", .submission = "/nowhere",
    .message = "No such file")
REFUSED(link_file, "a symbolic link for a source file is refused",
    .spoil = "ln -sf ../../../etc/passwd 02-reap/family.c", .message = "symbolic link")
REFUSED(link_stage, "a symbolic link for a stage's folder is refused",
    .spoil = "mv 02-reap elsewhere; ln -s elsewhere 02-reap", .message = "no link")
REFUSED(file_stage, "a file for a stage's folder is refused",
    .spoil = "rm -r 02-reap; echo hello > 02-reap", .message = "not a folder")
REFUSED(fifo, "a pipe for a source file is refused, and keeps nobody waiting",
    .spoil = "rm 02-reap/family.c; mkfifo 02-reap/family.c", .message = "not a plain file")
REFUSED(folder, "a folder for a source file is refused",
    .spoil = "rm 02-reap/family.c; mkdir 02-reap/family.c", .message = "not a plain file")
REFUSED(huge, "a source file of more than a megabyte is refused",
    .spoil = "truncate -s 20G 02-reap/family.c", .message = "bytes")
REFUSED(many, "more than 64 source files are refused",
    .spoil = "for i in $(seq 70); do touch 02-reap/f$i.c; done", .message = "more than 64")

static void
unknown_name(void)
{
	char *const wanted[] = {"process.3", "process.99", NULL};
	struct handin h;

	handin_open(&h, NULL);
	handin_grade(&h, (struct grade_options){0}, wanted);
	CU_ASSERT_EQUAL(h.code, 2);
	CU_ASSERT_PTR_NOT_NULL(strstr(h.message, "process.99"));
	handin_close(&h);
}
SELFTEST("grade", "a name that means nothing is refused", unknown_name)

/* As somebody without rights (a root reads everything), in a child. */
/* From now on root may read what its owner may, and no more. */
static bool
obey_modes(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {0};

	return syscall(SYS_capset, &header, none) == 0;
}

static void
grade_unreadable(struct handin *h)
{
	json_t *results = NULL;
	struct grade_options options = {.submission = h->sub, .jobs = 1, .graphs = h->graphs};

	if (geteuid() == 0 && !obey_modes())
		_exit(9);
	int code = grade(&options, &results, h->message);
	bool told = strstr(h->message, "family.c: Permission denied");
	_exit(code == 2 && told ? 0 : 1);
}

static void
unreadable(void)
{
	int status;
	struct handin h;

	handin_open(&h, NULL);
	handin_shell(&h, "chmod -R a+rX . && chmod 0 02-reap/family.c");
	pid_t pid = fork();
	if (pid == 0)
		grade_unreadable(&h);
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT_EQUAL(status, 0);
	handin_close(&h);
}
SELFTEST("grade", "a file that may not be read is refused by its name", unreadable)

/* --- what does not compile -------------------------------------------------------------------- */

static const json_t *
stage(const struct handin *h, size_t i)
{
	return json_array_get(json_object_get(h->results, "stages"), i);
}

static json_int_t
number(const json_t *object, const char *first, const char *second)
{
	json_t *inner = json_object_get(object, first);

	return json_integer_value(second ? json_object_get(inner, second) : inner);
}

/* Spoil 02-reap; its build must fail with these words, and 01-process be graded as ever. */
static struct handin
break_build(const char *spoil, const char *words, double seconds)
{
	char *const wanted[] = {"process.1", "reap.5", NULL};
	struct handin h;

	handin_open(&h, NULL);
	handin_shell(&h, "%s", spoil);
	handin_grade(&h, (struct grade_options){.compile_seconds = seconds}, wanted);
	CU_ASSERT_EQUAL_FATAL(h.code, 0);
	CU_ASSERT_EQUAL(number(h.results, "exit", NULL), 2);
	CU_ASSERT_EQUAL(number(stage(&h, 0), "points", NULL), number(stage(&h, 0), "of", NULL));
	const json_t *build = json_object_get(stage(&h, 1), "build");
	CU_ASSERT(json_is_false(json_object_get(build, "ok")));
	if (!strstr(handin_text(build, "messages"), words)) {
		fprintf(stderr, "%s: %s\n", spoil, handin_text(build, "messages"));
		CU_FAIL("the compiler's message is not the right one");
	}
	CU_ASSERT_STRING_EQUAL(handin_text(handin_row(&h, "reap.5/exit"), "verdict"), "skipped");
	return h;
}

static void
syntax_error(void)
{
	struct handin h = break_build("echo 'int f(void) { return }' > 02-reap/postmortem.c",
	    "sub/02-reap/postmortem.c:1:", 0);
	const json_t *build = json_object_get(stage(&h, 1), "build");

	CU_ASSERT_STRING_EQUAL(handin_text(build, "file"), "sub/02-reap/postmortem.c");
	CU_ASSERT_EQUAL(number(build, "line", NULL), 1);
	handin_close(&h);
}
SELFTEST("grade", "an error is told with file and line, the other stage is graded", syntax_error)

static void
missing_file(void)
{
	struct handin h = break_build("rm 02-reap/postmortem.c", "mp_postmortem", 0);

	handin_close(&h);
}
SELFTEST("grade", "a file that is missing is told by what it would have defined", missing_file)

static void
second_main(void)
{
	struct handin h =
	    break_build("echo 'int main(void) { return 0; }' >> 02-reap/postmortem.c", "main", 0);

	handin_close(&h);
}
SELFTEST("grade", "a main function of the student's is told", second_main)

static void
endless_include(void)
{
	struct handin h =
	    break_build("echo '#include \"/dev/zero\"' >> 02-reap/postmortem.c", "", 0);

	handin_close(&h);
}
SELFTEST("grade", "an include of /dev/zero takes neither the memory nor the day", endless_include)

static void
waiting_include(void)
{
	struct handin h = break_build("mkfifo /tmp/procsmith-selftest-fifo 2> /dev/null; "
				      "echo '#include \"/tmp/procsmith-selftest-fifo\"' "
				      ">> 02-reap/postmortem.c",
	    "not done after 5 s", 5); /* the other stage's files take less, also on a slow day */

	unlink("/tmp/procsmith-selftest-fifo");
	handin_close(&h);
}
SELFTEST("grade", "a compilation that waits is ended, and that is told", waiting_include)

static bool
is_gone(const char *file)
{
	int pid = 0;
	FILE *in = fopen(file, "re");

	if (!in || fscanf(in, "%d", &pid) != 1)
		pid = 0;
	if (in)
		fclose(in);
	/* It is our child's child: whoever adopts it may take a moment to reap it. */
	for (int64_t end = mp_deadline(60); pid && kill(pid, 0) == 0 && mp_now() < end;)
		(void)poll(NULL, 0, 5);
	return pid && kill(pid, 0) < 0 && errno == ESRCH;
}

static void
commands(void)
{
	struct handin h;
	char *output, pid_file[160];
	char *const hang[] = {
	    "sh", "-c", "sleep 1000 & echo $! > pid; echo begun; sleep 1000", NULL};
	char *const flood[] = {"sh", "-c", "yes | head -c 3000000; exit 3", NULL};
	char *const killed[] = {"sh", "-c", "kill -TERM $$", NULL};
	char *const nothing[] = {"/nowhere/at/all", NULL};

	handin_open(&h, "02-reap");
	snprintf(pid_file, sizeof(pid_file), "%s/pid", h.sub);
	CU_ASSERT_EQUAL(command_run(hang, h.sub, 3, &output), 124);
	CU_ASSERT_STRING_EQUAL(output, "begun\n");
	CU_ASSERT(is_gone(pid_file));
	free(output);
	CU_ASSERT_EQUAL(command_run(flood, h.sub, 10, &output), 3);
	CU_ASSERT_EQUAL(strlen(output), 1 << 20);
	free(output);
	CU_ASSERT_EQUAL(command_run(killed, h.sub, 10, &output), 128 + SIGTERM);
	free(output);
	CU_ASSERT_EQUAL(command_run(nothing, h.sub, 10, &output), 127);
	free(output);
	handin_close(&h);
}
SELFTEST("grade", "a command that takes too long is ended with its children", commands)

/* --- what it looks like ------------------------------------------------------------------------- */

/* Graded under this path, reap.5 has all its points. */
static void
passes(struct handin *h, const char *path, const char *kind)
{
	char *const wanted[] = {"reap.5", NULL};

	handin_grade(h, (struct grade_options){.submission = path}, wanted);
	CU_ASSERT_EQUAL(h->code, 0);
	CU_ASSERT_EQUAL(number(h->results, "exit", NULL), 0);
	CU_ASSERT_STRING_EQUAL(
	    handin_text(json_object_get(h->results, "submission"), "kind"), kind);
}

static void
shapes(void)
{
	struct handin h;
	char path[300], here[200];

	CU_ASSERT_PTR_NOT_NULL_FATAL(getcwd(here, sizeof(here)));
	handin_open(&h, NULL);
	handin_shell(&h, "cp -r 02-reap ../my-work && ln -s sub ../alias");
	passes(&h, h.sub, "tree");
	snprintf(path, sizeof(path), "%s///", h.sub);
	passes(&h, path, "tree");
	snprintf(path, sizeof(path), "%s/../sub/./02-reap/", h.sub);
	passes(&h, path, "stage");
	snprintf(path, sizeof(path), "%s/../my-work", h.sub);
	passes(&h, path, "stage");
	snprintf(path, sizeof(path), "%s/../alias", h.sub);
	passes(&h, path, "tree");
	CU_ASSERT_EQUAL_FATAL(chdir(h.base), 0);
	passes(&h, "./sub/", "tree");
	passes(&h, "sub/02-reap/..", "tree");
	CU_ASSERT_EQUAL_FATAL(chdir(h.sub), 0);
	passes(&h, ".", "tree");
	CU_ASSERT_EQUAL_FATAL(chdir("02-reap"), 0);
	passes(&h, ".", "stage");
	CU_ASSERT_EQUAL_FATAL(chdir(here), 0);
	handin_close(&h);
}
SELFTEST("grade", "a tree, a stage, by any path: with .., a slash, through a link, as .", shapes)

/* A row that is graded by spawn, and what the matrix says of it. */
static void
matrix(void)
{
	char *const wanted[] = {"spawn.4/process.4-signal", NULL};
	struct handin h;

	handin_open(&h, NULL);
	handin_shell(&h, "cp -r %s/solutions/05-spawn .", kit_root());
	handin_grade(&h, (struct grade_options){0}, wanted);
	CU_ASSERT_EQUAL(h.code, 0);
	CU_ASSERT_STRING_EQUAL(handin_text(handin_row(&h, wanted[0]), "verdict"), "pass");
	CU_ASSERT_EQUAL(number(handin_row(&h, wanted[0]), "of", NULL), 0);
	const json_t *entries = json_object_get(stage(&h, 0), "matrix");
	CU_ASSERT_EQUAL(json_array_size(entries), 1);
	const json_t *entry = json_array_get(entries, 0), *by = json_object_get(entry, "by");
	CU_ASSERT_STRING_EQUAL(handin_text(entry, "row"), "process.4/signal");
	CU_ASSERT_STRING_EQUAL(handin_text(by, "fork"), "spawn.1/process.4-signal");
	CU_ASSERT_STRING_EQUAL(handin_text(by, "spawn"), wanted[0]);
	CU_ASSERT_STRING_EQUAL(handin_text(by, "forkserver"), "spawn.5/process.4-signal");
	handin_close(&h);
}
SELFTEST("grade", "a row that is run again has its place in the matrix, and no points", matrix)

static void
todo_elsewhere(void)
{
	char *const wanted[] = {"spawn.4/args", "spawn.1/fork", NULL};
	struct handin h;

	handin_open(&h, NULL);
	handin_shell(&h,
	    "cp -r %s/solutions/05-spawn . && sed -i 's/int code = self.function(args);/"
	    "extern void mp_todo(const char *); int code = 0; mp_todo(\"spawn.4\");/' "
	    "05-spawn/child.c",
	    kit_root());
	handin_grade(&h, (struct grade_options){0}, wanted);
	CU_ASSERT_STRING_EQUAL(handin_text(handin_row(&h, wanted[0]), "verdict"), "todo");
	CU_ASSERT_STRING_EQUAL(handin_text(handin_row(&h, wanted[1]), "verdict"), "pass");
	handin_close(&h);
}
SELFTEST("grade", "what a child that is another program comes upon is to do, too", todo_elsewhere)

static void
only_read(void)
{
	char *const wanted[] = {"reap.5", "process.1", NULL};
	struct handin h;

	handin_open(&h, NULL);
	handin_shell(&h, "find . -type f -exec sha256sum {} + | sort > ../sums; "
			 "chmod -R a-w .; find . -printf '%%p %%T@ %%m %%C@\\n' | sort > ../times");
	handin_grade(&h, (struct grade_options){.own = true}, wanted);
	CU_ASSERT_EQUAL(number(h.results, "exit", NULL), 0);
	handin_shell(&h,
	    "find . -printf '%%p %%T@ %%m %%C@\\n' | sort | cmp - ../times && "
	    "find . -type f -exec sha256sum {} + | sort | cmp - ../sums && chmod -R u+w .");
	handin_close(&h);
}
SELFTEST("grade", "the submission is only read, and may be read-only", only_read)

static void
own_falls_back(void)
{
	char *const wanted[] = {"reap.1", NULL};
	char here[256];
	struct handin h;

	CU_ASSERT_PTR_NOT_NULL_FATAL(getcwd(here, sizeof(here)));
	handin_open(&h, NULL);
	/* Unfinished: the skeleton. Finished and wrong: a start that always fails. */
	handin_shell(&h,
	    "%s/harness/tools/skeleton %s/solutions/01-process/process.c > "
	    "01-process/process.c",
	    here, here);
	handin_grade(&h, (struct grade_options){.own = true}, wanted);
	CU_ASSERT_EQUAL(number(h.results, "exit", NULL), 0);
	handin_shell(&h,
	    "cp %s/solutions/01-process/process.c 01-process/ && "
	    "sed -i 's/^mp_process_new(.*/&/; /^mp_process_new(/,/^{/ s/^{/{ return -1;/' "
	    "01-process/process.c && grep -q 'return -1;' 01-process/process.c",
	    here);
	handin_grade(&h, (struct grade_options){.own = true}, wanted);
	CU_ASSERT_EQUAL(number(h.results, "exit", NULL), 1);
	handin_grade(&h, (struct grade_options){.own = false}, wanted);
	CU_ASSERT_EQUAL(number(h.results, "exit", NULL), 0);
	handin_close(&h);
}
SELFTEST(
    "grade", "own links finished stages, and the reference's for an unfinished one", own_falls_back)

/* "id verdict" of every row. */
static char *
verdicts(const struct handin *h)
{
	size_t size, i, j, k;
	char *text = NULL;
	json_t *s, *task, *row;
	FILE *out = open_memstream(&text, &size);

	json_array_foreach(json_object_get(h->results, "stages"), i, s)
		json_array_foreach(json_object_get(s, "tasks"), j, task)
			json_array_foreach(json_object_get(task, "rows"), k, row)
				fprintf(out, "%s %s\n", handin_text(row, "id"),
				    handin_text(row, "verdict"));
	fclose(out);
	return text;
}

static void
parallel(void)
{
	char *const wanted[] = {"process.1", "process.2", "reap.1", "reap.5", NULL};
	char here[256], *texts[3];
	static const unsigned jobs[] = {1, 2, 8};
	struct handin h;

	CU_ASSERT_PTR_NOT_NULL_FATAL(getcwd(here, sizeof(here)));
	handin_open(&h, NULL);
	handin_shell(&h,
	    "cp %s/harness/selftest/hostile/right.h 02-reap && "
	    "cp %s/harness/selftest/hostile/zombie.c 02-reap/postmortem.c",
	    here, here);
	for (int i = 0; i < 3; i++) {
		handin_grade(&h, (struct grade_options){.jobs = jobs[i]}, wanted);
		texts[i] = verdicts(&h);
	}
	CU_ASSERT_PTR_NOT_NULL(strstr(texts[0], "reap.5/exit leak\n"));
	CU_ASSERT_STRING_EQUAL(texts[1], texts[0]);
	CU_ASSERT_STRING_EQUAL(texts[2], texts[0]);
	for (int i = 0; i < 3; i++)
		free(texts[i]);
	handin_close(&h);
}
SELFTEST("grade", "one row at a time, two or eight: the same verdicts", parallel)
