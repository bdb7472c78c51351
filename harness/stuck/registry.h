/* SPDX-License-Identifier: MIT */
#ifndef STUCK_REGISTRY_H
#define STUCK_REGISTRY_H
/*
 * What a library says of its own objects in shared memory, for whoever looks from outside.
 *
 * A mapping of a memfd whose name begins with "mp-" (memfd_create("mp-lock", MFD_CLOEXEC))
 * may begin with this header and its notes, one an object. The words that a task sleeps on
 * lie in the same mapping; every place is an offset from its start. docs/stuck.md
 *
 * Invariants: a note is written once, before its object is shared, and counted then; later
 * only holder's and the posters' words change, each by one atomic store. A holder is who
 * alone may free; but a STUCK_NOTE_LOCK's is only told, for anybody may release it.
 */
#include <stdint.h>

#define STUCK_MAGIC   "mp-note" /* with its terminating zero: 8 bytes */
#define STUCK_VERSION 1

enum stuck_note_kind {
	STUCK_NOTE_LOCK = 1,
	STUCK_NOTE_RLOCK,
	STUCK_NOTE_SEMAPHORE,
	STUCK_NOTE_CONDITION,
	STUCK_NOTE_EVENT,
	STUCK_NOTE_BARRIER,
	STUCK_NOTE_QUEUE,
	STUCK_NOTE_ROOM,     /* of a queue: who puts sleeps here while it is full */
	STUCK_NOTE_MESSAGES, /* of a queue: who gets sleeps here while it is empty */
	STUCK_NOTE_TASKS,    /* of a queue: who joins it sleeps here until all are done */
};

/* Who sleeps at a word that has a note, in FUTEX_WAIT_BITSET with these bits, has a timeout
 * only to look whether somebody has died: it is as if it had none. */
#define STUCK_WATCH UINT32_C(0x7fffffff)

struct stuck_notes {
	char magic[8];
	uint32_t version, count; /* of the notes that follow at once; at most 1024 */
};

/* ROOM: holder is where one of these is. The process writes so many bytes, and is not done. */
struct stuck_sending {
	uint32_t pid; /* 0: none */
	uint32_t unused[3];
	uint64_t size;
};

/* TASKS: posters is where these begin. The process has got so many, and they are not done. */
struct stuck_holding {
	uint32_t pid;
	uint32_t unused[3];
	int64_t count;
};

struct stuck_note {
	uint32_t kind;
	uint32_t words, words_size; /* where its futex words are, and how many bytes */
	uint32_t holder;	    /* where the tid of its holder is (0 in it: none); 0: nowhere */
	uint32_t posters;	    /* where the pids of who may free it are; 0: all who map it */
	uint32_t posters_size;	    /* how many pids, zeros among them passed over */
	char name[40];		    /* "tasks: slots": what a person calls it */
};

#endif
