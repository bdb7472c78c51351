/* SPDX-License-Identifier: MIT */
/*
 * procsmith stuck: are these processes in a deadlock, and in which?
 */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"
#include "graph/knot.h"
#include "stuck/stuck.h"

static const char help[] =
    "usage: procsmith stuck [OPTION]... PID...\n"
    "\n"
    "Look at live processes, all that descend from them and whoever could free them, and say\n"
    "who waits for whom. A deadlock is a set of tasks none of which anybody outside it can\n"
    "free. Nothing is stopped or attached to.\n"
    "\n"
    "  -o FILE    the wait-for graph: .svg, .dot or .json\n"
    "  --json     all that was seen as JSON, on standard output\n"
    "  --help     this text\n"
    "\n"
    "Exits with 0 if nothing is stuck, 1 if there is a deadlock, 3 if it could not see enough\n"
    "to say (another user's process, a ptrace scope), 2 for wrong usage.\n"
    "\n"
    "Examples:\n"
    "  procsmith stuck 4711\n"
    "  procsmith stuck -o knot.svg $(pgrep -f queue.py)\n";

enum { BETWEEN_LOOKS = 50 /* milliseconds */, MOST_LINES = 40 };

static int __attribute__((format(printf, 2, 3))) complain(int status, const char *format, ...)
{
	va_list list;

	fputs("procsmith stuck: ", stderr);
	va_start(list, format);
	vfprintf(stderr, format, list);
	va_end(list);
	fputc('\n', stderr);
	return status;
}

static int
read_pids(char **argv, pid_t *pids, size_t *count)
{
	for (; *argv; argv++) {
		char *end, path[48];
		struct stat st;
		long pid = strtol(*argv, &end, 10);
		snprintf(path, sizeof(path), "/proc/%ld", pid);
		if (*end || end == *argv || pid <= 0)
			return complain(EXIT_USAGE, "%s is not a pid", *argv);
		if (stat(path, &st))
			return complain(EXIT_USAGE, "there is no process %ld", pid);
		pids[(*count)++] = (pid_t)pid;
	}
	return *count ? 0 : complain(EXIT_USAGE, "which processes? See procsmith stuck --help");
}

/* Two looks: what is stuck has not moved between them. */
static struct stuck *
look_twice(const pid_t *pids, size_t count)
{
	struct stuck *first = stuck_look(pids, count, false), *second = NULL;

	if (first) {
		(void)poll(NULL, 0, BETWEEN_LOOKS);
		second = stuck_look(pids, count, false);
	}
	if (second)
		stuck_settle(second, first);
	stuck_free(first);
	return second;
}

static bool
is(const json_t *task, const char *key)
{
	return json_is_true(json_object_get(task, key));
}

/* The sentences of the tasks that are so; how many there are. */
static size_t
say(const json_t *json, const char *heading, bool stuck, bool knot)
{
	size_t i, count = 0;
	json_t *task;

	json_array_foreach(json_object_get(json, "tasks"), i, task) {
		if (is(task, "stuck") != stuck || is(task, "knot") != knot)
			continue;
		if (!count++ && *heading)
			printf("%s\n", heading);
		if (count <= MOST_LINES)
			printf("  %s\n", json_string_value(json_object_get(task, "sentence")));
	}
	if (count > MOST_LINES)
		printf("  ... and %zu more\n", count - MOST_LINES);
	return count;
}

static void
tell(const json_t *json, enum stuck_answer answer)
{
	size_t i;
	json_t *sentence;

	if (answer == STUCK_DEADLOCK) {
		(void)say(
		    json, "a deadlock: none of these can be freed by anybody else", true, true);
		(void)say(json, "these wait behind it", true, false);
		(void)say(json, "not stuck", false, false);
		return;
	}
	if (answer == STUCK_UNSEEN) {
		puts("could not see enough to say (are you its user, or root?)");
		json_array_foreach(json_object_get(json, "unseen"), i, sentence)
			if (i < MOST_LINES)
				printf("  %s\n", json_string_value(sentence));
		return;
	}
	(void)say(json, "nothing is stuck", false, false);
}

static int
draw(const char *path, const json_t *json)
{
	const char *ending = strrchr(path, '.');
	FILE *out = fopen(path, "we");

	if (!out)
		return complain(EXIT_USAGE, "%s: %s", path, strerror(errno));
	int error = !strcmp(ending, ".svg")   ? graph_knot_svg(json, NULL, out)
		    : !strcmp(ending, ".dot") ? graph_knot_dot(json, NULL, out)
					      : json_dumpf(json, out, JSON_INDENT(2));
	return fclose(out) || error ? complain(EXIT_HARNESS, "%s could not be written", path) : 0;
}

static int
report(const struct stuck *stuck, const char *path, bool json_wanted)
{
	enum stuck_answer answer = stuck_answer(stuck);
	json_t *json = stuck_json(stuck, false, NULL, NULL);

	if (!json)
		return complain(EXIT_HARNESS, "no memory");
	if (json_wanted && !json_dumpf(json, stdout, JSON_INDENT(2)))
		putchar('\n');
	if (!json_wanted)
		tell(json, answer);
	int error = path ? draw(path, json) : 0;
	json_decref(json);
	return error ? error : (int)answer;
}

static bool
known_ending(const char *path)
{
	const char *ending = strrchr(path, '.');

	return ending &&
	       (!strcmp(ending, ".svg") || !strcmp(ending, ".dot") || !strcmp(ending, ".json"));
}

static int
cli_stuck(int argc, char **argv)
{
	static const struct option options[] = {{"json", no_argument, NULL, 'j'},
	    {"output", required_argument, NULL, 'o'}, {"help", no_argument, NULL, 'h'}, {0}};
	const char *path = NULL;
	bool json = false;
	size_t count = 0;
	int c;

	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, ":o:h", options, NULL)) != -1)
		switch (c) {
		case 'o':
			path = optarg;
			break;
		case 'j':
			json = true;
			break;
		case 'h':
			fputs(help, stdout);
			return 0;
		default:
			return complain(EXIT_USAGE,
			    c == ':' ? "%s needs a value" : "no such option: %s", argv[optind - 1]);
		}
	if (path && !known_ending(path))
		return complain(
		    EXIT_USAGE, "%s: the ending says what to write: .svg .dot .json", path);
	pid_t *pids = calloc((size_t)argc, sizeof(*pids));
	int status = pids ? read_pids(argv + optind, pids, &count) : EXIT_HARNESS;
	struct stuck *stuck = status ? NULL : look_twice(pids, count);
	if (!status)
		status = stuck ? report(stuck, path, json)
			       : complain(EXIT_HARNESS, "/proc could not be read");
	stuck_free(stuck);
	free(pids);
	return status;
}
CLI_VERB(stuck, "say who waits for whom in live processes: is it a deadlock?", cli_stuck)
