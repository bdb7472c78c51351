/* SPDX-License-Identifier: MIT */
#ifndef TESTS_STEP_H
#define TESTS_STEP_H
/*
<<<<<<< HEAD
 * Death at a counted point, for rows that ask: what if it is killed just there?
 *
 * A child runs a function one machine instruction at a time (the processor's trap flag, and a
 * handler of SIGTRAP: no tracer is needed, and a tracer does not mind) and kills itself at
 * the n-th instruction, at the n-th system call, or right after the n-th store that changes
 * memory shared with others. With n = 1, 2, 3, ... until the function comes to its end, no point is
 * left out, and none is a matter of luck.
 *
 * Only on x86-64: elsewhere step_possible() is false, and such rows prove nothing.
 */
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/ucontext.h>

#include "common.h"

enum step_unit { STEP_INSTRUCTION, STEP_CALL, STEP_CHANGE };

struct step {
	enum step_unit unit;
	long at;    /* 1: the first */
	int signal; /* what it sends itself there; 0: SIGKILL */
};

/* Pages of shared memory, and what was in them when we last looked. */
#define STEP_PAGE  4096
#define STEP_PAGES 32
static struct {
	const char *page;
	char before[STEP_PAGE];
} step_watched[STEP_PAGES];
static size_t step_pages;

static const struct step *step_here;
static long step_passed;

UNUSED static bool
step_possible(void)
{
#ifdef __x86_64__
	return true;
#else
	return false;
#endif
}

/* Watch the page, if there is memory for it, and anything in it. */
static void
step_watch(char *page)
{
	static const char nothing[STEP_PAGE];
	unsigned char here = 0;

	if (step_pages < STEP_PAGES && !mincore(page, STEP_PAGE, &here) && here & 1 &&
	    memcmp(page, nothing, STEP_PAGE) != 0) {
		step_watched[step_pages].page = page;
		memcpy(step_watched[step_pages++].before, page, STEP_PAGE);
	}
}

/* Watch what this process shares: of each mapping the first pages. */
UNUSED static void
step_watch_shared(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[512], kind[5];
	uintptr_t start, end;

	step_pages = 0;
	while (maps && fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%lx-%lx %4s", &start, &end, kind) != 3 || strcmp(kind, "rw-s"))
			continue;
		for (size_t i = 0; i < 64 && start < end; i++, start += STEP_PAGE)
			step_watch((char *)start);
	}
	if (maps)
		fclose(maps);
}

#ifdef __x86_64__
static bool
step_changed(void)
{
	bool changed = false;

	for (size_t i = 0; i < step_pages; i++)
		if (memcmp(step_watched[i].before, step_watched[i].page, STEP_PAGE) != 0) {
			memcpy(step_watched[i].before, step_watched[i].page, STEP_PAGE);
			changed = true;
		}
	return changed;
}

static bool
step_is_point(const ucontext_t *context)
{
	static const unsigned char syscall_instruction[] = {0x0f, 0x05};

	switch (step_here->unit) {
	case STEP_CALL:
		return !memcmp((const void *)context->uc_mcontext.gregs[REG_RIP],
		    syscall_instruction, sizeof(syscall_instruction));
	case STEP_CHANGE:
		return step_changed();
	default:
		return true;
	}
}

static void
step_on_trap(int signal, siginfo_t *info, void *context)
{
	(void)signal;
	(void)info;
	if (step_is_point(context) && ++step_passed == step_here->at)
		kill(getpid(), step_here->signal ? step_here->signal : SIGKILL);
}
#endif

/* In the child: do it step by step. */
UNUSED static int
step_through(const struct step *point, int (*function)(void *), void *arg)
{
	int result = -1;

#ifdef __x86_64__
	struct sigaction action = {.sa_sigaction = step_on_trap, .sa_flags = SA_SIGINFO};

	step_here = point;
	step_passed = 0;
	if (point->unit == STEP_CHANGE)
		step_watch_shared();
	sigaction(SIGTRAP, &action, NULL);
	__asm__ volatile("pushfq; orq $0x100, (%%rsp); popfq" ::: "memory", "cc");
	result = function(arg);
	__asm__ volatile("pushfq; andq $~0x100, (%%rsp); popfq" ::: "memory", "cc");
#else
	(void)point;
	(void)function;
	(void)arg;
#endif
	return result;
}

/*
 * Run the function in a child that dies at the point. True: it did; false: there are not so
 * many points, and the function came to its end, with 0.
 */
UNUSED static bool
killed_at(const struct step *point, int (*function)(void *), void *arg)
{
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0)
		_exit(step_through(point, function, arg));
	int status = waited(pid);
	if (WIFSIGNALED(status)) {
		EQUAL(WTERMSIG(status), SIGKILL);
		return true;
	}
	EQUAL(WEXITSTATUS(status), 0);
	return false;
=======
 * The worst moment, every moment: a process runs its own instructions one by one, and
 * something happens after the n-th.
 *
 * The processor has a flag for it: while the trap flag is set, each instruction ends with
 * SIGTRAP. So a row can kill a process at every single instruction of a function, or let
 * another process act there, and needs neither a debugger nor luck.
 *
 *	for (long n = 1, all = LONG_MAX; n <= all; n++) {
 *		pid_t child = fork();
 *		if (child == 0) {
 *			step_at(n, step_die);
 *			release(lock);
 *			_exit(step_end());	// came through: that were all instructions
 *		}
 *		...
 *
 * Only on x86-64: elsewhere it happens once, at the end.
 */
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/ucontext.h>
#include <unistd.h>

static volatile long step_count, step_target;
static void (*volatile step_action)(void);
static volatile sig_atomic_t step_running;

#ifdef __x86_64__
#define STEP_FLAG 0x100

static void
step_trap(int signal, siginfo_t *info, void *context)
{
	ucontext_t *at = context;

	(void)signal;
	(void)info;
	if (!step_running)
		at->uc_mcontext.gregs[REG_EFL] &= ~STEP_FLAG;
	else if (++step_count == step_target)
		step_action();
}
#endif

__attribute__((unused)) static void
step_die(void)
{
	kill(getpid(), SIGKILL);
	for (;;)
		pause();
}

/* From here on, count instructions; after the n-th call action, in a signal handler. */
__attribute__((unused)) static void
step_at(long n, void (*action)(void))
{
	step_count = 0;
	step_target = n;
	step_action = action;
	step_running = 1;
#ifdef __x86_64__
	struct sigaction trap = {.sa_sigaction = step_trap, .sa_flags = SA_SIGINFO | SA_RESTART};
	sigaction(SIGTRAP, &trap, NULL);
	__asm__ volatile("lea -128(%%rsp), %%rsp; pushfq; orq %0, (%%rsp); popfq;"
			 "lea 128(%%rsp), %%rsp" ::"i"(STEP_FLAG)
			 : "memory", "cc");
#endif
}

/* Stop counting; what has not happened yet happens now. Returns true if all is stepped. */
__attribute__((unused)) static bool
step_end(void)
{
	step_running = 0;
	bool all = step_count < step_target;
#ifndef __x86_64__
	step_action();
#endif
	return all;
>>>>>>> lock
}

#endif
