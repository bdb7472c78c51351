/* SPDX-License-Identifier: MIT */
/*
 * The rows of a program: what there is, and by which ids. See rows.h.
 *
 * ROW enters each into a section of the program, which the linker gathers. A row that is
 * run again (row.h) is one entry there, and as many rows as it has ways.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner/rows.h"

extern const struct row *const __start_rows[], *const __stop_rows[];
extern const char row_stage_title[];

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

void
rows_list(void)
{
	printf("{");
	print_text("title", row_stage_title);
	printf("}\n");
	for (const struct row *r = row_after(NULL); r; r = row_after(r))
		list_row(r);
}

static bool
is_asked(const struct rows_choice *choice, const char *id)
{
	return !strcmp(choice->id, id);
}

bool
rows_find(const char *id, struct rows_choice *choice)
{
	for (const struct row *const *r = __start_rows; r < __stop_rows; r++) {
		*choice = (struct rows_choice){*r, NULL, (*r)->id};
		if (!(*r)->again && is_asked(choice, id))
			return true;
		for (int i = 0; (*r)->again && i < ROW_WAYS; i++) {
			*choice = (struct rows_choice){*r, &row_ways[i], id_by(*r, &row_ways[i])};
			if (!((*r)->not_by & 1u << i) && is_asked(choice, id))
				return true;
		}
	}
	return false;
}
