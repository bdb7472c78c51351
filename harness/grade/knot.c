/* SPDX-License-Identifier: MIT */
/*
 * A deadlock for the results: what the runner found, in words and without pids.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grade/findings.h"

enum { SENTENCES = 6 };

static bool
is_in_knot(const json_t *task)
{
	return json_is_true(json_object_get(task, "knot"));
}

json_t *
findings_knot(const json_t *knot)
{
	char *text = NULL;
	size_t size = 0, i, said = 0, behind = 0;
	json_t *task;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	fputs("a deadlock", out);
	json_array_foreach(json_object_get(knot, "tasks"), i, task) {
		const char *sentence = json_string_value(json_object_get(task, "sentence"));
		if (is_in_knot(task) && sentence && ++said <= SENTENCES)
			fprintf(out, "%s%s", said == 1 ? ": " : "; ", sentence);
		behind += !is_in_knot(task);
	}
	if (said > SENTENCES)
		fprintf(out, "; and %zu more", said - SENTENCES);
	if (behind)
		fprintf(out, "; %zu wait%s behind it", behind, behind == 1 ? "s" : "");
	fclose(out);
	json_t *json = text_json(text, size);
	free(text);
	return json;
}

static json_t *
names(const json_t *freers)
{
	size_t i;
	json_t *freer, *list = json_array();

	json_array_foreach(freers, i, freer)
		json_array_append(list, json_object_get(freer, "name"));
	return list;
}

static json_t *
ways(const json_t *from)
{
	size_t i;
	json_t *way, *list = json_array();

	json_array_foreach(from, i, way)
		json_array_append_new(list,
		    json_pack("{s:O,s:O,s:O,s:o}", "kind", json_object_get(way, "kind"), "what",
			json_object_get(way, "what"), "need", json_object_get(way, "need"), "by",
			names(json_object_get(way, "by"))));
	return list;
}

json_t *
findings_waits(const json_t *knot)
{
	size_t i;
	json_t *task, *list = json_array();

	json_array_foreach(json_object_get(knot, "tasks"), i, task)
		json_array_append_new(
		    list, json_pack("{s:O,s:O,s:O,s:o}", "name", json_object_get(task, "name"),
			      "sentence", json_object_get(task, "sentence"), "knot",
			      json_object_get(task, "knot"), "ways",
			      ways(json_object_get(task, "ways"))));
	return list;
}
