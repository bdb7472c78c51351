/* SPDX-License-Identifier: MIT */
#ifndef TESTS_POINTS_H
#define TESTS_POINTS_H
/*
 * Death at a counted point, for rows that ask: what if it is killed just there?
 *
 * A child runs a function one machine instruction at a time (the processor's trap flag, and a
 * handler of SIGTRAP: no tracer is needed, and a tracer does not mind) and kills itself at
 * the n-th instruction, at the n-th system call, or right after the n-th store that changes a
 * piece of memory. With n = 1, 2, 3, ... until the function comes to its end, no point is
 * left out, and none is a matter of luck.
 *
 * Only on x86-64: elsewhere step_possible() is false, and such rows prove nothing.
 */
#include <signal.h>
#include <string.h>
#include <sys/ucontext.h>

#include "common.h"

enum step_unit { STEP_INSTRUCTION, STEP_CALL, STEP_CHANGE };

struct step {
	enum step_unit unit;
	long at;	     /* 1: the first */
	const void *watched; /* STEP_CHANGE: the memory, */
	size_t size;	     /* and how much of it */
	int signal;	     /* what it sends itself there; 0: SIGKILL */
};

static const struct step *step_here;
static long step_passed;
static char *step_before; /* STEP_CHANGE: the memory as it was */

UNUSED static bool
step_possible(void)
{
#ifdef __x86_64__
	return true;
#else
	return false;
#endif
}

#ifdef __x86_64__
static bool
step_is_point(const ucontext_t *context)
{
	static const unsigned char syscall_instruction[] = {0x0f, 0x05};

	switch (step_here->unit) {
	case STEP_CALL:
		return !memcmp((const void *)context->uc_mcontext.gregs[REG_RIP],
		    syscall_instruction, sizeof(syscall_instruction));
	case STEP_CHANGE:
		if (!memcmp(step_before, step_here->watched, step_here->size))
			return false;
		memcpy(step_before, step_here->watched, step_here->size);
		return true;
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
	if (point->unit == STEP_CHANGE) {
		step_before = malloc(point->size);
		memcpy(step_before, point->watched, point->size);
	}
	sigaction(SIGTRAP, &action, NULL);
	__asm__ volatile("pushfq; orq $0x100, (%%rsp); popfq" ::: "memory", "cc");
	result = function(arg);
	__asm__ volatile("pushfq; andq $~0x100, (%%rsp); popfq" ::: "memory", "cc");
	free(step_before);
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
}

#endif
