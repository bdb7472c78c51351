/* SPDX-License-Identifier: MIT */
/*
 * Numbers: ints of any size, and floats seen as ints.
 *
 * Python's == and hash look through the kinds: 2**70 and 2.0**70 are the same key. So there is
 * one form for every whole number, the fewest bytes of two's complement that hold it, and
 * comparing, hashing and pickling all use that.
 *
 * Handout: labs/04-pickle/README.md
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "object.h"

//{
#define MOST_DIGITS 4300 /* Python's own limit: conversion takes quadratic time */

size_t
mp__needed(const void *bytes, size_t size)
{
	const uint8_t *byte = bytes;

	/* The last byte may go when it, and the bit below it, are all sign. */
	while (size > 1 && ((byte[size - 1] == 0 && !(byte[size - 2] & 0x80)) ||
			       (byte[size - 1] == 0xff && byte[size - 2] & 0x80)))
		size--;
	return size == 1 && byte[0] == 0 ? 0 : size;
}

/* The bytes of -x, in place: complement, and add one. */
static void
negate(uint8_t *bytes, size_t size)
{
	unsigned carry = 1;

	for (size_t i = 0; i < size; i++) {
		carry += (uint8_t)~bytes[i];
		bytes[i] = (uint8_t)carry;
		carry >>= 8;
	}
}

static void
whole_of_word(struct whole *whole, int64_t number)
{
	for (size_t i = 0; i < 8; i++)
		whole->room[i] = (uint8_t)((uint64_t)number >> 8 * i);
	whole->bytes = whole->room;
	whole->size = mp__needed(whole->room, 8);
}

/* A float is 53 bits at some height: the largest has 1,024 bits and a sign. */
static bool
whole_of_real(struct whole *whole, double real)
{
	int height;

	if (!isfinite(real) || real != trunc(real))
		return false;
	uint64_t bits = (uint64_t)(int64_t)fabs(ldexp(frexp(real, &height), 53));
	memset(whole->room, 0, sizeof(whole->room));
	for (int i = 0; i < 53; i++)
		if (bits >> i & 1 && height - 53 + i >= 0)
			whole->room[(height - 53 + i) / 8] |= (uint8_t)(1 << (height - 53 + i) % 8);
	if (real < 0)
		negate(whole->room, sizeof(whole->room));
	whole->bytes = whole->room;
	whole->size = mp__needed(whole->room, sizeof(whole->room));
	return true;
}

bool
mp__whole(const struct mp_value *v, struct whole *whole)
{
	if (v->big) {
		whole->bytes = ((const struct bytes *)v)->data;
		whole->size = ((const struct bytes *)v)->size;
	} else if (v->kind == MP_FLOAT) {
		return whole_of_real(whole, ((const struct number *)v)->real);
	} else {
		whole_of_word(whole, ((const struct number *)v)->whole);
	}
	return true;
}

/* The magnitude as 32-bit digits, the lowest first; NULL: no memory. */
static uint32_t *
magnitude(const struct bytes *big, size_t *count)
{
	size_t n = big->size / 4 + 1; /* at least one byte of sign */
	uint32_t *digit = malloc(n * 4);
	bool negative = big->data[big->size - 1] & 0x80;
	uint32_t carry = negative;

	if (!digit)
		return NULL;
	memset(digit, negative ? 0xff : 0, n * 4);
	for (size_t i = 0; i < n; i++) {
		uint32_t word = negative ? UINT32_MAX : 0;
		for (size_t j = 4; j-- > 0;) {
			size_t at = i * 4 + j;
			uint8_t byte = at < big->size ? (uint8_t)big->data[at]
				       : negative     ? 0xff
						      : 0;
			word = word << 8 | byte;
		}
		digit[i] = negative ? ~word + carry : word;
		carry = carry && digit[i] == 0;
	}
	while (n > 1 && digit[n - 1] == 0)
		n--;
	*count = n;
	return digit;
}

int
mp__big_to_real(const struct bytes *big, double *number)
{
	size_t n;
	uint32_t *digit = magnitude(big, &n);

	if (!digit)
		return -ENOMEM;
	/* The highest 64 bits or so, and of all below only whether there are any: one rounding. */
	size_t low = n > 3 ? n - 3 : 0;
	double real;
	unsigned __int128 top = 0;
	for (size_t i = n; i-- > low;)
		top = top << 32 | digit[i];
	for (size_t i = 0; i < low; i++)
		top |= digit[i] != 0;
	free(digit);
	real = n > 40 ? INFINITY : ldexp((double)top, (int)low * 32);
	if (isinf(real))
		return MP_OVERFLOW;
	*number = big->data[big->size - 1] & 0x80 ? -real : real;
	return 0;
}

/* Divide by 10^9 until nothing is left; each remainder is nine digits. */
static size_t
to_decimal(uint32_t *digit, size_t n, char *text, size_t room)
{
	size_t at = room;

	while (n > 0) {
		uint64_t rest = 0;
		for (size_t i = n; i-- > 0;) {
			rest = rest << 32 | digit[i];
			digit[i] = (uint32_t)(rest / 1000000000);
			rest %= 1000000000;
		}
		while (n > 0 && digit[n - 1] == 0)
			n--;
		for (int i = 0; i < 9 && (n > 0 || rest > 0); i++, rest /= 10)
			text[--at] = (char)('0' + rest % 10);
	}
	return at;
}

int
mp__put_int(struct buffer *out, const struct mp_value *v)
{
	char text[MOST_DIGITS + 32];
	const struct bytes *big = (const struct bytes *)v;
	size_t n;

	if (!v->big) {
		n = (size_t)sprintf(text, "%lld", (long long)((const struct number *)v)->whole);
		buffer_put(out, text, n);
		return 0;
	}
	if (big->size > MOST_DIGITS * 10 / 24 + 2) /* a byte is more than 2.4 digits */
		return MP_TOO_LARGE;
	uint32_t *digit = magnitude(big, &n);
	if (!digit)
		return -ENOMEM;
	size_t at = to_decimal(digit, n, text, sizeof(text));
	free(digit);
	if (sizeof(text) - at > MOST_DIGITS)
		return MP_TOO_LARGE;
	if (big->data[big->size - 1] & 0x80)
		text[--at] = '-';
	buffer_put(out, text + at, sizeof(text) - at);
	return 0;
}

/* The last digit of "d.ddde-99" and one more. */
static void
next_decimal(char *text)
{
	char *at = strchr(text, 'e');

	while (--at > text && (*at < '0' || *at >= '9'))
		if (*at == '9')
			*at = '0';
	++*at;
}

/*
 * The fewest digits that are read back as the same number. Every number of up to 15 digits
 * survives the way through a double, so the search can begin there, but for those that are
 * stored with less precision (below 1e-290). At a power of two the numbers below are twice as
 * dense as those above: there the nearest decimal may be too low, and the next one do.
 */
static void
shortest(double number, char text[40])
{
	int exponent;
	bool power = fabs(frexp(number, &exponent)) == 0.5;

	for (int precision = fabs(number) < 1e-290 ? 0 : 14; precision < 17; precision++) {
		snprintf(text, 40, "%.*e", precision, number);
		if (strtod(text, NULL) == number)
			return;
		if (power)
			next_decimal(text);
		if (power && strtod(text, NULL) == number)
			return;
	}
}

/* Digits and exponent of "d.ddde-99". The C library puts the point of the user's language
 * behind the first digit: whatever it is, it is skipped. */
static int
shortest_digits(double number, char digits[20], int *exponent)
{
	char text[40], *at = text;
	int n = 0;

	shortest(number, text);
	for (; *at != 'e'; at++)
		if (*at >= '0' && *at <= '9')
			digits[n++] = *at;
	*exponent = atoi(at + 1);
	while (n > 1 && digits[n - 1] == '0')
		n--;
	return n;
}

void
mp__put_float(struct buffer *out, double number)
{
	char digits[20], text[16];
	int exponent;

	if (!isfinite(number)) {
		const char *name = isnan(number) ? "nan" : number < 0 ? "-inf" : "inf";
		buffer_put(out, name, strlen(name));
		return;
	}
	int n = shortest_digits(number, digits, &exponent);
	if (signbit(number))
		buffer_byte(out, '-');
	/* Python's rule: no exponent from 1e-4 up to below 1e16. */
	bool plain = exponent >= -4 && exponent < 16;
	int point = plain ? exponent : 0; /* stands behind this digit */
	for (int i = point < 0 ? point : 0; i < n || i <= point; i++) {
		buffer_byte(out, i >= 0 && i < n ? digits[i] : '0');
		if (i == point && (plain || n > 1))
			buffer_byte(out, '.');
	}
	if (plain && n <= point + 1)
		buffer_byte(out, '0');
	if (!plain)
		buffer_put(out, text, (size_t)sprintf(text, "e%+03d", exponent));
}
//}
