/* SPDX-License-Identifier: MIT */
/*
 * Bytes between two who are not in step: what has come and is not whole yet, what has to go and
 * does not fit yet.
 *
 * Handout: labs/11-pool/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>

#include "desk.h"

/* Make room for size more bytes behind those that are there. */
int
mp__buffer_reserve(struct buffer *b, size_t size)
{
	if (b->from == b->to)
		b->from = b->to = 0;
	if (b->room - b->to >= size)
		return 0;
	if (b->from) {
		memmove(b->data, b->data + b->from, b->to - b->from);
		b->to -= b->from;
		b->from = 0;
	}
	if (b->room - b->to >= size)
		return 0;
	size_t room = b->room ? b->room : 4096;
	while (room - b->to < size)
		if (__builtin_mul_overflow(room, 2, &room))
			return -ENOMEM;
	char *data = realloc(b->data, room);
	if (!data)
		return -ENOMEM;
	b->data = data;
	b->room = room;
	return 0;
}

int
mp__buffer_add(struct buffer *b, const void *data, size_t size)
{
	int error = mp__buffer_reserve(b, size);

	if (!error) {
		memcpy(b->data + b->to, data, size);
		b->to += size;
	}
	return error;
}
