/* SPDX-License-Identifier: MIT */
/*
 * Another program: started, waited for, signalled, freed.
 *
 * Its three streams are chosen first, each as the descriptor that the program will have
 * and, for a pipe, the end that stays here; then launch.c makes the process, and what was
 * opened for the program alone is closed. Handout: labs/05-spawn/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mp/io.h>
#include <mp/subprocess.h>

#include "launch.h"
#include "popen.h"

//{
/* What the program will have: at first what we have, -1 if that is closed; and which of it was
 * opened for the program alone. */
struct streams {
	int fds[3], opened[3];
};

/* Look before anything is opened, which might get the number of what is closed. */
static struct streams
our_streams(void)
{
	struct streams streams = {.opened = {-1, -1, -1}};

	for (int i = 0; i < 3; i++)
		streams.fds[i] = fcntl(i, F_GETFD) < 0 ? -1 : i;
	return streams;
}

static int
choose(struct mp_popen *p, struct streams *streams, int place, int want)
{
	int ends[2], fd;

	switch (want) {
	case MP_INHERIT:
		fd = streams->fds[place];
		break;
	case MP_PIPE:
		if (pipe2(ends, O_CLOEXEC))
			return -errno;
		p->ends[place] = ends[place == 0];
		p->piped[place] = true;
		fd = streams->opened[place] = ends[place != 0];
		break;
	case MP_DEVNULL:
		fd = streams->opened[place] = open("/dev/null", O_RDWR | O_CLOEXEC);
		if (fd < 0)
			return -errno;
		break;
	case MP_STDOUT:
		if (place != STDERR_FILENO)
			return MP_INVALID;
		fd = streams->fds[STDOUT_FILENO];
		break;
	default:
		if (want < 0)
			return MP_INVALID;
		fd = want;
	}
	streams->fds[place] = fd;
	return 0;
}

static int
execute(struct mp_popen *p, char *const argv[], const struct mp_popen_options *o,
    const struct streams *streams)
{
	int *fds = malloc((3 + o->pass_count) * sizeof(int));

	if (!fds)
		return -ENOMEM;
	memcpy(fds, streams->fds, sizeof(streams->fds));
	for (size_t i = 0; i < o->pass_count; i++)
		fds[3 + i] = o->pass[i];
	struct launch how = {
	    .file = argv[0],
	    .argv = argv,
	    .environment = o->environment,
	    .directory = o->directory,
	    .session = o->session,
	    .fds = fds,
	    .count = 3 + o->pass_count,
	};
	int error = launch(&how, &p->pid, &p->pidfd);
	free(fds);
	return error;
}

static void
destroy(struct mp_popen *p)
{
	for (int i = 0; i < 3; i++) {
		mp_close(&p->ends[i]);
		free(p->said[i].data);
	}
	mp_close(&p->pidfd);
	free(p);
}
//}

int
mp_popen(struct mp_popen **out, char *const argv[], const struct mp_popen_options *options)
{
	/*
	 * spawn.2: choose the three streams, launch, and close what only the program needs: or
	 * the end of a pipe would never come.
	 */
	//{
	static const struct mp_popen_options defaults;
	const struct mp_popen_options *o = options ? options : &defaults;
	const int want[3] = {o->in, o->out, o->err};
	struct streams streams = our_streams();
	struct mp_popen *p = calloc(1, sizeof(*p));
	int error = 0;

	if (!p)
		return -ENOMEM;
	p->pidfd = p->ends[0] = p->ends[1] = p->ends[2] = -1;
	for (int i = 0; !error && i < 3; i++)
		error = choose(p, &streams, i, want[i]);
	if (!error)
		error = execute(p, argv, o, &streams);
	for (int i = 0; i < 3; i++)
		mp_close(&streams.opened[i]);
	if (error)
		destroy(p);
	else
		*out = p;
	return error;
	//}
}

int
mp_popen_wait(struct mp_popen *p, double timeout, int *code)
{
	/* spawn.2: wait for the pidfd until the deadline, then fetch the status, once. */
	//{
	struct pollfd end = {.fd = p->pidfd, .events = POLLIN};
	siginfo_t info = {0};

	if (!p->ended) {
		int ready = mp_poll(&end, 1, mp_deadline(timeout));
		if (ready <= 0)
			return ready ? ready : MP_TIMEOUT_EXPIRED;
		while (waitid(P_PIDFD, (id_t)p->pidfd, &info, WEXITED))
			if (errno != EINTR)
				return -errno;
		p->ended = true;
		p->code = info.si_code == CLD_EXITED ? info.si_status : -info.si_status;
	}
	*code = p->code;
	return 0;
	//}
}

int
mp_popen_signal(struct mp_popen *p, int signal)
{
	/* spawn.2: by the pidfd: never to a stranger. */
	//{
	if (p->ended || pidfd_send_signal(p->pidfd, signal, NULL, 0) == 0 || errno == ESRCH)
		return 0;
	return -errno;
	//}
}

void
mp_popen_free(struct mp_popen *p)
{
	/* spawn.2: close our ends, so that it sees the end of its input; then wait. */
	//{
	int code;

	if (!p)
		return;
	for (int i = 0; i < 3; i++)
		mp_close(&p->ends[i]);
	(void)!mp_popen_wait(p, MP_FOREVER, &code);
	destroy(p);
	//}
}

pid_t
mp_popen_pid(const struct mp_popen *p)
{
	/* spawn.2: also when it has ended. */
	//{
	return p->pid;
	//}
}

int
mp_popen_in(const struct mp_popen *p)
{
	/* spawn.2: the end to write to. */
	//{
	return p->ends[STDIN_FILENO];
	//}
}

int
mp_popen_out(const struct mp_popen *p)
{
	/* spawn.2: the end to read from. */
	//{
	return p->ends[STDOUT_FILENO];
	//}
}

int
mp_popen_err(const struct mp_popen *p)
{
	/* spawn.2: the same. */
	//{
	return p->ends[STDERR_FILENO];
	//}
}
