/* SPDX-License-Identifier: MIT */
/*
 * Two runs compared by shape, the differences said in words, most important first.
 *
 * Sentences that say the same of several processes become one: "P.1, P.2 and 8 more were
 * never reaped; the reference's P reaped them".
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "graph/compare.h"

enum { SENTENCES = 6, NAMED = 3 };

static int
by_rank(const void *a, const void *b)
{
	const struct difference *left = a, *right = b;

	if (left->rank != right->rank)
		return left->rank < right->rank ? -1 : 1;
	return left->order < right->order ? -1 : left->order > right->order;
}

static bool
alike(const struct difference *a, const struct difference *b)
{
	return a->rank == b->rank && !a->counterpart == !b->counterpart &&
	       a->subject != b->subject && !strcmp(a->before, b->before) &&
	       !strcmp(a->after, b->after);
}

/* The same half sentence of several: "was" is "were", "its" is "their", "it" is "them". */
static void
put_plural(FILE *out, const char *half)
{
	static const struct {
		const char *one, *many;
	} words[] = {{"was", "were"}, {"its", "their"}, {"it", "them"}, {"is", "are"}};

	while (*half) {
		size_t n = strcspn(half, " "), i = 0;
		while (i < 4 && (strlen(words[i].one) != n || strncmp(words[i].one, half, n)))
			i++;
		fprintf(out, "%.*s", i < 4 ? (int)strlen(words[i].many) : (int)n,
		    i < 4 ? words[i].many : half);
		half += n;
		if (*half)
			fputc(*half++, out);
	}
}

static void
put_subjects(FILE *out, struct comparison *c, struct difference *first, size_t count)
{
	size_t n = 0, named = count > NAMED ? NAMED - 1 : count;

	for (struct difference *d = first; d < c->found + c->count; d++) {
		if (d->told || (d != first && !alike(d, first)))
			continue;
		if (d != first)
			d->told = true;
		if (n < named)
			fprintf(out, "%s%s",
			    n == 0	     ? ""
			    : n + 1 == count ? " and "
					     : ", ",
			    d->subject->path);
		n++;
	}
	if (count > named)
		fprintf(out, " and %zu more", count - named);
	first->told = true;
}

static json_t *
sentence(struct comparison *c, struct difference *first)
{
	char *text = NULL;
	size_t size = 0, count = 1;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	for (struct difference *d = first + 1; d < c->found + c->count; d++)
		count += !d->told && alike(d, first);
	put_subjects(out, c, first, count);
	fputc(' ', out);
	if (count > 1)
		put_plural(out, first->before);
	else
		fputs(first->before, out);
	fputs("; the reference's ", out);
	if (first->counterpart && count == 1)
		fprintf(out, "%s ", first->counterpart->path);
	if (count > 1)
		put_plural(out, first->after);
	else
		fputs(first->after, out);
	json_t *result = fclose(out) ? NULL : json_string(text);
	free(text);
	return result;
}

static json_t *
sentences(struct comparison *c)
{
	json_t *list = json_array();
	size_t more = 0;
	char text[64];

	qsort(c->found, c->count, sizeof(*c->found), by_rank);
	for (size_t i = 0; i < c->count; i++) {
		struct difference *d = &c->found[i];
		if (d->told)
			continue;
		if (json_array_size(list) < SENTENCES)
			json_array_append_new(list, sentence(c, d));
		else
			more++;
	}
	snprintf(text, sizeof(text), "and %zu more difference%s", more, more == 1 ? "" : "s");
	if (more)
		json_array_append_new(list, json_string(text));
	return list;
}

json_t *
graph_compare(const struct graph *seen, const struct graph *reference)
{
	struct shape_table table = {0};
	struct comparison c = {.seen = seen, .reference = reference};
	json_t *list = NULL;

	c.seen_shapes = shape_all(seen, &table, SHAPE_ROUGH);
	c.reference_shapes = shape_all(reference, &table, SHAPE_ROUGH);
	if (c.seen_shapes && c.reference_shapes && !pair_all(&c)) {
		differ_all(&c);
		list = c.found ? sentences(&c) : NULL;
	}
	shape_release(&table);
	free(c.seen_shapes);
	free(c.reference_shapes);
	free(c.twin);
	free(c.back);
	free(c.found);
	return list;
}
