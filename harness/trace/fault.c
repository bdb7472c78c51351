/* SPDX-License-Identifier: MIT */
/*
 * Where a process was when it went wrong: the frames of the task that raised a fatal signal,
 * and what addr2line needs to name their lines.
 *
 * Frames are found by the chain of frame pointers, which the harness's own flags keep. A
 * library without them breaks the chain (abort in the C library does): then the stack is
 * searched for the first return into the program itself, and the chain goes on from there.
 */
#define _GNU_SOURCE
#include "trace/tracer.h"

#include <elf.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

enum { STACK_WORDS = 1024, FRAME_WORDS = 6 };

struct place {
	uint64_t pc, sp, fp;
};

/* The program's own code: [low, high), and what to subtract for addr2line. */
struct code {
	char exe[PATH_MAX];
	uint64_t base, low, high;
};

static bool
place(pid_t tid, struct place *at)
{
	struct user_regs_struct regs = {0};
	struct iovec vector = {&regs, sizeof(regs)};

	if (ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &vector) < 0)
		return false;
#if defined(__x86_64__)
	*at = (struct place){regs.rip, regs.rsp, regs.rbp};
#elif defined(__aarch64__)
	*at = (struct place){regs.pc, regs.sp, regs.regs[29]};
#else
#error "which registers are pc, sp and the frame pointer here?"
#endif
	return true;
}

/* Read where the program is mapped. */
static void
find_code(pid_t pid, struct code *code)
{
	char path[32], line[PATH_MAX + 128], file[PATH_MAX], mode[8];
	unsigned long low, high;
	uint16_t type = ET_EXEC;

	*code = (struct code){0};
	if (!trace_proc_link(pid, "exe", code->exe, sizeof(code->exe)))
		return;
	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	FILE *maps = fopen(path, "re");
	for (bool first = true; maps && fgets(line, sizeof(line), maps);) {
		if (sscanf(line, "%lx-%lx %7s %*s %*s %*s %4095[^\n]", &low, &high, mode, file) !=
			4 ||
		    strcmp(file, code->exe) != 0)
			continue;
		if (first &&
		    trace_peek(pid, low + offsetof(Elf64_Ehdr, e_type), &type, sizeof(type)))
			code->base = type == ET_DYN ? low : 0;
		first = false;
		if (strchr(mode, 'x')) {
			code->low = code->low ? code->low : low;
			code->high = high;
		}
	}
	if (maps)
		fclose(maps);
}

/* Without the bits of a signed pointer (aarch64). */
static uint64_t
plain(uint64_t address)
{
	return address & 0xffffffffffffULL;
}

/* Is the instruction before this address a call? */
static bool
follows_call(pid_t pid, uint64_t address)
{
#if defined(__x86_64__)
	unsigned char code[7];

	if (!trace_peek(pid, address - sizeof(code), code, sizeof(code)))
		return false;
	if (code[2] == 0xe8)
		return true;
	/* ff /2 with each length of operand: by a register, or through memory */
	for (size_t i = 0; i < 6; i++)
		if (i != 2 && code[i] == 0xff && (code[i + 1] & 0x38) == 0x10)
			return true;
	return false;
#else
	uint32_t code;

	if (!trace_peek(pid, address - sizeof(code), &code, sizeof(code)))
		return false;
	return code >> 26 == 0x25 || (code & 0xfffffc1f) == 0xd63f0000;
#endif
}

static size_t
walk(pid_t pid, uint64_t fp, uint64_t above, uint64_t *frames, size_t count)
{
	uint64_t frame[2];

	while (count < TRACE_FRAMES && fp >= above && fp % sizeof(uint64_t) == 0) {
		if (!trace_peek(pid, fp, frame, sizeof(frame)) ||
		    !follows_call(pid, plain(frame[1])))
			break;
		frames[count++] = plain(frame[1]);
		above = fp + sizeof(frame);
		fp = plain(frame[0]);
	}
	return count;
}

/* Does this look like the frame pointer of a function whose return address is at "from"? */
static bool
plausible(pid_t pid, uint64_t fp, uint64_t from)
{
	uint64_t frame[2];

	return fp > from && fp - from < 1 << 20 && fp % sizeof(uint64_t) == 0 &&
	       trace_peek(pid, fp, frame, sizeof(frame)) && follows_call(pid, plain(frame[1]));
}

/* The chain is broken: search the stack for the first return into the program. */
static size_t
search(pid_t pid, const struct place *at, const struct code *code, uint64_t *frames)
{
	uint64_t *words = trace_need(calloc(STACK_WORDS, sizeof(*words)));
	struct iovec local = {words, STACK_WORDS * sizeof(*words)};
	struct iovec remote = {(void *)(uintptr_t)at->sp, local.iov_len};
	ssize_t got = process_vm_readv(pid, &local, 1, &remote, 1, 0);
	size_t count = 1, length = got > 0 ? (size_t)got / sizeof(*words) : 0;

	for (size_t i = 0; i < length && count == 1; i++) {
		uint64_t from = at->sp + i * sizeof(*words), fp = at->fp;
		if (words[i] < code->low || words[i] >= code->high || !follows_call(pid, words[i]))
			continue;
		frames[count++] = words[i];
		/* The caller's frame pointer is still in the register, or was pushed nearby. */
		for (size_t k = 1; !plausible(pid, fp, from) && k <= FRAME_WORDS && k <= i; k++)
			fp = words[i - k];
		if (plausible(pid, fp, from))
			count = walk(pid, fp, from, frames, count);
	}
	free(words);
	return count;
}

/* Raised by the process itself or by the kernel on its behalf; not sent by another. */
static bool
own(const struct trace_task *task, int signal, siginfo_t *info)
{
	switch (signal) {
	case SIGSEGV:
	case SIGBUS:
	case SIGFPE:
	case SIGILL:
	case SIGABRT:
	case SIGTRAP:
	case SIGSYS:
		return ptrace(PTRACE_GETSIGINFO, task->tid, 0, info) == 0 &&
		       (info->si_code > 0 || info->si_pid == task->process->pid);
	default:
		return false;
	}
}

void
trace_fault(struct tracer *t, struct trace_task *task, int signal)
{
	siginfo_t info = {0};
	struct place at;
	struct code code;
	uint64_t frames[TRACE_FRAMES];

	if (!t->log.file || !own(task, signal, &info) || !place(task->tid, &at) ||
	    task->process->faults++ >= TRACE_FAULTS)
		return;
	find_code(task->process->pid, &code);
	frames[0] = at.pc;
	bool inside = at.pc >= code.low && at.pc < code.high;
	size_t count = inside ? walk(task->tid, at.fp, at.sp, frames, 1)
			      : search(task->tid, &at, &code, frames);
	trace_log_begin(&t->log, "fault", task->process->name);
	trace_log_int(&t->log, "signal", signal);
	trace_log_int(&t->log, "address", info.si_code > 0 ? (int64_t)(intptr_t)info.si_addr : 0);
	trace_log_array(&t->log, "frames");
	for (size_t i = 0; i < count; i++)
		trace_log_number(&t->log, i == 0, frames[i]);
	trace_log_array_end(&t->log);
	trace_log_text(&t->log, "exe", code.exe);
	trace_log_int(&t->log, "base", (int64_t)code.base);
	trace_log_end(&t->log);
}
