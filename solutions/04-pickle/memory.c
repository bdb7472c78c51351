/* SPDX-License-Identifier: MIT */
/*
 * Where values are made.
 *
 * A value is one malloc; but those that loads makes, hundreds at a time, are cut from blocks
 * of a kibibyte (of a tiny pickle, less), then two, then four, which is several times as fast. A
 * block counts the values in it, and goes with the last one: so a value that is kept, keeps at
 * most its block.
 *
 * Handout: labs/04-pickle/README.md
 */
#include <mp/internal.h>

#include "object.h"

//{
#define SMALL	(1024 / UNIT) /* the first block; that of a tiny pickle is smaller */
#define FULL	(4096 / UNIT) /* no more: the place of a value is a byte */
#define LARGEST 256 /* for which a new block is opened; larger ones have their own malloc */
#define TINY	(LARGEST / UNIT + 2)
#define MANY	(1u << 30) /* what an open block counts beyond the values in it */

/* That of mp__brief_begin; its room is 0 outside. */
static _Thread_local struct arena brief;

/* Under AddressSanitizer every value is a malloc, so that it can watch each of them. */
#if defined(__SANITIZE_ADDRESS__)
#define HAVE_BLOCKS false
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAVE_BLOCKS false
#endif
#endif
#ifndef HAVE_BLOCKS
#define HAVE_BLOCKS true
#endif

void
mp__block_release(struct block *block, uint32_t n)
{
	/* All that are left: nobody else has one, and need not be asked by an atomic operation. */
	if (atomic_load_explicit(&block->live, memory_order_acquire) == n ||
	    atomic_fetch_sub_explicit(&block->live, n, memory_order_acq_rel) == n)
		free(block);
}

/* The first block is not made yet: it will be twice as large as this one, which is full. It gets
 * about a unit for each byte of the pickle; in few sizes, so that one that is freed fits the next. */
struct arena
mp__arena_open(size_t pickle)
{
	uint32_t half = TINY / 2;

	while (half * 2 < pickle && half * 2 < SMALL)
		half *= 2;
	return (struct arena){.room = half, .used = half};
}

/* Nothing more comes into the block: from here on its values alone decide. */
void
mp__arena_close(struct arena *arena)
{
	if (arena->block)
		mp__block_release(arena->block, MANY - arena->made);
	*arena = (struct arena){.block = NULL};
}

static bool
open_block(struct arena *arena)
{
	uint32_t room = arena->room * 2 < FULL ? arena->room * 2 : FULL;

	mp__arena_close(arena);
	if (!(arena->block = malloc(room * UNIT)))
		return false;
	atomic_init(&arena->block->live, MANY);
	arena->room = room;
	arena->used = 1;
	return true;
}

void *
mp__new_elsewhere(struct arena *arena, enum mp_kind kind, size_t size)
{
	struct arena *from = arena ? arena : brief.room ? &brief : NULL;
	struct mp_value *v = NULL;

	if (!from || size > LARGEST || !HAVE_BLOCKS) {
		if ((v = malloc(size)))
			*v = (struct mp_value){.count = 1, .kind = (uint8_t)kind};
	} else if (from->room - from->used >= (size + UNIT - 1) / UNIT || open_block(from)) {
		v = new_value(from, kind, size);
	}
	if (v)
		v->owned = arena != NULL;
	return v;
}
//}

void
mp__brief_begin(size_t pickle)
{
	/* pickle.5: what this thread makes until the end will not live long: make it in blocks.
	 * Or do nothing: this only makes it faster. */
	//{
	brief = mp__arena_open(pickle);
	//}
}

void
mp__brief_end(void)
{
	/* pickle.5: each by itself again; or nothing. */
	//{
	mp__arena_close(&brief);
	//}
}
