/* SPDX-License-Identifier: MIT */
/*
 * Hostile frames: any bytes, through a pipe, to the reader of messages.
 *
 * The first byte of the input says how to receive; the rest is what the peer has sent before
 * it closed. Beside the library reads a judge of twenty lines, which has the whole input in
 * memory and so cannot be surprised: the two must agree on every message, and on the error
 * that ends them.
 */
#define _GNU_SOURCE
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <mp/connection.h>
#include <mp/io.h>

#define LIMIT	 300 /* of maxlength, and of the buffer */
#define CAPACITY 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct judge {
	const uint8_t *at;
	size_t left;
};

static uint64_t
number(struct judge *j, int bytes)
{
	uint64_t n = 0;

	for (int i = 0; i < bytes; i++)
		n = n << 8 | *j->at++;
	j->left -= (size_t)bytes;
	return n;
}

/* What must come of the next message: 0 and its place and length, or an error. */
static int
judge_next(struct judge *j, bool limited, const uint8_t **message, size_t *size)
{
	if (j->left < 4)
		return j->left ? MP_TRUNCATED : MP_EOF;
	uint64_t n = number(j, 4);
	if (n == UINT32_MAX) {
		if (j->left < 8)
			return MP_TRUNCATED;
		n = number(j, 8);
		if (n >= PTRDIFF_MAX)
			return MP_BAD_LENGTH;
	} else if (n > INT32_MAX) {
		return MP_BAD_LENGTH;
	}
	if (limited && n > LIMIT)
		return MP_TOO_LONG;
	if (n > j->left)
		return MP_TRUNCATED;
	*message = j->at;
	*size = (size_t)n;
	j->at += n;
	j->left -= (size_t)n;
	return 0;
}

static void
must(bool holds)
{
	if (!holds)
		abort();
}

/* Receive one message in the way that the input chose: 0 or an error; *data to be freed. */
static int
receive(struct mp_connection *c, bool into, bool limited, void **data, size_t *size)
{
	if (!into)
		return mp_connection_recv_bytes(c, data, size, limited ? LIMIT : MP_ANY_LENGTH);
	void *buffer = malloc(LIMIT);
	must(buffer != NULL);
	int error = mp_connection_recv_into(c, buffer, LIMIT, size, data);
	if (error == MP_TOO_SHORT) {
		must(*size > LIMIT);
		error = 0;
		free(buffer);
	} else if (error) {
		free(buffer);
	} else {
		must(*size <= LIMIT);
		*data = buffer;
	}
	return error;
}

static void
compare(struct mp_connection *c, struct judge judge, bool into, bool limited)
{
	int expected;

	do {
		const uint8_t *message = NULL;
		void *data = NULL;
		size_t size = 0, n = 0;
		expected = judge_next(&judge, limited && !into, &message, &size);
		must(mp_connection_poll(c, 0) == 1); /* the end of file is something, too */
		must(receive(c, into, limited, &data, &n) == expected);
		if (!expected)
			must(n == size && memcmp(data, message, size) == 0);
		free(data);
	} while (!expected);
	/* Left in the middle of a message, it must not be read on. */
	must(mp_connection_closed(c) == (expected == MP_BAD_LENGTH || expected == MP_TOO_LONG));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mp_connection *reader;
	int fds[2];

	if (size < 1 || size > CAPACITY) /* a pipe takes that much before anybody reads */
		return 0;
	must(mp_pipe_cloexec(fds) == 0 && mp_write_all(fds[1], data + 1, size - 1) == 0);
	mp_close(&fds[1]);
	must(mp_connection_new(&reader, fds[0], true, false) == 0);
	compare(reader, (struct judge){data + 1, size - 1}, data[0] & 1, data[0] & 2);
	mp_connection_free(reader);
	return 0;
}
