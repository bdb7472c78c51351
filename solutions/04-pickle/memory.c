/* SPDX-License-Identifier: MIT */
/*
 * Where values are made.
 *
 * A value is one malloc; but those that loads makes, hundreds at a time, are cut from blocks
 * of a kibibyte, then two, then four, which is several times as fast. A block counts the values
 * in it, and goes with the last one: so a value that is kept, keeps at most its block.
 *
 * Handout: labs/04-pickle/README.md
 */
#include "object.h"

//{
#define SMALL	(1024 / UNIT) /* the first block */
#define FULL	(4096 / UNIT) /* no more: the place of a value is a byte */
#define LARGEST 256	   /* for which a new block is opened; larger ones have their own malloc */
#define MANY	(1u << 30) /* what an open block counts beyond the values in it */

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
	if (atomic_fetch_sub_explicit(&block->live, n, memory_order_acq_rel) == n)
		free(block);
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
	uint32_t room = arena->room == 0 ? SMALL : arena->room < FULL ? arena->room * 2 : FULL;

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
	struct mp_value *v;

	if (arena && size <= LARGEST && HAVE_BLOCKS)
		return open_block(arena) ? new_value(arena, kind, size) : NULL;
	if ((v = malloc(size)))
		*v = (struct mp_value){.count = 1, .kind = (uint8_t)kind, .owned = arena != NULL};
	return v;
}
//}
