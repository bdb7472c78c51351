/* SPDX-License-Identifier: MIT */
/*
 * Receiving: whole messages out of partial reads, from a peer that may be wrong.
 *
 * The length comes from the other side, so it is a claim. Memory is taken in steps, each at
 * most as large as what has come already; a claim of 2 GiB behind which 10 bytes follow costs
 * one step.
 *
 * Invariants: between two calls the stream stands between two messages, or the connection
 * cannot be read any more. Handout: labs/03-pipe/README.md
 */
#define _GNU_SOURCE
#include <endian.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <mp/connection.h>
#include <mp/deadline.h>
#include <mp/io.h>

#include "object.h"

//{
/* What is allocated before anything has come. */
#define FIRST_STEP ((size_t)64 * 1024)

/* It may not block, because somebody made it so (the flag is shared): then wait here. */
static int
await_data(int fd)
{
	struct pollfd data = {.fd = fd, .events = POLLIN};
	int ready = mp_poll(&data, 1, MP_NEVER);

	return ready < 0 ? ready : 0;
}

/*
 * Read size bytes of a message. *begun: has a byte of it been read? It says what the end of
 * file means: nobody is there, or somebody stopped in the middle.
 */
static int
read_exactly(int fd, void *buffer, size_t size, bool *begun)
{
	size_t done = 0;
	int error = 0;

	while (done < size && !error) {
		ssize_t n = read(fd, (char *)buffer + done, size - done);
		if (n > 0) {
			done += (size_t)n;
			*begun = true;
		} else if (n == 0) {
			error = *begun ? MP_TRUNCATED : MP_EOF;
		} else if (errno == EAGAIN) {
			error = await_data(fd);
		} else if (errno != EINTR) {
			error = -errno;
		}
	}
	return error;
}

static int
read_length(int fd, size_t *size, bool *begun)
{
	uint32_t brief;
	uint64_t full;

	int error = read_exactly(fd, &brief, sizeof(brief), begun);
	if (error)
		return error;
	full = be32toh(brief);
	if (full == UINT32_MAX) { /* -1 */
		if ((error = read_exactly(fd, &full, sizeof(full), begun)))
			return error;
		full = be64toh(full);
	} else if (full > INT32_MAX) {
		return MP_BAD_LENGTH;
	}
	if (full >= PTRDIFF_MAX)
		return MP_BAD_LENGTH;
	*size = (size_t)full;
	return 0;
}

/* Read what follows the length into new memory, which grows only by what has come. */
static int
read_body(int fd, void **data, size_t size, bool *begun)
{
	char *body = NULL, *more;
	size_t done = 0, room;
	int error = 0;

	do {
		size_t step = done ? done : FIRST_STEP;
		room = size - done < step ? size : done + step;
		if (!(more = realloc(body, room + 1)))
			error = -ENOMEM;
		else
			error = read_exactly(fd, (body = more) + done, room - done, begun);
		done = room;
	} while (!error && done < size);
	if (error) {
		free(body);
		return error;
	}
	body[size] = '\0';
	*data = body;
	return 0;
}

/* After an error: is the stream in the middle of a message that nobody will read? */
static int
settle(struct mp_connection *c, int error, bool begun)
{
	if (!begun || error == MP_TRUNCATED)
		return error;
	if (c->writable)
		c->readable = false;
	else
		mp_close(&c->fd);
	return error;
}
//}

int
mp_connection_recv_bytes(struct mp_connection *c, void **data, size_t *size, size_t maxlength)
{
	/*
	 * pipe.3: the length, which is a claim; then the message, however many reads it takes.
	 * Tell the end of file before a message from one within; end the reading where the rest
	 * of a message stays in the stream.
	 */
	//{
	int fd = mp__reader_fd(c);
	bool begun = false;
	size_t n;

	if (fd < 0)
		return fd;
	int error = read_length(fd, &n, &begun);
	if (!error && n > maxlength)
		error = MP_TOO_LONG;
	if (!error)
		error = read_body(fd, data, n, &begun);
	if (error)
		return settle(c, error, begun);
	*size = n;
	return 0;
	//}
}

int
mp_connection_recv_into(
    struct mp_connection *c, void *buffer, size_t capacity, size_t *size, void **message)
{
	/* pipe.3: into the buffer; or, if that is too short, the whole message in memory. */
	//{
	int fd = mp__reader_fd(c);
	bool begun = false;
	void *whole = NULL;
	size_t n;

	if (fd < 0)
		return fd;
	int error = read_length(fd, &n, &begun);
	if (!error && n <= capacity)
		error = read_exactly(fd, buffer, n, &begun);
	else if (!error)
		error = read_body(fd, &whole, n, &begun);
	if (error)
		return settle(c, error, begun);
	*size = n;
	if (!whole)
		return 0;
	if (message)
		*message = whole;
	else
		free(whole);
	return MP_TOO_SHORT;
	//}
}
