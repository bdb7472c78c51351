/* SPDX-License-Identifier: MIT */
/*
 * From the system call that a task sleeps in to what it waits for.
 *
 * A call that is not known here, or not understood, frees: nobody is called stuck for what
 * we do not know. A timeout frees, too, and so may a handler of a signal.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "stuck/look.h"

#define BIT(signal) (1ULL << ((signal)-1))

static void
outside(struct stuck_task *task, const char *kind, const char *does, const char *noun)
{
	stuck_does(task, "%s", does);
	(void)stuck_way(task, STUCK_OUTSIDE, kind, "%s", noun);
}

static void
timed(struct stuck_task *task)
{
	outside(task, "time", "waits with a timeout", "");
}

static void
unknown(struct stuck_task *task)
{
	char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, (int)task->call);

	outside(task, "unknown", "waits in", name ? name : "a call");
	free(name);
}

/* What has a name or an address: outside anybody may come; in a closed world only the tree. */
static void
anybody(
    struct stuck *s, struct stuck_task *task, const char *kind, const char *does, const char *noun)
{
	stuck_does(task, "%s", does);
	struct stuck_way *way =
	    stuck_way(task, s->closed ? STUCK_ANY : STUCK_OUTSIDE, kind, "%s", noun);
	way->one = "could do that";
	way->many = "could do that";
	if (s->closed)
		stuck_way_by_tree(s, way);
}

/* An array of iovecs: how many bytes; 0 unknown. */
static uint64_t
vector_size(pid_t pid, uint64_t address, uint64_t count)
{
	uint64_t pair[2], sum = 0;

	for (uint64_t i = 0; i < count && i < 1024; i++) {
		if (!stuck_peek(pid, address + i * sizeof(pair), pair, sizeof(pair)))
			return 0;
		sum += pair[1];
	}
	return sum;
}

static void
reading(struct stuck *s, struct stuck_task *task, int fd)
{
	stuck_does(task, "reads from");
	stuck_file(s, task, fd, STUCK_READ, 0);
}

static void
writing(struct stuck *s, struct stuck_task *task, int fd, uint64_t size)
{
	char text[32];

	stuck_does(task, size ? "writes %s byte%s to" : "writes to", stuck_count(size, text),
	    size == 1 ? "" : "s");
	stuck_file(s, task, fd, STUCK_WRITE, 0);
}

/* splice, tee, sendfile: either side may be what it waits for, so both are ways. */
static void
moving(struct stuck *s, struct stuck_task *task, int from, int to)
{
	stuck_does(task, "moves data between");
	stuck_file(s, task, from, STUCK_READ, 0);
	stuck_file(s, task, to, STUCK_WRITE, 0);
}

static bool
reads_and_writes(struct stuck *s, struct stuck_task *task)
{
	const uint64_t *a = task->args;
	int fd = (int)a[0];

	switch (task->call) {
	case SYS_read:
	case SYS_readv:
	case SYS_pread64:
	case SYS_preadv2:
	case SYS_recvfrom:
	case SYS_recvmsg:
		return reading(s, task, fd), true;
	case SYS_recvmmsg:
		return a[4] ? timed(task) : reading(s, task, fd), true;
	case SYS_write:
	case SYS_sendto:
		return writing(s, task, fd, a[2]), true;
	case SYS_writev:
	case SYS_vmsplice:
		return writing(s, task, fd, vector_size(task->process->pid, a[1], a[2])), true;
	case SYS_sendmsg:
	case SYS_sendmmsg:
	case SYS_pwritev2:
		return writing(s, task, fd, 0), true;
	case SYS_splice:
		return moving(s, task, fd, (int)a[2]), true;
	case SYS_tee:
		return moving(s, task, fd, (int)a[1]), true;
	case SYS_sendfile:
		return moving(s, task, (int)a[1], fd), true;
	default:
		return false;
	}
}

static bool
polls(struct stuck *s, struct stuck_task *task)
{
	const uint64_t *a = task->args;

	switch (task->call) {
#ifdef SYS_poll
	case SYS_poll:
		return (int)a[2] >= 0 ? timed(task) : stuck_poll(s, task, a[0], a[1]), true;
	case SYS_select:
		return a[4] ? timed(task) : stuck_select(s, task), true;
	case SYS_epoll_wait:
#endif
	case SYS_epoll_pwait:
		stuck_does(task, "polls");
		return (int)a[3] >= 0 ? timed(task) : stuck_epoll(s, task, (int)a[0], 0), true;
	case SYS_ppoll:
		return a[2] ? timed(task) : stuck_poll(s, task, a[0], a[1]), true;
	case SYS_pselect6:
		return a[4] ? timed(task) : stuck_select(s, task), true;
#ifdef SYS_epoll_pwait2
	case SYS_epoll_pwait2:
		stuck_does(task, "polls");
		return a[3] ? timed(task) : stuck_epoll(s, task, (int)a[0], 0), true;
#endif
	default:
		return false;
	}
}

static bool
sleeps(struct stuck_task *task)
{
	switch (task->call) {
	case SYS_nanosleep:
	case SYS_clock_nanosleep:
	case SYS_restart_syscall: /* of something with a timeout; a poll is recognised by proc.c */
		return timed(task), true;
#ifdef SYS_pause
	case SYS_pause:
#endif
	case SYS_rt_sigsuspend:
	case SYS_rt_sigtimedwait:
		return outside(task, "signal", "waits for", "a signal"), true;
	default:
		return false;
	}
}

static bool
names(struct stuck *s, struct stuck_task *task)
{
	switch (task->call) {
#ifdef SYS_open
	case SYS_open:
#endif
	case SYS_openat:
		return anybody(s, task, "fifo", "opens",
			   "a named pipe whose other end nobody has open"),
		       true;
	case SYS_accept:
	case SYS_accept4:
		stuck_does(task, "waits for a connection at");
		return stuck_file(s, task, (int)task->args[0], STUCK_READ, 0), true;
	case SYS_semop:
		return anybody(s, task, "semaphore", "waits for", "a System V semaphore"), true;
	case SYS_semtimedop:
		return task->args[3]
			   ? timed(task)
			   : anybody(s, task, "semaphore", "waits for", "a System V semaphore"),
		       true;
	case SYS_msgrcv:
		return anybody(s, task, "queue", "receives from", "a System V queue"), true;
	case SYS_msgsnd:
		return anybody(s, task, "queue", "sends to", "a System V queue"), true;
	case SYS_mq_timedreceive:
	case SYS_mq_timedsend:
		return task->args[4] ? timed(task)
				     : anybody(s, task, "queue", "waits at", "a POSIX queue"),
		       true;
	default:
		return false;
	}
}

static bool
waits(struct stuck *s, struct stuck_task *task)
{
	switch (task->call) {
	case SYS_wait4:
		return stuck_children(s, task, false), true;
	case SYS_waitid:
		return stuck_children(s, task, true), true;
	case SYS_futex:
		return stuck_futex(s, task), true;
	case SYS_futex_waitv:
		return stuck_futex_waitv(s, task), true;
	case SYS_flock:
		return stuck_lock(s, task, true), true;
	case SYS_fcntl:
		if (task->args[1] == F_SETLKW || task->args[1] == F_OFD_SETLKW)
			return stuck_lock(s, task, false), true;
		return false;
	default:
		return false;
	}
}

/* Does its own process count among those who free it, by what a handler may do? */
static bool
could_free_itself(const struct stuck_task *task)
{
	for (size_t i = 0; i < task->way_count; i++)
		for (size_t j = 0; j < task->ways[i].count; j++)
			if (task->ways[i].freers[j].pid == task->process->pid &&
			    !task->ways[i].freers[j].tid)
				return true;
	return false;
}

static bool
has_timers(pid_t pid)
{
	size_t size = 0;
	char *text = stuck_slurp(&size, "/proc/%d/timers", pid);

	free(text);
	return size;
}

/*
 * A handler may do what its process could do: write to a pipe of its own, post a semaphore.
 * Timers and files send signals in any world, people and children in an open one. SIGINT is
 * left out: every Python program has a handler for it.
 */
static void
signals(struct stuck *s, struct stuck_task *task)
{
	static const uint64_t by_itself = BIT(SIGALRM) | BIT(SIGVTALRM) | BIT(SIGPROF) | BIT(SIGIO);
	static const uint64_t by_people = BIT(SIGHUP) | BIT(SIGTERM) | BIT(SIGQUIT) | BIT(SIGUSR1) |
					  BIT(SIGUSR2) | BIT(SIGTSTP) | BIT(SIGCONT) |
					  BIT(SIGWINCH) | ~(BIT(34) - 1);
	uint64_t heard = task->process->count > 1 ? task->caught : task->caught & ~task->blocked;

	if (heard & by_itself || has_timers(task->process->pid))
		(void)stuck_way(task, STUCK_OUTSIDE, "time", "a timer's signal");
	else if (!s->closed && heard & by_people && could_free_itself(task))
		(void)stuck_way(task, STUCK_OUTSIDE, "signal", "a signal that it handles");
	if (heard & BIT(SIGCHLD))
		stuck_child_signal(s, task);
}

static bool
is_asleep(struct stuck_task *task)
{
	if (task->state == 'S')
		return true;
	outside(task, "runs",
	    task->state == 'T' || task->state == 't'   ? "is stopped"
	    : task->state == 'Z' || task->state == 'X' ? "is dead"
						       : "runs",
	    "");
	return false;
}

/* Find the ways of a task. */
void
stuck_call(struct stuck *s, struct stuck_task *task)
{
	if (!is_asleep(task))
		return;
	if (!task->seen) {
		stuck_does(task, "waits");
		stuck_way(task, STUCK_ANY, "unseen", "for what we may not see")->unseen = true;
		return;
	}
	if (task->call < 0) {
		outside(task, "runs", "runs", "");
		return;
	}
	if (!reads_and_writes(s, task) && !polls(s, task) && !sleeps(task) && !names(s, task) &&
	    !waits(s, task))
		unknown(task);
	signals(s, task);
}
