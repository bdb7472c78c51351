/* SPDX-License-Identifier: MIT */
/*
 * Packing: everything that a new program must be told, made ready before it exists.
 *
 * While the arguments are pickled, this thread is spawning: an object that holds a descriptor
 * names it (mp__spawning_fd), and puts the index that it gets into the pickle.
 *
 * Handout: labs/05-spawn/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include <mp/connection.h>
#include <mp/io.h>
#include <mp/pickle.h>
#include <mp/tracker.h>

#include "parcel.h"

//{
static _Thread_local char why[400];
static _Thread_local struct parcel *spawning;

/* The first message: a tuple, in the order of enum who. */
static int
pack_identity(struct parcel *parcel, struct mp_process *p, const struct call *call)
{
	struct mp_value *parts[WHO_COUNT] = {
	    [WHO_NAME] = mp_str(mp_process_name(p)),
	    [WHO_IDENTITY] = mp_str(call->identity),
	    [WHO_DAEMON] = mp_bool(mp_process_daemon(p)),
	    [WHO_DEATH_SIGNAL] = mp_int(mp__process_death_signal(p)),
	    [WHO_METHOD] = mp_int(call->method),
	    [WHO_PARENT] = mp_int(getpid()),
	    [WHO_PARENT_NAME] = mp_str(mp_process_name(mp_current_process())),
	    [WHO_FUNCTION] = mp_function(call->function),
	};
	struct mp_value *who = mp_tuple_n(parts, WHO_COUNT);
	int error =
	    who ? mp_pickle_dumps(who, &parcel->message[0], &parcel->size[0], NULL) : -ENOMEM;

	mp_value_free(who);
	return error;
}

static int
pack_args(struct parcel *parcel, const struct call *call)
{
	struct mp_pickle_error reason = {0};

	spawning = parcel;
	int error = mp_pickle_dumps(call->args, &parcel->message[1], &parcel->size[1], &reason);
	spawning = NULL;
	return error ? because(error, "args%s: %s", reason.path, reason.text) : 0;
}

/* A descriptor that was just opened, into its place. */
static int
keep(int *place, int fd)
{
	if (fd < 0)
		return fd == -1 ? -errno : fd;
	*place = fd;
	return 0;
}

static int
open_places(struct parcel *parcel)
{
	int *fds = parcel->fds, ends[2];

	/* Closed here, closed there: look before we open anything, which might get that number. */
	for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++)
		fds[fd] = fcntl(fd, F_GETFD) < 0 ? -1 : fd;
	int error = keep(&fds[PLACE_TRACKER], mp_tracker_fd());
	if (!error)
		error = keep(&fds[PLACE_PARENT], pidfd_open(getpid(), 0));
	if (!error && !(error = mp_pipe_cloexec(ends))) {
		fds[PLACE_DATA] = ends[0];
		parcel->data = ends[1];
	}
	return error;
}

static int
check(const struct call *call)
{
	struct mp_value *function = NULL;

	if (!is_guarded())
		return because(MP_NO_GUARD, "%s: %s", call->text, mp_error_text(MP_NO_GUARD));
	errno = 0;
	function = mp_function(call->function);
	mp_value_free(function);
	if (function)
		return 0;
	return errno == ENOMEM
		   ? -ENOMEM
		   : because(MP_NOT_REGISTERED, "%s is not registered: write MP_REGISTER(%s);",
			 call->text, call->text);
}
//}

int
because(int error, const char *format, ...)
{
	/* spawn.4: for this thread. */
	//{
	va_list list;

	va_start(list, format);
	vsnprintf(why, sizeof(why), format, list);
	va_end(list);
	return error;
	//}
}

const char *
mp_spawn_why(void)
{
	/* spawn.4: what was kept last. */
	//{
	return why;
	//}
}

int
mp__spawning_fd(int fd)
{
	/* spawn.4: one more descriptor for the child, if this thread is packing for one. */
	//{
	if (!spawning)
		return MP_NOT_SPAWNING;
	if (spawning->count == PLACE_FIRST + MOST_NAMED)
		return -EMFILE;
	spawning->fds[spawning->count++] = fd;
	return (int)spawning->count - 1 - PLACE_FIRST;
	//}
}

int
parcel_pack(struct parcel *parcel, struct mp_process *p, const struct call *call)
{
	/* spawn.4: refuse what cannot be, pickle, and only then open descriptors. */
	//{
	*parcel = (struct parcel){.count = PLACE_FIRST, .data = -1};
	for (size_t i = 0; i < PLACE_FIRST; i++)
		parcel->fds[i] = -1;
	int error = check(call);
	if (!error)
		error = pack_identity(parcel, p, call);
	if (!error)
		error = pack_args(parcel, call);
	return error ? error : open_places(parcel);
	//}
}

int
parcel_stdin(struct parcel *parcel)
{
	/* spawn.4: a program that is executed reads nothing from standard input. */
	//{
	if (parcel->fds[STDIN_FILENO] >= 0)
		return 0;
	return keep(&parcel->fds[STDIN_FILENO], open("/dev/null", O_RDONLY | O_CLOEXEC));
	//}
}

//{
static void
close_places(struct parcel *parcel)
{
	mp_close(&parcel->fds[STDIN_FILENO]);
	mp_close(&parcel->fds[PLACE_DATA]);
	mp_close(&parcel->fds[PLACE_PARENT]);
}
//}

int
parcel_send(struct parcel *parcel)
{
	/* spawn.4: both messages; a pipe that nobody reads from is no error of ours. */
	//{
	struct mp_connection *data;

	close_places(parcel); /* or we would be a reader, too, and wait for ourselves */
	int error = mp_connection_new(&data, parcel->data, false, true);
	parcel->data = -1;
	if (error)
		return error;
	for (int i = 0; !error && i < 2; i++)
		error = mp_connection_send_bytes(data, parcel->message[i], parcel->size[i]);
	mp_connection_free(data);
	return error == -EPIPE ? 0 : error;
	//}
}

void
parcel_release(struct parcel *parcel)
{
	/* spawn.4: whatever of it is still there. */
	//{
	close_places(parcel);
	mp_close(&parcel->data);
	free(parcel->message[0]);
	free(parcel->message[1]);
	//}
}
