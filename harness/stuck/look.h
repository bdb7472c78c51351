/* SPDX-License-Identifier: MIT */
#ifndef STUCK_LOOK_H
#define STUCK_LOOK_H
/*
 * What the files of stuck/ share: the world at one moment, and the waits in it.
 *
 * Invariants: processes are those that readdir of /proc gave, their descriptors and maps are
 * read once, when first asked for. Tasks of one process stand side by side. A task without a
 * way is stuck for ever; one with an outside way is not stuck.
 */
#include "stuck/stuck.h"

#include <limits.h>

enum { STUCK_TASKS = 4096, STUCK_NAME = 96 };

struct stuck_fd {
	int fd;
	char kind; /* p pipe, s socket, a anonymous, f file */
	unsigned long inode, device;
	char *path; /* of a and f */
};

struct stuck_process {
	pid_t pid, parent, session, group;
	char name[16], state;
	bool asked;  /* it, or an ancestor, was asked for */
	bool looked; /* its tasks are in the table: */
	size_t first, count;
	bool fds_read, fds_hidden;
	struct stuck_fd *fds;
	size_t fd_count;
	char *maps; /* NULL: not read */
	bool maps_hidden;
};

/* Who could free: any task of a process, or one task. */
struct stuck_freer {
	pid_t pid, tid; /* tid 0: any */
};

enum stuck_need { STUCK_OUTSIDE, STUCK_ANY, STUCK_ALL };

struct stuck_way {
	enum stuck_need need;
	const char *kind;	   /* "pipe", "child", "mutex" ... */
	char object[48];	   /* "pipe:[123]": the same text is the same thing */
	char noun[200];		   /* "a pipe that is empty"; @ stands for who frees, # for: */
	struct stuck_freer holder; /* who has it, though others may free it */
	const char *one, *many;	   /* "writes to it", "write to it"; NULL: @ has said it */
	bool unseen;		   /* there may be others, who may not be seen */
	bool gone;		   /* who held it is dead: nobody frees */
	struct stuck_freer *freers;
	size_t count;
};

struct stuck_task {
	struct stuck_process *process;
	pid_t tid, ns_tid;
	unsigned ordinal; /* 1: its first thread */
	char name[16], state;
	unsigned long long birth;
	unsigned long switches[2];
	uint64_t caught, blocked; /* signals: bit 0 is 1 */
	bool seen;		  /* its call could be read */
	long call;		  /* -1: none */
	uint64_t args[6];
	char does[64]; /* "reads from" */
	struct stuck_way *ways;
	size_t way_count;
	bool stuck, perhaps, knot; /* perhaps: if what is unseen does not free it */
	bool alone;		   /* either, by this look alone, before it was settled */
};

struct stuck {
	bool closed;
	struct stuck_process *processes;
	size_t process_count;
	struct stuck_task *tasks;
	size_t task_count;
	char *locks; /* /proc/locks; NULL: not read */
	bool full;   /* more tasks than are looked at */
};

/* proc.c */
char *stuck_slurp(size_t *size, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool stuck_field(const char *text, const char *key, int base, uint64_t *value);
bool stuck_peek(pid_t pid, uint64_t address, void *buffer, size_t size);
void *stuck_append(void *array, size_t *count, size_t size);
bool stuck_task_read(struct stuck_task *task, pid_t pid, pid_t tid);
size_t stuck_task_ids(pid_t pid, pid_t **ids);

/* world.c */
bool stuck_world_read(struct stuck *s);
void stuck_world_release(struct stuck *s);
struct stuck_process *stuck_find(const struct stuck *s, pid_t pid);
void stuck_fds_read(struct stuck_process *process);
const char *stuck_maps(struct stuck_process *process);
bool stuck_may_hide(const struct stuck *s, const struct stuck_process *other,
    const struct stuck_process *mine, bool inherited);
char *stuck_fdinfo(pid_t pid, int fd);

/* way.c */
struct stuck_way *stuck_way(struct stuck_task *task, enum stuck_need need, const char *kind,
    const char *format, ...) __attribute__((format(printf, 4, 5)));
void stuck_way_by(struct stuck_way *way, pid_t pid, pid_t tid);
void stuck_way_by_tree(struct stuck *s, struct stuck_way *way);
void
stuck_does(struct stuck_task *task, const char *format, ...) __attribute__((format(printf, 2, 3)));
void stuck_ways_release(struct stuck_task *task);
const char *stuck_count(uint64_t number, char text[32]);

/* What a blocked task waits for. */
void stuck_call(struct stuck *s, struct stuck_task *task);		    /* call.c */
void stuck_children(struct stuck *s, struct stuck_task *task, bool waitid); /* child.c */
void stuck_child_signal(struct stuck *s, struct stuck_task *task);	    /* child.c */
void stuck_ended(struct stuck *s, struct stuck_task *task, pid_t pid);	    /* child.c */
enum { STUCK_READ = 1, STUCK_WRITE = 2 };
void stuck_file(struct stuck *s, struct stuck_task *task, int fd, int what, int depth);
void stuck_socket(struct stuck *s, struct stuck_task *task, const struct stuck_fd *fd, int what);
void stuck_poll(struct stuck *s, struct stuck_task *task, uint64_t address, uint64_t count);
void stuck_select(struct stuck *s, struct stuck_task *task);
void stuck_epoll(struct stuck *s, struct stuck_task *task, int fd, int depth);
void stuck_lock(struct stuck *s, struct stuck_task *task, bool flock);
void stuck_futex(struct stuck *s, struct stuck_task *task);
void stuck_futex_waitv(struct stuck *s, struct stuck_task *task);
struct stuck_fd stuck_fd_of(pid_t pid, int fd);
bool stuck_fd_stat(pid_t pid, struct stuck_fd *fd);

/* A piece of memory that a futex is in, and the words of it. */
struct stuck_word {
	uint64_t address;
	uint32_t value, expected;
	bool mapped; /* its memory is shared */
	bool shared; /* and the futex, too: another process's wake reaches us */
	unsigned long inode;
	char device[16];
	char path[PATH_MAX];	/* of the mapping, "" for none */
	uint64_t start, offset; /* of the mapping: its address, and where in the file that is */
};
/* sync.c: the objects of pthread.h and semaphore.h, recognised by their layout. */
bool stuck_sync(struct stuck *s, struct stuck_task *task, const struct stuck_word *word);
/* registry.c: what libmp says of its own. */
bool stuck_registry(struct stuck *s, struct stuck_task *task, const struct stuck_word *word);
/* futex.c: everybody who has that memory; the task of that number who has it, 0 nobody. */
void stuck_sharers(
    struct stuck *s, struct stuck_task *task, struct stuck_way *way, const struct stuck_word *w);
bool stuck_owner(struct stuck *s, const struct stuck_task *task, const struct stuck_word *word,
    pid_t ns_tid, struct stuck_freer *owner);

/* solve.c */
void stuck_solve(struct stuck *s);
/* words.c: names, sentences. */
void stuck_task_name(const struct stuck *s, const struct stuck_task *task, stuck_namer *namer,
    void *context, char name[STUCK_NAME]);
char *stuck_sentence(
    const struct stuck *s, const struct stuck_task *task, stuck_namer *namer, void *context);
/* noun with its @ filled in. */
void stuck_way_words(const struct stuck *s, const struct stuck_task *task,
    const struct stuck_way *way, stuck_namer *namer, void *context, char *text, size_t size);

#endif
