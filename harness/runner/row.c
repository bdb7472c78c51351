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
#include "runner/rows.h"

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

static struct rows_choice asked;

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

int
main(int argc, char **argv)
{
	/* Only then: mp_init is a task of stage 05, and the rows of others come without it. */
	if (argc == 2 && !strncmp(argv[1], "--mp-", 5))
		return mp_init(argc, argv);
	if (argc == 2 && !strcmp(argv[1], "--list")) {
		rows_list();
		return EXIT_SUCCESS;
	}
	if (argc > 1 && rows_find(argv[1], &asked)) {
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
