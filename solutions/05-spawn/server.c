/* SPDX-License-Identifier: MIT */
/*
 * The forkserver: one thread, one loop, a child for each request.
 *
 * It is this program, executed once and held before main has done anything. So what it
 * forks is clean: no thread, no lock, no buffer, no descriptor of anybody. It waits on its
 * socket, on each child, and for children with a death signal on who asked for them.
 *
 * SIGINT is blocked here, not ignored: a child is born with the mask, and what is blocked
 * waits for it to unblock, where what is ignored would be lost.
 *
 * Invariants: a child is reaped after its pidfd was sent, and told before it is forgotten.
 * Handout: labs/05-spawn/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mp/deadline.h>
#include <mp/io.h>

#include "helper.h"
#include "server.h"

//{
struct child {
	pid_t pid;
	int pidfd;
	int answer; /* the caller's socket */
	int caller; /* a pidfd of the caller; -1: no death signal, or it has been sent */
	int death_signal;
};

static struct {
	struct child *children;
	size_t count, room;
	/* as it was when the server began: what its children get back */
	void (*on_child)(int);
	sigset_t interrupt; /* just SIGINT */
	struct rlimit files;
	bool closed[STDERR_FILENO + 1]; /* streams; /dev/null keeps their places */
} state;

/* In the new process: descriptors to their places, everything else closed. */
static _Noreturn void
be_child(int *fds, size_t count)
{
	size_t end = PLACE_TRACKER + count - 1;

	if (state.on_child != SIG_DFL)
		signal(SIGCHLD, state.on_child);
	/* They lie above their places and in this order, for all came after the server's own and
	 * each got the lowest number that was free: none is overwritten before it is copied. */
	for (size_t i = 1; i < count; i++)
		dup3(fds[i], (int)(PLACE_TRACKER + i - 1), O_CLOEXEC);
	close_range((unsigned)end, UINT_MAX, 0);
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (state.closed[fd])
			close(fd);
	setrlimit(RLIMIT_NOFILE, &state.files);
	prctl(PR_SET_NAME, program_invocation_short_name);
	/* One that came since the fork comes now. */
	pthread_sigmask(SIG_UNBLOCK, &state.interrupt, NULL);
	parcel_open();
}

static void
answer(int fd, int64_t number, int *pidfd)
{
	(void)!send_packet(fd, &number, sizeof(number), pidfd, pidfd ? 1 : 0);
}

/* Fork, and tell the caller. The child's record, or pid < 0: there is none. */
static struct child
give_birth(const struct request *request, int *fds, size_t count)
{
	struct child child = {.pid = -1, .pidfd = -1, .answer = -1, .caller = -1};
	pid_t pid = fork();

	if (pid == 0)
		be_child(fds, count);
	int pidfd = pid < 0 ? -1 : pidfd_open(pid, 0); /* it is our child, and not reaped */
	if (pidfd < 0) {
		answer(fds[0], -errno, NULL);
		if (pid > 0 && kill(pid, SIGKILL) == 0)
			waitpid(pid, NULL, 0);
		return child;
	}
	answer(fds[0], pid, &pidfd);
	child = (struct child){pid, pidfd, fds[0], -1, (int)request->death_signal};
	fds[0] = -1; /* kept */
	if (child.death_signal) {
		child.caller = fds[1 + PLACE_PARENT - PLACE_TRACKER];
		fds[1 + PLACE_PARENT - PLACE_TRACKER] = -1;
	}
	return child;
}

static bool
make_room(void)
{
	if (state.count < state.room)
		return true;
	size_t room = state.room ? 2 * state.room : 16;
	struct child *more = reallocarray(state.children, room, sizeof(*more));
	if (!more)
		return false;
	state.children = more;
	state.room = room;
	return true;
}

/* The socket is ready: a request, or the last client is gone. */
static void
serve(void)
{
	struct request request = {0};
	int fds[REQUEST_FDS];
	size_t count = REQUEST_FDS;
	int n = receive_packet(SERVER_SOCKET, &request, sizeof(request), fds, &count);

	if (n == 0)
		_exit(EXIT_SUCCESS);
	bool whole = n == sizeof(request) && count > PLACE_FIRST - PLACE_TRACKER;
	if (whole && make_room()) {
		struct child child = give_birth(&request, fds, count);
		if (child.pid > 0)
			state.children[state.count++] = child;
	} else if (count > 0) {
		answer(fds[0], n < 0 ? n : whole ? -ENOMEM : -EINVAL, NULL);
	}
	for (size_t i = 0; i < count; i++)
		mp_close(&fds[i]);
}

/* A child is dead: fetch its status, tell it, forget the child. By waiting, not looking: a
 * tracer may be told first. */
static void
bury(size_t i)
{
	struct child *child = &state.children[i];
	int status = W_EXITCODE(255, 0);

	while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
		;
	answer(child->answer, WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status), NULL);
	mp_close(&child->pidfd);
	mp_close(&child->answer);
	mp_close(&child->caller);
	*child = state.children[--state.count];
}

/* Wait for whatever comes first, and do it. */
static void
turn(struct pollfd *fds)
{
	fds[0] = (struct pollfd){.fd = SERVER_SOCKET, .events = POLLIN};
	for (size_t i = 0; i < state.count; i++) {
		fds[1 + 2 * i] = (struct pollfd){state.children[i].pidfd, POLLIN, 0};
		fds[2 + 2 * i] = (struct pollfd){state.children[i].caller, POLLIN, 0};
	}
	if (mp_poll(fds, 1 + 2 * state.count, MP_NEVER) < 0)
		_exit(EXIT_FAILURE);
	/* From the back: the last child takes a dead one's place. */
	for (size_t i = state.count; i-- > 0;) {
		struct child *child = &state.children[i];
		if (fds[2 + 2 * i].revents) {
			kill(child->pid, child->death_signal); /* not reaped: it is our child */
			mp_close(&child->caller);
		}
		if (fds[1 + 2 * i].revents)
			bury(i);
	}
	if (fds[0].revents)
		serve();
}

/* What we open must not become the standard output of our children. */
static void
fill_streams(void)
{
	for (int fd = 0; fd <= STDERR_FILENO; fd++) {
		state.closed[fd] = fcntl(fd, F_GETFD) < 0;
		if (state.closed[fd])
			(void)!open("/dev/null", O_RDWR | O_CLOEXEC); /* the lowest: this one */
	}
}

/* As many descriptors as are allowed: a child costs three. */
static void
take_descriptors(void)
{
	struct rlimit most;

	if (getrlimit(RLIMIT_NOFILE, &state.files))
		return;
	most = state.files;
	most.rlim_cur = most.rlim_max;
	setrlimit(RLIMIT_NOFILE, &most);
}
//}

bool
server_has_socket(void)
{
	/* spawn.5: was this process started as a server? */
	//{
	int type = 0;
	socklen_t size = sizeof(type);

	return getsockopt(SERVER_SOCKET, SOL_SOCKET, SO_TYPE, &type, &size) == 0 &&
	       type == SOCK_SEQPACKET;
	//}
}

_Noreturn void
server_main(void)
{
	/*
	 * spawn.5: SIGINT is blocked, and remains so; for ever: a request makes a child, a child's
	 * death is told to who asked for it. The end of file is the end.
	 */
	//{
	struct pollfd *fds = NULL;

	state.on_child = signal(SIGCHLD, SIG_DFL);
	sigemptyset(&state.interrupt);
	sigaddset(&state.interrupt, SIGINT);
	prctl(PR_SET_NAME, "mp-forkserver");
	fill_streams();
	take_descriptors();
	helpers_lock(); /* once here, and no child need prepare it again */
	helpers_unlock();
	for (;;) {
		struct pollfd *more = reallocarray(fds, 1 + 2 * state.count, sizeof(struct pollfd));
		if (!more)
			_exit(EXIT_FAILURE);
		fds = more;
		turn(fds);
	}
	//}
}
