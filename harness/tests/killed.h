/* SPDX-License-Identifier: MIT */
#ifndef TESTS_KILLED_H
#define TESTS_KILLED_H
/*
 * Death at a counted point, for rows that ask: what if it is killed just there?
 *
 * A child runs a function one machine instruction at a time (the processor's trap flag, and a
 * handler of SIGTRAP: no tracer is needed, and a tracer does not mind) and kills itself at
 * the n-th instruction, at the n-th system call, or right after the n-th store that changes
 * memory shared with others. With n = 1, 2, 3, ... until the function comes to its end, no point is
 * left out, and none is a matter of luck.
 *
 * Only on x86-64: elsewhere point_possible() is false, and such rows prove nothing.
 */
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/ucontext.h>

#include "common.h"

enum point_unit { POINT_INSTRUCTION, POINT_CALL, POINT_STORE };

struct point {
	enum point_unit unit;
	long at;    /* 1: the first */
	int signal; /* what it sends itself there; 0: SIGKILL */
};

/* Pages of shared memory, and what was in them when we last looked. */
#define POINT_PAGE  4096
#define POINT_PAGES 32
static struct {
	const char *page;
	char before[POINT_PAGE];
} point_watched[POINT_PAGES];
static size_t point_pages;

static const struct point *point_here;
static long point_passed;

UNUSED static bool
point_possible(void)
{
#ifdef __x86_64__
	return true;
#else
	return false;
#endif
}

/* Watch the page, if there is memory for it, and anything in it. */
static void
point_watch(char *page)
{
	static const char nothing[POINT_PAGE];
	unsigned char here = 0;

	if (point_pages < POINT_PAGES && !mincore(page, POINT_PAGE, &here) && here & 1 &&
	    memcmp(page, nothing, POINT_PAGE) != 0) {
		point_watched[point_pages].page = page;
		memcpy(point_watched[point_pages++].before, page, POINT_PAGE);
	}
}

/* Watch what this process shares: of each mapping the first pages. */
UNUSED static void
point_watch_shared(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[512], kind[5];
	uintptr_t start, end;

	point_pages = 0;
	while (maps && fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%lx-%lx %4s", &start, &end, kind) != 3 || strcmp(kind, "rw-s"))
			continue;
		for (size_t i = 0; i < 64 && start < end; i++, start += POINT_PAGE)
			point_watch((char *)start);
	}
	if (maps)
		fclose(maps);
}

#ifdef __x86_64__
static bool
point_changed(void)
{
	bool changed = false;

	for (size_t i = 0; i < point_pages; i++)
		if (memcmp(point_watched[i].before, point_watched[i].page, POINT_PAGE) != 0) {
			memcpy(point_watched[i].before, point_watched[i].page, POINT_PAGE);
			changed = true;
		}
	return changed;
}

static bool
point_is_point(const ucontext_t *context)
{
	static const unsigned char syscall_instruction[] = {0x0f, 0x05};

	switch (point_here->unit) {
	case POINT_CALL:
		return !memcmp((const void *)context->uc_mcontext.gregs[REG_RIP],
		    syscall_instruction, sizeof(syscall_instruction));
	case POINT_STORE:
		return point_changed();
	default:
		return true;
	}
}

static void
point_on_trap(int signal, siginfo_t *info, void *context)
{
	(void)signal;
	(void)info;
	if (point_is_point(context) && ++point_passed == point_here->at)
		kill(getpid(), point_here->signal ? point_here->signal : SIGKILL);
}
#endif

/* In the child: do it step by step. */
UNUSED static int
point_through(const struct point *point, int (*function)(void *), void *arg)
{
	int result = -1;

#ifdef __x86_64__
	struct sigaction action = {.sa_sigaction = point_on_trap, .sa_flags = SA_SIGINFO};

	point_here = point;
	point_passed = 0;
	if (point->unit == POINT_STORE)
		point_watch_shared();
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
killed_at(const struct point *point, int (*function)(void *), void *arg)
{
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0)
		_exit(point_through(point, function, arg));
	int status = waited(pid);
	if (WIFSIGNALED(status)) {
		EQUAL(WTERMSIG(status), SIGKILL);
		return true;
	}
	EQUAL(WEXITSTATUS(status), 0);
	return false;
}

#endif
