/* SPDX-License-Identifier: MIT */
/*
 * Birth by spawn: this program, executed anew.
 *
 * Handout: labs/05-spawn/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <unistd.h>

#include <mp/io.h>

#include "launch.h"
#include "parcel.h"

int
spawn_make(struct mp_process *p, void *arg, pid_t *pid, int *pidfd)
{
	/*
	 * spawn.4: pack, execute /proc/self/exe with --mp-spawn and the parcel's descriptors,
	 * send. After exec there is no error left but those of the child itself.
	 */
	//{
	struct parcel parcel;
	int error = parcel_pack(&parcel, p, arg);
	char *argv[] = {program_invocation_name, "--mp-spawn", NULL};
	struct launch how = {
	    .file = "/proc/self/exe",
	    .argv = argv,
	    .fds = parcel.fds,
	    .count = parcel.count,
	};

	if (!error)
		error = parcel_stdin(&parcel);
	if (!error)
		error = launch(&how, pid, pidfd);
	if (!error)
		error = parcel_send(&parcel);
	parcel_release(&parcel);
	return error;
	//}
}
