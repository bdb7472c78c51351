/* SPDX-License-Identifier: MIT */
/*
 * procsmith grade: read the options, grade, write the results in every form asked for.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "grade/grade.h"
#include "report/report.h"

#define MOST_OUTPUTS 16

struct output {
	const struct report_format *format;
	const char *path; /* NULL: standard output */
	FILE *file;
};

struct command {
	struct grade_options options;
	struct output outputs[MOST_OUTPUTS];
	size_t count;
	bool quiet;
};

static const char help[] =
    "usage: procsmith grade [STAGE|TASK|ROW]... [options]\n"
    "\n"
    "Grade a submission: 01-process, process.3, process.3/waits; everything without one.\n"
    "\n"
    "  --submission DIR      a folder shaped like labs/, or one stage's (default: labs)\n"
    "  --own                 link the finished stages of the submission with each other\n"
    "  -j N                  rows at a time (default: 1)\n"
    "  --json FILE           write the native results there (- is standard output)\n"
    "  --format NAME[=FILE]  write the results in another format; may be repeated\n"
    "  --graphs DIR          where the pictures go (default: build/graphs)\n"
    "  --no-trace            do not trace: a debugger or a sanitizer wants to\n"
    "  --seed N              kept in the results\n"
    "  --quiet               no terminal report\n"
    "\n"
    "Exits with 0 when all passed, 1 when something did not, 2 for usage or a stage that\n"
    "does not compile, 3 when the harness itself failed.\n"
    "\n"
    "Formats:\n";

static void
print_format(const struct report_format *format, void *context)
{
	(void)context;
	printf("  %-16s %s\n", format->name, format->sentence);
}

static int
refuse(const char *why, const char *what)
{
	fprintf(stderr,
	    "procsmith grade: %s: %s\nprocsmith grade --help lists the options and formats\n", what,
	    why);
	return EXIT_USAGE;
}

/* NAME or NAME=FILE. The file is opened now: better to hear of it before the work. */
static int
add_output(struct command *c, const char *name, const char *path)
{
	struct output *output = &c->outputs[c->count];

	if (c->count == MOST_OUTPUTS)
		return refuse("too many outputs", name);
	output->format = report_find_format(name);
	if (!output->format)
		return refuse("there is no such format", name);
	output->path = path && strcmp(path, "-") ? path : NULL;
	output->file = output->path ? fopen(output->path, "we") : stdout;
	if (!output->file) {
		fprintf(stderr, "procsmith grade: %s: %s\n", path, strerror(errno));
		return EXIT_USAGE;
	}
	c->count++;
	return 0;
}

static int
add_format(struct command *c, char *text)
{
	char *equals = strchr(text, '=');

	if (equals)
		*equals = '\0';
	return add_output(c, text, equals ? equals + 1 : NULL);
}

static int
parse_number(const char *text, long low, long high, long *number)
{
	char *end;

	errno = 0;
	*number = strtol(text, &end, 10);
	return *text && !*end && !errno && *number >= low && *number <= high ? 0 : -EINVAL;
}

enum { SUBMISSION = 256, OWN, JSON, FORMAT, GRAPHS, NO_TRACE, SEED, QUIET };

static const struct option options[] = {
    {"submission", required_argument, NULL, SUBMISSION},
    {"own", no_argument, NULL, OWN},
    {"json", required_argument, NULL, JSON},
    {"format", required_argument, NULL, FORMAT},
    {"graphs", required_argument, NULL, GRAPHS},
    {"no-trace", no_argument, NULL, NO_TRACE},
    {"seed", required_argument, NULL, SEED},
    {"quiet", no_argument, NULL, QUIET},
    {"help", no_argument, NULL, 'h'},
    {0},
};

static int
parse_one(struct command *c, int option)
{
	long number = 0;

	switch (option) {
	case SUBMISSION:
		c->options.submission = optarg;
		return 0;
	case OWN:
		c->options.own = true;
		return 0;
	case JSON:
		return add_output(c, "json", optarg);
	case FORMAT:
		return add_format(c, optarg);
	case GRAPHS:
		c->options.graphs = optarg;
		return 0;
	case NO_TRACE:
		c->options.level = TRACE_NONE;
		return 0;
	case QUIET:
		c->quiet = true;
		return 0;
	case SEED:
		if (parse_number(optarg, 0, INT32_MAX, &number))
			return refuse("--seed takes a whole number", optarg);
		c->options.seed = number;
		return 0;
	case 'j':
		if (parse_number(optarg, 1, 256, &number))
			return refuse("-j takes a number from 1 to 256", optarg);
		c->options.jobs = (unsigned)number;
		return 0;
	default:
		return EXIT_USAGE;
	}
}

/* On a terminal only, and only when it takes a while. */
static void
show_progress(size_t done, size_t rows, void *context)
{
	(void)context;
	fprintf(stderr, "\r%zu of %zu rows ", done, rows);
	if (done == rows)
		fprintf(stderr, "\r\033[K");
}

static int
write_outputs(struct command *c, const json_t *results)
{
	int code = 0;

	for (size_t i = 0; i < c->count; i++) {
		struct output *o = &c->outputs[i];
		errno = 0;
		int error = o->format->write(results, o->file);
		if (error == -EIO && errno)
			error = -errno; /* what the stream met */
		if ((o->path ? fclose(o->file) : fflush(o->file)) && !error)
			error = -errno;
		if (!error)
			continue;
		fprintf(stderr, "procsmith grade: %s: %s\n", o->path ? o->path : "standard output",
		    strerror(-error));
		code = EXIT_HARNESS;
	}
	return code;
}

/* What procsmith status shows is the last grading of the whole of labs/. */
static void
remember(const struct command *c, const json_t *results)
{
	char path[4096];

	if (strcmp(c->options.submission, "labs") || c->options.wanted_count)
		return;
	kit_path(path, sizeof(path), "%s/labs.json", kit_build());
	json_dump_file(results, path, JSON_INDENT(1));
}

static bool
has_stdout(const struct command *c)
{
	for (size_t i = 0; i < c->count; i++)
		if (!c->outputs[i].path)
			return true;
	return false;
}

static int
cli_grade(int argc, char **argv)
{
	struct command c = {.options = {.submission = "labs", .jobs = 1, .level = TRACE_PTRACE}};
	char message[GRADE_MESSAGE] = "";
	json_t *results;
	int option, code;

	/* A report that nobody reads any more must not take the other outputs with it. */
	signal(SIGPIPE, SIG_IGN);
	while ((option = getopt_long(argc, argv, "j:h", options, NULL)) != -1) {
		if (option == 'h') {
			fputs(help, stdout);
			report_each_format(print_format, NULL);
			return EXIT_ALL_PASSED;
		}
		if ((code = parse_one(&c, option)))
			return code;
	}
	c.options.wanted = argv + optind;
	c.options.wanted_count = (size_t)(argc - optind);
	if (isatty(STDERR_FILENO) && !c.quiet)
		c.options.progress = show_progress;
	code = grade(&c.options, &results, message);
	if (code) {
		fprintf(stderr, "procsmith grade: %s\n", message);
		return code;
	}
	/* What goes to standard output as a format must not have a report around it. */
	if (!c.quiet && !has_stdout(&c))
		report_terminal(results, stdout, isatty(STDOUT_FILENO) && !getenv("NO_COLOR"));
	remember(&c, results);
	code = write_outputs(&c, results);
	if (!code)
		code = (int)json_integer_value(json_object_get(results, "exit"));
	json_decref(results);
	return code;
}
CLI_VERB(grade, "grade a submission", cli_grade)
