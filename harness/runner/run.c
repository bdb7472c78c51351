/* SPDX-License-Identifier: MIT */
/*
 * Rows in parallel: a supervisor process each, as many at a time as was asked for.
 *
 * The harness waits on the supervisors' pidfds and on a descriptor for signals: what could
 * hang hangs in a supervisor, which has a deadline. Twice a second it looks whether a row
 * has got at its supervisor (watch.c). A row whose supervisor was killed is run once more:
 * if that one is killed, too, it was the row, and no accident.
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
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mp/deadline.h>
#include <mp/io.h>
#include <mp/proc.h>

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

/* The two pages, for a first time or anew. */
static int
open_pages(struct run *run)
{
	run_release(run);
	run->channel_fd = -1;
	run->outcome = share(sizeof(*run->outcome), -1);
	return run->outcome ? open_channel(run) : -errno;
}

/* The signal that ended the supervisor; 0 if it left by itself. */
static int
end(struct run *run)
{
	int status = 0;

	while (waitpid(run->supervisor, &status, 0) < 0 && errno == EINTR)
		;
	mp_close(&run->pidfd);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
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
	int64_t looked; /* when we were last here */
	long oom_kills;
};

static bool
is_taken(const struct crew *crew, int cpu)
{
	for (unsigned i = 0; i < crew->jobs; i++)
		if (crew->slots[i] && crew->slots[i]->cpu == cpu)
			return true;
	return false;
}

/*
 * A processor for a row and its tracer; -1 if that cannot be told. From the one that we run on,
 * where the scheduler saw room a moment ago, the next that none of our rows has: gradings that
 * know nothing of each other share the machine so.
 */
static int
choose_cpu(const struct crew *crew)
{
	cpu_set_t set;
	int here = sched_getcpu();

	if (here < 0 || sched_getaffinity(0, sizeof(set), &set))
		return -1;
	for (int i = 0; i < CPU_SETSIZE; i++) {
		int cpu = (here + i) % CPU_SETSIZE;
		if (CPU_ISSET((size_t)cpu, &set) && !is_taken(crew, cpu))
			return cpu;
	}
	return CPU_ISSET((size_t)here, &set) ? here : -1;
}

static int
begin(struct run *run, const struct crew *crew)
{
	struct mp_proc proc = {0};

	run->age = 0;
	run->harness = getpid();
	run->cpu = -1; /* run again, it stands in its slot already */
	run->cpu = choose_cpu(crew);
	snprintf(run->directory, sizeof(run->directory), "%s/row-XXXXXX", crew->scratch);
	int error = open_pages(run);
	if (!error && !mkdtemp(run->directory))
		error = -errno;
	fflush(NULL);
	run->supervisor = error ? -1 : fork();
	if (run->supervisor == 0)
		supervise(run, crew->stop);
	if (run->supervisor < 0)
		error = error ? error : -errno;
	mp_close(&run->channel_fd);
	if (error)
		return error;
	run->pidfd = pidfd_open(run->supervisor, 0);
	if (run->pidfd < 0) {
		error = -errno;
		kill(run->supervisor, SIGKILL);
		(void)end(run);
		return error;
	}
	(void)!mp_proc_read(run->supervisor, &proc);
	run->birth = proc.birth;
	return 0;
}

sigset_t
run_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	return set;
}

static bool
is_supervisor(pid_t pid, const void *context)
{
	const struct crew *crew = context;

	for (unsigned i = 0; i < crew->jobs; i++)
		if (crew->slots[i] && crew->slots[i]->supervisor == pid)
			return true;
	return false;
}

/* Fill the free slots. */
static int
hire(struct crew *crew)
{
	for (unsigned i = 0; i < crew->jobs; i++) {
		if (crew->slots[i] || crew->next == crew->count || atomic_load(crew->stop))
			continue;
		struct run *run = &crew->runs[crew->next++];
		int error = begin(run, crew);
		if (error)
			return error;
		crew->slots[i] = run;
		crew->busy++;
	}
	return 0;
}

/* Did the kernel kill for memory since the last time? Then a killed supervisor proves nothing. */
static bool
ran_out_of_memory(struct crew *crew)
{
	long before = crew->oom_kills;

	crew->oom_kills = mp_proc_oom_kills();
	return crew->oom_kills != before;
}

/* A supervisor has ended. A slot's row that is to be run again stays in it. 0 or -errno. */
static int
retire(struct crew *crew, unsigned slot, void (*done)(const struct run *run, void *context),
    void *context)
{
	struct run *run = crew->slots[slot];
	bool stopping = atomic_load(crew->stop);
	int signal = end(run);

	crew->slots[slot] = NULL;
	if (signal)
		watch_sweep(run, is_supervisor, crew);
	if (signal == SIGKILL && !run->overdue && !stopping && !ran_out_of_memory(crew)) {
		run->killed = run->attempts ? signal : 0;
		crew->slots[slot] = run->attempts++ ? NULL : run;
	}
	if (crew->slots[slot]) {
		int error = begin(run, crew);
		crew->slots[slot] = error ? NULL : run;
		return error;
	}
	run->interrupted = stopping && !run->outcome->late && !*run->outcome->knot &&
			   (signal || run->outcome->trace.ended_by_tick);
	crew->busy--;
	done(run, context);
	return 0;
}

static void
look_after(struct crew *crew)
{
	int64_t now = mp_now();
	double seconds = (double)(now - crew->looked) / 1e9;

	crew->looked = now;
	/* More than a second: we were stopped ourselves, and they perhaps, too. */
	for (unsigned i = 0; i < crew->jobs; i++)
		if (crew->slots[i])
			watch(crew->slots[i], seconds < 1 ? seconds : 1);
}

/* Wait until a supervisor has ended, a signal has come, or it is time to look after them. */
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
	int error = mp_poll(fds, crew->jobs + 1, mp_deadline(0.5));
	if (error < 0)
		return error;
	if (fds[crew->jobs].revents) {
		struct signalfd_siginfo info;
		(void)!read(crew->signals, &info, sizeof(info));
		atomic_store(crew->stop, 1);
	}
	look_after(crew);
	error = 0;
	for (unsigned i = 0; i < crew->jobs && !error; i++)
		if (fds[i].revents)
			error = retire(crew, i, done, context);
	return error;
}

/* After a failure of the harness itself: nothing may stay behind. */
static void
dismiss(struct crew *crew)
{
	for (unsigned i = 0; i < crew->jobs; i++) {
		if (!crew->slots[i])
			continue;
		struct run *run = crew->slots[i];
		kill(run->supervisor, SIGKILL);
		(void)end(run);
		crew->slots[i] = NULL;
		watch_sweep(run, is_supervisor, crew);
	}
}

int
run_all(struct run *runs, size_t n, unsigned jobs, const char *scratch,
    void (*done)(const struct run *run, void *context), void *context)
{
	struct crew crew = {.runs = runs, .count = n, .jobs = jobs, .scratch = scratch};
	sigset_t caught = run_signals(), before;
	int error = 0, subreaper = 0;

	prctl(PR_GET_CHILD_SUBREAPER, &subreaper);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	crew.looked = mp_now();
	crew.oom_kills = mp_proc_oom_kills();
	crew.slots = calloc(jobs, sizeof(*crew.slots));
	crew.fds = calloc(jobs + 1, sizeof(*crew.fds));
	crew.stop = share(sizeof(*crew.stop), -1);
	sigprocmask(SIG_BLOCK, &caught, &before);
	crew.signals = signalfd(-1, &caught, SFD_CLOEXEC | SFD_NONBLOCK);
	if (!crew.slots || !crew.fds || !crew.stop || crew.signals < 0)
		error = -errno;
	while (!error && (crew.busy || (crew.next < n && !atomic_load(crew.stop)))) {
		error = hire(&crew);
		if (!error)
			error = attend(&crew, done, context);
	}
	if (error && crew.slots)
		dismiss(&crew);
	for (size_t i = crew.next; i < n; i++)
		runs[i].interrupted = true;
	mp_close(&crew.signals);
	sigprocmask(SIG_SETMASK, &before, NULL);
	prctl(PR_SET_CHILD_SUBREAPER, (unsigned long)subreaper);
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
	run->channel = NULL;
	run->outcome = NULL;
}
