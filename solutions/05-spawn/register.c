/* SPDX-License-Identifier: MIT */
/*
 * The tracker itself: a set of names, and what becomes of them.
 *
 * It trusts nobody: a line that it cannot read is counted as an error, and the next one is
 * read. So one confused client costs nobody else his clean-up.
 *
 * Invariants: a name is in the set once; at end of file the set is emptied. Handout:
 * labs/05-spawn/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <mp/io.h>
#include <mp/tracker.h>

#include "tracker.h"

static int
unlink_nothing(const char *name)
{
	(void)name;
	return 0;
}

const struct tracker_type tracker_types[] = {
    {"semaphore", sem_unlink},
    {"shared_memory", shm_unlink},
    {"noop", unlink_nothing},
};
const int tracker_type_count = sizeof(tracker_types) / sizeof(tracker_types[0]);

//{
enum { CLEAN, LEAKED, NOT_UNLINKED, BAD_LINE };

struct name {
	struct name *next; /* registered before this one */
	int type;
	char text[];
};

static int
type_of(const char *word)
{
	for (int i = 0; i < tracker_type_count; i++)
		if (!strcmp(tracker_types[i].name, word))
			return i;
	return -1;
}

/* Where it is, or where it would be: the end. */
static struct name **
find(struct name **set, const char *text, int type)
{
	while (*set && ((*set)->type != type || strcmp((*set)->text, text)))
		set = &(*set)->next;
	return set;
}

static bool
enter(struct name **set, const char *text, int type)
{
	size_t size = strlen(text) + 1;

	if (*find(set, text, type))
		return true;
	struct name *name = malloc(sizeof(*name) + size);
	if (!name)
		return false;
	name->next = *set;
	name->type = type;
	memcpy(name->text, text, size);
	*set = name;
	return true;
}

static bool
strike(struct name **set, const char *text, int type)
{
	struct name **place = find(set, text, type), *name = *place;

	if (!name)
		return false;
	*place = name->next;
	free(name);
	return true;
}

/* One line without its newline: COMMAND:NAME:TYPE. */
static bool
obey(struct name **set, char *line)
{
	char *rest = line, *command = strsep(&rest, ":"), *text = strsep(&rest, ":");
	int type = rest ? type_of(rest) : -1;

	if (type < 0)
		return false;
	if (!strcmp(command, "REGISTER"))
		return enter(set, text, type);
	if (!strcmp(command, "UNREGISTER"))
		return strike(set, text, type);
	return !strcmp(command, "PROBE");
}

/* Take whole lines from the front of buffer, which holds size bytes; what is left of it. */
static size_t
obey_all(struct name **set, char *buffer, size_t size, bool *bad)
{
	char *line = buffer, *end;

	while ((end = memchr(line, '\n', size - (size_t)(line - buffer)))) {
		*end = '\0';
		*bad |= !obey(set, line);
		line = end + 1;
	}
	size_t left = size - (size_t)(line - buffer);
	memmove(buffer, line, left);
	return left;
}

/* Until end of file. A line that does not fit is bad, and dropped piece by piece. */
static struct name *
listen(int reader, bool *bad)
{
	char buffer[8 * MP_TRACKER_LINE];
	struct name *set = NULL;
	size_t size = 0;
	ssize_t n;

	while ((n = read(reader, buffer + size, sizeof(buffer) - size)) != 0) {
		if (n < 0 && errno != EINTR)
			break;
		size = obey_all(&set, buffer, size + (size_t)(n < 0 ? 0 : n), bad);
		if (size == sizeof(buffer)) {
			*bad = true;
			size = 0;
		}
	}
	*bad |= size > 0;
	return set;
}

static int
count(const struct name *set, int type)
{
	int n = 0;

	for (; set; set = set->next)
		n += set->type == type;
	return n;
}

/* Unlink all names of a type, and say so; whether all could be. */
static bool
clean(struct name *set, int type)
{
	const char *word = tracker_types[type].name;
	int n = count(set, type);
	bool all = true;

	if (n > 0)
		dprintf(STDERR_FILENO,
		    "mp: resource tracker: %d leaked %s object%s to clean up at shutdown\n", n,
		    word, n == 1 ? "" : "s");
	for (; set; set = set->next) {
		if (set->type != type || tracker_types[type].unlink(set->text) == 0)
			continue;
		all = false;
		dprintf(STDERR_FILENO, "mp: resource tracker: %s: %s\n", set->text,
		    strerrordesc_np(errno));
	}
	return all;
}
//}

int
mp_tracker_main(int reader)
{
	/*
	 * spawn.6: keep a set of names as the lines say; at end of file say for each type how
	 * many are left, unlink them, and return the exit code.
	 */
	//{
	bool bad = false, all = true;
	struct name *set = listen(reader, &bad);
	bool leaked = set != NULL;

	mp_close(&reader);
	for (int type = 0; type < tracker_type_count; type++)
		all &= clean(set, type);
	while (set) {
		struct name *next = set->next;
		free(set);
		set = next;
	}
	return bad ? BAD_LINE : !all ? NOT_UNLINKED : leaked ? LEAKED : CLEAN;
	//}
}
