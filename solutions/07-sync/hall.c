/* SPDX-License-Identifier: MIT */
/*
 * The seats of a barrier: taken, watched, told, given up.
 *
 * Who sleeps here sleeps at many words at once (futex_waitv): the generation, which counts
 * what the living do, and the seats of all others, where the kernel wakes one when it marks
 * a death. So whoever takes a seat lets the others look up: they shall watch that one, too.
 *
 * Handout: labs/07-sync/README.md
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <mp/futex.h>

#include "hall.h"

//{
enum { SEATS = MP_BARRIER_MOST * 2 };

/* A kernel before 5.16 has no futex_waitv, and this one takes 128 words at most: then look
 * up, so often. */
#define NAP INT64_C(100000000)

static uint32_t
high(struct mp__badge *seat)
{
	return (uint32_t)(atomic_load(&seat->word) >> 32);
}

/* Dead, and the others would wait for it: until it is buried, its seat is nobody else's. */
static bool
is_awaited(uint64_t word)
{
	uint32_t was = (uint32_t)(word >> 32);

	return mp__badge_died(word) && (was % MEMBER == HERE || was & MEMBER);
}

static bool
is_mine(struct mp__badge *seat)
{
	return (atomic_load(&seat->word) & MP__OWNER) == mp__badge_self();
}

/* Change the generation, and wake all, in one call: nobody is killed in between. */
static void
change(struct hall *hall, int operation)
{
	syscall(SYS_futex, &hall->generation, FUTEX_WAKE_OP, INT_MAX, NULL, &hall->generation,
	    operation);
}

static void
count(struct hall *hall)
{
	change(hall, FUTEX_OP(FUTEX_OP_ADD, 2, FUTEX_OP_CMP_LT, 0));
}

static void
reach(_Atomic int *most, int n)
{
	for (int now = atomic_load(most); now < n;)
		if (atomic_compare_exchange_weak(most, &now, n))
			return;
}

static struct futex_waitv
at(_Atomic uint32_t *word, uint32_t expected)
{
	return (struct futex_waitv){.val = expected, .uaddr = (uintptr_t)word, .flags = FUTEX_32};
}

/* Say in the words of all seats that are taken that somebody sleeps there. How many words, or
 * -1: too many. */
static int
watch(struct hall *hall, struct mp__badge *mine, struct futex_waitv words[FUTEX_WAITV_MAX])
{
	int n = 0;

	for (int i = 0; i < hall->used; i++) {
		struct mp__badge *seat = &hall->seat[i];
		uint64_t word = atomic_load(&seat->word);
		while (word & MP__OWNER && !(word & MP__SLEEPER) &&
		       !atomic_compare_exchange_weak(&seat->word, &word, word | MP__SLEEPER))
			;
		if (!(word & MP__OWNER) || seat == mine)
			continue;
		if (n == FUTEX_WAITV_MAX - 1)
			return -1;
		words[n++] = at(mp__badge_futex(seat), (uint32_t)(word | MP__SLEEPER));
	}
	return n;
}
//}

uint32_t
mp__hall_state(struct mp__badge *seat)
{
	/* sync.4: as it is now. */
	//{
	return high(seat) % MEMBER;
	//}
}

void
mp__hall_become(struct mp__badge *seat, uint32_t state)
{
	/* sync.4: members stay members. The owner may die meanwhile, in the other half. */
	//{
	uint64_t word = atomic_load(&seat->word), next;

	do
		next = (word & UINT32_MAX) | (word >> 32 & MEMBER) << 32 | (uint64_t)state << 32;
	while (!atomic_compare_exchange_weak(&seat->word, &word, next));
	//}
}

int
mp__hall_waiting(struct hall *hall)
{
	/* sync.4: count them. */
	//{
	int n = 0;

	for (int i = 0; i < hall->used; i++)
		n += mp__hall_state(&hall->seat[i]) == HERE;
	return n;
	//}
}

bool
mp__hall_death(struct hall *hall)
{
	/* sync.5: of those who wait, and of the members, wherever they are. */
	//{
	for (int i = 0; i < hall->used; i++)
		if (is_awaited(atomic_load(&hall->seat[i].word)))
			return true;
	return false;
	//}
}

struct mp__badge *
mp__hall_sit(struct hall *hall)
{
	/* sync.4: a member has a seat. Another takes one, and that is counted. */
	//{
	for (int i = 0; i < hall->used; i++)
		if (is_mine(&hall->seat[i]))
			return &hall->seat[i];
	for (int i = 0; i < SEATS; i++) {
		struct mp__badge *seat = &hall->seat[i];
		uint64_t word = atomic_load(&seat->word);
		reach(&hall->used, i + 1);
		if (word & MP__OWNER || is_awaited(word))
			continue;
		seat->mark = MP__BADGE;
		if (!mp__badge_take(seat, &word, NOBODY))
			continue;
		count(hall);
		return seat;
	}
	return NULL;
	//}
}

void
mp__hall_rise(struct mp__badge *seat)
{
	/* sync.4: give the badge back. */
	//{
	uint32_t now = high(seat);

	if (now & MEMBER)
		mp__hall_become(seat, NOBODY);
	else
		(void)mp__badge_drop(seat, now, NOBODY);
	//}
}

void
mp__hall_leave(struct hall *hall)
{
	/* sync.5: of whatever kind. */
	//{
	for (int i = 0; i < hall->used; i++)
		if (is_mine(&hall->seat[i]))
			(void)mp__badge_drop(&hall->seat[i], high(&hall->seat[i]), NOBODY);
	//}
}

void
mp__hall_tell(struct hall *hall, uint32_t how, struct mp__badge *mine)
{
	/* sync.4: write it into each seat, and only then count. */
	//{
	for (int i = 0; i < hall->used; i++)
		if (&hall->seat[i] != mine && mp__hall_state(&hall->seat[i]) == HERE)
			mp__hall_become(&hall->seat[i], how);
	if (mine)
		mp__hall_become(mine, how);
	count(hall);
	//}
}

void
mp__hall_break(struct hall *hall)
{
	/* sync.5: one bit, and a wake; in one call. */
	//{
	change(hall, FUTEX_OP(FUTEX_OP_OR, BROKEN, FUTEX_OP_CMP_LT, 0));
	//}
}

void
mp__hall_renew(struct hall *hall)
{
	/* sync.5: their seats are free; the bit is the last. */
	//{
	for (int i = 0; i < hall->used; i++) {
		uint64_t word = atomic_load(&hall->seat[i].word);
		if (mp__badge_died(word))
			atomic_compare_exchange_strong(&hall->seat[i].word, &word, 0);
	}
	atomic_fetch_and(&hall->generation, ~BROKEN);
	//}
}

void
mp__hall_sleep(struct hall *hall, struct mp__badge *mine, uint32_t generation, int64_t deadline)
{
	/* sync.4: sleep at the generation. sync.5: and at all seats, for the kernel's mark. */
	//{
	struct futex_waitv words[FUTEX_WAITV_MAX];
	struct timespec until = {deadline / 1000000000, deadline % 1000000000};
	int n = watch(hall, mine, words);

	if (mp__hall_death(hall))
		return; /* before its seat was watched */
	if (n >= 0) {
		words[n] = words[0];
		words[0] = at(&hall->generation, generation); /* first: it is what we wait for */
		if (syscall(SYS_futex_waitv, words, n + 1, 0, deadline == MP_NEVER ? NULL : &until,
			CLOCK_MONOTONIC) >= 0 ||
		    (errno != ENOSYS && errno != EPERM))
			return;
	}
	int64_t nap = mp_now() + NAP;
	(void)!mp_futex_wait(&hall->generation, generation, nap < deadline ? nap : deadline);
	//}
}
