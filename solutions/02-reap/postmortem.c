/* SPDX-License-Identifier: MIT */
/*
 * Why a process died, in one sentence.
 *
 * The status says how; why is put together from what the library did itself (did we send
 * that signal?) and from what /proc said of the zombie (how much CPU time had it used?).
 * What cannot be known is not claimed. Handout: labs/02-reap/README.md
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include <mp/reap.h>

//{
static const struct {
	int signal;
	const char *reason;
} reasons[] = {
    {SIGSEGV, "it touched memory that it may not touch"},
    {SIGBUS, "it touched memory that has nothing behind it (a mapped file too short?)"},
    {SIGFPE, "an impossible calculation, such as an integer division by zero"},
    {SIGILL, "an instruction that the processor does not have"},
    {SIGABRT, "it gave up by itself: abort() or a failed assert()"},
    {SIGPIPE, "it wrote to a pipe that nobody can read any more"},
    {SIGALRM, "an alarm that it had set and did not handle"},
    {SIGXFSZ, "it wrote a file larger than RLIMIT_FSIZE"},
    {SIGSYS, "a system call that a filter forbids"},
    {SIGTRAP, "a breakpoint, and no debugger"},
    {SIGINT, "Ctrl-C, or somebody's kill"},
    {SIGHUP, "its terminal went away, or somebody's kill"},
};

static const char *
reason_of(int signal)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].signal == signal)
			return reasons[i].reason;
	return "sent by another process";
}

/* sigabbrev_np names no real-time signal. */
static const char *
name_of(int signal, char buffer[16])
{
	const char *name = sigabbrev_np(signal);

	if (name)
		snprintf(buffer, 16, "SIG%s", name);
	else
		snprintf(buffer, 16, "signal %d", signal);
	return buffer;
}

static bool
used_up_cpu(const struct mp_death *death, int signal)
{
	/* The kernel compares in seconds and /proc tells in ticks: allow for one. */
	return signal == SIGXCPU || (signal == SIGKILL && death->last.state &&
					death->last.cpu_seconds + 0.02 >= death->last.cpu_limit);
}

static int
killed(const struct mp_death *death, char *text, size_t room)
{
	char buffer[16];
	int signal = WTERMSIG(death->status), pid = death->pid;
	const char *name = name_of(signal, buffer);
	const char *core = WCOREDUMP(death->status) ? ", core dumped" : "";

	if (signal == death->sent)
		return snprintf(text, room, "pid %d was killed by %s, which this program sent%s",
		    pid, name, core);
	if (used_up_cpu(death, signal))
		return snprintf(text, room,
		    "pid %d used up its CPU time: %.1f s, with a limit from RLIMIT_CPU (%s%s)", pid,
		    death->last.cpu_seconds, name, core);
	if (signal == SIGKILL && death->oom_kills > 0)
		return snprintf(text, room,
		    "pid %d was killed by SIGKILL, most likely for its memory: "
		    "the OOM killer struck %ld time%s meanwhile",
		    pid, death->oom_kills, death->oom_kills == 1 ? "" : "s");
	return snprintf(
	    text, room, "pid %d was killed by %s: %s%s", pid, name, reason_of(signal), core);
}
//}

int
mp_postmortem(const struct mp_death *death, char *text, size_t room)
{
	/*
	 * reap.5: exit code; signal by name, with the reason as far as it is known: sent by
	 * us, CPU time used up, out of memory, its own fault (and a core dumped); stopped.
	 */
	//{
	char buffer[16];
	int status = death->status;

	if (WIFSTOPPED(status))
		return snprintf(text, room,
		    "pid %d is not dead but stopped by %s: SIGCONT lets it go on", death->pid,
		    name_of(WSTOPSIG(status), buffer));
	if (WIFSIGNALED(status))
		return killed(death, text, room);
	if (WEXITSTATUS(status) == 0)
		return snprintf(text, room, "pid %d ended well: exit code 0", death->pid);
	return snprintf(
	    text, room, "pid %d left with exit code %d", death->pid, WEXITSTATUS(status));
	//}
}
