/* SPDX-License-Identifier: MIT */
/*
 * Birth by forkserver: ask a process that has no past for a child.
 *
 * The child is the server's, so the server fetches its status, and tells it over the
 * answer's socket. A pidfd we get from the server, too: it opens it before it could have
 * reaped, so it cannot be a stranger's.
 *
 * Invariants: a request is asked and answered under the helpers' lock; a server that has
 * died is replaced once for each request. Handout: labs/05-spawn/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mp/deadline.h>
#include <mp/io.h>
#include <mp/reap.h>

#include "helper.h"
#include "launch.h"
#include "server.h"

//{
static struct helper server = NO_HELPER;

/* Seconds that a process waits at its exit for a server which others may still hold. */
#define EXIT_PATIENCE 1.0

/* What a child's code is when the server has died with it. */
#define UNKNOWN_CODE 255

static void
stop_at_exit(void *unused)
{
	(void)unused;
	(void)helper_stop(&server, EXIT_PATIENCE);
}

/* Execute it, with SIGINT blocked, as it will be for all its life. */
static int
execute(const int *parcel_fds, int socket, pid_t *pid, int *pidfd)
{
	char *argv[] = {program_invocation_name, "--mp-forkserver", NULL};
	int fds[SERVER_SOCKET + 1];
	sigset_t interrupt, before;
	struct launch how = {
	    .file = "/proc/self/exe",
	    .argv = argv,
	    .fds = fds,
	    .count = SERVER_SOCKET + 1,
	};

	memcpy(fds, parcel_fds, sizeof(fds));
	fds[SERVER_SOCKET] = socket;
	sigemptyset(&interrupt);
	sigaddset(&interrupt, SIGINT);
	pthread_sigmask(SIG_BLOCK, &interrupt, &before);
	int error = launch(&how, pid, pidfd);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return error;
}

/* Hold the helpers' lock. */
static int
start(struct parcel *parcel)
{
	int ends[2], pidfd;
	pid_t pid;

	int error = parcel_stdin(parcel);
	if (error)
		return error;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return -errno;
	error = execute(parcel->fds, ends[0], &pid, &pidfd);
	mp_close(&ends[0]);
	if (error) {
		mp_close(&ends[1]);
		return error;
	}
	helper_begin(&server, ends[1], pid, pidfd);
	return mp_atexit(INT_MIN, stop_at_exit, NULL);
}

/* The server's first answer: a pid and a pidfd, or why not. -EPIPE: it has died. */
static int
hear(int answer, pid_t *pid, int *pidfd)
{
	int64_t number = 0;
	size_t count = 1;
	int fd, n = receive_packet(answer, &number, sizeof(number), &fd, &count);

	if (n < 0)
		return n;
	if (n != sizeof(number) || (number > 0 && count != 1))
		return -EPIPE;
	if (number < 0)
		return (int)number;
	*pid = (pid_t)number;
	*pidfd = fd;
	return 0;
}

/* Hold the helpers' lock: one request, one answer; what stays of it is the socket on which the
 * exit code will come. */
static int
ask(struct parcel *parcel, int death_signal, struct call *call, pid_t *pid, int *pidfd)
{
	struct request request = {death_signal};
	int fds[REQUEST_FDS], ends[2];
	size_t count = parcel->count - PLACE_TRACKER;

	parcel->fds[PLACE_SERVER] = server.fd;
	memcpy(&fds[1], &parcel->fds[PLACE_TRACKER], count * sizeof(int));
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return -errno;
	fds[0] = ends[1];
	int error = send_packet(server.fd, &request, sizeof(request), fds, count + 1);
	mp_close(&ends[1]); /* or the server's death would not end it */
	if (!error)
		error = hear(ends[0], pid, pidfd);
	if (error)
		mp_close(&ends[0]);
	else
		call->status = ends[0];
	return error;
}

/* A server that has died is not told from one that was never there, but for its burial. */
static int
ask_again(struct parcel *parcel, int death_signal, struct call *call, pid_t *pid, int *pidfd)
{
	int error = -EPIPE;

	helpers_lock();
	for (int attempt = 0; error == -EPIPE && attempt < 2; attempt++) {
		error = server.fd < 0 ? start(parcel) : 0;
		if (!error)
			error = ask(parcel, death_signal, call, pid, pidfd);
		if (error == -EPIPE)
			helper_bury(&server);
	}
	helpers_unlock();
	return error;
}
//}

int
server_make(struct mp_process *p, void *arg, pid_t *pid, int *pidfd)
{
	/*
	 * spawn.5: pack, ask the server for a child with the parcel's descriptors (start the
	 * server if there is none, or it is dead), and send the parcel to the child.
	 */
	//{
	struct parcel parcel;
	int alive = mp_active_children(NULL, 0); /* no wait of the kernel's tells that these die */
	int error = parcel_pack(&parcel, p, arg);

	if (!error && alive < 0)
		error = alive;
	if (!error)
		error = ask_again(&parcel, mp__process_death_signal(p), arg, pid, pidfd);
	if (!error)
		error = parcel_send(&parcel);
	parcel_release(&parcel);
	return error;
	//}
}

int
server_fetch(void *arg, int *status)
{
	/* spawn.5: the exit code from the server; if it has died, nobody knows it. */
	//{
	struct call *call = arg;
	int64_t code = 0;
	size_t none = 0;
	int n = receive_packet(call->status, &code, sizeof(code), NULL, &none);

	mp_close(&call->status);
	if (n != sizeof(code))
		code = UNKNOWN_CODE;
	*status = code < 0 ? (int)-code : W_EXITCODE((int)code, 0);
	return 0;
	//}
}

void
server_adopt(int fd)
{
	/* spawn.5: in a child of the server: it may ask it for children of its own. */
	//{
	helpers_lock();
	server = (struct helper){.fd = fd, .pidfd = -1};
	helpers_unlock();
	//}
}

int
mp_forkserver_stop(void)
{
	/* spawn.5: let go of it; who started it waits and reaps. */
	//{
	return helper_stop(&server, MP_FOREVER);
	//}
}

pid_t
mp_forkserver_pid(void)
{
	/* spawn.5: known where it was started. */
	//{
	helpers_lock();
	pid_t pid = server.owner == getpid() ? server.pid : 0;
	helpers_unlock();
	return pid;
	//}
}
