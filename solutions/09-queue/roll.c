/* SPDX-License-Identifier: MIT */
/*
 * The roll: which process has how many, and which of them are dead.
 *
 * A number that a process adds to and dies before it has subtracted stays wrong for ever. So
 * everybody has a number of its own, under its name; the total is counted when somebody
 * asks, and what the dead have left is struck off by who finds them dead.
 *
 * Handout: labs/09-queue/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <unistd.h>

#include <mp/futex.h>
#include <mp/internal.h>
#include <mp/proc.h>

//{
/* getpid and /proc are asked once in each process. */
static struct {
	pid_t pid;
	uint64_t birth;
} self;

static void
forget_self(void)
{
	self.pid = 0;
}

__attribute__((constructor)) static void
watch_forks(void)
{
	(void)!pthread_atfork(NULL, NULL, forget_self);
}

static void
know_self(void)
{
	struct mp_proc proc;

	if (self.pid)
		return;
	self.birth = mp_proc_read(getpid(), &proc) ? 0 : proc.birth;
	self.pid = getpid();
}

static bool
is_mine(const struct mp__roll_line *line)
{
	return line->who.pid == self.pid && line->who.birth == self.birth;
}

static struct mp__roll_line *
find_mine(struct mp__roll *roll)
{
	know_self();
	for (size_t i = 0; i < roll->used; i++)
		if (is_mine(&roll->lines[i]))
			return &roll->lines[i];
	return NULL;
}

/* A line for this process: one that nobody had, or of one who has nothing now. */
static struct mp__roll_line *
find_new(struct mp__roll *roll)
{
	struct mp__roll_line *line = roll->lines;
	struct mp__roll_line *end = line + roll->used;

	while (line < end && line->count)
		line++;
	if (line == roll->lines + MP__ROLL)
		return NULL;
	atomic_store(&line->who.pid, 0);
	mp__who_am_i(&line->who);
	if (line == end)
		atomic_fetch_add(&roll->used, 1);
	return line;
}
//}

void
mp__who_am_i(struct mp__who *who)
{
	/* queue.2: this process's name; its pid last: with it the name is valid. */
	//{
	know_self();
	atomic_store(&who->birth, self.birth);
	atomic_store(&who->pid, self.pid);
	//}
}

bool
mp__who_is_dead(const struct mp__who *who)
{
	/* queue.2: nobody is not dead; a zombie is, and who bears the number of an earlier one. */
	//{
	struct mp_proc proc;
	pid_t pid = who->pid;

	if (pid == 0)
		return false;
	int error = mp_proc_read(pid, &proc);
	return error == -ESRCH ||
	       (!error && (proc.state == 'Z' || proc.state == 'X' || proc.birth != who->birth));
	//}
}

int
mp__watch(const _Atomic uint32_t *word, uint32_t expected, int64_t deadline, int64_t *nap)
{
	/* queue.2: sleep for a nap at most; one that was not disturbed makes the next one longer. */
	//{
	int64_t soon = mp_now() + *nap;

	if (soon >= deadline)
		return mp_futex_wait(word, expected, deadline) == MP_TIMEOUT ? MP_TIMEOUT : 0;
	uint32_t bits = deadline == MP_NEVER ? MP__WATCHING : MP_FUTEX_ALL;
	if (mp_futex_wait_bits(word, expected, soon, bits) == MP_TIMEOUT && *nap < MP__LONGEST)
		*nap *= 2;
	return 0;
	//}
}

int
mp__roll_add(struct mp__roll *roll, int n)
{
	/* queue.3: add to this process's number; enter it first, if it is new. */
	//{
	struct mp__roll_line *line = find_mine(roll);

	if (!line && !(line = find_new(roll)))
		return -ENOSPC;
	atomic_fetch_add(&line->count, n);
	return 0;
	//}
}

int
mp__roll_take(struct mp__roll *roll)
{
	/* queue.3: one off this process's number; if it has none, off somebody else's. */
	//{
	struct mp__roll_line *line = find_mine(roll);

	for (size_t i = 0; i < roll->used && (!line || line->count == 0); i++)
		line = &roll->lines[i];
	if (!line || line->count == 0)
		return -ENOENT;
	atomic_fetch_sub(&line->count, 1);
	return 0;
	//}
}

int64_t
mp__roll_total(const struct mp__roll *roll)
{
	/* queue.3: of the living and the dead. */
	//{
	int64_t total = 0;

	for (size_t i = 0; i < roll->used; i++)
		total += roll->lines[i].count;
	return total;
	//}
}

int64_t
mp__roll_bury(struct mp__roll *roll)
{
	/* queue.3: what the dead have left; their lines become 0, and can be had by others. */
	//{
	int64_t left = 0;

	for (size_t i = 0; i < roll->used; i++)
		if (roll->lines[i].count && mp__who_is_dead(&roll->lines[i].who))
			left += atomic_exchange(&roll->lines[i].count, 0);
	return left;
	//}
}
