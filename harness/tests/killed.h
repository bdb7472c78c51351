/* SPDX-License-Identifier: MIT */
#ifndef TESTS_KILLED_H
#define TESTS_KILLED_H
/*
 * Death at a counted point, for rows that ask: what if it is killed just there?
 *
 * A child runs a function, and kills itself before the n-th system call, or right after the
 * n-th store that changes memory shared with others, or at the n-th machine instruction.
 * With n = 1, 2, 3, ... until the function comes to its end, no point is left out, and none
 * is a matter of luck.
 *
 * Stores and instructions are counted step by step (step.h): where step_possible() is false, such
 * rows prove nothing. Calls by a seccomp filter that makes a SIGSYS of them: the handler then calls in
 * the function's place, from the one address at which the filter does not mind.
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/ucontext.h>

#include "common.h"
#include "step.h"

enum point_unit { POINT_INSTRUCTION, POINT_CALL, POINT_STORE };

struct point {
	enum point_unit unit;
	long at;	     /* 1: the first */
	int signal;	     /* what it sends itself there; 0: SIGKILL */
	const void *watched; /* POINT_STORE: the memory; NULL: all that is shared */
	size_t size;
};

/* Pieces of memory, and what was in them when we last looked. */
#define POINT_PAGE   4096
#define POINT_PIECES 32
static struct {
	const char *memory;
	size_t size;
	char *before;
} point_watched[POINT_PIECES];
static size_t point_pieces;

static const struct point *point_here;

static void
point_watch(const void *memory, size_t size)
{
	char *before = malloc(size);

	memcpy(before, memory, size);
	point_watched[point_pieces].memory = memory;
	point_watched[point_pieces].size = size;
	point_watched[point_pieces++].before = before;
}

/* Is there memory for this page, and anything in it? */
static bool
point_is_used(char *page)
{
	static const char nothing[POINT_PAGE];
	unsigned char here = 0;

	return !mincore(page, POINT_PAGE, &here) && here & 1 &&
	       memcmp(page, nothing, POINT_PAGE) != 0;
}

/* Watch what this process shares: of each mapping the first pages. */
static void
point_watch_shared(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[512], kind[5];
	uintptr_t start, end;

	while (maps && fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%lx-%lx %4s", &start, &end, kind) != 3 || strcmp(kind, "rw-s"))
			continue;
		for (size_t i = 0; i < 64 && start < end; i++, start += POINT_PAGE)
			if (point_pieces < POINT_PIECES && point_is_used((char *)start))
				point_watch((char *)start, POINT_PAGE);
	}
	if (maps)
		fclose(maps);
}

static bool
point_changed(void)
{
	bool changed = false;

	for (size_t i = 0; i < point_pieces; i++) {
		size_t size = point_watched[i].size;
		if (memcmp(point_watched[i].before, point_watched[i].memory, size) != 0) {
			memcpy(point_watched[i].before, point_watched[i].memory, size);
			changed = true;
		}
	}
	return changed;
}

static void
point_act(void)
{
	kill(getpid(), point_here->signal ? point_here->signal : SIGKILL);
}

/* In the child: do it instruction by instruction. */
UNUSED static int
point_through(const struct point *point, int (*function)(void *), void *arg)
{
	if (!step_possible())
		return -1;
	if (point->unit == POINT_STORE && point->watched)
		point_watch(point->watched, point->size);
	else if (point->unit == POINT_STORE)
		point_watch_shared();
	step_counts = point->unit == POINT_STORE ? point_changed : NULL;
	point_here = point;
	step_at(point->at, point_act);
	int result = function(arg);
	step_end();
	return result;
}

/* --- system calls ---------------------------------------------------------------------------- */

/* A system call from the one address that the filter lets pass. */
__attribute__((noinline)) static long
point_call(long number, const long a[6])
{
	extern const char point_called[];

	(void)point_called;
#if defined(__x86_64__)
	/* cppcheck-suppress constStatement */
	register long r10 __asm__("r10") = a[3], r8 __asm__("r8") = a[4], r9 __asm__("r9") = a[5];
	long result;
	__asm__ volatile("syscall\n.globl point_called\npoint_called:"
			 : "=a"(result)
			 : "a"(number), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
#elif defined(__aarch64__)
	register long x8 __asm__("x8") = number, x0 __asm__("x0") = a[0], x1 __asm__("x1") = a[1],
			 x2 __asm__("x2") = a[2], x3 __asm__("x3") = a[3], x4 __asm__("x4") = a[4],
			 x5 __asm__("x5") = a[5];
	__asm__ volatile("svc 0\n.globl point_called\npoint_called:"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
			 : "memory");
	return x0;
#endif
}

static void
point_on_call(int signal, siginfo_t *info, void *context)
{
	mcontext_t *m = &((ucontext_t *)context)->uc_mcontext;

	(void)signal;
	if (++*step_count == point_here->at)
		point_act();
#if defined(__x86_64__)
	const long a[6] = {m->gregs[REG_RDI], m->gregs[REG_RSI], m->gregs[REG_RDX],
	    m->gregs[REG_R10], m->gregs[REG_R8], m->gregs[REG_R9]};
	m->gregs[REG_RAX] = point_call(info->si_syscall, a);
#elif defined(__aarch64__)
	long a[6];
	for (int i = 0; i < 6; i++)
		a[i] = (long)m->regs[i];
	m->regs[0] = (unsigned long long)point_call(info->si_syscall, a);
#endif
}

/* In the child: count the calls that change what others see, or are made on the way to it. */
static int
point_calls(const struct point *point, int (*function)(void *), void *arg)
{
	static const uint32_t calls[] = {
	    SYS_openat,
	    SYS_close,
	    SYS_ftruncate,
	    SYS_fallocate,
	    SYS_fstat,
	    SYS_newfstatat,
	    SYS_mmap,
	    SYS_munmap,
	    SYS_unlinkat,
	    SYS_write,
	    SYS_memfd_create,
	    SYS_getrandom,
	    SYS_prlimit64,
#ifdef SYS_unlink
	    SYS_unlink,
#endif
	};
	enum { CALLS = sizeof(calls) / sizeof(calls[0]) };
	extern const char point_called[];
	struct sock_filter code[CALLS + 6] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))};
	struct sock_filter *next = code + 1;
	struct sigaction action = {.sa_sigaction = point_on_call, .sa_flags = SA_SIGINFO};

	for (unsigned i = 0; i < CALLS; i++)
		*next++ = (struct sock_filter)BPF_JUMP(
		    BPF_JMP | BPF_JEQ | BPF_K, calls[i], (unsigned char)(CALLS - i), 0);
	*next++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	*next++ = (struct sock_filter)BPF_STMT(
	    BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, instruction_pointer));
	*next++ = (struct sock_filter)BPF_JUMP(
	    BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(uintptr_t)point_called, 0, 1);
	*next++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	*next = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP);
	struct sock_fprog program = {.len = CALLS + 6, .filter = code};
	point_here = point;
	*step_count = 0;
	if (sigaction(SIGSYS, &action, NULL) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		return -1;
	return function(arg);
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
		_exit(point->unit == POINT_CALL ? point_calls(point, function, arg)
						: point_through(point, function, arg));
	int status = waited(pid);
	if (WIFSIGNALED(status)) {
		EQUAL(WTERMSIG(status), SIGKILL);
		return true;
	}
	EQUAL(WEXITSTATUS(status), 0);
	return false;
}

#endif
