/* SPDX-License-Identifier: MIT */
#ifndef TESTS_STEP_H
#define TESTS_STEP_H
/*
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
 * Not every instruction need count: step_counts says which does. (killed.h counts stores.)
 *
 * Only on x86-64: elsewhere step_possible() is false, and it happens once, at the end.
 */
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ucontext.h>
#include <unistd.h>

static volatile long step_own_count, step_target;
static volatile long *step_count = &step_own_count; /* may be put where others can read it */
static void (*volatile step_action)(void);
static volatile sig_atomic_t step_running;
/* Does the instruction that was just done count? NULL: each does. */
static bool (*volatile step_counts)(void);

__attribute__((unused)) static bool
step_possible(void)
{
#ifdef __x86_64__
	return true;
#else
	return false;
#endif
}

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
	else if ((!step_counts || step_counts()) && ++*step_count == step_target)
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
	*step_count = 0;
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
	bool all = *step_count < step_target;
#ifndef __x86_64__
	step_action();
#endif
	return all;
}

#endif
