/* SPDX-License-Identifier: MIT */
#ifndef MP_INTERNAL_H
#define MP_INTERNAL_H
/*
 * What the stages need of each other and users do not: the seams.
 *
 * A stage is linked with your own objects or with the reference's, so these functions and
 * the public ones are all that one stage may know of another; the fields of a struct are
 * each stage's own affair.
 */
#include <mp/process.h>
#include <mp/value.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/* From 02-reap, for start. */

/*
 * Ask whether this process may have a child now; finished children are reaped first. The
 * exit order is registered with the C library's atexit, once.
 *
 * Returns 0, or MP_DAEMONIC, -ENOMEM
 * Tasks   reap.3
 */
int mp__family_birth(void) MP_MUST_CHECK;

/*
 * Enter a child that has just been started. No thread can reap it meanwhile.
 *
 * Owns    one reference of the caller's is taken over, even in case of errors
 * Returns 0, or -ENOMEM: then the child is not in the family
 * Tasks   reap.1
 */
int mp__family_add(struct mp_process *p) MP_MUST_CHECK;

/* Strike out a child whose status has been fetched, and free its reference. Absent: fine.
 * Tasks reap.1 */
void mp__family_remove(struct mp_process *p);

/* In a new process: the family and the finalizers are the parent's; forget them.
 * Tasks reap.1 */
void mp__family_forget(void);

/*
 * In a new process: ask the kernel for a signal when the parent dies.
 *
 * The parent may be dead by now: then the signal comes at once.
 * parent  a pidfd of the parent, borrowed
 * Tasks   reap.4
 */
void mp__obey_parent(int signal, int parent);

/* From 01-process, for 05-spawn: processes that are not made by a fork of this one. */

/*
 * How an object is born and ends, where it is not as mp/process.h says. arg is the arg of
 * mp_process_new; a function that is NULL means: as usual.
 */
struct mp__birth {
	/* Instead of fork, when all buffers are empty: 0, the pid and a pidfd, which the object
	 * owns from then on; or an error. */
	int (*make)(struct mp_process *p, void *arg, pid_t *pid, int *pidfd);
	/* Instead of waitid, once, when the pidfd is ready: 0 and a status as waitpid gives it; or
	 * an error: the status is lost. */
	int (*fetch)(void *arg, int *status);
	/* When the object is destroyed. */
	void (*release)(void *arg);
};

/* Set it: right after mp_process_new, before anybody else knows the object. */
void mp__process_otherwise(struct mp_process *p, const struct mp__birth *birth);

/*
 * Be p, in the new process: run its target, and leave by mp_exit. The child's side of start.
 *
 * identity  "2:1": what p is called without a name, less "Process-"; copied
 * parent    who started it: its pid, and a pidfd of it, taken over. Its name is the one that
 *           mp_current_process has until now
 * Tasks     process.2
 */
_Noreturn void
mp__process_run(struct mp_process *p, const char *identity, pid_t parent, int parent_pidfd);

/* The signal that p gets when its parent dies: its own, or its creator's; 0: none.
 * Tasks process.1 */
int mp__process_death_signal(const struct mp_process *p);

/* From 04-pickle, for whoever sends many values. */

/*
 * dumps of a list of n items of a list or tuple, the first of which is at `from`; they are there.
 *
 * Owns    data is malloc'd
 * Returns 0, or what mp_pickle_dumps returns
 * Tasks   pickle.4
 */
int mp__dumps_slice(
    const struct mp_value *v, size_t from, size_t n, void **data, size_t *size) MP_MUST_CHECK;

/*
 * list.extend(loads(data)): all of it, or nothing.
 *
 * Returns 0, or what mp_pickle_loads returns, or MP_KIND: it is no list
 * Tasks   pickle.5
 */
int mp__loads_onto(struct mp_value *list, const void *data, size_t size) MP_MUST_CHECK;

/*
 * (item,), in the place of the tuple that the call before has made, if nobody else has that.
 *
 * Owns    both are taken over; tuple is NULL the first time
 * Returns NULL: no item, or no memory
 * Tasks   pickle.1
 */
struct mp_value *mp__tuple_again(struct mp_value *tuple, struct mp_value *item);

/*
 * Between these two, the values that this thread makes are expected to go soon, all of them:
 * they are made in blocks, as those of a pickle of that size. One that stays keeps its block.
 * Not nested.
 *
 * Tasks   pickle.5
 */
void mp__brief_begin(size_t pickle);
void mp__brief_end(void);

/* From 05-spawn, for the classes of objects that hold descriptors. */

/*
 * While the arguments of a child are being pickled: have it inherit fd.
 *
 * Owns    fd is borrowed, and must stay open until start returns
 * Returns an index to put into the pickle, or MP_NOT_SPAWNING (RuntimeError), -EMFILE: a child
 *         inherits 240 at most
 * Tasks   spawn.4
 */
int mp__spawning_fd(int fd) MP_MUST_CHECK;

/*
 * In the child, while they are being loaded: the descriptor of that index, closed by exec. It
 * belongs to whoever asks for it.
 *
 * Returns the descriptor, or -EBADF: there is no such index
 * Tasks   spawn.4
 */
int mp__spawned_fd(int index) MP_MUST_CHECK;

/* From 06-lock: memory that all processes of the family share (given). */

/*
 * Take size bytes, zeroed and aligned to 64, that children to come will share.
 *
 * They lie in a memfd, and are never given to anybody else while a process lives that can
 * see them: so a late user cannot hurt.
 *
 * Returns 0, or -errno
 */
int mp__shared_new(void **memory, size_t size) MP_MUST_CHECK;

/* Give them back in this process; the last process's last piece frees the whole. NULL: fine. */
void mp__shared_free(void *memory);

/*
 * To a child by spawn or forkserver: where they lie, as a value; and there, the same bytes, to be
 * given back by mp__shared_free. size is checked: what came may be anything.
 *
 * Returns 0, or MP_NOT_SPAWNING, MP_KIND, MP_INVALID, -errno
 */
int mp__shared_send(const void *memory, struct mp_value **place) MP_MUST_CHECK;
int mp__shared_receive(const struct mp_value *place, size_t size, void **memory) MP_MUST_CHECK;

/*
 * Say what they are, before anybody else has them: `procsmith stuck` reads it (docs/stuck.md).
 *
 * holder  where the thread id of who holds it stands; NULL: nobody ever does. Of MP__LOCK it
 *         is told; of MP__RLOCK nobody else can free it
 */
enum mp__kind {
	MP__LOCK = 1,
	MP__RLOCK,
	MP__SEMAPHORE,
	MP__CONDITION,
	MP__EVENT,
	MP__BARRIER,
	MP__QUEUE,
};
void mp__shared_note(
    const void *memory, enum mp__kind kind, size_t size, const _Atomic uint32_t *holder);

/* From 06-lock: words that the kernel marks when their owner dies. */

/*
 * A badge is taken by one thread at a time, and says so in a word that the kernel watches.
 *
 * The word's low half is the kernel's (robust futexes): the owner's thread id, 0 for nobody;
 * MP__SLEEPER when somebody sleeps there; MP__DIED when the owner died, which the kernel
 * writes in place of the id, and then it wakes one sleeper. The high half is the user's.
 * MP__DIED beside an id is ours: somebody else gives it back in that thread's name, and has
 * done so when the two lowest bits of the high half are set.
 *
 * Invariants: in the kernel's list of its owner from take to drop; prev and next are the
 * owner's addresses, and where the C library's robust mutexes have theirs: it is their list.
 */
struct mp__badge {
	_Atomic uint64_t word;
	uint64_t extra; /* the user's: only for the owner, or under a lock */
	uint32_t mark;	/* MP__BADGE, set before it is first taken */
	void *prev, *next;
	_Atomic uint32_t bell; /* the user's: a place to sleep */
} __attribute__((aligned(64)));

/* No kind of the C library's mutexes has this number, which they have in the same place. */
#define MP__BADGE   0x6d700000

#define MP__OWNER   UINT64_C(0x3fffffff)
#define MP__DIED    UINT64_C(0x40000000)
#define MP__SLEEPER UINT64_C(0x80000000)

/* Can this machine do it? 0, or -ENOSYS: ask before the first badge is made. Tasks lock.4 */
int mp__badge_ready(void) MP_MUST_CHECK;

/* This thread's id, as it stands in the badges that it takes. Tasks lock.4 */
uint32_t mp__badge_self(void);

/*
 * Take a badge: *word must be what is in it, with no owner, and becomes high and this
 * thread's id, in one step.
 *
 * Returns whether it was so; if not, *word is what is in it now
 * Tasks   lock.4
 */
bool mp__badge_take(struct mp__badge *badge, uint64_t *word, uint32_t high);

/*
 * Give back a badge of this thread's: the high half becomes to, if it still is from; then
 * wake the sleeper if there is one. If this thread dies on the way, the kernel wakes it.
 *
 * Returns false if it was given back by somebody else before
 * Tasks   lock.4
 */
bool mp__badge_drop(struct mp__badge *badge, uint32_t from, uint32_t to);

/* Does a badge with this word have an owner who is dead? */
static inline bool
mp__badge_died(uint64_t word)
{
	return (word & MP__DIED) && !(word & MP__OWNER);
}

/* Where to sleep until the owner gives it back, or dies: the low half of the word. */
static inline _Atomic uint32_t *
mp__badge_futex(struct mp__badge *badge)
{
	return (_Atomic uint32_t *)&badge->word;
}

/*
 * A last will: if this thread dies before mp__will_done, the kernel wakes one sleeper at
 * the word, provided that the lower 30 bits of it are 0. One will at a time, and not while
 * a badge is taken or given back.
 *
 * Tasks   lock.4
 */
void mp__will(_Atomic uint32_t *word);
void mp__will_done(void);

/* From 09-queue, for 10-joinable; the memory is shared. */

/* A process: the number alone may be that of an earlier one. pid 0: nobody. */
struct mp__who {
	_Atomic int32_t pid;
	_Atomic uint64_t birth;
};

/* Write this process's name. A reader that sees the pid sees the rest. Tasks queue.2 */
void mp__who_am_i(struct mp__who *who);

/* Is it dead? A zombie is; nobody is not. Tasks queue.2 */
bool mp__who_is_dead(const struct mp__who *who);

/*
 * Sleep until *word is not expected any more, or the deadline, or it is time to look whether
 * somebody has died: a death wakes nobody.
 *
 * nap      how long to sleep at most, at first MP__NAP; it doubles up to a second
 * Returns  0 look again, or MP_TIMEOUT the deadline has come
 * Tasks    queue.2
 */
#define MP__NAP	    INT64_C(50000000)
#define MP__LONGEST INT64_C(1000000000)
int mp__watch(
    const _Atomic uint32_t *word, uint32_t expected, int64_t deadline, int64_t *nap) MP_MUST_CHECK;

/* Who watches without a deadline sleeps with these bits: `procsmith stuck` knows by them that
 * time alone will not help (docs/stuck.md). */
#define MP__WATCHING UINT32_C(0x7fffffff)

/* How many each process has of something; the dead are found out. All zero is empty. The
 * caller's lock guards it. */
#define MP__ROLL 128

struct mp__roll {
	_Atomic uint32_t used; /* so many lines may have a name */
	struct mp__roll_line {
		struct mp__who who;
		_Atomic int64_t count;
	} lines[MP__ROLL];
};

/* Add n to this process's number: 0; or -ENOSPC: MP__ROLL processes have some. Tasks queue.3 */
int mp__roll_add(struct mp__roll *roll, int n) MP_MUST_CHECK;

/* Take one off: of this process's own, else of another's that has some. 0; or -ENOENT: nobody
 * has any. Tasks queue.3 */
int mp__roll_take(struct mp__roll *roll) MP_MUST_CHECK;

/* The sum, also of the dead. Tasks queue.3 */
int64_t mp__roll_total(const struct mp__roll *roll);

/* Strike off what the dead have, and tell how much that was. Tasks queue.3 */
int64_t mp__roll_bury(struct mp__roll *roll);

struct mp_queue;

/*
 * As mp_queue_get_bytes. When a message is there, taking(arg) is called and then the message
 * is taken, both with the queue's lock: the process may die between the two. If taking returns
 * an error, the message stays, and the error is returned. taking may not call the queue.
 *
 * MP_SENDER_DIED comes after taking.
 * Tasks   queue.3
 */
int mp__queue_get_bytes(struct mp_queue *q, void **data, size_t *size, double timeout,
    int (*taking)(void *arg), void *arg) MP_MUST_CHECK;

/*
 * Call look(untaken, lost, arg) with the queue's lock, so that all it sees is of one moment.
 *
 * untaken  how many messages nobody has taken: in the ring, and waiting in those who live
 * lost     how many have died with those they waited in, since the queue was made
 * Returns  what look returns. look may not call the queue
 * Tasks    queue.3
 */
int
mp__queue_look(struct mp_queue *q, int (*look)(size_t untaken, size_t lost, void *arg), void *arg);

/* Memory beside the messages, MP__BESIDE bytes, zero at first, aligned to 64: whoever has the
 * queue has it, also a child by spawn. Tasks queue.3 */
#define MP__BESIDE 4096
void *mp__queue_beside(struct mp_queue *q);

/* Say, before anybody else has the queue, that who sleeps at bell waits for what those on the
 * roll have; both lie beside. `procsmith stuck` reads it (docs/stuck.md). Tasks queue.3 */
void mp__queue_note(struct mp_queue *q, const _Atomic uint32_t *bell, const struct mp__roll *roll);

#endif
