/* SPDX-License-Identifier: MIT */
#ifndef CHANNEL_H
#define CHANNEL_H
/*
 * The page on which a row's process writes its results: shared memory, not a descriptor.
 *
 * The harness makes it (a sealed memfd) and puts a nonce on it; the row's process maps it
 * before anything else, copies the nonce, wipes it, and closes the descriptor. So a student's
 * code that closes every descriptor, prints what it likes, or is killed in the middle, loses
 * nothing that was written; and a page that is done without the nonce was forged.
 *
 * Invariants: only the row's process writes, except todo, which any process of it may;
 * texts are always terminated (the reader does not trust that).
 */
#include <stdatomic.h>
#include <stdint.h>

#define CHANNEL_NONCE 32
#define CHANNEL_TEXT  512

enum channel_state { CHANNEL_EMPTY, CHANNEL_RUNNING, CHANNEL_DONE };

struct channel {
	uint8_t nonce[CHANNEL_NONCE]; /* from the harness; zero once taken */
	uint8_t proof[CHANNEL_NONCE]; /* from the row when it is done: the nonce again */
	_Atomic uint32_t state;
	_Atomic uint32_t failed; /* the fields below say where */
	uint32_t checks;	 /* that held */
	int32_t line;
	char file[128];
	char asked[CHANNEL_TEXT], expected[CHANNEL_TEXT], seen[CHANNEL_TEXT];
	char step[CHANNEL_TEXT]; /* where the row was last */
	char todo[64];		 /* the task that is not written */
	int32_t descriptors;	 /* open at the end that were not at the beginning */
	char descriptor[128];	 /* what the first of them is */
	uint32_t pid;		 /* of the row's process */
};

#endif
