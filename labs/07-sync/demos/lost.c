/* SPDX-License-Identifier: MIT */
/*
 * The lost wakeup: somebody rings while you are on your way to bed.
 *
 * To wait is three things: give the lock back, sleep until the bell rings, take the lock again.
 * Between the first and the second there is room for a notifier. The demonstration lets one
 * come just there, every time; first with a waiter that looks at the bell when it has given
 * the lock back, then with one that has looked before. Only that line has moved.
 */
#define _GNU_SOURCE
#include <err.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static struct {
	_Atomic unsigned locked, bell;
	_Atomic int between, open;
	_Atomic bool in_bed, up;
} * room;

static void
say(const char *what)
{
	printf("    %s\n", what);
	fflush(stdout);
}

static void
acquire(void)
{
	while (atomic_exchange(&room->locked, 1))
		sched_yield();
}

static void
release(void)
{
	room->locked = 0;
}

/* The scheduler's bad moment, made to happen. */
static void
let_the_notifier_come(void)
{
	room->between = 1;
	while (!room->open)
		sched_yield();
}

static void
wait_for_bell(bool look_first)
{
	unsigned bell = room->bell;

	say("the waiter: it is not open; here is the lock");
	release();
	let_the_notifier_come();
	if (!look_first)
		bell = room->bell;
	printf("    the waiter: I sleep while the bell is %u\n", bell);
	fflush(stdout);
	room->in_bed = true;
	while (room->bell == bell)
		syscall(SYS_futex, &room->bell, FUTEX_WAIT, bell, NULL);
	room->up = true;
	say("the waiter: it has rung");
	acquire();
}

static pid_t
start_waiter(bool look_first)
{
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (pid > 0)
		return pid;
	acquire();
	while (!room->open)
		wait_for_bell(look_first);
	release();
	say("the waiter: it is open, I go in");
	_exit(0);
}

static void
notify(void)
{
	acquire();
	room->bell++;
	long woken = syscall(SYS_futex, &room->bell, FUTEX_WAKE, 1);
	printf(
	    "    the notifier: open! The bell is %u now, and %ld were woken\n", room->bell, woken);
	fflush(stdout);
	room->open = 1;
	release();
}

static char
state_of(pid_t pid)
{
	char path[32], state = '?';

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	FILE *file = fopen(path, "re");
	if (!file || fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
		err(1, "%s", path);
	fclose(file);
	return state;
}

/* Wait until it has gone to bed, and either sleeps or is up again: which? */
static bool
sleeps(pid_t pid)
{
	while (!room->up)
		if (room->in_bed && state_of(pid) == 'S')
			return !room->up;
		else
			sched_yield();
	return false;
}

static void
run(const char *title, bool look_first)
{
	puts(title);
	fflush(stdout);
	room->locked = room->bell = 0;
	room->between = room->open = 0;
	room->in_bed = room->up = false;
	pid_t waiter = start_waiter(look_first);
	while (!room->between)
		sched_yield();
	notify();
	if (sleeps(waiter)) {
		say("it is open, the bell has rung, and the waiter sleeps: nobody is left to wake "
		    "it");
		kill(waiter, SIGKILL);
	}
	waitpid(waiter, NULL, 0);
}

int
main(void)
{
	room = mmap(NULL, sizeof(*room), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (room == MAP_FAILED)
		err(1, "mmap");
	run("give the lock back, then look at the bell", false);
	run("look at the bell, then give the lock back", true);
	return 0;
}
