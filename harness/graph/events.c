/* SPDX-License-Identifier: MIT */
/*
 * What each event of a log does to the model: one function a kind, and the table of them.
 *
 * Invariant: a path that is kept is made of P, digits and dots, so no view escapes it.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "graph/read.h"

/* The process that a field names; NULL, and the error said, if there is none. */
static struct process *
named(struct reader *reader, const json_t *value, const char *field)
{
	const char *path = json_string_value(value);
	struct process *process = path ? model_find(reader->graph, path) : NULL;

	if (!path)
		read_fail(reader, "\"%s\" names no process", field);
	else if (!process)
		read_fail(reader, "\"%s\": there is no process %.40s yet", field, path);
	return process;
}

static void
keep_exec(struct reader *reader, const json_t *event, struct process *who)
{
	const json_t *argv = json_object_get(event, "argv");
	size_t argc = json_array_size(argv);
	struct exec *exec = model_keep(reader->graph, sizeof(*exec));

	exec->argc = argc < MODEL_ARGS ? argc : MODEL_ARGS;
	exec->argv = model_keep(reader->graph, (exec->argc + 1) * sizeof(*exec->argv));
	for (size_t i = 0; i < exec->argc; i++) {
		const char *text = json_string_value(json_array_get(argv, i));
		exec->argv[i] = model_keep_text(reader->graph, text ? text : "");
	}
	const char *exe = read_text(event, "exe");
	exec->exe = exe ? model_keep_text(reader->graph, exe) : NULL;
	exec->ns = read_number(event, "ns");
	MODEL_APPEND(who->execs, who->last_exec, exec, next);
}

static int
event_start(struct reader *reader, const json_t *event, struct process *none)
{
	(void)none;
	long long version = read_number(event, "version");
	const char *who = read_text(event, "who"), *level = read_text(event, "level");

	if (reader->graph->size)
		return read_fail(reader, "a second \"start\"");
	if (version != 1)
		return read_fail(reader, "version %lld of the log is not known, 1 is", version);
	if (!who || strcmp(who, "P"))
		return read_fail(reader, "\"start\" must be of P");
	struct process *root = model_process(reader->graph, NULL, who);
	if (!root)
		return read_fail(reader, "out of memory");
	root->pid = read_number(event, "pid");
	root->how = "start";
	root->born_at = reader->line;
	root->born = read_number(event, "ns");
	reader->graph->level = model_keep_text(reader->graph, level ? level : "ptrace");
	keep_exec(reader, event, root);
	return 0;
}

/* PARENT.NUMBER, and nothing that a view would have to escape. */
static bool
is_child_path(const char *path, const char *parent)
{
	size_t n = strlen(parent);

	if (strncmp(path, parent, n) || path[n] != '.')
		return false;
	size_t digits = strspn(path + n + 1, "0123456789");
	return digits > 0 && digits < 10 && path[n + 1] != '0' && path[n + 1 + digits] == '\0';
}

static int
event_fork(struct reader *reader, const json_t *event, struct process *who)
{
	const char *path = read_text(event, "child"), *how = read_text(event, "how");
	struct graph *graph = reader->graph;

	if (!path || !is_child_path(path, who->path))
		return read_fail(reader, "\"child\" is no child of %s", who->path);
	if (model_find(graph, path))
		return read_fail(reader, "%s is born twice", path);
	if (graph->size >= MODEL_PROCESSES || who->depth >= MODEL_DEPTH) {
		graph->cut = reader->line;
		return 0;
	}
	struct process *child = model_process(graph, who, path);
	if (!child || pipes_inherit(graph, who, child))
		return read_fail(reader, "out of memory");
	child->pid = read_number(event, "pid");
	child->how = how && !strcmp(how, "vfork")   ? "vfork"
		     : how && !strcmp(how, "clone") ? "clone"
						    : "fork";
	child->born_at = reader->line;
	child->born = read_number(event, "ns");
	return 0;
}

static int
event_exec(struct reader *reader, const json_t *event, struct process *who)
{
	pipes_exec(who);
	keep_exec(reader, event, who);
	return 0;
}

static int
event_exit(struct reader *reader, const json_t *event, struct process *who)
{
	const json_t *code = json_object_get(event, "code");
	const json_t *signal = json_object_get(event, "signal");

	if (!json_is_integer(code) && !json_is_integer(signal))
		return read_fail(reader, "\"exit\" with neither code nor signal");
	if (who->died_at)
		return read_fail(reader, "%s exits twice", who->path);
	who->ending = json_is_integer(signal) ? END_SIGNAL : END_EXIT;
	who->code = (int)json_integer_value(code);
	who->signal = (int)json_integer_value(signal);
	who->core = json_is_true(json_object_get(event, "core"));
	who->died_at = reader->line;
	who->died = read_number(event, "ns");
	pipes_release(who);
	return 0;
}

static int
event_reap(struct reader *reader, const json_t *event, struct process *who)
{
	struct process *child = named(reader, json_object_get(event, "child"), "child");
	const char *how = read_text(event, "how");

	if (!child)
		return -1;
	if (child->reaping)
		return read_fail(reader, "%s is reaped twice", child->path);
	child->reaping = how && !strcmp(how, "ignored") ? REAP_IGNORED : REAP_WAIT;
	child->reaper = who;
	child->reaped_at = reader->line;
	child->reaped = read_number(event, "ns");
	pipes_waited(who);
	return 0;
}

static int
event_adopt(struct reader *reader, const json_t *event, struct process *who)
{
	const json_t *from = json_object_get(event, "from"), *to = json_object_get(event, "to");
	const char *name = read_text(event, "name");
	struct adoption *adoption = model_keep(reader->graph, sizeof(*adoption));

	if (from && !json_is_null(from) && !(adoption->from = named(reader, from, "from")))
		return -1;
	if (to && !json_is_null(to) && !(adoption->to = named(reader, to, "to")))
		return -1;
	adoption->pid = read_number(event, "pid");
	adoption->name = name ? model_keep_text(reader->graph, name) : NULL;
	adoption->ns = read_number(event, "ns");
	MODEL_APPEND(who->adoptions, who->last_adoption, adoption, next);
	return 0;
}

/* The last process with that pid, if it is reaped and nobody has the pid again. */
static struct process *
reaped_pid(const struct graph *graph, long pid)
{
	for (size_t i = graph->size; pid > 0 && i-- > 0;)
		if (graph->processes[i]->pid == pid)
			return graph->processes[i]->reaping ? graph->processes[i] : NULL;
	return NULL;
}

static void
keep_kill(struct reader *reader, const json_t *event, struct process *who, struct process *to)
{
	struct kill *kill = model_keep(reader->graph, sizeof(*kill));

	*kill = (struct kill){.from = who,
	    .to = to,
	    .pid = read_number(event, "pid"),
	    .signal = (int)read_number(event, "signal"),
	    .error = (int)read_number(event, "error"),
	    .ns = read_number(event, "ns")};
	if (!to)
		kill->after = reaped_pid(reader->graph, kill->pid);
	else if (to->reaping)
		kill->after = to;
	MODEL_APPEND(who->sent, who->last_sent, kill, next_sent);
	if (to)
		MODEL_APPEND(to->received, to->last_received, kill, next_received);
}

static int
event_kill(struct reader *reader, const json_t *event, struct process *who)
{
	const json_t *to = json_object_get(event, "to");

	if (!json_is_integer(json_object_get(event, "signal")))
		return read_fail(reader, "\"kill\" without a signal");
	for (size_t i = 0; i < json_array_size(to); i++) {
		struct process *target = named(reader, json_array_get(to, i), "to");
		if (!target)
			return -1;
		keep_kill(reader, event, who, target);
	}
	if (json_array_size(to) == 0)
		keep_kill(reader, event, who, NULL);
	return 0;
}

static int
event_fault(struct reader *reader, const json_t *event, struct process *who)
{
	const json_t *frames = json_object_get(event, "frames");
	struct fault *fault = model_keep(reader->graph, sizeof(*fault));
	size_t depth = json_array_size(frames);

	fault->signal = (int)read_number(event, "signal");
	fault->address = json_is_integer(json_object_get(event, "address"))
			     ? (uint64_t)read_number(event, "address")
			     : UINT64_MAX;
	fault->ns = read_number(event, "ns");
	fault->depth = depth < MODEL_FRAMES ? depth : MODEL_FRAMES;
	fault->frames = model_keep(reader->graph, (fault->depth + 1) * sizeof(*fault->frames));
	for (size_t i = 0; i < fault->depth; i++)
		fault->frames[i] = (uint64_t)json_integer_value(json_array_get(frames, i));
	MODEL_APPEND(who->faults, who->last_fault, fault, next);
	return 0;
}

static int
event_stop(struct reader *reader, const json_t *event, struct process *who)
{
	(void)reader, (void)event;
	who->stops++;
	return 0;
}

static int
event_continue(struct reader *reader, const json_t *event, struct process *who)
{
	(void)reader, (void)event;
	who->continues++;
	return 0;
}

static int
event_session(struct reader *reader, const json_t *event, struct process *who)
{
	(void)reader, (void)event;
	who->session = true;
	return 0;
}

static int
event_subreaper(struct reader *reader, const json_t *event, struct process *who)
{
	(void)reader;
	who->subreaper = !json_is_false(json_object_get(event, "on"));
	return 0;
}

static int
event_deathsig(struct reader *reader, const json_t *event, struct process *who)
{
	(void)reader;
	who->death_signal = (int)read_number(event, "signal");
	return 0;
}

static int
event_left(struct reader *reader, const json_t *event, struct process *who)
{
	const char *state = read_text(event, "state");

	(void)reader;
	/* A letter; anything else would have to be escaped in every view. */
	who->left = state && state[0] >= 'A' && state[0] <= 'z' ? state[0] : '?';
	return 0;
}

static int
event_end(struct reader *reader, const json_t *event, struct process *none)
{
	(void)none;
	reader->graph->complete = true;
	reader->graph->ended = read_number(event, "ns");
	reader->graph->lost = read_number(event, "lost");
	return 0;
}

static const struct kind {
	const char *name;
	int (*read)(struct reader *reader, const json_t *event, struct process *who);
} kinds[] = {
    {"start", event_start},
    {"fork", event_fork},
    {"exec", event_exec},
    {"exit", event_exit},
    {"reap", event_reap},
    {"adopt", event_adopt},
    {"kill", event_kill},
    {"fault", event_fault},
    {"stop", event_stop},
    {"continue", event_continue},
    {"pipe", event_pipe},
    {"hold", event_hold},
    {"drop", event_drop},
    {"session", event_session},
    {"subreaper", event_subreaper},
    {"deathsig", event_deathsig},
    {"create", event_create},
    {"unlink", event_unlink},
    {"left", event_left},
    {"end", event_end},
};

int
read_event(struct reader *reader, const json_t *event)
{
	const char *name = read_text(event, "event");
	const struct kind *kind = kinds, *end = kinds + sizeof(kinds) / sizeof(*kinds);
	struct process *who = NULL;

	if (!name)
		return read_fail(reader, "no event: an object with \"event\" was expected");
	if (!reader->graph->size && strcmp(name, "start"))
		return read_fail(reader, "not an event log: \"start\" was expected first");
	while (kind < end && strcmp(kind->name, name))
		kind++;
	if (kind == end)
		return 0;
	bool own = kind->read == event_start || kind->read == event_end;
	if (!own && !(who = named(reader, json_object_get(event, "who"), "who")))
		return -1;
	bool endured =
	    kind->read == event_exit || kind->read == event_adopt || kind->read == event_left;
	if (who && !endured)
		who->acted_at = reader->line;
	return kind->read(reader, event, who);
}
