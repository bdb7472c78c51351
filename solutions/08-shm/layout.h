/* SPDX-License-Identifier: MIT */
#ifndef SHM_LAYOUT_H
#define SHM_LAYOUT_H
/*
 * The bytes of a ShareableList, for the files of this stage only: where an item is, and how a
 * value looks there.
 */
#include <mp/value.h>

//{
/* One item, as bytes. */
struct item {
	char format[8]; /* as of Python's struct; padded with NUL */
	char code;	/* 0 number or bool, 1 str, 2 bytes, 3 None */
	int64_t number; /* its eight bytes, when it is no text */
	const void *text;
	size_t size; /* of the text */
};

/* Where the parts of item i are in the memory; room: bytes for the item itself. */
struct place {
	char *item, *format, *code;
	size_t room;
};

/* The bytes that an item needs at first. */
size_t mp__item_room(const struct item *item);

/* How a value looks, in a room of so many bytes; 0: in its own. What it points to is the
 * value's. 0, or MP_KIND, MP_OVERFLOW, MP_INVALID, MP_NO_ROOM. */
int mp__item_of(const struct mp_value *v, size_t room, struct item *item);

/* Write it; read one: 0, or MP_DAMAGED, -ENOMEM. */
void mp__item_write(const struct place *place, const struct item *item);
int mp__item_read(const struct place *place, struct mp_value **out);

/* How many items the memory says it has; or MP_DAMAGED: so many do not fit. */
int64_t mp__layout_length(const void *memory, size_t size);

/* Find item i of n: 0, or MP_DAMAGED it would lie outside. */
int mp__layout_find(void *memory, size_t size, size_t n, size_t i, struct place *place);
//}

#endif
