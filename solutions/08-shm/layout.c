/* SPDX-License-Identifier: MIT */
/*
 * The bytes of a ShareableList.
 *
 * All numbers are 8 bytes. Item i begins where offset i says, counted from the end of the
 * offsets; offset n, where the items end and the formats begin. Anybody may write there, at
 * any moment: so each number is read once, checked, and used as it was when checked.
 *
 * Handout: labs/08-shm/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "layout.h"

//{
enum { WORD = 8 };
enum { NUMBER, STR, BYTES, NONE };

static const char int_format[8] = "q", float_format[8] = "d";
static const char bool_format[8] = {'x', 'x', 'x', 'x', 'x', 'x', 'x', '?'};
static const char none_format[8] = {'x', 'x', 'x', 'x', 'x', 'x', '?', 'x'};

static int
text_of(const struct mp_value *v, size_t room, struct item *item)
{
	bool is_str = mp_value_kind(v) == MP_STR;

	item->code = is_str ? STR : BYTES;
	item->text = is_str ? mp_value_str(v) : mp_value_bytes(v);
	item->size = mp_value_len(v);
	if (item->size && ((const char *)item->text)[item->size - 1] == '\0')
		return MP_INVALID; /* nobody could tell it from what fills the room */
	size_t least = WORD * (item->size / WORD + 1);
	if (room && item->size > room)
		return MP_NO_ROOM;
	char format[24] = ""; /* NUL to its end: the layout is */
	if (snprintf(format, sizeof(format), "%zus", room ? room : least) > WORD)
		return MP_NO_ROOM; /* ten million bytes: the layout has no room to say it */
	memcpy(item->format, format, sizeof(item->format));
	return 0;
}

int
mp__item_of(const struct mp_value *v, size_t room, struct item *item)
{
	double real = 0;
	int error = 0;

	*item = (struct item){.code = NUMBER};
	switch (mp_value_kind(v)) {
	case MP_INT:
		memcpy(item->format, int_format, sizeof(item->format));
		return mp_value_int(v, &item->number);
	case MP_FLOAT:
		memcpy(item->format, float_format, sizeof(item->format));
		error = mp_value_float(v, &real);
		memcpy(&item->number, &real, sizeof(real));
		return error;
	case MP_BOOL:
		memcpy(item->format, bool_format, sizeof(item->format));
		((char *)&item->number)[7] = (char)mp_value_truth(v);
		return 0;
	case MP_NONE:
		memcpy(item->format, none_format, sizeof(item->format));
		item->code = NONE;
		return 0;
	case MP_STR:
	case MP_BYTES:
		return text_of(v, room, item);
	default:
		return MP_KIND;
	}
}

size_t
mp__item_room(const struct item *item)
{
	return item->text ? WORD * (item->size / WORD + 1) : WORD;
}

void
mp__item_write(const struct place *place, const struct item *item)
{
	memcpy(place->format, item->format, sizeof(item->format));
	*place->code = item->code;
	if (!item->text) {
		memcpy(place->item, &item->number, WORD);
		return;
	}
	memcpy(place->item, item->text, item->size);
	memset(place->item + item->size, 0, place->room - item->size);
}

/* "16s": 16; anything else, or more than the room: -1. */
static ssize_t
text_room(const char *format, size_t room)
{
	char text[9] = {0}, *end;

	memcpy(text, format, 8);
	unsigned long size = strtoul(text, &end, 10);
	return *text >= '0' && *text <= '9' && !strcmp(end, "s") && size <= room ? (ssize_t)size
										 : -1;
}

static struct mp_value *
read_text(const struct place *place, const char *format, char code)
{
	ssize_t size = text_room(format, place->room);
	char *copy = size < 0 ? NULL : malloc((size_t)size + 1);

	errno = size < 0 ? EILSEQ : ENOMEM;
	if (!copy)
		return NULL;
	memcpy(copy, place->item, (size_t)size); /* what we look at shall not change */
	while (size > 0 && copy[size - 1] == '\0')
		size--;
	struct mp_value *v =
	    code == STR ? mp_str_n(copy, (size_t)size) : mp_bytes(copy, (size_t)size);
	int error = errno;
	free(copy);
	errno = error;
	return v;
}

static struct mp_value *
read_number(const struct place *place, const char *format)
{
	int64_t number;
	double real;

	memcpy(&number, place->item, WORD);
	memcpy(&real, &number, WORD);
	if (!memcmp(format, int_format, WORD))
		return mp_int(number);
	if (!memcmp(format, float_format, WORD))
		return mp_float(real);
	if (!memcmp(format, bool_format, WORD))
		return mp_bool(((char *)&number)[7] != 0);
	errno = EILSEQ;
	return NULL;
}

int
mp__item_read(const struct place *place, struct mp_value **out)
{
	char format[8], code = *place->code;

	memcpy(format, place->format, sizeof(format));
	errno = EILSEQ;
	struct mp_value *v = code == NONE		    ? mp_none()
			     : code == STR || code == BYTES ? read_text(place, format, code)
			     : code == NUMBER		    ? read_number(place, format)
							    : NULL;
	if (!v)
		return errno == ENOMEM ? -ENOMEM : MP_DAMAGED;
	*out = v;
	return 0;
}

/* Number i of the head, which is known to be inside. */
static uint64_t
word(const void *memory, size_t i)
{
	return ((const volatile uint64_t *)memory)[i];
}

int64_t
mp__layout_length(const void *memory, size_t size)
{
	uint64_t n = size >= 2 * WORD ? word(memory, 0) : UINT64_MAX;

	/* Each item has an offset, a room, a format of a word each, and a code. */
	return n <= (size - 2 * WORD) / (3 * WORD + 1) ? (int64_t)n : MP_DAMAGED;
}

int
mp__layout_find(void *memory, size_t size, size_t n, size_t i, struct place *place)
{
	size_t head = WORD * (n + 2), tail = n * (WORD + 1);
	uint64_t start = word(memory, 1 + i), end = word(memory, 2 + i), all = word(memory, 1 + n);

	if (all > size - head - tail || end > all || start > end || end - start < WORD)
		return MP_DAMAGED;
	*place = (struct place){
	    .item = (char *)memory + head + start,
	    .format = (char *)memory + head + all + WORD * i,
	    .code = (char *)memory + head + all + WORD * n + i,
	    .room = end - start,
	};
	return 0;
}
//}
