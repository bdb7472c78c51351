/* SPDX-License-Identifier: MIT */
/*
 * The promises of graph/: each view, the comparison, the sentences, and logs that lie.
 *
 * The runs are in harness/selftest/logs, or written here line by line. Run from the top of
 * the repository.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "graph/graph.h"
#include "selftest/selftest.h"

#define START                                                                                      \
	"{\"event\":\"start\",\"ns\":0,\"who\":\"P\",\"pid\":7,\"version\":1,\"argv\":[\"x\"]}\n"
#define FORK(child)                                                                                \
	"{\"event\":\"fork\",\"ns\":1,\"who\":\"P\",\"child\":\"" child                            \
	"\",\"pid\":8,\"how\":\"fork\"}\n"
#define EXIT(who) "{\"event\":\"exit\",\"ns\":2,\"who\":\"" who "\",\"code\":0}\n"
#define REAP(who)                                                                                  \
	"{\"event\":\"reap\",\"ns\":3,\"who\":\"P\",\"child\":\"" who "\",\"how\":\"wait\"}\n"
#define END "{\"event\":\"end\",\"ns\":9,\"processes\":1,\"lost\":0}\n"

static char error[256];

static struct graph *
read_text(const char *text, size_t size)
{
	FILE *log = fmemopen((void *)text, size, "r");
	struct graph *graph = graph_read(log, error, sizeof(error));

	fclose(log);
	return graph;
}

static struct graph *
read_log(const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "harness/selftest/logs/%s.jsonl", name);
	FILE *log = fopen(path, "re");
	if (!log)
		CU_FAIL_FATAL("run from the top of the repository");
	struct graph *graph = graph_read(log, error, sizeof(error));
	fclose(log);
	CU_ASSERT_PTR_NOT_NULL_FATAL(graph);
	return graph;
}

/* What a view writes, to be freed. */
enum view { TEXT, COLOUR, DOT, SVG, MERMAID };

static char *
view(const struct graph *graph, enum view which)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	int result = which == DOT	? graph_write_dot(graph, out)
		     : which == SVG	? graph_write_svg(graph, out)
		     : which == MERMAID ? graph_write_mermaid(graph, out)
					: graph_write_text(graph, out, which == COLOUR);

	fclose(out);
	CU_ASSERT_EQUAL(result, 0);
	return text;
}

static char *
view_log(const char *name, enum view which)
{
	struct graph *graph = read_log(name);
	char *text = view(graph, which);

	graph_free(graph);
	return text;
}

/* A list of strings, NULL at its end: all of them are in the view, or none. */
static void
has(const char *name, enum view which, bool wanted, const char *const *parts)
{
	char *text = view_log(name, which);

	for (; *parts; parts++)
		if (!strstr(text, *parts) == wanted) {
			printf("\n%s: %s %s in:\n%s", name, *parts, wanted ? "is not" : "is", text);
			CU_FAIL("view");
		}
	free(text);
}
#define HAS(name, which, ...)	 has(name, which, true, (const char *const[]){__VA_ARGS__, NULL})
#define HAS_NO(name, which, ...) has(name, which, false, (const char *const[]){__VA_ARGS__, NULL})

/* --- reading ---------------------------------------------------------------------------------- */

static void
refused(const char *text, const char *why)
{
	struct graph *graph = read_text(text, strlen(text));

	CU_ASSERT_PTR_NULL(graph);
	if (graph || !strstr(error, why)) {
		printf("\nexpected \"%s\", seen \"%s\"", why, graph ? "" : error);
		CU_FAIL("error");
	}
	graph_free(graph);
}

static void
says_what_is_wrong(void)
{
	refused("\n", "it is empty");
	refused("{\"event\":\"end\"}\n", "line 1: not an event log");
	refused("[1]\n", "line 1: no event");
	refused(START "{\"event\":\n", "line 2: not JSON");
	refused(START "{}\n", "line 2: no event");
	refused(START FORK("P.1") EXIT("P.2"), "line 3: \"who\": there is no process P.2");
	refused(START FORK("Q.1"), "line 2: \"child\" is no child of P");
	refused(START FORK("P.1.1"), "line 2: \"child\" is no child of P");
	refused(START FORK("P.01"), "line 2: \"child\" is no child of P");
	refused(START FORK("P.1") FORK("P.1"), "line 3: P.1 is born twice");
	refused(START EXIT("P") EXIT("P"), "line 3: P exits twice");
	refused(START "{\"event\":\"exit\",\"who\":\"P\"}\n", "neither code nor signal");
	refused(START START, "line 2: a second \"start\"");
	refused("{\"event\":\"start\",\"who\":\"P\",\"version\":2}\n", "version 2");
}
SELFTEST("graph", "a broken log is refused with its line and the reason", says_what_is_wrong)

static void
passes_over_news(void)
{
	static const char log[] =
	    START "{\"event\":\"teleport\",\"who\":\"Q\"}\n\n"
		  "{\"event\":\"exit\",\"ns\":2,\"who\":\"P\",\"code\":0,\"mood\":\"good\"}\n" END;
	struct graph *graph = read_text(log, sizeof(log) - 1);

	CU_ASSERT_PTR_NOT_NULL_FATAL(graph);
	CU_ASSERT_EQUAL(graph_size(graph), 1);
	graph_free(graph);
}
SELFTEST("graph", "unknown events and fields are passed over", passes_over_news)

static void
bounds_a_line(void)
{
	size_t size = 2 << 20;
	char *log = malloc(size);

	memset(log, ' ', size);
	memcpy(log, START, strlen(START));
	struct graph *graph = read_text(log, size);
	CU_ASSERT_PTR_NULL(graph);
	CU_ASSERT_PTR_NOT_NULL(strstr(error, "line 2: longer than"));
	graph_free(graph);
	free(log);
}
SELFTEST("graph", "a line without end is refused", bounds_a_line)

static void
bounds_generations(void)
{
	char *log = NULL, path[4096] = "P", child[4100];
	size_t size = 0;
	FILE *out = open_memstream(&log, &size);

	fputs(START, out);
	for (int i = 0; i < 1000; i++) {
		snprintf(child, sizeof(child), "%s.1", path);
		fprintf(out, "{\"event\":\"fork\",\"who\":\"%s\",\"child\":\"%s\"}\n", path, child);
		memcpy(path, child, sizeof(path));
	}
	fclose(out);
	struct graph *graph = read_text(log, size);
	CU_ASSERT_PTR_NOT_NULL_FATAL(graph);
	CU_ASSERT(graph_size(graph) > 100 && graph_size(graph) < 1000);
	char *tree = view(graph, TEXT);
	CU_ASSERT_PTR_NOT_NULL(strstr(tree, "too large"));
	free(tree);
	free(view(graph, SVG));
	graph_free(graph);
	free(log);
}
SELFTEST(
    "graph", "of a thousand generations it reads what it can draw, and says so", bounds_generations)

/* Bytes changed, dropped and cut, from a fixed seed: nothing may crash or hang. */
static void
survives_mangling(void)
{
	static const char *const names[] = {"pool", "leak", "daemon", "crash", "subreaper"};
	unsigned seed = 1;

	for (size_t i = 0; i < 5 * 200; i++) {
		char path[256], log[8192];
		snprintf(path, sizeof(path), "harness/selftest/logs/%s.jsonl", names[i % 5]);
		FILE *file = fopen(path, "re");
		CU_ASSERT_PTR_NOT_NULL_FATAL(file);
		size_t size = fread(log, 1, sizeof(log), file);
		fclose(file);
		for (int n = rand_r(&seed) % 4; n >= 0; n--)
			log[(size_t)rand_r(&seed) % size] =
			    "0123456789P.\"{}[],:rwab"[rand_r(&seed) % 23];
		if (i % 3 == 0)
			size = (size_t)rand_r(&seed) % size + 1;
		struct graph *graph = read_text(log, size), *other = graph;
		if (!graph)
			continue;
		for (enum view which = TEXT; which <= MERMAID; which++)
			if (which != SVG)
				free(view(graph, which));
		json_decref(graph_json(graph));
		json_decref(graph_compare(graph, other));
		graph_free(graph);
	}
}
SELFTEST("graph", "mangled logs are read or refused, and drawn if read", survives_mangling)

/* --- views ------------------------------------------------------------------------------------ */

static void
tells_the_tree(void)
{
	HAS("three", TEXT, " P  demo · exit 0\n", " ├─ P.1  exit 3 · reaped by P\n",
	    " ├─ P.2  SIGTERM from P · reaped by P\n",
	    " └─ P.3  exit 0 · ZOMBIE: never reaped while P lived\n");
	HAS("daemon", TEXT, "    └─ P.1.1  SIGKILL", "LEFT: alive when P had ended",
	    "orphan, adopted by the system", "leads a session", "left behind: /dev/shm/state");
	HAS_NO("daemon", TEXT, "daemon.pid");
	HAS("subreaper", TEXT, "orphan, adopted by P", "adopts orphans",
	    "ZOMBIE: never reaped while P.1 lived · reaped by P");
	HAS_NO("together", TEXT, "ZOMBIE"); /* the parent had no time to reap it */
	HAS("crash", TEXT, "SIGSEGV, a null pointer, core dumped", "SIGABRT by itself",
	    "SIGKILL when its parent dies", "reaped by nobody: P ignores SIGCHLD", "stopped 1 ×");
	HAS("late", TEXT, "SIGTERM to P.1 after its reap");
}
SELFTEST("graph", "the tree says of each process how it ended and who reaped it", tells_the_tree)

static void
lists_pipes(void)
{
	HAS("pipeline", TEXT, "pipe1    P.1 → P.2\n", "pipe2    P.2 → P.3\n",
	    "pipe3    P.3 → P.4\n");
	HAS("pool", TEXT, "P → P.1, P.2, P.3, P.4\n", "P.1, P.2, P.3, P.4 → P\n");
	HAS("leak", TEXT, "P.1 → nobody · both ends in P, P.2\n", "P.1, P.2 ↔ P\n");
}
SELFTEST("graph", "pipes are told with who writes, who reads and who kept both ends", lists_pipes)

/* A forkserver closes, before its exec, the pipe on which its caller will talk to a child. */
static void
tidies_before_exec(void)
{
	HAS("forkserver", TEXT, "P.2  given --mp-forkserver · by vfork",
	    "P.2.2  exit 0 · reaped by P.2", "pipe1    P.2, P.2.1, P.2.2 → P.1",
	    "pipe3    P ↔ P.2, P.2.1, P.2.2");
	HAS_NO("forkserver", TEXT, "pipe2    P → P.2");
}
SELFTEST("graph", "what was closed on the way to an exec was not worked with", tidies_before_exec)

static void
colours_on_request(void)
{
	HAS_NO("three", TEXT, "\033");
	HAS("three", COLOUR, "\033[1;31mZOMBIE");
}
SELFTEST("graph", "the tree has colours only on request", colours_on_request)

static void
folds(void)
{
	HAS("many", TEXT, " └─ P.1 … P.40 · 40 ×  SIGTERM from P · reaped by P\n",
	    "pipe1 · 40 ×  P.1 … P.40 → P\n", "41 processes");
	HAS_NO("many", TEXT, "P.2 ", "pipe2");
	HAS("many", SVG, "P.1 … P.40 · 40 ×", "pipe1 · 40 ×");
	HAS_NO("many", SVG, ">P.2<", ">pipe2");
	HAS("many", MERMAID, "P.1 … P.40 · 40 ×", "pipe1 · 40 ×");
	HAS("nested", TEXT, "P.1 … P.6 · 6 ×", "P.*.1 · 6 ×");
	HAS("levels", TEXT, "P.1.1  exit 1", "P.1.2  exit 1", "P.3.1 … P.3.6 · 6 ×");
}
SELFTEST("graph", "more than four like siblings fold into one, with their pipes", folds)

static void
bounds_a_picture(void)
{
	char *log = NULL;
	size_t size = 0, nodes = 0;
	FILE *out = open_memstream(&log, &size);

	fputs(START, out);
	for (int i = 1; i <= 1000; i++)
		fprintf(out,
		    "{\"event\":\"fork\",\"who\":\"P\",\"child\":\"P.%d\"}\n"
		    "{\"event\":\"exec\",\"who\":\"P.%d\",\"argv\":[\"w\",\"%d\"]}\n",
		    i, i, i);
	fclose(out);
	struct graph *graph = read_text(log, size);
	CU_ASSERT_PTR_NOT_NULL_FATAL(graph);
	char *svg = view(graph, SVG);
	for (const char *at = svg; (at = strstr(at, "class=\"node")); at++)
		nodes++;
	CU_ASSERT(nodes > 10 && nodes < 40);
	CU_ASSERT_PTR_NOT_NULL(strstr(svg, "… and 968 more below"));
	free(svg);
	graph_free(graph);
	free(log);
}
SELFTEST("graph", "of a thousand unlike children a picture shows some and counts the rest",
    bounds_a_picture)

static void
draws_signs(void)
{
	HAS("three", SVG, "url(#hatched)", ">never reaped<", ">SIGTERM from P<", "stroke-dasharray",
	    "zombie: never reaped", ">demo<");
	HAS_NO("three", SVG, "orphan", "has both ends", "adopts");
	HAS("subreaper", SVG, "> adopts<", "orphan: outlived its parent", ">SIGTERM<");
	HAS("leak", SVG, "has both ends", ">pipe1<");
	HAS_NO("three-reference", SVG, "hatched", "zombie");
	HAS("pipeline", SVG, ">ls &#45;l<", ">by vfork<");
	HAS("three", DOT, "digraph", "P -> \"P.1\"\t[key=fork", "style=dashed");
}
SELFTEST("graph", "the picture has each sign that occurs and a legend of no others", draws_signs)

static void
escapes(void)
{
	HAS("hostile", SVG, "&lt;b&gt;&amp;&quot;", "\\N%%end\\n\\x1b[31m");
	HAS_NO("hostile", SVG, "<b>", "\033", "\u202e", "javascript:");
	HAS_NO("hostile", TEXT, "\033", "\u202e");
	HAS("hostile", MERMAID, "#60;b#62;#38;#34;#39;#96;#124;", "#37;#37;#101;nd");
	HAS_NO("hostile", MERMAID, "<b>", "`", "'", "|", "%%", "-->]", " end", "\">end");
}
SELFTEST("graph", "names that a program chose inject nothing into any view", escapes)

static void
takes_a_title(void)
{
	struct graph *graph = read_log("alone");

	graph_title(graph, "a <title> & more");
	char *svg = view(graph, SVG);
	CU_ASSERT_PTR_NOT_NULL(strstr(svg, "a &lt;title&gt; &amp; more"));
	free(svg);
	graph_free(graph);
}
SELFTEST("graph", "a picture has the title it is given", takes_a_title)

/* The log again with other pids and times. */
static struct graph *
read_shifted(const char *name)
{
	char command[512];

	snprintf(command, sizeof(command),
	    "sed -E 's/\"pid\": ?([0-9]+)/\"pid\":9\\1/g; s/\"ns\": ?([0-9]+)/\"ns\":7\\1/; "
	    "s/\"sid\": ?([0-9]+)/\"sid\":9\\1/' harness/selftest/logs/%s.jsonl",
	    name);
	FILE *log = popen(command, "re");
	CU_ASSERT_PTR_NOT_NULL_FATAL(log);
	struct graph *graph = graph_read(log, error, sizeof(error));
	pclose(log);
	CU_ASSERT_PTR_NOT_NULL_FATAL(graph);
	return graph;
}

static void
draws_by_shape(void)
{
	static const char *const names[] = {"three", "pool", "daemon", "many", "crash", "late"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct graph *one = read_log(names[i]), *two = read_shifted(names[i]);
		for (enum view which = TEXT; which <= MERMAID; which++) {
			char *left = view(one, which), *right = view(two, which);
			CU_ASSERT_STRING_EQUAL(left, right);
			free(left);
			free(right);
		}
		json_t *differences = graph_compare(one, two);
		CU_ASSERT_EQUAL(json_array_size(differences), 0);
		json_decref(differences);
		graph_free(one);
		graph_free(two);
	}
}
SELFTEST("graph", "runs that differ in pids and times only are one picture, byte for byte",
    draws_by_shape)

/* --- JSON ------------------------------------------------------------------------------------- */

static void
keeps_the_numbers(void)
{
	struct graph *graph = read_log("subreaper");
	json_t *model = graph_json(graph);
	json_t *p = json_array_get(json_object_get(model, "processes"), 2);
	json_t *adopted = json_array_get(json_object_get(p, "adopted"), 0);

	CU_ASSERT_EQUAL(json_array_size(json_object_get(model, "processes")), 4);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(p, "path")), "P.1.1");
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(p, "parent")), "P.1");
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(p, "reaped_by")), "P");
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(p, "signal_name")), "SIGTERM");
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(adopted, "to")), "P");
	CU_ASSERT(json_is_true(json_object_get(p, "orphan")));
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(p, "dead_for")),
	    json_integer_value(json_object_get(p, "reaped")) -
		json_integer_value(json_object_get(p, "died")));
	json_decref(model);
	graph_free(graph);
}
SELFTEST("graph", "the model has who, when and by whom of every process", keeps_the_numbers)

static void
fits_the_schema(void)
{
	static const char *const names[] = {
	    "alone", "three", "daemon", "subreaper", "leak", "crash", "hostile", "late", "pool"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char path[] = "/tmp/graph-XXXXXX", command[256];
		struct graph *graph = read_log(names[i]);
		json_t *model = graph_json(graph);
		int fd = mkostemp(path, O_CLOEXEC);
		CU_ASSERT_FATAL(fd >= 0);
		json_dumpfd(model, fd, 0);
		close(fd);
		snprintf(command, sizeof(command),
		    "/usr/bin/python3 -W ignore -m jsonschema -i %s docs/graph.schema.json", path);
		int status = system(command);
		CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
		unlink(path);
		json_decref(model);
		graph_free(graph);
	}
}
SELFTEST("graph", "the model is valid by docs/graph.schema.json", fits_the_schema)

/* --- comparison ------------------------------------------------------------------------------- */

/* The differences are these sentences, in this order. */
static void
differ(struct graph *seen, struct graph *reference, const char *const *expected)
{
	json_t *list = graph_compare(seen, reference), *sentence;
	size_t i, n = 0;

	while (expected[n])
		n++;
	CU_ASSERT_EQUAL(json_array_size(list), n);
	json_array_foreach(list, i, sentence) {
		const char *text = json_string_value(sentence);
		if (i >= n || strcmp(text, expected[i])) {
			printf("\nexpected %s\nseen     %s", i < n ? expected[i] : "nothing", text);
			CU_FAIL("sentence");
		}
	}
	json_decref(list);
	graph_free(seen);
	graph_free(reference);
}
#define DIFFER(seen, reference, ...)                                                               \
	differ(seen, reference, (const char *const[]){__VA_ARGS__, NULL})
#define TEXT_LOG(text) read_text(text, strlen(text))

static void
says_differences(void)
{
	DIFFER(read_log("three"), read_log("three-reference"),
	    "P.1 exited with 3; the reference's P.2 exited with 0",
	    "P.3 was never reaped; the reference's P reaped it");
	DIFFER(read_log("daemon"), read_log("subreaper"),
	    "P.1.2 was never started; the reference's P.1 starts 2 children",
	    "P.1.1 was ended by SIGKILL; the reference's P.1.1 was ended by SIGTERM",
	    "P.1.1 was adopted by the system; the reference's P.1.1 was adopted by P",
	    "P.1.1 was still alive when P had ended; the reference's P.1.1 had ended by then",
	    "P was no subreaper; the reference's P was one",
	    "P.1 led a session; the reference's P.1 did not");
}
SELFTEST("graph", "differences are said in words, most important first", says_differences)

static void
joins_sentences(void)
{
	DIFFER(TEXT_LOG(START FORK("P.1") FORK("P.2") EXIT("P.1") EXIT("P.2") EXIT("P")),
	    TEXT_LOG(START FORK("P.1") FORK("P.2") EXIT("P.1") EXIT("P.2") REAP("P.1") REAP("P.2")
		    EXIT("P")),
	    "P.1 and P.2 were never reaped; the reference's P reaped them");
	DIFFER(TEXT_LOG(START FORK("P.1") EXIT("P.1") REAP("P.1") EXIT("P")),
	    TEXT_LOG(START FORK("P.1") FORK("P.2") EXIT("P.1") EXIT("P.2") REAP("P.1") REAP("P.2")
		    EXIT("P")),
	    "P.2 was never started; the reference's P starts 2 children");
}
SELFTEST("graph", "what is the same of several processes is said once", joins_sentences)

#define EXIT3(who) "{\"event\":\"exit\",\"ns\":2,\"who\":\"" who "\",\"code\":3}\n"
static void
forgives_order(void)
{
	struct graph *seen = TEXT_LOG(START FORK("P.1") FORK("P.2") EXIT3("P.1") EXIT("P.2")
		REAP("P.1") REAP("P.2") EXIT("P"));
	struct graph *reference = TEXT_LOG(START FORK("P.1") FORK("P.2") EXIT("P.1") EXIT3("P.2")
		REAP("P.2") REAP("P.1") EXIT("P"));
	json_t *list = graph_compare(seen, reference);

	CU_ASSERT_EQUAL(json_array_size(list), 0);
	json_decref(list);
	graph_free(seen);
	graph_free(reference);
}
SELFTEST("graph", "like children in another order are no difference", forgives_order)

static void
keeps_it_short(void)
{
	struct graph *seen = read_log("crash"), *reference = read_log("three");
	json_t *list = graph_compare(seen, reference);

	CU_ASSERT_EQUAL(json_array_size(list), 7);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_array_get(list, 6)), "and 1 more difference");
	json_decref(list);
	graph_free(seen);
	graph_free(reference);
}
SELFTEST("graph", "after six sentences the rest is counted", keeps_it_short)

/* --- sentences -------------------------------------------------------------------------------- */

static void
asks(const char *log, const char *sentence, int expected, const char *expected_why)
{
	char why[256] = "";
	struct graph *graph = read_log(log);
	int result = graph_check(graph, sentence, why, sizeof(why));

	if (result != expected || strcmp(why, expected_why)) {
		printf("\n%s: \"%s\"\nexpected %d %s\nseen     %d %s", log, sentence, expected,
		    expected_why, result, why);
		CU_FAIL("check");
	}
	graph_free(graph);
}

static void
answers(void)
{
	asks("three-reference", "every child reaped by its parent", 1, "");
	asks(
	    "three", "every child reaped by its parent", 0, "P.3 was never reaped by its parent P");
	asks("crash", "every child reaped by its parent", 0,
	    "P.3 was never waited for: P ignores SIGCHLD");
	asks("crash", "no zombie", 1, "");
	asks("three", "no zombie", 0, "P.3 (exit 0) was never reaped while its parent P lived");
	asks("three", "no orphan", 1, "");
	asks("daemon", "no orphan", 0, "P.1.1 outlived its parent P.1");
	asks("pool", "at most 5 alive", 1, "");
	asks("pool", "at most 4 alive", 0, "5 processes were alive at once when P.4 was born");
	asks("pool", "exactly 5 processes", 1, "");
	asks("alone", "exactly 1 process", 1, "");
	asks("pool", "exactly 4 processes", 0, "the run had 5 processes");
	asks("three", "no kill after reap", 1, "");
	asks("late", "no kill after reap", 0, "P sent SIGTERM to P.1 after P.1 had been reaped");
	asks("pool", "no descriptor leaked", 1, "");
	asks("leak", "no descriptor leaked", 0, "P kept both ends of pipe1");
	asks("three", "nothing left", 1, "");
	asks("daemon", "nothing left", 0, "P.1.1 was still alive when P had ended");
	asks("three", "all is well", -1, "");
	asks("three", "at most many alive", -1, "");
	asks("three", "at most 4 alive and well", -1, "");
}
SELFTEST("graph", "each sentence is true, false with the reason, or unknown", answers)
