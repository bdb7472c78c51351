/* SPDX-License-Identifier: MIT */
/*
 * Rows in parallel: a supervisor process each, as many at a time as was asked for.
 *
 * The harness waits on the supervisors' pidfds and on a descriptor for signals, and does
 * nothing else meanwhile: what could hang hangs in a supervisor, which has a deadline.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mp/deadline.h>
#include <mp/io.h>

#include "runner/supervise.h"

static void *
share(size_t size, int fd)
{
	int flags = fd < 0 ? MAP_SHARED | MAP_ANONYMOUS : MAP_SHARED;
	void *page = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, 0);

	return page == MAP_FAILED ? NULL : page;
}

/* Sealed: a row cannot shrink the page under the harness's feet. */
static int
open_channel(struct run *run)
{
	run->channel_fd = memfd_create("channel", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (run->channel_fd < 0 || ftruncate(run->channel_fd, sizeof(struct channel)) ||
	    fcntl(run->channel_fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL))
		return -errno;
	run->channel = share(sizeof(struct channel), run->channel_fd);
	if (!run->channel || getrandom(run->nonce, sizeof(run->nonce), 0) < 0)
		return -errno;
	memcpy(run->channel->nonce, run->nonce, sizeof(run->nonce));
	return 0;
}

static int
begin(struct run *run, size_t number, const char *scratch, int cpu, const _Atomic int *stop)
{
	run->channel_fd = -1;
	run->outcome = share(sizeof(*run->outcome), -1);
	int error = run->outcome ? open_channel(run) : -errno;
	if (error)
		return error;
	snprintf(run->directory, sizeof(run->directory), "%s/row-%zu", scratch, number);
	if (mkdir(run->directory, 0700))
		return -errno;
	fflush(NULL);
	run->supervisor = fork();
	if (run->supervisor < 0)
		return -errno;
	if (run->supervisor == 0) {
		sigset_t none;
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		supervise(run, cpu, stop);
	}
	run->pidfd = pidfd_open(run->supervisor, 0);
	mp_close(&run->channel_fd);
	return run->pidfd < 0 ? -errno : 0;
}

static void
end(struct run *run)
{
	while (waitpid(run->supervisor, NULL, 0) < 0 && errno == EINTR)
		;
	mp_close(&run->pidfd);
}

/* The processors that this process may use, in turn; -1 if that cannot be told. */
static int
choose_cpu(unsigned turn)
{
	cpu_set_t set;
	int count, cpu;

	if (sched_getaffinity(0, sizeof(set), &set) || !(count = CPU_COUNT(&set)))
		return -1;
	int skip = (int)(turn % (unsigned)count);
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &set) && skip-- == 0)
			return cpu;
	return -1;
}

struct crew {
	struct run *runs;
	size_t count, next;
	unsigned jobs, busy;
	struct run **slots; /* jobs of them; NULL: free */
	struct pollfd *fds; /* of the slots, and last the signals' */
	const char *scratch;
	_Atomic int *stop;
	int signals;
};

/* Fill the free slots. */
static int
hire(struct crew *crew)
{
	for (unsigned i = 0; i < crew->jobs; i++) {
		if (crew->slots[i] || crew->next == crew->count || atomic_load(crew->stop))
			continue;
		struct run *run = &crew->runs[crew->next++];
		int error =
		    begin(run, crew->next, crew->scratch, choose_cpu(i), crew->stop);
		if (error)
			return error;
		crew->slots[i] = run;
		crew->busy++;
	}
	return 0;
}

/* Wait until a supervisor has ended, or a signal has come. */
static int
attend(struct crew *crew, void (*done)(const struct run *run, void *context), void *context)
{
	struct pollfd *fds = crew->fds;

	for (unsigned i = 0; i < crew->jobs; i++)
		fds[i] = (struct pollfd){
		    .fd = crew->slots[i] ? crew->slots[i]->pidfd : -1,
		    .events = POLLIN,
		};
	fds[crew->jobs] = (struct pollfd){.fd = crew->signals, .events = POLLIN};
	int ready = mp_poll(fds, crew->jobs + 1, MP_NEVER);
	if (ready < 0)
		return ready;
	if (fds[crew->jobs].revents) {
		struct signalfd_siginfo info;
		(void)!read(crew->signals, &info, sizeof(info));
		atomic_store(crew->stop, 1);
	}
	for (unsigned i = 0; i < crew->jobs; i++) {
		if (!fds[i].revents)
			continue;
		struct run *run = crew->slots[i];
		end(run);
		run->interrupted = atomic_load(crew->stop) && run->outcome->trace.ended_by_tick &&
		    !run->outcome->late;
		crew->slots[i] = NULL;
		crew->busy--;
		done(run, context);
	}
	return 0;
}

/* After a failure of the harness itself: nothing may stay behind. */
static void
dismiss(struct crew *crew)
{
	atomic_store(crew->stop, 1);
	for (unsigned i = 0; i < crew->jobs; i++)
		if (crew->slots[i])
			end(crew->slots[i]);
}

int
run_all(struct run *runs, size_t n, unsigned jobs, const char *scratch,
    void (*done)(const struct run *run, void *context), void *context)
{
	struct crew crew = {.runs = runs, .count = n, .jobs = jobs, .scratch = scratch};
	sigset_t caught, before;
	int error = 0;

	crew.slots = calloc(jobs, sizeof(*crew.slots));
	crew.fds = calloc(jobs + 1, sizeof(*crew.fds));
	crew.stop = share(sizeof(*crew.stop), -1);
	sigemptyset(&caught);
	sigaddset(&caught, SIGINT);
	sigaddset(&caught, SIGTERM);
	sigprocmask(SIG_BLOCK, &caught, &before);
	crew.signals = signalfd(-1, &caught, SFD_CLOEXEC | SFD_NONBLOCK);
	if (!crew.slots || !crew.fds || !crew.stop || crew.signals < 0)
		error = -errno;
	while (!error && (crew.busy || (crew.next < n && !atomic_load(crew.stop)))) {
		error = hire(&crew);
		if (!error)
			error = attend(&crew, done, context);
	}
	if (error && crew.slots && crew.stop)
		dismiss(&crew);
	for (size_t i = crew.next; i < n; i++)
		runs[i].interrupted = true;
	mp_close(&crew.signals);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (crew.stop)
		munmap((void *)crew.stop, sizeof(*crew.stop));
	free(crew.slots);
	free(crew.fds);
	return error;
}

bool
run_is_proved(const struct run *run)
{
	return run->channel && atomic_load(&run->channel->state) == CHANNEL_DONE &&
	    !memcmp(run->channel->proof, run->nonce, sizeof(run->nonce));
}

void
run_release(struct run *run)
{
	if (run->channel)
		munmap(run->channel, sizeof(*run->channel));
	if (run->outcome)
		munmap(run->outcome, sizeof(*run->outcome));
}
