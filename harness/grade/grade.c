/* SPDX-License-Identifier: MIT */
/*
 * One grading: plan, copy, build, run, judge, and the results put together.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include <mp/deadline.h>

#include "grade/grade.h"
#include "report/report.h"

/* A row that is run, and beside it the reference's run of it, if the judge wants one. */
struct pair {
	const struct plan_stage *stage;
	const struct plan_row *row;
	struct run *run, *reference;
};

struct grading {
	const struct grade_options *options;
	struct plan plan;
	struct submission submission;
	struct run *runs, *references;
	struct pair *pairs;
	size_t count, reference_count, done;
};

static void
count_done(const struct run *run, void *context)
{
	struct grading *g = context;

	(void)run;
	g->done++;
	if (g->options->progress)
		g->options->progress(g->done, g->count, g->options->context);
}

static struct run
request(const struct grading *g, const char *program, const struct plan_row *row, const char *kind,
    size_t number)
{
	struct run run = {
	    .program = program,
	    .row = row->id,
	    .seconds = row->seconds,
	    .level = g->options->level,
	};

	kit_path(run.log, sizeof(run.log), "%s/%s-%zu.jsonl", g->submission.scratch, kind, number);
	return run;
}

static int
collect(struct grading *g)
{
	size_t most = 0;

	for (size_t i = 0; i < g->plan.count; i++)
		most += g->plan.stages[i].count;
	g->runs = calloc(most + 1, sizeof(*g->runs));
	g->references = calloc(most + 1, sizeof(*g->references));
	g->pairs = calloc(most + 1, sizeof(*g->pairs));
	if (!g->runs || !g->references || !g->pairs)
		return 3;
	for (size_t i = 0; i < g->plan.count; i++) {
		struct plan_stage *stage = &g->plan.stages[i];
		for (size_t j = 0; stage->built && j < stage->count; j++) {
			if (!stage->rows[j].wanted)
				continue;
			g->runs[g->count] =
			    request(g, stage->program, &stage->rows[j], "row", g->count);
			g->pairs[g->count] = (struct pair){
			    .stage = stage,
			    .row = &stage->rows[j],
			    .run = &g->runs[g->count],
			};
			g->count++;
		}
	}
	return 0;
}

static int
run_phase(struct grading *g, struct run *runs, size_t n, const char *name, char *message)
{
	char scratch[PATH_MAX];

	kit_path(scratch, sizeof(scratch), "%s/%s", g->submission.scratch, name);
	mkdir(scratch, 0700);
	int error = run_all(runs, n, g->options->jobs, scratch, count_done, g);
	return error ? grade_fail(message, 3, "the rows could not be run: %s", strerror(-error))
		     : 0;
}

/* The reference beside it: only for the rows where there is something to explain. */
static int
run_references(struct grading *g, char *message)
{
	struct run *next = g->references;

	for (size_t i = 0; i < g->count; i++)
		if (g->runs[i].interrupted)
			return 0;
	for (size_t i = 0; i < g->count; i++) {
		struct pair *pair = &g->pairs[i];
		if (!judge_wants_reference(pair->row, pair->run))
			continue;
		char *path;
		if (asprintf(&path, "%s/tests/%s", kit_build(), pair->stage->name) < 0)
			return 3;
		*next = request(g, path, pair->row, "reference", i);
		pair->reference = next++;
		g->reference_count++;
	}
	size_t done = g->done;
	int code = g->reference_count
		       ? run_phase(g, g->references, g->reference_count, "references", message)
		       : 0;
	g->done = done;
	return code;
}

/* --- the results -------------------------------------------------------------------------------- */

static json_t *
rows_of(const struct grading *g, const struct judge *judge, const struct plan_stage *stage,
    const struct plan_row *row)
{
	for (size_t i = 0; i < g->count; i++)
		if (g->pairs[i].row == row)
			return judge_row(judge, stage, row, g->pairs[i].run, g->pairs[i].reference);
	if (!stage->present)
		return judge_unrun(
		    judge, stage, row, "todo", "the submission does not have this stage");
	return judge_unrun(judge, stage, row, "skipped", "the stage did not compile");
}

/* The rows of a task of that name, which is begun if there is none. */
static json_t *
task_rows(json_t *tasks, const char *id)
{
	size_t i;
	json_t *task;

	json_array_foreach(tasks, i, task)
		if (!strcmp(json_string_value(json_object_get(task, "id")), id))
			return json_object_get(task, "rows");
	task = json_pack("{s:s,s:i,s:i,s:[]}", "id", id, "points", 0, "of", 0, "rows");
	json_array_append_new(tasks, task);
	return json_object_get(task, "rows");
}

static json_t *
tasks_of(const struct grading *g, const struct judge *judge, const struct plan_stage *stage)
{
	json_t *tasks = json_array();

	for (size_t i = 0; i < stage->count; i++) {
		const struct plan_row *row = &stage->rows[i];
		if (row->wanted)
			json_array_append_new(
			    task_rows(tasks, row->task), rows_of(g, judge, stage, row));
	}
	return tasks;
}

static bool
is_wanted(const struct plan_stage *stage, const char *id)
{
	for (size_t i = 0; id && i < stage->count; i++)
		if (!strcmp(stage->rows[i].id, id))
			return stage->rows[i].wanted;
	return false;
}

/* The entries of which anything is graded here; all of them where the whole stage is. */
static json_t *
matrix_of(const struct plan_stage *stage)
{
	json_t *matrix = json_array(), *entry, *id;
	bool whole = true, any;
	const char *method;
	size_t i;

	for (i = 0; i < stage->count; i++)
		whole &= stage->rows[i].wanted;
	json_array_foreach(stage->matrix, i, entry) {
		any = whole;
		json_object_foreach(json_object_get(entry, "by"), method, id)
			any |= is_wanted(stage, json_string_value(id));
		if (any)
			json_array_append(matrix, entry);
	}
	return matrix;
}

/* The first "FILE:LINE:" of an error in the compiler's messages. */
static void
find_first_error(const char *messages, json_t *build)
{
	char file[256];
	int line;

	for (const char *at = messages; at && *at;
	     at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL) {
		size_t length = strcspn(at, "\n");
		if (!memmem(at, length, "error:", 6) ||
		    sscanf(at, "%255[^: \n]:%d:", file, &line) != 2)
			continue;
		json_object_set_new(build, "file", text_format("%s", file));
		json_object_set_new(build, "line", json_integer(line));
		return;
	}
}

static json_t *
build_of(const struct plan_stage *stage)
{
	const char *text = stage->messages ? stage->messages : "";
	size_t size = strlen(text) < 16384 ? strlen(text) : 16384;
	json_t *build = json_pack("{s:b,s:o,s:n,s:n,s:i}", "ok", stage->built || !stage->present,
	    "messages", text_json(text, size), "file", "line", "warnings", (int)stage->warnings);

	if (stage->present && !stage->built)
		find_first_error(text, build);
	return build;
}

static json_t *
stages_of(const struct grading *g, const struct judge *judge)
{
	char folder[PATH_MAX];
	json_t *stages = json_array();

	for (size_t i = 0; i < g->plan.count; i++) {
		const struct plan_stage *stage = &g->plan.stages[i];
		if (!stage->wanted)
			continue;
		if (kit_path(folder, sizeof(folder), "%s/%s", judge->graphs, stage->name))
			mkdir(folder, 0777);
		json_array_append_new(
		    stages, json_pack("{s:s,s:s,s:i,s:i,s:o,s:o,s:o}", "name", stage->name, "title",
				stage->title, "points", 0, "of", 0, "build", build_of(stage),
				"tasks", tasks_of(g, judge, stage), "matrix", matrix_of(stage)));
	}
	return stages;
}

static json_t *
machine_of(const struct grading *g)
{
	struct utsname name;
	double load = 0;
	const struct trace_result *trace =
	    g->count && g->runs[0].outcome ? &g->runs[0].outcome->trace : NULL;
	bool traced = trace && trace->level == TRACE_PTRACE;
	json_t *missed = json_array();

	uname(&name);
	(void)!getloadavg(&load, 1);
	if (g->count && !traced) {
		json_array_append_new(missed, json_string("zombies and who reaped whom"));
		json_array_append_new(missed, json_string("the rows' sentences about the graph"));
	}
	return json_pack("{s:o,s:i,s:f,s:s,s:o,s:o}", "system",
	    text_format("%s %s %s", name.sysname, name.release, name.machine), "cpus",
	    (int)sysconf(_SC_NPROCESSORS_ONLN), "load", load, "trace", traced ? "ptrace" : "none",
	    "trace_note", text_format("%s", trace ? trace->note : ""), "checks_not_made", missed);
}

static json_t *
results_of(const struct grading *g, time_t began, double seconds)
{
	char started[32], folder[PATH_MAX], here[PATH_MAX];
	struct tm utc;

	strftime(started, sizeof(started), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&began, &utc));
	struct judge judge = {g->options, &g->submission, g->options->graphs};
	if (!judge.graphs) {
		bool at_home = getcwd(here, sizeof(here)) && !strcmp(here, kit_root());
		kit_path(folder, sizeof(folder), "%s/graphs", at_home ? KIT_BUILD : kit_build());
		judge.graphs = folder;
	}
	mkdir(judge.graphs, 0777);
	json_t *results = json_pack("{s:s,s:i,s:s,s:f,s:I,s:{s:o,s:s,s:b},s:o,s:o}", "procsmith",
	    "results", "version", REPORT_VERSION, "started", started, "seconds", seconds, "seed",
	    (json_int_t)g->options->seed, "submission", "path",
	    text_format("%s", g->submission.path), "kind", g->submission.single ? "stage" : "tree",
	    "own", g->options->own, "machine", machine_of(g), "stages", stages_of(g, &judge));
	report_total(results);
	return results;
}

static void
release(struct grading *g)
{
	for (size_t i = 0; i < g->count; i++)
		run_release(&g->runs[i]);
	for (size_t i = 0; i < g->reference_count; i++) {
		free((char *)g->references[i].program);
		run_release(&g->references[i]);
	}
	free(g->runs);
	free(g->references);
	free(g->pairs);
	submission_close(&g->submission);
	plan_release(&g->plan);
}

/* One stage handed in, and nothing said of what to grade: that one. */
static void
narrow(struct plan *plan, const struct submission *s, const struct grade_options *options)
{
	for (size_t i = 0; i < plan->count; i++)
		if (s->single && options->wanted_count == 0)
			plan->stages[i].wanted = plan->stages[i].present;
}

static int
work(struct grading *g, json_t **results, char *message)
{
	const struct grade_options *options = g->options;
	time_t began = time(NULL);
	int64_t start = mp_now();

	int code = plan_read(&g->plan, options->wanted, options->wanted_count, message);
	if (!code)
		code = submission_open(&g->submission, options->submission, &g->plan, message);
	if (!code)
		narrow(&g->plan, &g->submission, options);
	if (!code)
		code = build_stages(&g->plan, &g->submission, options, message);
	if (!code)
		code = collect(g);
	if (!code)
		code = run_phase(g, g->runs, g->count, "rows", message);
	if (!code)
		code = run_references(g, message);
	if (!code)
		*results = results_of(g, began, (double)(mp_now() - start) / 1e9);
	return code;
}

/*
 * From here to the end a signal that ends a grading waits until somebody looks for it (a
 * command, the runner): so nothing is left behind, and what was graded is reported. And
 * the status of a child is ours to fetch, whatever whoever started us ignores.
 */
int
grade(const struct grade_options *options, json_t **results, char *message)
{
	struct grading g = {.options = options};
	struct sigaction child, plain = {.sa_handler = SIG_DFL};
	sigset_t set = run_signals(), before;
	static const struct timespec now;

	sigaction(SIGCHLD, &plain, &child);
	sigprocmask(SIG_BLOCK, &set, &before);
	int code = work(&g, results, message);
	release(&g);
	while (sigtimedwait(&set, NULL, &now) > 0)
		; /* it has had its effect */
	sigprocmask(SIG_SETMASK, &before, NULL);
	sigaction(SIGCHLD, &child, NULL);
	return code;
}
