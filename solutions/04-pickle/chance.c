/* SPDX-License-Identifier: MIT */
/*
 * Given: SipHash-1-3, with a key that nobody outside knows, and the table of characters that
 * a repr escapes.
 *
 * Keys come from outside. Who can tell which of them share a slot can send a dict that
 * takes a minute to fill; so the hash depends on 128 bits of chance, drawn once. A forked
 * child inherits them with the dicts that were filled by them.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <sys/random.h>
#include <time.h>

#include "given.h"

static uint64_t key[2];
static pthread_once_t drawn = PTHREAD_ONCE_INIT;
static atomic_bool is_drawn; /* quicker to ask */

static void
draw_from_kernel(void)
{
	if (getrandom(key, sizeof(key), 0) == sizeof(key))
		return;
	struct timespec now; /* a kernel without: better than nothing */
	clock_gettime(CLOCK_REALTIME, &now);
	key[0] = (uint64_t)now.tv_nsec * UINT64_C(0x9E3779B97F4A7C15);
	key[1] = (uintptr_t)&now ^ (uint64_t)now.tv_sec << 32;
}

static void
draw_key(void)
{
	draw_from_kernel();
	atomic_store_explicit(&is_drawn, true, memory_order_release);
}

static inline uint64_t
rotate(uint64_t x, int by)
{
	return x << by | x >> (64 - by);
}

static inline void
sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[2] += v[3];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] = rotate(v[0], 32);
	v[2] += v[1];
	v[0] += v[3];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] = rotate(v[2], 32);
}

uint64_t
mp__hash_bytes(const void *data, size_t size, uint64_t kind)
{
	const unsigned char *at = data;
	uint64_t word = 0;

	if (!atomic_load_explicit(&is_drawn, memory_order_acquire))
		pthread_once(&drawn, draw_key);
	uint64_t v[4] = {key[0] ^ UINT64_C(0x736f6d6570736575),
	    key[1] ^ UINT64_C(0x646f72616e646f6d), key[0] ^ UINT64_C(0x6c7967656e657261) ^ kind,
	    key[1] ^ UINT64_C(0x7465646279746573)};
	for (size_t left = size; left >= 8; left -= 8, at += 8) {
		memcpy(&word, at, 8);
		v[3] ^= word;
		sip_round(v);
		v[0] ^= word;
	}
	word = (uint64_t)size << 56;
	for (size_t i = 0; i < size % 8; i++)
		word |= (uint64_t)at[i] << 8 * i;
	v[3] ^= word;
	sip_round(v);
	v[0] ^= word;
	v[2] ^= 0xff;
	for (int i = 0; i < 3; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

uint64_t
mp__hash_word(uint64_t word, uint64_t kind)
{
	return mp__hash_bytes(&word, sizeof(word), kind);
}

bool
mp__printable(uint32_t character)
{
	/* Unicode's categories Cc, Cf, Cs, Co, Zs, Zl, Zp and the noncharacters, beyond ASCII. */
	static const struct {
		uint32_t first, last;
	} hidden[] = {{0x80, 0xA0}, {0xAD, 0xAD}, {0x600, 0x605}, {0x61C, 0x61C}, {0x6DD, 0x6DD},
	    {0x70F, 0x70F}, {0x890, 0x891}, {0x8E2, 0x8E2}, {0x1680, 0x1680}, {0x180E, 0x180E},
	    {0x2000, 0x200F}, {0x2028, 0x202F}, {0x205F, 0x2064}, {0x2066, 0x206F},
	    {0x3000, 0x3000}, {0xD800, 0xF8FF}, {0xFDD0, 0xFDEF}, {0xFEFF, 0xFEFF},
	    {0xFFF9, 0xFFFB}, {0xFFFE, 0xFFFF}, {0x110BD, 0x110BD}, {0x110CD, 0x110CD},
	    {0x13430, 0x13438}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0001, 0xE0001},
	    {0xE0020, 0xE007F}, {0xF0000, 0x10FFFF}};

	if ((character & 0xFFFE) == 0xFFFE)
		return false;
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (character <= hidden[i].last)
			return character < hidden[i].first;
	return true;
}
