/* SPDX-License-Identifier: MIT */
/*
 * The row's side: the main function of every program of rows.
 *
 *	PROGRAM --list                  the rows, as JSON lines
 *	PROGRAM ROW CHANNEL-FD          run one row, results on the channel (runner/channel.h)
 *	PROGRAM ROW                     run one row by hand: failures on standard error
 *	PROGRAM --mp-...                what a row has spawned: the library's affair (mp_init)
 *
 * CUnit keeps the registry and stops a row at its first failed check; what a check asked,
 * expected and saw goes on the channel the moment it fails.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <CUnit/TestRun.h>
#include <mp/error.h>
#include <mp/io.h>
#include <mp/spawn.h>
#include <mp/todo.h>

#include "runner/channel.h"
#include "runner/row.h"

extern const struct row *const __start_rows[], *const __stop_rows[];
extern const char row_stage_title[];

static struct channel *channel;
static uint8_t nonce[CHANNEL_NONCE];
static char open_before[1024]; /* one flag a descriptor */

/* --- checks ---------------------------------------------------------------------------- */

static bool
is_the_row(void)
{
	return channel && (uint32_t)getpid() == channel->pid; /* a spawned child has none */
}

static void
put(char *field, size_t size, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vsnprintf(field, size, format, list);
	va_end(list);
}
#define PUT(field, ...) put(channel->field, sizeof(channel->field), __VA_ARGS__)

/* One check: it holds, or the row ends here. */
static void
check(bool holds, const char *asked, const char *file, int line)
{
	if (!is_the_row() && !holds)
		_exit(EXIT_FAILURE); /* a child has no business here; its parent will see it */
	if (!is_the_row())
		return;
	if (holds) {
		channel->checks++;
	} else {
		PUT(file, "%s", file);
		PUT(asked, "%s", asked);
		channel->line = line;
		atomic_store(&channel->failed, 1);
	}
	CU_assertImplementation(holds, (unsigned)line, asked, file, "", CU_TRUE);
}

static void
describe(char *field, int result)
{
	if (result >= 0)
		put(field, CHANNEL_TEXT, "%d", result);
	else
		put(field, CHANNEL_TEXT, "%s: %s", mp_error_name(result), mp_error_text(result));
}

int
row_ok(int seen, const char *asked, const char *file, int line)
{
	if (seen < 0 && is_the_row()) {
		PUT(expected, "no error");
		describe(channel->seen, seen);
	}
	check(seen >= 0, asked, file, line);
	return seen;
}

void
row_fails(int seen, int error, const char *asked, const char *file, int line)
{
	if (seen != error && is_the_row()) {
		describe(channel->expected, error);
		describe(channel->seen, seen);
	}
	check(seen == error, asked, file, line);
}

void
row_equal(long long seen, long long expected, const char *asked, const char *file, int line)
{
	if (seen != expected && is_the_row()) {
		PUT(expected, "%lld", expected);
		PUT(seen, "%lld", seen);
	}
	check(seen == expected, asked, file, line);
}

void
row_equal_text(
    const char *seen, const char *expected, const char *asked, const char *file, int line)
{
	bool equal = seen && !strcmp(seen, expected);

	if (!equal && is_the_row()) {
		PUT(expected, "\"%s\"", expected);
		if (seen)
			PUT(seen, "\"%s\"", seen);
		else
			PUT(seen, "NULL");
	}
	check(equal, asked, file, line);
}

void
row_between(double seen, double low, double high, const char *asked, const char *file, int line)
{
	bool inside = seen >= low && seen <= high;

	if (!inside && is_the_row()) {
		PUT(expected, "between %g and %g", low, high);
		PUT(seen, "%g", seen);
	}
	check(inside, asked, file, line);
}

void
row_true(bool condition, const char *asked, const char *file, int line, const char *sentence, ...)
{
	va_list list;

	if (!condition && is_the_row()) {
		va_start(list, sentence);
		vsnprintf(channel->expected, CHANNEL_TEXT, sentence, list);
		va_end(list);
		PUT(seen, "it is not so");
	}
	check(condition, asked, file, line);
}

void
row_step(const char *format, ...)
{
	va_list list;

	if (!is_the_row())
		return;
	va_start(list, format);
	vsnprintf(channel->step, sizeof(channel->step), format, list);
	va_end(list);
}

/* --- gates ------------------------------------------------------------------------------ */

void
gate_init(struct gate *gate)
{
	OK(mp_pipe_cloexec(gate->fds));
}

void
gate_open(struct gate *gate)
{
	mp_close(&gate->fds[1]);
}

void
gate_wait(struct gate *gate)
{
	char byte;

	mp_close(&gate->fds[1]); /* or this process would keep the gate shut */
	(void)!mp_read_all(gate->fds[0], &byte, 1);
}

void
gate_release(struct gate *gate)
{
	mp_close(&gate->fds[0]);
	mp_close(&gate->fds[1]);
}

/* --- the run ---------------------------------------------------------------------------- */

/* Any process of the row may come upon a task that is not written. */
static void
on_todo(const char *task)
{
	PUT(todo, "%s", task);
}

static void
print_text(const char *key, const char *text)
{
	printf("\"%s\":\"", key);
	for (; text && *text; text++)
		printf(*text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
	printf("\"");
}

/* The graph's sentences, where their numbers of processes count helpers, too. */
static void
print_graph(const char *graph, int helpers)
{
	static const char *const before[] = {"exactly ", "at most "};
	char *text = strdup(graph ? graph : ""), *end;

	for (size_t i = 0; helpers && i < sizeof(before) / sizeof(*before); i++) {
		char *at = strstr(text, before[i]), *longer;
		if (!at)
			continue;
		at += strlen(before[i]);
		long number = strtol(at, &end, 10);
		if (asprintf(&longer, "%.*s%ld%s", (int)(at - text), text, number + helpers, end) <
		    0)
			_exit(EXIT_FAILURE);
		free(text);
		text = longer;
	}
	print_text("graph", text);
	free(text);
}

static void
print_row(const struct row *row, double seconds, int helpers)
{
	printf(",\"seconds\":%g,", seconds);
	print_graph(row->graph, helpers);
	printf(",");
	print_text("owes", row->owes);
	printf(",");
	print_text("sentence", row->sentence);
	printf(",");
	print_text("file", row->file);
	printf(",\"line\":%d}\n", row->line);
}

/* process.3/waits by spawn is spawn.4/process.3-waits. */
static const char *
id_by(const struct row *row, const struct way *way)
{
	static char id[160];
	int n = snprintf(id, sizeof(id), "%s/", way->task);

	snprintf(id + n, sizeof(id) - (size_t)n, "%s", row->id);
	id[n + (int)strcspn(row->id, "/")] = '-';
	return id;
}

/* One line for each way, with an id where there is such a row. */
static void
list_again(const struct row *row)
{
	for (int i = 0; i < ROW_WAYS; i++) {
		bool runs = !(row->not_by & 1u << i);
		printf("{");
		print_text("again", row->id);
		printf(",");
		print_text("by", row_ways[i].name);
		printf(",");
		print_text("why", row->why);
		printf(",");
		if (runs)
			print_text("id", id_by(row, &row_ways[i]));
		printf("%s\"points\":0", runs ? "," : "");
		/* What begins in main takes longer. */
		print_row(row, row->seconds > 0 ? row->seconds + 2 : 7, row_ways[i].helpers);
	}
}

static void
list_row(const struct row *row)
{
	if (row->again) {
		list_again(row);
		return;
	}
	printf("{");
	print_text("id", row->id);
	printf(",\"points\":%d", row->points);
	print_row(row, row->seconds > 0 ? row->seconds : 5, 0);
}

/* The stage's own rows, then others' by their files; in a file as they stand there. */
static int
compare(const struct row *a, const struct row *b)
{
	int files = strcmp(a->file, b->file);

	return a->again != b->again ? a->again - b->again : files ? files : a->line - b->line;
}

/* The row that comes next: compilers order the section as they like. NULL: the first. */
static const struct row *
row_after(const struct row *row)
{
	const struct row *next = NULL;

	for (const struct row *const *r = __start_rows; r < __stop_rows; r++)
		if ((!row || compare(*r, row) > 0) && (!next || compare(*r, next) < 0))
			next = *r;
	return next;
}

static void
list_rows(void)
{
	printf("{");
	print_text("title", row_stage_title);
	printf("}\n");
	for (const struct row *r = row_after(NULL); r; r = row_after(r))
		list_row(r);
}

/* Visit every open descriptor: note it, or report the first that was not noted. */
static void
audit_descriptors(bool note)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		int fd = atoi(entry->d_name);
		bool high = fd >= (int)sizeof(open_before); /* nobody gives us such a one */
		if (entry->d_name[0] == '.' || fd == dirfd(dir) || (note && high))
			continue;
		if (note) {
			open_before[fd] = 1;
		} else if ((high || !open_before[fd]) && channel->descriptors++ == 0) {
			char target[96] = "";
			(void)!readlinkat(dirfd(dir), entry->d_name, target, sizeof(target) - 1);
			PUT(descriptor, "%d, %s", fd, target);
		}
	}
	if (dir)
		closedir(dir);
}

/* The channel of a harness, or a page of our own. */
static void
open_channel(const char *number)
{
	int fd = number ? atoi(number) : -1;
	int flags = fd < 0 ? MAP_SHARED | MAP_ANONYMOUS : MAP_SHARED;

	channel = mmap(NULL, sizeof(*channel), PROT_READ | PROT_WRITE, flags, fd, 0);
	if (channel == MAP_FAILED) {
		perror("the channel to the harness");
		_exit(EXIT_FAILURE);
	}
	mp_close(&fd);
	memcpy(nonce, channel->nonce, sizeof(nonce));
	explicit_bzero(channel->nonce, sizeof(channel->nonce));
	channel->pid = (uint32_t)getpid();
	mp__on_todo = on_todo;
}

/* What is run: a row, in a way or in its own. */
static struct {
	const struct row *row;
	const struct way *way; /* NULL: in its own */
	const char *id;
} asked;

static void
run_asked(void)
{
	if (asked.way)
		asked.way->begin();
	asked.row->function();
	if (asked.way)
		asked.way->end();
}

static void
run(void)
{
	CU_pSuite suite;
	CU_pTest test;

	if (CU_initialize_registry() || !(suite = CU_add_suite(row_stage_title, NULL, NULL)) ||
	    !(test = CU_add_test(suite, asked.id, run_asked)))
		_exit(EXIT_FAILURE);
	CU_set_error_action(CUEA_IGNORE);
	/* CUnit opens nothing in a run; what is open now is not the row's. */
	audit_descriptors(true);
	atomic_store(&channel->state, CHANNEL_RUNNING);
	CU_run_test(suite, test);
	if (!is_the_row())
		_exit(EXIT_FAILURE); /* a child of the row that returned into its test */
	audit_descriptors(false);
	memcpy(channel->proof, nonce, sizeof(nonce));
	atomic_store(&channel->state, CHANNEL_DONE);
}

static void
tell_a_person(void)
{
	if (atomic_load(&channel->failed))
		fprintf(stderr, "%s: %s\n%s:%d: asked %s\n  expected %s\n  seen     %s\n", asked.id,
		    asked.row->sentence, channel->file, channel->line, channel->asked,
		    channel->expected, channel->seen);
	else
		fprintf(stderr, "%s: %u checks held\n", asked.id, channel->checks);
}

/* Find what is asked for. */
static bool
find(const char *id)
{
	for (const struct row *const *r = __start_rows; r < __stop_rows; r++) {
		asked.row = *r;
		asked.id = (*r)->id;
		if (!(*r)->again && !strcmp(asked.id, id))
			return true;
		for (int i = 0; (*r)->again && i < ROW_WAYS; i++) {
			asked.way = &row_ways[i];
			asked.id = id_by(*r, asked.way);
			if (!((*r)->not_by & 1u << i) && !strcmp(asked.id, id))
				return true;
		}
		asked.way = NULL;
	}
	return false;
}

int
main(int argc, char **argv)
{
	/* Only then: mp_init is a task of stage 05, and the rows of others come without it. */
	if (argc == 2 && !strncmp(argv[1], "--mp-", 5))
		return mp_init(argc, argv);
	if (argc == 2 && !strcmp(argv[1], "--list")) {
		list_rows();
		return EXIT_SUCCESS;
	}
	if (argc > 1 && find(argv[1])) {
		open_channel(argv[2]);
		run();
		if (argc == 2)
			tell_a_person();
		fflush(NULL);
		/* Not exit: what the row forgot to end is for the harness to find. */
		_exit(atomic_load(&channel->failed) ? EXIT_FAILURE : EXIT_SUCCESS);
	}
	fprintf(stderr, "usage: %s --list | ROW\n", argv[0]);
	return 2;
}
