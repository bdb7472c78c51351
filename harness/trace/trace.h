/* SPDX-License-Identifier: MIT */
#ifndef TRACE_H
#define TRACE_H
/*
 * Run a command and witness what its processes do: the kernel's side of a run, as a log.
 *
 * The log is JSON lines, one object a line, in the order the kernel told them. Every
 * process is named by its fork path: P, its second child P.2, that one's first P.2.1; the
 * name never changes and never recurs, whatever the pids do. Times are nanoseconds since
 * the start. docs/event-log.md is the format's reference.
 *
 *	{"event":"start","ns":0,"who":"P","pid":7,"version":1,"level":"ptrace|none","argv":[...],
 *	                          "exe":"/bin/sh"}        and "note": why no more than that
 *	{"event":"fork","ns":N,"who":"P","child":"P.1","pid":8,"how":"fork|vfork|clone"}
 *	                          "unseen": not traced, found in /proc when the root had ended
 *	{"event":"exec","ns":N,"who":"P.1","argv":["ls","-l"],"exe":"/bin/ls"}
 *	{"event":"exit","ns":N,"who":"P.1","code":0}            or "signal":15,"core":false
 *	{"event":"reap","ns":N,"who":"P","child":"P.1","how":"wait|ignored"}
 *	{"event":"adopt","ns":N,"who":"P.1.1","from":"P.1","to":"P","pid":7}
 *	                          "to":null when the adopter is no process of the run; "pid"
 *	                          and "name" then say who it is
 *	{"event":"kill","ns":N,"who":"P","signal":15,"to":["P.1"],"pid":8,"error":0}
 *	{"event":"fault","ns":N,"who":"P.1","signal":11,"address":0,"frames":[4198694,...],
 *	                          "exe":"/path","base":0}   a frame less base is for addr2line
 *	{"event":"stop","ns":N,"who":"P.1","signal":19}    {"event":"continue",...}
 *	{"event":"pipe","ns":N,"who":"P","pipe":"pipe1","kind":"pipe|socketpair","fds":[3,4]}
 *	{"event":"hold","ns":N,"who":"P.1","pipe":"pipe1","end":"r|w|a|b","fd":0}
 *	{"event":"drop","ns":N,"who":"P.1","pipe":"pipe1","end":"w","fd":4,"why":"close|exec"}
 *	                          the maker holds both ends from "pipe" on, a forked child
 *	                          what its parent holds, nobody anything after its exit: only
 *	                          what differs is logged (dup is "hold", close is "drop")
 *	{"event":"session","ns":N,"who":"P.1","sid":8}
 *	{"event":"subreaper","ns":N,"who":"P","on":true}
 *	{"event":"deathsig","ns":N,"who":"P.1","signal":9}
 *	{"event":"create","ns":N,"who":"P","path":"/dev/shm/x"}  {"event":"unlink",...}
 *	{"event":"left","ns":N,"who":"P.1","pid":8,"name":"sleep","state":"S"}
 *	                          alive when the root had ended
 *	{"event":"end","ns":N,"processes":3,"lost":0}
 *
 * Invariants: "exit" of a process comes after its last other event, except "adopt" of its
 * children and its own "reap"; a process born has a "fork" before any event of its own.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum trace_level {
	TRACE_PTRACE, /* everything above */
	TRACE_NONE,   /* only start, exit and left: ptrace was refused or not wanted */
};

struct trace_options {
	char *const *argv;
	/* Runs in the child before exec, after fork; not 0: its errno, the run fails. It does
	 * not fork, and may run in a second child too, if the first was refused its filter. */
	int (*prepare)(void *context);
	/* Called about 20 times a second while the run lasts; true: end everything now. */
	bool (*tick)(void *context);
	/* Called once, when the root has ended and what it left still lives. */
	void (*root_ended)(void *context);
	void *context;
	FILE *log;		/* JSON lines, to a file opened CLOEXEC; NULL: none */
	enum trace_level level; /* the most that is wanted */
	bool sweep;		/* kill what outlives the root; else wait for it */
	int cpu;		/* pin tracer and tracees to this one; -1: no */
	bool spread;		/* only the root is pinned: its children get all CPUs back */
};

struct trace_result {
	int status;		/* of the root, as waitpid gives it */
	bool ended_by_tick;	/* tick said so; status is then that of our SIGKILL */
	size_t left;		/* processes alive when the root had ended */
	enum trace_level level; /* what it was */
	char note[160];		/* why it was less than wanted; "" if it was not */
};

/*
 * Run the command to its end; when this returns no process of it is alive.
 *
 * Meanwhile the calling process is a subreaper, has no other children, takes SIGRTMAX-2 and
 * SIGCHLD for itself and waits with waitpid(-1); afterwards all that is as it was. Under
 * ptrace the command runs with no_new_privs, and nothing else can trace it.
 *
 * Returns 0, or -errno: the command could not be run (ENOENT, EACCES, ...)
 */
int trace_run(const struct trace_options *options, struct trace_result *result);

#endif
