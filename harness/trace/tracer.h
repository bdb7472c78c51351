/* SPDX-License-Identifier: MIT */
#ifndef TRACER_H
#define TRACER_H
/*
 * What the files of trace/ share: the processes of a run as the tracer knows them.
 *
 * A process is what has a pid of its own; a task is one thread of it, which is what the
 * kernel stops and reports. Processes are kept to the end of the run, for a late kill()
 * may still name one; of those that had the same pid the newest is found first.
 *
 * Invariants: a task is in the table while the kernel may still report it. A task without
 * a process is early: it stopped before its maker's fork event came. process->waiting is
 * how many of its tasks are inside wait4 or waitid.
 */
#include "trace/trace.h"

#include <signal.h>
#include <stdint.h>
#include <sys/types.h>

enum { TRACE_BUCKETS = 4096, TRACE_FRAMES = 32, TRACE_FAULTS = 16 };

struct trace_log {
	FILE *file;
	int64_t started;
};

/* One end of a followed pipe, as one descriptor. */
struct trace_end {
	int fd;
	char which; /* r w, or a b of a socketpair */
	unsigned pipe;
	unsigned long inode;
};

/* A descriptor table, of which only the ends are known; CLONE_FILES shares it. */
struct trace_files {
	size_t references, count, room;
	struct trace_end *ends;
};

struct trace_process {
	struct trace_process *next;		       /* in its bucket, newest first */
	struct trace_process *later;		       /* the next one born */
	struct trace_process *parent;		       /* who may reap it; NULL: an outsider */
	struct trace_process *child, *older, *younger; /* its children, itself among them */
	struct trace_files *files;		       /* NULL once dead */
	pid_t pid;
	unsigned births;   /* children it has made */
	unsigned waiting;  /* its tasks inside wait4, waitid */
	unsigned vanished; /* its children that died and left no zombie, not yet explained */
	unsigned faults;
	bool dead;     /* its exit was reported */
	bool gone;     /* and no zombie is left of it */
	bool puzzling; /* counted in its parent's vanished */
	bool stopped;
	bool subreaper;
	bool unseen; /* never traced: found in /proc when the root had ended */
	char name[];
};

/* A traced call between its entry and its exit. */
struct trace_call {
	int number; /* -1: none */
	uint64_t args[6];
	pid_t pid;			/* whom a wait or kill means, where a pidfd said it */
	struct trace_process **targets; /* of a kill */
	size_t count;
	char *path; /* of an unlink or a link */
};

struct trace_task {
	struct trace_task *next;
	struct trace_process *process; /* NULL: early */
	pid_t tid;
	pid_t maker;	   /* early: the parent it had; 0 unknown */
	bool dead;	   /* early, and dead already: */
	int status;	   /* so */
	bool shares_files; /* what it clones next shares its descriptors */
	struct trace_call call;
};

struct tracer {
	const struct trace_options *options;
	struct trace_result *result;
	struct trace_log log;
	struct trace_process *processes[TRACE_BUCKETS];
	struct trace_task *tasks[TRACE_BUCKETS];
	struct trace_process *root, *last; /* in order of birth */
	struct trace_caller *caller;
	size_t born, lost, early, kills;
	unsigned pipes;
	int report;  /* where the child says why it did not exec */
	bool traced; /* by ptrace */
	bool started, root_ended, ending;
};

/* log.c: one event is begin, its fields, end. */
void trace_log_open(struct trace_log *log, FILE *file);
void trace_log_begin(struct trace_log *log, const char *event, const char *who);
void trace_log_int(struct trace_log *log, const char *key, int64_t value);
void trace_log_bool(struct trace_log *log, const char *key, bool value);
void trace_log_text(struct trace_log *log, const char *key, const char *text);
void trace_log_array(struct trace_log *log, const char *key);
void trace_log_element(struct trace_log *log, bool first, const char *text);
void trace_log_number(struct trace_log *log, bool first, uint64_t number);
void trace_log_array_end(struct trace_log *log);
void trace_log_end(struct trace_log *log);

/* proc.c: what /proc says, and the memory of a tracee. */
int trace_proc_stat(pid_t pid, char *state, pid_t *parent, char *name, size_t size);
pid_t trace_proc_tgid(pid_t tid);
size_t trace_proc_cmdline(pid_t pid, char *buffer, size_t size);
bool trace_proc_link(pid_t pid, const char *what, char *buffer, size_t size);
unsigned long trace_proc_inode(pid_t pid, int fd);
pid_t trace_proc_pidfd(pid_t pid, int fd);
pid_t trace_proc_tracer(pid_t pid);
size_t trace_proc_descendants(
    struct tracer *t, void (*meet)(struct tracer *, pid_t), pid_t *pids, size_t room);
bool trace_peek(pid_t pid, uint64_t address, void *buffer, size_t size);
size_t trace_peek_text(pid_t pid, uint64_t address, char *buffer, size_t size);

/* table.c */
void *trace_need(void *memory);
struct trace_process *trace_process_new(struct tracer *t, struct trace_process *parent, pid_t pid);
struct trace_process *trace_process_find(struct tracer *t, pid_t pid);
void trace_process_move(struct trace_process *child, struct trace_process *parent);
struct trace_task *trace_task_new(struct tracer *t, struct trace_process *process, pid_t tid);
struct trace_task *trace_task_find(struct tracer *t, pid_t tid);
void trace_task_free(struct tracer *t, struct trace_task *task);
void trace_call_release(struct tracer *t, struct trace_task *task);
void trace_tables_release(struct tracer *t);

/* ends.c: who holds which end of which pipe. */
struct trace_files *trace_files_share(struct trace_files *files);
struct trace_files *trace_files_copy(const struct trace_files *files);
void trace_files_free(struct trace_files *files);
bool trace_ends_has(const struct trace_process *process, int fd);
void trace_ends_made(struct tracer *t, struct trace_process *p, const int fds[2], bool sockets);
void trace_ends_dup(struct tracer *t, struct trace_process *process, int from, int to);
void trace_ends_close(struct tracer *t, struct trace_process *p, unsigned low, unsigned high);
void trace_ends_exec(struct tracer *t, struct trace_process *process);

/* birth.c */
void trace_born(struct tracer *t, struct trace_task *maker, int event, pid_t tid);
void trace_early(struct tracer *t, pid_t tid, int status);
void trace_exec(struct tracer *t, struct trace_task *task);
void trace_claim_orphans(struct tracer *t, struct trace_process *dying);

/* death.c */
void trace_inherit(struct tracer *t, struct trace_process *child);
void trace_died(struct tracer *t, struct trace_task *task, int status);

/* reap.c */
bool trace_reap_entry(struct tracer *t, struct trace_task *task);
void trace_reap_exit(struct tracer *t, struct trace_task *task, int64_t result);
void trace_reap_left(struct tracer *t, struct trace_process *process, bool returned);
void trace_reap_vanished(struct tracer *t, struct trace_process *child);

/* kill.c */
void trace_kill_entry(struct tracer *t, struct trace_task *task);
void trace_kill_exit(struct tracer *t, struct trace_task *task, int64_t result);
/* The target dies of this signal, or is reaped (0): such kills of it have happened. */
void trace_kill_settle(struct tracer *t, struct trace_process *target, int signal);

/* call.c: the other traced calls. True from entry: the result is wanted too. */
bool trace_call_entry(struct tracer *t, struct trace_task *task);
void trace_call_exit(struct tracer *t, struct trace_task *task, int64_t result);

/* name.c: files that get or lose a name. */
bool trace_name_entry(struct trace_task *task);
void trace_name_exit(struct tracer *t, struct trace_task *task, int64_t result);

/* fault.c */
void trace_fault(struct tracer *t, struct trace_task *task, int signal);

/* filter.c: a libseccomp context that can be loaded, or NULL. */
void *trace_filter_new(void);

/* start.c */
int trace_start(struct tracer *t);
int trace_start_failed(struct tracer *t, bool *refused);
void trace_started(struct tracer *t);

/* caller.c: what the caller of trace_run had and gets back. */
struct trace_caller;
struct trace_caller *trace_caller_save(int cpu);
void trace_caller_signals(const struct trace_caller *caller);
void trace_caller_restore(struct trace_caller *caller);
bool trace_caller_ticked(void);
void trace_caller_spread(const struct trace_caller *caller, pid_t pid);

/* event.c: what waitpid said of a task; and let it go on. */
void trace_event(struct tracer *t, pid_t tid, int status);
void trace_call_over(struct tracer *t, struct trace_task *task, bool returned);

/* sweep.c */
size_t trace_sweep_left(struct tracer *t);
void trace_sweep_kill(struct tracer *t);

#endif
