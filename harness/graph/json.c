/* SPDX-License-Identifier: MIT */
/*
 * The model as JSON, whole and with its numbers: docs/graph-model.md, graph.schema.json.
 *
 * What did not happen is null, a list of nothing is empty; no field is ever absent.
 */
#define _GNU_SOURCE
#include "graph/words.h"

static json_t *
path_of(const struct process *process)
{
	return process ? json_string(process->path) : json_null();
}

static json_t *
text_of(const char *text)
{
	return text ? json_string(text) : json_null();
}

static json_t *
time_of(int64_t ns, size_t at)
{
	return at ? json_integer(ns) : json_null();
}

static json_t *
signal_of(int signal)
{
	char room[32];

	return signal ? json_string(words_signal(signal, room, sizeof(room))) : json_null();
}

static json_t *
execs_of(const struct process *process)
{
	json_t *list = json_array();

	for (const struct exec *exec = process->execs; exec; exec = exec->next) {
		json_t *argv = json_array();
		for (size_t i = 0; i < exec->argc; i++)
			json_array_append_new(argv, json_string(exec->argv[i]));
		json_array_append_new(list, json_pack("{s:I, s:o, s:o}", "ns", (json_int_t)exec->ns,
						"argv", argv, "exe", text_of(exec->exe)));
	}
	return list;
}

static json_t *
adoptions_of(const struct process *process)
{
	json_t *list = json_array();

	for (const struct adoption *a = process->adoptions; a; a = a->next)
		json_array_append_new(
		    list, json_pack("{s:I, s:o, s:o, s:I, s:o}", "ns", (json_int_t)a->ns, "from",
			      path_of(a->from), "to", path_of(a->to), "pid", (json_int_t)a->pid,
			      "name", text_of(a->name)));
	return list;
}

static json_t *
kill_of(const struct kill *kill)
{
	return json_pack("{s:I, s:o, s:o, s:I, s:i, s:o, s:i, s:o}", "ns", (json_int_t)kill->ns,
	    "from", path_of(kill->from), "to", path_of(kill->to), "pid", (json_int_t)kill->pid,
	    "signal", kill->signal, "name", signal_of(kill->signal), "error", kill->error,
	    "after_reap_of", path_of(kill->after));
}

static json_t *
kills_of(const struct process *process, bool sent)
{
	const struct kill *kill = sent ? process->sent : process->received;
	json_t *list = json_array();

	for (; kill; kill = sent ? kill->next_sent : kill->next_received)
		json_array_append_new(list, kill_of(kill));
	return list;
}

static json_t *
faults_of(const struct process *process)
{
	json_t *list = json_array();

	for (const struct fault *fault = process->faults; fault; fault = fault->next) {
		json_t *frames = json_array();
		for (size_t i = 0; i < fault->depth; i++)
			json_array_append_new(frames, json_integer((json_int_t)fault->frames[i]));
		json_array_append_new(
		    list, json_pack("{s:I, s:i, s:o, s:I, s:o}", "ns", (json_int_t)fault->ns,
			      "signal", fault->signal, "name", signal_of(fault->signal), "address",
			      (json_int_t)fault->address, "frames", frames));
	}
	return list;
}

static json_t *
ends_of(unsigned ends, const struct pipe *pipe)
{
	json_t *list = json_array();

	if (ends & END_R)
		json_array_append_new(list, json_string(pipe->pair ? "a" : "r"));
	if (ends & END_W)
		json_array_append_new(list, json_string(pipe->pair ? "b" : "w"));
	return list;
}

static json_t *
pipes_of(const struct process *process)
{
	json_t *list = json_array();

	for (const struct hold *hold = process->holds; hold; hold = hold->next)
		json_array_append_new(list,
		    json_pack("{s:s, s:o, s:o, s:o, s:b, s:b}", "pipe", hold->pipe->name, "ever",
			ends_of(hold->ever, hold->pipe), "at_exit",
			ends_of(hold->at_exit, hold->pipe), "used", ends_of(hold->used, hold->pipe),
			"spare", hold->spare, "leaked", hold->leaked));
	return list;
}

static json_t *
names_of(const struct name *name)
{
	json_t *list = json_array();

	for (; name; name = name->next)
		json_array_append_new(list, json_string(name->path));
	return list;
}

static json_t *
life_of(const struct process *p)
{
	bool zombie = p->died_at && p->reaped_at;
	json_t *code = p->ending == END_EXIT ? json_integer(p->code) : json_null();
	json_t *signal = p->ending == END_SIGNAL ? json_integer(p->signal) : json_null();
	json_t *by =
	    p->reaping ? json_string(p->reaping == REAP_WAIT ? "wait" : "ignored") : json_null();

	return json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:o, s:o, s:b, s:b}", "born",
	    (json_int_t)p->born, "died", time_of(p->died, p->died_at), "reaped",
	    time_of(p->reaped, p->reaped_at), "code", code, "signal", signal, "signal_name",
	    signal_of(p->signal), "core", p->core, "reaped_by", path_of(p->reaper), "reaped_how",
	    by, "dead_for", zombie ? json_integer(p->reaped - p->died) : json_null(), "zombie",
	    p->zombie, "orphan", p->orphan);
}

static json_t *
deeds_of(const struct process *p)
{
	char state[2] = {p->left, '\0'};

	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:b, s:o, s:I, s:o}",
	    "execs", execs_of(p), "adopted", adoptions_of(p), "kills", kills_of(p, true),
	    "killed_by", kills_of(p, false), "faults", faults_of(p), "pipes", pipes_of(p),
	    "created", names_of(p->created), "unlinked", names_of(p->unlinked), "session",
	    p->session, "subreaper", p->subreaper, "death_signal", signal_of(p->death_signal),
	    "stops", (json_int_t)p->stops, "left", p->left ? json_string(state) : json_null());
}

static json_t *
json_of(const struct process *p)
{
	json_t *object = json_pack("{s:s, s:I, s:o, s:s}", "path", p->path, "pid",
	    (json_int_t)p->pid, "parent", path_of(p->parent), "how", p->how);
	json_t *life = life_of(p), *deeds = deeds_of(p);

	json_object_update_missing(object, life);
	json_object_update_missing(object, deeds);
	json_decref(life);
	json_decref(deeds);
	return object;
}

json_t *
graph_json(const struct graph *graph)
{
	json_t *processes = json_array(), *pipes = json_array();

	for (size_t i = 0; i < graph->size; i++)
		json_array_append_new(processes, json_of(graph->processes[i]));
	for (const struct pipe *pipe = graph->pipes; pipe; pipe = pipe->next)
		json_array_append_new(
		    pipes, json_pack("{s:s, s:s, s:o, s:I}", "name", pipe->name, "kind", pipe->kind,
			       "maker", path_of(pipe->maker), "ns", (json_int_t)pipe->ns));
	return json_pack("{s:i, s:o, s:s, s:b, s:I, s:I, s:I, s:o, s:o, s:o}", "version", 1,
	    "title", text_of(graph->title), "level", graph->level, "complete",
	    graph->complete && !graph->cut, "lost", (json_int_t)graph->lost, "ns",
	    (json_int_t)graph->ended, "most_alive", (json_int_t)graph->most_alive, "processes",
	    processes, "pipes", pipes, "left_behind", names_of(graph->names));
}
