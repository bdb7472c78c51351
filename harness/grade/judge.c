/* SPDX-License-Identifier: MIT */
/*
 * From what happened to a verdict.
 *
 * The order of the questions is the order of trust: was it ours to fail? is it written at
 * all? did it come to its end, and by itself? Only then: what did its checks say, what did
 * it leave behind, and does the kernel's witness agree?
 *
 * Invariants: nothing that the student's code printed or returned makes a verdict better.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <mp/todo.h>

#include "grade/findings.h"
#include "grade/grade.h"
#include "graph/graph.h"
#include "graph/knot.h"

/* What the judge has before it. */
struct trial {
	const struct plan_row *row;
	const struct run *run;
	const struct submission *submission;
	struct graph *graph; /* NULL: there is no log, or it cannot be read */
	json_t *findings;
	const char *verdict;
	json_t *knot; /* what stuck/ found; NULL: nothing */
	json_t *message, *file, *asked, *expected, *seen;
	int line;
};

static void
say(struct trial *t, const char *verdict, json_t *message)
{
	t->verdict = verdict;
	t->message = message;
}

static struct graph *
read_graph(const struct run *run)
{
	char error[160];
	FILE *log = fopen(run->log, "re");
	struct graph *graph = log ? graph_read(log, error, sizeof(error)) : NULL;

	if (log)
		fclose(log);
	return graph;
}

/* --- the questions, in order; each says true when it has the answer ----------------------- */

static bool
is_ours(struct trial *t)
{
	const struct run_outcome *o = t->run->outcome;

	if (t->run->interrupted)
		say(t, "skipped",
		    text_format("the grading was interrupted before it came to its end"));
	else if (t->run->killed)
		say(t, "tamper",
		    text_format(
			"twice the process that watches over this row was ended by SIG%s: the "
			"row kills it (after a parent's death getppid() is somebody else)",
			sigabbrev_np(t->run->killed)));
	else if (t->run->overdue)
		say(t, "harness error",
		    text_format("the supervisor of this row did not come to its end"));
	else if (!o || !o->supervised)
		say(t, "harness error", text_format("the supervisor of this row died"));
	else if (o->error)
		say(t, "harness error",
		    text_format("the row's program could not be run: %s", strerror(-o->error)));
	return t->verdict;
}

static bool
is_tamper(struct trial *t)
{
	json_t *how = findings_tamper(t->run);

	if (how)
		say(t, "tamper", how);
	return t->verdict;
}

/* A child that is another program has no channel: its exit code tells. */
static bool
is_todo_elsewhere(const struct trial *t)
{
	bool held = run_is_proved(t->run) && !atomic_load(&t->run->channel->failed);

	return !held && t->graph && graph_exits(t->graph, MP_TODO_STATUS) > 0;
}

static bool
is_todo(struct trial *t)
{
	const struct channel *c = t->run->channel;

	if (!*c->todo && is_todo_elsewhere(t))
		say(t, "todo", text_format("a child came upon what is not written yet"));
	if (*c->todo)
		say(t, "todo",
		    text_format("%.*s is not written yet", (int)strnlen(c->todo, sizeof(c->todo)),
			c->todo));
	return t->verdict;
}

/* Its processes wait for each other: stuck/ has said how. */
static bool
is_deadlock(struct trial *t)
{
	const struct run_outcome *o = t->run->outcome;

	if (!*o->knot)
		return false;
	t->knot = json_loadb(o->knot, strnlen(o->knot, sizeof(o->knot)), 0, NULL);
	say(t, "deadlock", findings_knot(t->knot));
	return true;
}

static bool
is_late(struct trial *t)
{
	if (t->run->outcome->late)
		say(t, "slow", findings_where(t->run));
	return t->verdict;
}

static bool
is_crash(struct trial *t)
{
	struct fault fault = {0};
	int status = t->run->outcome->trace.status;

	if (!WIFSIGNALED(status))
		return false;
	const char *name = sigabbrev_np(WTERMSIG(status));
	bool found = fault_find(t->run, t->submission, "P", &fault) && *fault.file;
	if (found) {
		t->file = text_format("%s", fault.file);
		t->line = fault.line;
	}
	say(t, "crash",
	    text_format("the row's process was ended by SIG%s%s%s", name ? name : "?",
		found ? " in " : "", found ? fault.function : ""));
	return true;
}

/* The page says what the process proved, the exit status is only shown. */
static bool
is_early(struct trial *t)
{
	const struct channel *c = t->run->channel;
	unsigned state = atomic_load(&c->state);

	if (run_is_proved(t->run))
		return false;
	if (state == CHANNEL_DONE) {
		say(t, "tamper",
		    text_format("the results on the channel were not written by the row"));
		return true;
	}
	int code = WEXITSTATUS(t->run->outcome->trace.status);
	bool begun = state == CHANNEL_RUNNING;
	json_array_append_new(
	    t->findings, json_pack("{s:s,s:o}", "kind", "early exit", "text",
			     text_format("exit(%d) %s", code,
				 begun ? "in the middle of the row" : "before the row began")));
	say(t, "wrong",
	    text_format("the row's process left by exit(%d) %s: a library never exits", code,
		begun ? "in the middle of the row" : "before the row began"));
	return true;
}

static bool
is_wrong(struct trial *t)
{
	const struct channel *c = t->run->channel;

	if (!atomic_load(&c->failed))
		return false;
	t->file = text_field(c->file, sizeof(c->file));
	t->line = c->line;
	t->asked = text_field(c->asked, sizeof(c->asked));
	t->expected = text_field(c->expected, sizeof(c->expected));
	t->seen = text_field(c->seen, sizeof(c->seen));
	struct fault fault = {0};
	if (fault_find(t->run, t->submission, NULL, &fault) && fault.students)
		json_array_append_new(t->findings,
		    json_pack("{s:s,s:o}", "kind", "crash", "text",
			text_format("%s was ended by SIG%s at %s:%d in %s", fault.who,
			    sigabbrev_np(fault.signal), fault.file, fault.line, fault.function)));
	say(t, "wrong", text_format("a check did not hold"));
	return true;
}

/* All checks held: what did it leave, and what did the kernel see? */
static void
is_clean(struct trial *t)
{
	findings_left(t->findings, t->row->owes, t->run, t->graph);
	if (json_array_size(t->findings)) {
		say(t, "leak", text_format("the checks held, but something was left behind"));
		return;
	}
	if (t->row->graph && t->graph && t->run->outcome->trace.level == TRACE_PTRACE)
		findings_graph(t->findings, t->row->graph, t->graph);
	if (json_array_size(t->findings))
		say(t, "wrong", text_format("the checks held, but the kernel saw otherwise"));
	else
		say(t, "pass", NULL);
}

static void
decide(struct trial *t)
{
	if (!is_ours(t) && !is_tamper(t) && !is_todo(t) && !is_deadlock(t) && !is_late(t) &&
	    !is_crash(t) && !is_early(t) && !is_wrong(t))
		is_clean(t);
}

static struct trial
try(const struct plan_row *row, const struct run *run, const struct submission *submission)
{
	struct trial t = {.row = row, .run = run, .submission = submission};

	t.graph = read_graph(run);
	t.findings = json_array();
	decide(&t);
	return t;
}

static void
dismiss(struct trial *t)
{
	graph_free(t->graph);
	json_decref(t->findings);
	json_decref(t->knot);
	json_decref(t->message);
	json_decref(t->file);
	json_decref(t->asked);
	json_decref(t->expected);
	json_decref(t->seen);
}

/* --- the row of the results -------------------------------------------------------------------- */

/* One picture a row: GRAPHS/01-process/process.3-waits.svg. Its name, or NULL. */
static json_t *
draw(const struct judge *judge, const struct plan_stage *stage, const struct plan_row *row,
    struct graph *graph)
{
	char path[PATH_MAX], title[320];

	if (!graph || graph_size(graph) < 2)
		return NULL;
	int n = snprintf(path, sizeof(path), "%s/%s/", judge->graphs, stage->name);
	snprintf(path + n, sizeof(path) - (size_t)n, "%s.svg", row->id);
	char *slash = strchr(path + n, '/');
	if (slash)
		*slash = '-';
	snprintf(title, sizeof(title), "%s: %.200s", row->id, row->sentence);
	graph_title(graph, title);
	FILE *svg = fopen(path, "we");
	if (!svg)
		return NULL;
	int error = graph_write_svg(graph, svg);
	return fclose(svg) || error ? NULL : text_format("%s", path);
}

/* The wait-for graph of a deadlock: GRAPHS/01-process/process.3-waits-knot.svg. */
static json_t *
draw_knot(const struct judge *judge, const struct plan_stage *stage, const struct plan_row *row,
    const json_t *knot)
{
	char path[PATH_MAX], title[320];

	int n = snprintf(path, sizeof(path), "%s/%s/", judge->graphs, stage->name);
	snprintf(path + n, sizeof(path) - (size_t)n, "%s-knot.svg", row->id);
	char *slash = strchr(path + n, '/');
	if (slash)
		*slash = '-';
	snprintf(title, sizeof(title), "%s: who waits for whom", row->id);
	FILE *svg = fopen(path, "we");
	if (!svg)
		return NULL;
	int error = graph_knot_svg(knot, title, svg);
	return fclose(svg) || error ? NULL : text_format("%s", path);
}

/* What a view of the graph writes, as a JSON string. */
static json_t *
written(const struct graph *graph, bool tree)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return json_null();
	int error = tree ? graph_write_text(graph, out, false) : graph_write_mermaid(graph, out);
	fclose(out);
	json_t *json = error ? json_null() : text_json(text, size);
	free(text);
	return json;
}

static json_t *
compare(struct trial *t, const struct run *reference)
{
	bool whole = reference && !reference->interrupted;
	struct graph *other = whole && t->graph ? read_graph(reference) : NULL;
	json_t *words = other ? graph_compare(t->graph, other) : NULL;

	graph_free(other);
	return words ? words : json_array();
}

static json_t *
repeat(const struct judge *judge, const struct plan_stage *stage, const struct plan_row *row)
{
	const char *path = judge->submission->path;

	if (!strcmp(path, "labs"))
		return text_format("make grade-%s T=%s", stage->name, row->id);
	return text_format("make grade-%s T=%s SUBMISSION=%s", stage->name, row->id, path);
}

static json_t *
or_null(json_t *value)
{
	return value ? json_incref(value) : json_null();
}

static json_t *
plain_row(const struct judge *judge, const struct plan_stage *stage, const struct plan_row *row,
    const char *verdict)
{
	bool passed = !strcmp(verdict, "pass");

	return json_pack("{s:s,s:s,s:s,s:i,s:i,s:f,s:n,s:n,s:n,s:n,s:n,s:[],s:[],s:s,s:o,s:n,s:b,"
			 "s:[],s:n,s:n,s:n,s:n}",
	    "id", row->id, "sentence", row->sentence, "verdict", verdict, "points",
	    passed ? row->points : 0, "of", row->points, "seconds", 0.0, "asked", "expected",
	    "seen", "where", "message", "findings", "difference", "hint", row->task, "repeat",
	    repeat(judge, stage, row), "output", "output_cut", 0, "graphs", "mermaid", "tree",
	    "schedule", "knot");
}

/* For a row that is not as it should be: everything that helps to see why. */
static void
explain(json_t *json, struct trial *t, const struct run *reference)
{
	const struct run_outcome *o = t->run->outcome;

	/* In a deadlock all that differs is that we ended it. */
	json_object_set_new(json, "difference", t->knot ? json_array() : compare(t, reference));
	json_object_set_new(
	    json, "output", o->output_kept ? text_json(o->output, o->output_kept) : json_null());
	json_object_set_new(json, "output_cut", json_boolean(o->output_total > o->output_kept));
	if (t->graph && graph_size(t->graph) > 1) {
		json_object_set_new(json, "tree", written(t->graph, true));
		json_object_set_new(json, "mermaid", written(t->graph, false));
	}
}

bool
judge_wants_reference(const struct plan_row *row, const struct run *run)
{
	static const struct submission nobody;
	struct trial t = try(row, run, &nobody);
	bool wants = strcmp(t.verdict, "pass") && strcmp(t.verdict, "todo") &&
		     strcmp(t.verdict, "skipped") && strcmp(t.verdict, "harness error");

	dismiss(&t);
	return wants;
}

json_t *
judge_row(const struct judge *judge, const struct plan_stage *stage, const struct plan_row *row,
    const struct run *run, const struct run *reference)
{
	struct trial t = try(row, run, judge->submission);
	json_t *json = plain_row(judge, stage, row, t.verdict);

	if (run->outcome)
		json_object_set_new(json, "seconds", json_real(run->outcome->seconds));
	json_object_set_new(json, "message", or_null(t.message));
	json_object_set_new(json, "asked", or_null(t.asked));
	json_object_set_new(json, "expected", or_null(t.expected));
	json_object_set_new(json, "seen", or_null(t.seen));
	json_object_set(json, "findings", t.findings);
	if (t.file)
		json_object_set_new(
		    json, "where", json_pack("{s:O,s:i}", "file", t.file, "line", t.line));
	if (strcmp(t.verdict, "pass") && strcmp(t.verdict, "todo") && run->outcome)
		explain(json, &t, reference);
	if (t.knot) {
		json_t *knot = draw_knot(judge, stage, row, t.knot);
		json_object_set_new(json, "knot", findings_waits(t.knot));
		if (knot)
			json_array_append_new(json_object_get(json, "graphs"), knot);
	}
	json_t *picture = draw(judge, stage, row, t.graph);
	if (picture)
		json_array_append_new(json_object_get(json, "graphs"), picture);
	dismiss(&t);
	return json;
}

json_t *
judge_unrun(const struct judge *judge, const struct plan_stage *stage, const struct plan_row *row,
    const char *verdict, const char *why)
{
	json_t *json = plain_row(judge, stage, row, verdict);

	json_object_set_new(json, "message", text_format("%s", why));
	return json;
}
