/* SPDX-License-Identifier: MIT */
/*
 * Talk to a program, and run it to its end.
 *
 * Three pipes, one poll: who writes all his input before he reads waits for ever for a
 * program that says more than a pipe holds before it has read everything.
 *
 * Invariants: a write after POLLOUT has at most PIPE_BUF bytes, so it never blocks, though
 * the pipe is an ordinary one. Handout: labs/05-spawn/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <mp/io.h>
#include <mp/subprocess.h>

#include "launch.h"
#include "popen.h"

//{
#define PIECE 65536 /* as much as a pipe holds */

/* POLLOUT: write the next piece. Who does not read on has his reasons. */
static int
feed(struct mp_popen *p, const char *input, size_t size)
{
	size_t left = size - p->written;
	ssize_t n =
	    write_quietly(p->ends[0], input + p->written, left < PIPE_BUF ? left : PIPE_BUF);

	if (n > 0)
		p->written += (size_t)n;
	if (n == -EPIPE || p->written == size)
		mp_close(&p->ends[0]);
	return n < 0 && n != -EPIPE && n != -EINTR ? (int)n : 0;
}

/* Make room for one more piece and a NUL byte. */
static int
widen(struct heap *heap)
{
	if (heap->room - heap->size > PIECE)
		return 0;
	size_t room = 2 * heap->room + PIECE + 1;
	char *data = realloc(heap->data, room);
	if (!data)
		return -ENOMEM;
	heap->data = data;
	heap->room = room;
	return 0;
}

static int
drain(struct mp_popen *p, int place)
{
	struct heap *heap = &p->said[place];
	int error = widen(heap);

	if (error)
		return error;
	ssize_t n = read(p->ends[place], heap->data + heap->size, PIECE);
	if (n > 0)
		heap->size += (size_t)n;
	if (n == 0)
		mp_close(&p->ends[place]);
	return n < 0 && errno != EINTR ? -errno : 0;
}

/* Whatever is ready; until all our ends are closed. */
static int
exchange(struct mp_popen *p, const char *input, size_t size, int64_t deadline)
{
	if (p->ends[0] >= 0 && p->written == size)
		mp_close(&p->ends[0]);
	while (p->ends[0] >= 0 || p->ends[1] >= 0 || p->ends[2] >= 0) {
		struct pollfd fds[3] = {
		    {.fd = p->ends[0], .events = POLLOUT},
		    {.fd = p->ends[1], .events = POLLIN},
		    {.fd = p->ends[2], .events = POLLIN},
		};
		int ready = mp_poll(fds, 3, deadline);
		if (ready <= 0)
			return ready ? ready : MP_TIMEOUT_EXPIRED;
		int error = fds[0].revents ? feed(p, input, size) : 0;
		for (int i = 1; !error && i < 3; i++)
			error = fds[i].revents ? drain(p, i) : 0;
		if (error)
			return error;
	}
	return 0;
}

/* What was said becomes the caller's: never NULL where there was a pipe. */
static int
hand_over(struct mp_popen *p, struct mp_output *output)
{
	for (int i = 1; i < 3; i++) {
		int error = p->piped[i] ? widen(&p->said[i]) : 0;
		if (error)
			return error;
		if (p->piped[i])
			p->said[i].data[p->said[i].size] = '\0';
	}
	*output = (struct mp_output){
	    .code = p->code,
	    .out = p->said[1].data,
	    .out_size = p->said[1].size,
	    .err = p->said[2].data,
	    .err_size = p->said[2].size,
	};
	p->said[1] = p->said[2] = (struct heap){0};
	return 0;
}

/* Its time is up. Its children may hold the pipes: so what has come must be enough. */
static int
cut_short(struct mp_popen *p, struct mp_output *output)
{
	int code;
	int error = mp_popen_signal(p, SIGKILL);

	if (!error)
		error = mp_popen_wait(p, MP_FOREVER, &code);
	if (!error)
		error = hand_over(p, output);
	return error ? error : MP_TIMEOUT_EXPIRED;
}
//}

void
mp_output_release(struct mp_output *output)
{
	/* spawn.3: twice is fine. */
	//{
	free(output->out);
	free(output->err);
	*output = (struct mp_output){0};
	//}
}

int
mp_popen_communicate(
    struct mp_popen *p, const void *input, size_t size, double timeout, struct mp_output *output)
{
	/*
	 * spawn.3: write and read whatever is ready, until all pipes are at their end, then
	 * wait; one deadline for all of it, and nothing lost when it comes.
	 */
	//{
	int64_t deadline = mp_deadline(timeout);
	int code;
	int error = exchange(p, input, size, deadline);

	if (!error)
		error = mp_popen_wait(p, mp_deadline_left(deadline), &code);
	return error ? error : hand_over(p, output);
	//}
}

int
mp_run(struct mp_output *output, char *const argv[], const struct mp_run_options *options)
{
	/* spawn.3: start, communicate, and if the time is up, kill. */
	//{
	static const struct mp_run_options defaults;
	struct mp_run_options o = options ? *options : defaults;
	struct mp_popen *p;

	if (o.input)
		o.popen.in = MP_PIPE;
	if (o.capture)
		o.popen.out = o.popen.err = MP_PIPE;
	int error = mp_popen(&p, argv, &o.popen);
	if (error)
		return error;
	error = mp_popen_communicate(
	    p, o.input, o.input_size, o.timeout > 0 ? o.timeout : MP_FOREVER, output);
	if (error == MP_TIMEOUT_EXPIRED)
		error = cut_short(p, output);
	else if (error)
		(void)!mp_popen_signal(p, SIGKILL); /* or free would wait for it */
	else if (o.check && output->code)
		error = MP_CALL_FAILED;
	mp_popen_free(p);
	return error;
	//}
}
