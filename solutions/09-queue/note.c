/* SPDX-License-Identifier: MIT */
/*
 * What a queue says of itself to `procsmith stuck`, which sees only that somebody sleeps at a
 * word: "P.1's feeder writes 1,000,000 bytes into queue 1, which is full". docs/stuck.md has
 * the format. Nothing here is needed for the queue to work.
 *
 * Handout: labs/09-queue/README.md
 */
#include <stdio.h>
#include <string.h>

#include "ring.h"

//{
enum { NOTE_ROOM = 8, NOTE_MESSAGES, NOTE_TASKS };

static atomic_uint made; /* queues, by this process and, before it was forked, its parents */

static uint32_t
place(const struct mp__pages *pages, const void *at)
{
	return (uint32_t)((const unsigned char *)at - (const unsigned char *)pages);
}

static struct mp__note *
add(struct mp__pages *pages, uint32_t kind, const _Atomic uint32_t *word)
{
	struct mp__note *note = &pages->notes.notes[pages->notes.count++];

	note->kind = kind;
	note->words = place(pages, (const void *)(uintptr_t)word);
	note->words_size = sizeof(*word);
	memmove(note->name, pages->notes.notes[0].name, sizeof(note->name));
	return note;
}

void
mp__ring_note(struct mp__pages *pages)
{
	memcpy(pages->notes.magic, "mp-note", sizeof(pages->notes.magic));
	pages->notes.version = 1;
	snprintf(pages->notes.notes[0].name, sizeof(pages->notes.notes[0].name), "queue %u",
	    atomic_fetch_add(&made, 1) + 1);
	add(pages, NOTE_ROOM, &pages->room.rung)->holder = place(pages, &pages->sender);
	(void)add(pages, NOTE_MESSAGES, &pages->more.rung);
}

void
mp__ring_note_tasks(
    struct mp__pages *pages, const _Atomic uint32_t *bell, const struct mp__roll *roll)
{
	struct mp__note *note = add(pages, NOTE_TASKS, bell);

	note->posters = place(pages, roll->lines);
	note->posters_size = MP__ROLL;
}
//}
