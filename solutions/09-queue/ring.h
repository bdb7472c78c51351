/* SPDX-License-Identifier: MIT */
#ifndef QUEUE_RING_H
#define QUEUE_RING_H
/*
 * The ring: whole messages through memory that several processes share. For the files of this
 * stage only.
 *
 * Two places run round a buffer: at the tail messages come in, at the head they go out. A
 * place is one word of 64 bits, where in the bytes and how many messages so far: so a message
 * comes, or goes, by ONE store. Before that store nobody can see that anything has been
 * written; what is not stored (how many there are, how much room is left) cannot be wrong.
 *
 * Invariants: who holds the lock does not wait for anything but memory. Between any two
 * instructions the ring is sound, so who dies with the lock leaves nothing to be repaired.
 * Whoever changes something first wakes who waits for it (they wait for the lock, then), or
 * dying in between would leave them asleep.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mp/internal.h>

//{
enum { RING_ROOM = 256 * 1024, RING_STEP = 16, RING_PIECE = 64 * 1024 };

/* Longer messages go in pieces: they may need more room than there will ever be. */
#define RING_WHOLE ((size_t)RING_ROOM - sizeof(struct mp__record))

enum mp__part { WHOLE = 1, FIRST, NEXT };

/* What stands before the bytes of a message, or of a piece of one. */
struct mp__record {
	uint32_t size; /* of this piece; rounded up to RING_STEP in the ring */
	uint32_t kind;
	uint64_t total; /* of the message */
};

/* A futex, and whether anybody sleeps there. */
struct mp__bell {
	_Atomic uint32_t rung, asleep;
};

/* What others may know of it: docs/stuck.md. */
struct mp__notes {
	char magic[8];
	uint32_t version, count;
	struct mp__note {
		uint32_t kind, words, words_size, holder, posters, posters_size;
		char name[40];
	} notes[3];
};

struct mp__pages {
	/* set before anybody else can see it, then read-only; first, so that it is found */
	struct mp__notes notes;

	/* set before anybody else can see it, then read-only */
	uint64_t capacity; /* in messages; 0: as many as there is room for */

	pthread_mutex_t lock; /* robust: who is next is let in when its owner has died */

	/* hold the lock to change it */
	_Atomic uint64_t tail, head;
	struct mp__who sender;	  /* of a message in pieces, under way */
	_Atomic uint64_t sending; /* its size */
	struct mp__who receiver;
	struct mp__roll waiting; /* what no room was found for, by producer */
	_Atomic uint64_t lost;	 /* of that, what died with its producers */

	struct mp__bell more, room; /* for who gets, for who puts */

	/* from head to tail: hold the lock; the rest is nobody's */
	_Alignas(64) unsigned char bytes[RING_ROOM];

	/* stage 10's, under the lock */
	_Alignas(64) unsigned char beside[MP__BESIDE];
};

/* The ring as one process has it. */
struct mp__ring {
	struct mp__pages *pages;
	int fd; /* the memory's: how others get it who are no children by fork */
};

/* Make one; map one that exists (fd is taken over, also in case of errors). */
int mp__ring_new(struct mp__ring *ring, size_t capacity);
int mp__ring_map(struct mp__ring *ring, int fd);
void mp__ring_release(struct mp__ring *ring);

void mp__ring_hold(struct mp__ring *ring);
void mp__ring_let_go(struct mp__ring *ring);

/* Hold the lock. Wake who sleeps, before the change that they wait for. */
void mp__ring_wake(struct mp__bell *bell);

/* Hold the lock. Say that somebody will sleep until the bell is rung; how often it has been. */
uint32_t mp__ring_await(struct mp__bell *bell);

/*
 * Without the lock. Sleep, if it has not been rung since: 0 look again, or MP_TIMEOUT.
 * nap: as mp__watch has it, to see whether somebody has died; NULL: that does not matter.
 */
int mp__ring_sleep(struct mp__bell *bell, uint32_t rung, int64_t deadline, int64_t *nap);

/* Hold the lock. The free bytes; is there nothing to get. */
size_t mp__ring_free(const struct mp__ring *ring);
bool mp__ring_empty(const struct mp__ring *ring);

/* Hold the lock, and have the room. Put a record in; messages: by how many they become more. */
void mp__ring_write(
    struct mp__ring *ring, struct mp__record record, const void *data, unsigned messages);
size_t mp__ring_need(size_t size);

/* Hold the lock; not empty. The record at the head; its bytes; past it. */
struct mp__record mp__ring_peek(const struct mp__ring *ring);
void mp__ring_read(const struct mp__ring *ring, void *data, size_t size);
void mp__ring_pass(struct mp__ring *ring, const struct mp__record *record);

/* How many messages there are: of one moment, without the lock. */
size_t mp__ring_count(const struct mp__ring *ring);

/* note.c: say what the words are that others may sleep at. */
void mp__ring_note(struct mp__pages *pages);
void mp__ring_note_tasks(
    struct mp__pages *pages, const _Atomic uint32_t *bell, const struct mp__roll *roll);

/* stream.c: messages, of any length. */

/*
 * Put a message in, waiting for room. waiting: it is on the roll of those that wait, and is
 * struck off.
 */
void mp__ring_send(struct mp__ring *ring, const void *data, size_t size, bool waiting);

/*
 * Put a message in without waiting: RING_IN. If that cannot be: RING_NO_ROOM; or RING_WAITS,
 * and it has been entered on the roll of those that wait. Or MP_FULL: there are as many as
 * there may be, and *rung is for mp__ring_sleep at the bell `room`.
 */
enum { RING_IN = 0, RING_WAITS = 1, RING_NO_ROOM = 2 };
enum mp__offer {
	OFFER_NOW,     /* it has no room, or it goes in */
	OFFER_OR_WAIT, /* it goes in, or waits */
	OFFER_BEHIND   /* it waits: others wait already */
};
int mp__ring_offer(
    struct mp__ring *ring, const void *data, size_t size, enum mp__offer how, uint32_t *rung);

/* Hold the lock. Are there as many as there may be? What waits in the dead does not count. */
bool mp__ring_full(struct mp__ring *ring);

/* Hold the lock. What waits in the dead is lost. */
void mp__ring_bury(struct mp__ring *ring);

/* One message fewer waits, and it is not in the ring either. */
void mp__ring_withdraw(struct mp__ring *ring);

/*
 * Take a message out: 0, or MP_EMPTY at the deadline, MP_SENDER_DIED, -ENOMEM (it stays). The
 * deadline is for its beginning. taking, if any, is called as mp__queue_get_bytes says.
 */
int mp__ring_receive(struct mp__ring *ring, void **data, size_t *size, int64_t deadline,
    int (*taking)(void *arg), void *arg);
//}

#endif
