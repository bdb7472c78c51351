/* SPDX-License-Identifier: MIT */
/*
 * `if` for `while`: to be woken is not to be right.
 *
 * A shop with an empty shelf. Two stories, each told with both words. In the first two wait
 * for bread, one loaf comes, and both are woken. In the second one waits, a loaf comes, and
 * before the one that was woken has the lock, somebody else has come in and taken it.
 */
#define _GNU_SOURCE
#include <err.h>
#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static struct {
	_Atomic unsigned locked, bell;
	_Atomic int waits; /* how often somebody has begun to wait */
	_Atomic bool thief, taken;
	int loaves;
} * shop;

static void
acquire(void)
{
	while (atomic_exchange(&shop->locked, 1))
		sched_yield();
}

static void
release(void)
{
	shop->locked = 0;
}

static void
wait_for_bell(void)
{
	unsigned bell = shop->bell; /* with the lock in hand: no wakeup is lost */

	shop->waits++;
	release();
	while (shop->bell == bell)
		syscall(SYS_futex, &shop->bell, FUTEX_WAIT, bell, NULL);
	while (shop->thief && !shop->taken) /* awake, and somebody else has the lock first */
		sched_yield();
	acquire();
}

static void
take_one(const char *name)
{
	shop->loaves--;
	printf("    %s takes a loaf; on the shelf are %d%s\n", name, shop->loaves,
	    shop->loaves < 0 ? ". That is no number of loaves!" : "");
	fflush(stdout);
}

static void
buy(const char *name, bool again)
{
	acquire();
	if (again)
		while (shop->loaves == 0)
			wait_for_bell();
	else if (shop->loaves == 0)
		wait_for_bell();
	take_one(name);
	release();
	_exit(0);
}

static void
steal(void)
{
	acquire();
	take_one("a passer-by");
	shop->taken = true;
	release();
	_exit(0);
}

static void
start(const char *name, bool again)
{
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (pid == 0)
		buy(name, again);
}

static void
bake(int sleepers)
{
	acquire();
	shop->loaves++;
	shop->bell++;
	syscall(SYS_futex, &shop->bell, FUTEX_WAKE, sleepers);
	release();
}

static void
await_waits(int n)
{
	while (shop->waits < n)
		sched_yield();
}

/* While: somebody waits again, for the second loaf. If: nobody does. */
static void
finish(bool again, int waits)
{
	if (again) {
		await_waits(waits);
		printf("    somebody has looked again, and waits; another loaf\n");
		fflush(stdout);
		bake(INT_MAX);
	}
	while (wait(NULL) > 0)
		;
}

static void
two_wait(bool again)
{
	printf("two wait, one loaf comes, both are woken: %s\n", again ? "while" : "if");
	fflush(stdout);
	shop->waits = shop->loaves = 0;
	shop->thief = false;
	start("one", again);
	start("another", again);
	await_waits(2);
	bake(INT_MAX);
	finish(again, 3);
}

static void
one_waits(bool again)
{
	printf("one waits, a loaf comes, and a passer-by: %s\n", again ? "while" : "if");
	fflush(stdout);
	shop->waits = shop->loaves = 0;
	shop->thief = true;
	shop->taken = false;
	start("the one who waited", again);
	await_waits(1);
	bake(1);
	if (fork() == 0)
		steal();
	finish(again, 2);
}

int
main(void)
{
	shop = mmap(NULL, sizeof(*shop), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shop == MAP_FAILED)
		err(1, "mmap");
	two_wait(false);
	two_wait(true);
	one_waits(false);
	one_waits(true);
	return 0;
}
