/* SPDX-License-Identifier: MIT */
/*
 * Reading the notes that a library left in its shared memory: registry.h is the format.
 *
 * The process that wrote them may be wrong or hostile: what does not fit together is no note.
 */
#define _GNU_SOURCE
#include "stuck/registry.h"

#include <stdio.h>
#include <string.h>

#include "stuck/look.h"

static const struct {
	const char *name, *frees;
} kinds[] = {
    [STUCK_NOTE_LOCK] = {"lock", "could release it"},
    [STUCK_NOTE_RLOCK] = {"lock", "could release it"},
    [STUCK_NOTE_SEMAPHORE] = {"semaphore", "could release it"},
    [STUCK_NOTE_CONDITION] = {"condition", "could notify it"},
    [STUCK_NOTE_EVENT] = {"event", "could set it"},
    [STUCK_NOTE_BARRIER] = {"barrier", "could come to it"},
    [STUCK_NOTE_QUEUE] = {"queue", "could free it"},
    [STUCK_NOTE_TASKS] = {0}, /* and those between: see queue_way */
};

/* The note of the object that has this word. */
static bool
find(const struct stuck_task *task, const struct stuck_word *word, struct stuck_note *note)
{
	struct stuck_notes notes = {0};
	uint64_t at = word->start - word->offset, place = word->address - at;
	pid_t pid = task->process->pid;

	if (!word->shared || strncmp(word->path, "/memfd:mp-", 10) || word->offset > word->start ||
	    !stuck_peek(pid, at, &notes, sizeof(notes)) ||
	    memcmp(notes.magic, STUCK_MAGIC, sizeof(notes.magic)) ||
	    notes.version != STUCK_VERSION || notes.count > 1024)
		return false;
	at += sizeof(notes);
	for (uint32_t i = 0; i < notes.count; i++, at += sizeof(*note))
		if (stuck_peek(pid, at, note, sizeof(*note)) && note->kind >= STUCK_NOTE_LOCK &&
		    note->kind <= STUCK_NOTE_TASKS && place >= note->words &&
		    place - note->words < note->words_size)
			return true;
	return false;
}

/* Who holds it, by the number in its word; false: nobody is said to, or others may free it. */
static bool
add_holder(struct stuck *s, struct stuck_task *task, const struct stuck_word *word,
    const struct stuck_note *note, struct stuck_way *way)
{
	uint32_t tid = 0;
	struct stuck_freer owner;
	uint64_t start = word->start - word->offset;

	if (!note->holder ||
	    !stuck_peek(task->process->pid, start + note->holder, &tid, sizeof(tid)) || !tid)
		return false;
	size_t used = strlen(way->noun);
	bool lives = stuck_owner(s, task, word, (pid_t)tid, &owner);
	if (note->kind == STUCK_NOTE_LOCK) {
		way->holder = owner;
		snprintf(way->noun + used, sizeof(way->noun) - used, lives ? " that # holds" : "");
		return false;
	}
	if (lives) {
		stuck_way_by(way, owner.pid, owner.tid);
		snprintf(way->noun + used, sizeof(way->noun) - used, " held by @");
	} else {
		way->gone = true;
		snprintf(way->noun + used, sizeof(way->noun) - used,
		    " whose holder, %u, is dead: nobody will ever free it", tid);
	}
	return true;
}

static bool
add_posters(const struct stuck_task *task, const struct stuck_word *word,
    const struct stuck_note *note, struct stuck_way *way)
{
	uint64_t start = word->start - word->offset;
	uint32_t pid;

	if (!note->posters || task->tid != task->ns_tid)
		return false;
	for (uint32_t i = 0; i < note->posters_size && i < 1024; i++)
		if (stuck_peek(task->process->pid, start + note->posters + i * sizeof(pid), &pid,
			sizeof(pid)) &&
		    pid)
			stuck_way_by(way, (pid_t)pid, 0);
	return true;
}

/* How many bytes the task's process is sending; 0: not known, or it waits for its turn. */
static uint64_t
sending(const struct stuck_task *task, const struct stuck_word *word, const struct stuck_note *note)
{
	struct stuck_sending now;
	uint64_t start = word->start - word->offset;

	if (!note->holder || task->tid != task->ns_tid ||
	    !stuck_peek(task->process->pid, start + note->holder, &now, sizeof(now)) ||
	    (pid_t)now.pid != task->process->pid)
		return 0;
	return now.size;
}

/* Who has tasks may do them, or end; how many these are. */
static uint64_t
add_holders(struct stuck *s, const struct stuck_task *task, const struct stuck_word *word,
    const struct stuck_note *note, struct stuck_way *way)
{
	struct stuck_holding line;
	uint64_t at = word->start - word->offset + note->posters, all = 0;

	for (uint32_t i = 0; i < note->posters_size && i < 1024; i++, at += sizeof(line)) {
		if (!stuck_peek(task->process->pid, at, &line, sizeof(line)) || line.count <= 0)
			continue;
		all += (uint64_t)line.count;
		if (task->tid == task->ns_tid && stuck_find(s, (pid_t)line.pid))
			stuck_way_by(way, (pid_t)line.pid, 0);
	}
	return all;
}

/* Three words that a queue is waited for at. Anybody who has it may come. */
static void
queue_way(struct stuck *s, struct stuck_task *task, const struct stuck_word *word,
    const struct stuck_note *note)
{
	const char *name = *note->name ? note->name : "a queue";
	struct stuck_way *way = stuck_way(task, STUCK_ANY, "queue", "%s", name);
	size_t used = strlen(way->noun);
	char number[32];
	uint64_t count;

	if (note->kind == STUCK_NOTE_ROOM) {
		count = sending(task, word, note);
		stuck_does(task, count ? "writes %s bytes into" : "writes into",
		    stuck_count(count, number));
		way->one = "reads it";
		way->many = "read it";
		snprintf(way->noun + used, sizeof(way->noun) - used, ", which is full");
	} else if (note->kind == STUCK_NOTE_MESSAGES) {
		stuck_does(task, "reads from");
		way->one = "writes into it";
		way->many = "write into it";
		snprintf(way->noun + used, sizeof(way->noun) - used, ", which is empty");
	} else {
		count = add_holders(s, task, word, note, way);
		stuck_does(task, "waits until all is done of");
		way->one = way->many = "could do it";
		if (count)
			snprintf(way->noun + used, sizeof(way->noun) - used,
			    ", of which %s %s got and not done", stuck_count(count, number),
			    count == 1 ? "was" : "were");
	}
	stuck_sharers(s, task, way, word);
}

bool
stuck_registry(struct stuck *s, struct stuck_task *task, const struct stuck_word *word)
{
	struct stuck_note note;

	if (!find(task, word, &note))
		return false;
	const char *kind = kinds[note.kind].name;
	note.name[sizeof(note.name) - 1] = '\0';
	for (char *at = note.name; *at; at++) /* a program's own text */
		if ((unsigned char)*at < ' ' || *at == '@' || *at == '#' || *at == 0x7f)
			*at = '?';
	if (note.kind >= STUCK_NOTE_ROOM) {
		queue_way(s, task, word, &note);
		return true;
	}
	stuck_does(task, "waits for");
	struct stuck_way *way =
	    *note.name ? stuck_way(task, STUCK_ANY, kind, "the %s '%s'", kind, note.name)
		       : stuck_way(task, STUCK_ANY, kind, "%s %s",
			     strchr("aeiou", *kind) ? "an" : "a", kind);
	snprintf(way->object, sizeof(way->object), "%.12s %s:%lu+%x", kind, word->device,
	    word->inode, note.words);
	if (add_holder(s, task, word, &note, way))
		return true;
	way->one = way->many = kinds[note.kind].frees;
	if (!add_posters(task, word, &note, way))
		stuck_sharers(s, task, way, word);
	return true;
}
