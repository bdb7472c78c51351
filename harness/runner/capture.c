/* SPDX-License-Identifier: MIT */
/*
 * What a row prints: one pipe for stdout and stderr, drained by a thread of the supervisor.
 * The first RUN_OUTPUT bytes are kept, the rest is counted: a row may print a gigabyte.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include <mp/io.h>

#include "runner/supervise.h"

static void
keep(struct run_outcome *outcome, const char *bytes, size_t n)
{
	size_t room = sizeof(outcome->output) - outcome->output_kept;
	size_t kept = n < room ? n : room;

	memcpy(outcome->output + outcome->output_kept, bytes, kept);
	outcome->output_kept += kept;
	outcome->output_total += n;
}

static void *
drain(void *argument)
{
	struct capture *capture = argument;
	char buffer[65536];
	ssize_t n;

	while ((n = read(capture->fds[0], buffer, sizeof(buffer))) != 0) {
		if (n > 0)
			keep(capture->outcome, buffer, (size_t)n);
		else if (errno != EINTR)
			break;
	}
	return NULL;
}

int
capture_open(struct capture *capture, struct run_outcome *outcome)
{
	capture->outcome = outcome;
	int error = mp_pipe_cloexec(capture->fds);
	if (error)
		return error;
	error = -pthread_create(&capture->thread, NULL, drain, capture);
	if (error) {
		mp_close(&capture->fds[0]);
		mp_close(&capture->fds[1]);
	}
	return error;
}

void
capture_close(struct capture *capture)
{
	mp_close(&capture->fds[1]); /* the last writer: the thread sees the end of file */
	pthread_join(capture->thread, NULL);
	mp_close(&capture->fds[0]);
}
