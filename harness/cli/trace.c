/* SPDX-License-Identifier: MIT */
/*
 * procsmith trace: run any command and draw what its processes did.
 *
 * The log goes to memory while the command runs; every view is made of it afterwards. The
 * output file is opened first, so that a run is not lost to a wrong path.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <jansson.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/cli.h"
#include "graph/graph.h"
#include "trace/trace.h"

void cli_trace_left(FILE *log);

static const char help[] =
    "usage: procsmith trace [OPTION]... [--] COMMAND [ARGUMENT]...\n"
    "\n"
    "Run COMMAND and show its processes: who forked, executed, signalled and reaped whom,\n"
    "what was left behind. It works on any program of any language, compiled or not.\n"
    "\n"
    "  -o FILE      where the picture goes; its ending says what it is:\n"
    "                 .svg    the process graph        .txt    the terminal tree\n"
    "                 .dot    the same for Graphviz    .md     Mermaid, for Markdown\n"
    "                 .json   the model                .jsonl  the event log itself\n"
    "               Without -o the tree goes to standard error when COMMAND has ended.\n"
    "  --title T    the picture's title, instead of the command\n"
    "  --pin        keep the tracer and COMMAND's first process on one CPU, for they take\n"
    "               turns: tracing costs half as much. Its children have all CPUs; but it\n"
    "               sees one, and may start fewer workers\n"
    "  --no-pin     let all use all CPUs (the default)\n"
    "  --no-trace   do not use ptrace: COMMAND may itself be a debugger; only its end and\n"
    "               what it left are seen\n"
    "  --help       this text\n"
    "\n"
    "The command keeps its terminal, input and output, and Ctrl-C reaches it as usual. What\n"
    "outlives it is waited for; Ctrl-C then ends it. Set-user-ID programs get no privileges.\n"
    "\n"
    "Exits with COMMAND's status, or 128+N if signal N ended it; 127 if it was not found, 126\n"
    "if it could not be run, 2 for wrong usage, 3 if the picture could not be made.\n"
    "\n"
    "Examples:\n"
    "  procsmith trace -- sh -c 'ls | sort | head'\n"
    "  procsmith trace -o pool.svg --title 'A pool of four' -- python3 pool.py\n";

enum { TICKS_BEFORE_SAYING = 20 };

struct request {
	const char *path, *title, *ending; /* path NULL: the tree, on the terminal */
	char **argv;
	enum trace_level level;
	int cpu;
	/* while it runs */
	int output;   /* -1: standard error */
	bool created; /* the output file is new */
	FILE *log;
	bool root_ended;
	int ticks; /* since then */
};

static volatile sig_atomic_t interrupted;

static void
on_interrupt(int signal)
{
	(void)signal;
	interrupted = 1;
}

static int __attribute__((format(printf, 2, 3))) complain(int status, const char *format, ...)
{
	va_list list;

	fputs("procsmith trace: ", stderr);
	va_start(list, format);
	vfprintf(stderr, format, list);
	va_end(list);
	fputc('\n', stderr);
	return status;
}

static bool
known_ending(const char *ending)
{
	static const char *const known[] = {".svg", ".dot", ".jsonl", ".json", ".txt", ".md"};

	for (size_t i = 0; ending && i < sizeof(known) / sizeof(*known); i++)
		if (!strcmp(ending, known[i]))
			return true;
	return false;
}

/* -1: go on; else the exit status. */
static int
parse(int argc, char **argv, struct request *request)
{
	static const struct option options[] = {{"title", required_argument, NULL, 't'},
	    {"pin", no_argument, NULL, 'p'}, {"no-pin", no_argument, NULL, 'P'},
	    {"no-trace", no_argument, NULL, 'n'}, {"output", required_argument, NULL, 'o'},
	    {"help", no_argument, NULL, 'h'}, {0}};
	int c;

	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, "+:o:h", options, NULL)) != -1)
		switch (c) {
		case 'o':
			request->path = optarg;
			break;
		case 't':
			request->title = optarg;
			break;
		case 'p':
			request->cpu = sched_getcpu();
			break;
		case 'P':
			request->cpu = -1;
			break;
		case 'n':
			request->level = TRACE_NONE;
			break;
		case 'h':
			fputs(help, stdout);
			return 0;
		default:
			return complain(2, c == ':' ? "%s needs a value" : "no such option: %s",
			    argv[optind - 1]);
		}
	request->argv = argv + optind;
	if (!argv[optind])
		return complain(2, "which command? See procsmith trace --help");
	request->ending = request->path ? strrchr(request->path, '.') : NULL;
	if (request->path && !known_ending(request->ending))
		return complain(2,
		    "%s: the ending says what to write: .svg .dot .json .jsonl .txt .md",
		    request->path);
	return -1;
}

static int
open_output(struct request *request)
{
	if (!request->path)
		return 0;
	request->created = access(request->path, F_OK) < 0;
	request->output = open(request->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	return request->output < 0 ? -errno : 0;
}

static void
discard_output(struct request *request)
{
	if (request->output >= 0 && request->created)
		unlink(request->path);
}

static bool
on_tick(void *context)
{
	struct request *request = context;

	if (!request->root_ended)
		return false;
	if (++request->ticks == TICKS_BEFORE_SAYING)
		cli_trace_left(request->log);
	return interrupted;
}

static void
on_root_ended(void *context)
{
	struct request *request = context;

	request->root_ended = true;
	interrupted = 0; /* the command's own Ctrl-C is answered */
}

static int
run(struct request *request, struct trace_result *result)
{
	struct trace_options options = {.argv = request->argv,
	    .tick = on_tick,
	    .root_ended = on_root_ended,
	    .context = request,
	    .log = request->log,
	    .level = request->level,
	    .cpu = request->cpu,
	    .spread = true};
	struct sigaction survive = {.sa_handler = on_interrupt, .sa_flags = SA_RESTART}, was[2];
	static const int signals[2] = {SIGINT, SIGQUIT};

	for (int i = 0; i < 2; i++) {
		sigaction(signals[i], NULL, &was[i]);
		if (was[i].sa_handler != SIG_IGN)
			sigaction(signals[i], &survive, NULL);
	}
	int error = trace_run(&options, result);
	for (int i = 0; i < 2; i++)
		sigaction(signals[i], &was[i], NULL);
	return error;
}

static int
copy_log(FILE *log, FILE *out)
{
	char buffer[65536];
	size_t n;

	while ((n = fread(buffer, 1, sizeof(buffer), log)) > 0)
		fwrite(buffer, 1, n, out);
	return 0;
}

static int
write_view(const struct request *request, struct graph *graph, FILE *out)
{
	const char *ending = request->ending;

	if (request->title)
		graph_title(graph, request->title);
	if (!ending)
		return graph_write_text(graph, out, isatty(STDERR_FILENO) && !getenv("NO_COLOR"));
	if (!strcmp(ending, ".txt"))
		return graph_write_text(graph, out, false);
	if (!strcmp(ending, ".svg"))
		return graph_write_svg(graph, out);
	if (!strcmp(ending, ".dot"))
		return graph_write_dot(graph, out);
	if (!strcmp(ending, ".md"))
		return graph_write_mermaid(graph, out);
	json_t *model = graph_json(graph);
	int error = model && !json_dumpf(model, out, JSON_INDENT(2)) ? 0 : -EIO;
	fputc('\n', out);
	json_decref(model);
	return error;
}

/* Make the view that was asked for; the exit status, 0 it is made. */
static int
show(struct request *request)
{
	char why[200] = "";
	int fd = request->output >= 0 ? request->output : dup(STDERR_FILENO), error = 0;
	FILE *out = fdopen(fd, "w");

	if (!out)
		return complain(3, "cannot write: %s", strerror(errno));
	if (request->output >= 0 && ftruncate(fd, 0) < 0 && errno != EINVAL)
		error = -errno;
	rewind(request->log);
	if (request->ending && !strcmp(request->ending, ".jsonl")) {
		error = error ? error : copy_log(request->log, out);
	} else {
		struct graph *graph = graph_read(request->log, why, sizeof(why));
		if (!error)
			error = graph ? write_view(request, graph, out) : -EIO;
		graph_free(graph);
	}
	if (fclose(out) && !error)
		error = -errno;
	const char *where = request->path ? request->path : "standard error";
	return error ? complain(3, "%s: %s", where, why[0] ? why : strerror(-error)) : 0;
}

/* argv[0] is "trace". The exit status. */
static int
cli_trace(int argc, char **argv)
{
	struct request request = {.cpu = -1, .output = -1};
	struct trace_result result;
	int status = parse(argc, argv, &request);

	if (status >= 0)
		return status;
	int error = open_output(&request);
	if (error)
		return complain(2, "%s: %s", request.path, strerror(-error));
	int fd = memfd_create("trace", MFD_CLOEXEC);
	request.log = fd < 0 ? NULL : fdopen(fd, "w+");
	if (!request.log)
		return complain(3, "no memory for the log: %s", strerror(errno));
	error = run(&request, &result);
	if (error) {
		discard_output(&request);
		status = complain(error == -ENOENT ? 127 : 126, "%s: %s", request.argv[0],
		    error == -ENOENT ? "command not found" : strerror(-error));
	} else {
		if (result.note[0])
			complain(0, "%s: only the command's end and what it left were seen",
			    result.note);
		status = show(&request);
	}
	fclose(request.log);
	if (status)
		return status;
	return WIFSIGNALED(result.status) ? 128 + WTERMSIG(result.status)
					  : WEXITSTATUS(result.status);
}
CLI_VERB(trace, "run any command and draw its processes", cli_trace)
