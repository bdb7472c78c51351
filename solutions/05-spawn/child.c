/* SPDX-License-Identifier: MIT */
/*
 * The child's side: from main to the function that it was started for.
 *
 * mp_init comes first in main and looks at the arguments: a spawned child and the forkserver
 * never get past it. That is the whole guard; who has not come past it cannot spawn, so a
 * main that does not call it cannot start itself for ever.
 *
 * Handout: labs/05-spawn/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/close_range.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mp/connection.h>
#include <mp/io.h>
#include <mp/pickle.h>

#include "parcel.h"
#include "server.h"
#include "tracker.h"

//{
static bool guarded;

/* What a child knows when its arguments have not come yet. */
static struct {
	struct mp_connection *data;
	int (*function)(struct mp_value *args);
} self;

static _Noreturn void
give_up(const char *what, int error)
{
	dprintf(STDERR_FILENO, "%s: %s: %s (%s)\n", mp_process_name(mp_current_process()), what,
	    mp_error_text(error), mp_error_name(error));
	_exit(EXIT_FAILURE);
}

/* The target of the process: it is what it should be by now, and loads its arguments. */
static int
run_function(void *unused)
{
	struct mp_value *args;
	int error = mp_connection_recv(self.data, &args);

	(void)unused;
	if (error)
		give_up("the arguments cannot be loaded", error);
	mp_connection_free(self.data);
	int code = self.function(args);
	mp_value_free(args);
	return code;
}

static int
number(const struct mp_value *who, enum who place)
{
	int64_t number;
	int error = mp_value_int(mp_value_at(who, place), &number);

	if (error)
		give_up("the parent does not say who this is", error);
	return (int)number;
}

static const char *
text(const struct mp_value *who, enum who place)
{
	const char *text = mp_value_str(mp_value_at(who, place));

	if (!text)
		give_up("the parent does not say who this is", MP_KIND);
	return text;
}

/* Become who the first message says. Until then, the main object stands for the parent. */
static _Noreturn void
become(const struct mp_value *who)
{
	int signal = number(who, WHO_DEATH_SIGNAL);
	struct mp_process_options options = {
	    .name = text(who, WHO_NAME),
	    .daemon = mp_value_truth(mp_value_at(who, WHO_DAEMON)) ? MP_DAEMON_YES : MP_DAEMON_NO,
	    .death_signal = signal ? signal : MP_NO_SIGNAL,
	};
	struct mp_process *p = NULL;
	int error = mp_set_start_method((enum mp_method)number(who, WHO_METHOD), true);

	if (!error)
		error = mp_process_set_name(mp_current_process(), text(who, WHO_PARENT_NAME));
	if (!error)
		error = mp_process_new(&p, run_function, NULL, &options);
	if (error)
		give_up("the process cannot be made", error);
	self.function = mp_value_function(mp_value_at(who, WHO_FUNCTION));
	if (!self.function)
		give_up("no such function here", MP_NOT_REGISTERED);
	mp__process_run(p, text(who, WHO_IDENTITY), number(who, WHO_PARENT), PLACE_PARENT);
}

/* Is there a pipe where a parent would have put one? */
static bool
has_data(void)
{
	struct stat file;

	return fstat(PLACE_DATA, &file) == 0 && S_ISFIFO(file.st_mode);
}
//}

bool
is_guarded(void)
{
	/* spawn.4: mp_init was called. */
	//{
	return guarded;
	//}
}

_Noreturn void
parcel_open(void)
{
	/*
	 * spawn.4: receive who this is, become it (mp__process_run), receive the arguments, call
	 * the function.
	 */
	//{
	struct mp_value *who;

	guarded = true;
	tracker_adopt(PLACE_TRACKER);
	if (fcntl(PLACE_SERVER, F_GETFD) >= 0)
		server_adopt(PLACE_SERVER);
	int error = mp_connection_new(&self.data, PLACE_DATA, true, false);
	if (!error)
		error = mp_connection_recv(self.data, &who);
	if (error == MP_EOF) /* the parent has given up, or is dead */
		_exit(EXIT_FAILURE);
	if (error)
		give_up("what the parent says cannot be read", error);
	become(who);
	//}
}

int
mp__spawned_fd(int index)
{
	/* spawn.4: in its place; and it was inherited, not opened here. */
	//{
	int fd = PLACE_FIRST + index;

	return index < 0 || fcntl(fd, F_GETFD) < 0 ? -EBADF : fd;
	//}
}

int
mp_init(int argc, char **argv)
{
	/*
	 * spawn.4: the guard: children and the forkserver turn off here. A spawned child first
	 * sees to it that what it inherited is closed by exec.
	 */
	//{
	bool spawned = argc == 2 && !strcmp(argv[1], "--mp-spawn");
	bool serves = argc == 2 && !strcmp(argv[1], "--mp-forkserver");

	if ((spawned && !has_data()) || (serves && !server_has_socket())) {
		dprintf(
		    STDERR_FILENO, "%s: %s is said by this program to itself\n", argv[0], argv[1]);
		_exit(EXIT_FAILURE);
	}
	if (spawned) {
		close_range(PLACE_TRACKER, UINT_MAX, CLOSE_RANGE_CLOEXEC);
		parcel_open();
	}
	if (serves)
		server_main();
	guarded = true;
	return 0;
	//}
}
