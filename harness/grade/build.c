/* SPDX-License-Identifier: MIT */
/*
 * From files to programs: each stage of the submission is compiled, then linked with the
 * rows of the stage and the reference's objects of all other stages, so that a fault in
 * one stage is paid for once. With own, the student's other stages are linked instead,
 * as far as they are finished and compile.
 *
 * The compiler runs where the copy lies, so its messages name files as the student does.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "grade/grade.h"

#define COMPILE_SECONDS 60

/* --- a command line that grows ---------------------------------------------------------- */

struct line {
	char **words;
	size_t count;
	bool failed;
};

static void
add(struct line *line, const char *format, ...)
{
	va_list list;
	char **more = reallocarray(line->words, line->count + 2, sizeof(*more));

	if (!more) {
		line->failed = true;
		return;
	}
	line->words = more;
	va_start(list, format);
	if (vasprintf(&more[line->count], format, list) < 0)
		line->failed = true;
	else
		line->count++;
	va_end(list);
	more[line->count] = NULL;
}

/* The words of a flag list that make gave us. */
static void
add_words(struct line *line, const char *words)
{
	while (*words) {
		size_t n = strcspn(words, " ");
		if (n)
			add(line, "%.*s", (int)n, words);
		words += n + (words[n] == ' ');
	}
}

static size_t
add_matching(struct line *line, const char *pattern)
{
	glob_t found;
	size_t n = 0;

	if (glob(pattern, 0, NULL, &found) == 0)
		for (; n < found.gl_pathc; n++)
			add(line, "%s", found.gl_pathv[n]);
	globfree(&found);
	return n;
}

static void
release(struct line *line)
{
	while (line->count)
		free(line->words[--line->count]);
	free(line->words);
}

/* --- one stage -------------------------------------------------------------------------------- */

static unsigned
count(const char *text, const char *word)
{
	unsigned n = 0;

	for (; (text = strstr(text, word)); text += strlen(word))
		n++;
	return n;
}

/* Append a tool's output to the stage's messages. */
static void
tell(struct plan_stage *stage, char *output)
{
	char *longer = NULL;

	stage->warnings += count(output, "warning:");
	if (*output &&
	    asprintf(&longer, "%s%s", stage->messages ? stage->messages : "", output) >= 0) {
		free(stage->messages);
		stage->messages = longer;
	}
	free(output);
}

/* Run a line; 0 if it succeeded, 1 if not, -errno if it could not be run. */
static int
run(struct plan_stage *stage, struct line *line, const char *directory, double seconds)
{
	char *output, *why;
	int status = line->failed ? -ENOMEM : command_run(line->words, directory, seconds, &output);

	release(line);
	if (status < 0)
		return status;
	tell(stage, output);
	if (status == 124 &&
	    asprintf(&why, "error: not done after %g s, and ended\n", seconds) >= 0)
		tell(stage, why);
	return status == 127 ? -ENOENT : status != 0;
}

static int
compile_file(struct plan_stage *stage, const struct submission *s, const char *file, double seconds)
{
	char directory[PATH_MAX];
	const char *base = strrchr(file, '/') + 1;
	struct line line = {0};

	kit_path(directory, sizeof(directory), "%s/src", s->scratch);
	add_words(&line, KIT_CC " " KIT_CODE " " KIT_WARN " -Wno-unused-parameter");
	add(&line, "-I%s/labs/include", kit_root());
	add(&line, "-c");
	add(&line, "%s", file + strlen(directory) + 1);
	add(&line, "-o");
	add(&line, "%s/obj/%s/%.*s.o", s->scratch, stage->name, (int)strlen(base) - 2, base);
	return run(stage, &line, directory, seconds);
}

/* Where the copy of the stage lies. */
static bool
source_pattern(
    char *pattern, size_t size, const struct plan_stage *stage, const struct submission *s)
{
	return s->single
		   ? kit_path(pattern, size, "%s/src/%s/*.c", s->scratch, s->shown)
		   : kit_path(pattern, size, "%s/src/%s/%s/*.c", s->scratch, s->shown, stage->name);
}

static int
compile(struct plan_stage *stage, const struct submission *s, double seconds)
{
	char path[PATH_MAX];
	glob_t files;
	int error = 0;

	kit_path(path, sizeof(path), "%s/obj/%s", s->scratch, stage->name);
	mkdir(path, 0700);
	source_pattern(path, sizeof(path), stage, s);
	stage->built = true;
	if (glob(path, 0, NULL, &files) == 0)
		for (size_t i = 0; error >= 0 && i < files.gl_pathc; i++) {
			error = compile_file(stage, s, files.gl_pathv[i], seconds);
			stage->built &= error == 0;
		}
	globfree(&files);
	return error < 0 ? error : 0;
}

/* Whose objects of this stage are linked into the program of that one? */
static bool
is_students(const struct plan_stage *stage, const struct plan_stage *program, bool own)
{
	return stage == program || (own && stage->present && stage->built && !stage->unfinished);
}

static int
link_program(struct plan *plan, struct plan_stage *stage, const struct submission *s, bool own)
{
	char pattern[PATH_MAX];
	struct line line = {0};
	const char *build = kit_build();

	if (asprintf(&stage->program, "%s/bin/%s", s->scratch, stage->name) < 0)
		return -ENOMEM;
	add_words(&line, KIT_CC " " KIT_CODE);
	add(&line, "-o");
	add(&line, "%s", stage->program);
	add(&line, "%s/obj/harness/tests/%s.o", build, stage->name);
	kit_path(pattern, sizeof(pattern), "%s/obj/harness/tests/%s/*.o", build, stage->name);
	add_matching(&line, pattern);
	add(&line, "%s/obj/harness/runner/row.o", build);
	add(&line, "%s/obj/harness/runner/rows.o", build);
	for (size_t i = 0; i < plan->count; i++) {
		const char *name = plan->stages[i].name;
		bool students = is_students(&plan->stages[i], stage, own);
		kit_path(pattern, sizeof(pattern), "%s/obj/%s%s/*.o", students ? s->scratch : build,
		    students ? "" : "solutions/", name);
		add_matching(&line, pattern);
	}
	kit_path(pattern, sizeof(pattern), "%s/obj/labs/00-base/*.o", build);
	add_matching(&line, pattern);
	add_words(&line, "-lcunit -lm");
	int error = run(stage, &line, s->scratch, COMPILE_SECONDS);
	stage->built = error == 0;
	return error < 0 ? error : 0;
}

int
build_stages(struct plan *plan, const struct submission *s, const struct grade_options *options,
    char *message)
{
	char path[PATH_MAX];
	bool own = options->own;
	double seconds = options->compile_seconds > 0 ? options->compile_seconds : COMPILE_SECONDS;
	int error = 0;

	kit_path(path, sizeof(path), "%s/obj", s->scratch);
	mkdir(path, 0700);
	kit_path(path, sizeof(path), "%s/bin", s->scratch);
	mkdir(path, 0700);
	for (size_t i = 0; !error && i < plan->count; i++)
		if (plan->stages[i].present && (own || plan->stages[i].wanted))
			error = compile(&plan->stages[i], s, seconds);
	for (size_t i = 0; !error && i < plan->count; i++)
		if (plan->stages[i].wanted && plan->stages[i].built)
			error = link_program(plan, &plan->stages[i], s, own);
	if (error == -EINTR)
		return grade_fail(message, 3, "interrupted, before any row was run");
	return error ? grade_fail(message, 3, "the compiler could not be run: " KIT_CC) : 0;
}
