/* SPDX-License-Identifier: MIT */
/*
 * What cannot be pickled, by its name: which part, and why.
 *
 * "TypeError: cannot pickle 'Lock' object" is all that Python says, of a value that may hold a
 * thousand objects. The encoder knows the way that it went down, as a chain of steps on
 * its stack; here it is written as one would write it in Python: [2]['lock'].
 *
 * Handout: labs/04-pickle/README.md
 */
#include <stdio.h>
#include <string.h>

#include <mp/pickle.h>

#include "object.h"

//{
#define PIECE 64

/* The repr of a key, or as much of it as there is room for. */
static void
name_key(char piece[PIECE], const char *before, const struct mp_value *key, const char *after)
{
	char *text;

	if (mp_value_repr(key, &text)) {
		snprintf(piece, PIECE, "%s?%s", before, after);
		return;
	}
	bool cut = strlen(text) > PIECE - 16;
	snprintf(piece, PIECE, "%s%.*s%s%s", before, PIECE - 16, text, cut ? "..." : "", after);
	free(text);
}

/* One step down, as text. */
static void
name_step(char piece[PIECE], const struct step *step)
{
	static const char *const parts[PARTS] = {
	    "<callable>", "<args>", "<keywords>", "<items>", "<pairs>", "<state>"};
	const struct mp_value *key;

	switch (step->of->kind) {
	case MP_TUPLE:
	case MP_LIST:
		snprintf(piece, PIECE, "[%zu]", step->part);
		break;
	case MP_REDUCE:
		snprintf(piece, PIECE, "%s", parts[step->part]);
		break;
	case MP_OBJECT:
		snprintf(piece, PIECE, "<state>");
		break;
	default:
		key = ((const struct table *)step->of)->entries[step->part / 2].key;
		if (step->of->kind != MP_DICT)
			name_key(piece, "<element ", key, ">");
		else if (step->part % 2)
			name_key(piece, "[", key, "]");
		else
			name_key(piece, "<key ", key, ">");
	}
}

/* From the end of the path to its beginning: when there is no more room, that is "...". */
static void
write_path(char *path, size_t room, const struct step *at)
{
	char piece[PIECE], *end = path + room - 1, *begin = end;

	*end = '\0';
	for (; at; at = at->up) {
		name_step(piece, at);
		if ((size_t)(begin - path) < strlen(piece) + 3) {
			begin -= 3;
			memcpy(begin, "...", 3);
			break;
		}
		begin -= strlen(piece);
		memcpy(begin, piece, strlen(piece));
	}
	memmove(path, begin, (size_t)(end - begin) + 1);
}

int
mp__blame(struct mp_pickle_error *why, int error, const struct step *at, const char *class)
{
	const char *text = mp_error_text(error);

	if (!why)
		return error;
	why->error = error;
	write_path(why->path, sizeof(why->path), at);
	if (class)
		snprintf(
		    why->text, sizeof(why->text), "cannot pickle '%s' object: %s", class, text);
	else
		snprintf(why->text, sizeof(why->text), "%s", text);
	return error;
}
//}
