/* SPDX-License-Identifier: MIT */
/*
 * The herd: eight processes sleep until their number is called, and somebody calls.
 *
 * All sleep at one word, so a wake there is a wake for all: seven of eight look, see that it
 * is not their number, and lie down again. Then the same with a bit for each sleeper, and a
 * wake for one bit. Count how often they were woken.
 */
#define _GNU_SOURCE
#include <err.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SLEEPERS = 8 };

static struct {
	_Atomic unsigned serving;
	_Atomic int woken;
} * shared;

static void
sleep_until(unsigned mine, bool bits)
{
	unsigned called;

	while ((called = shared->serving) != mine) {
		syscall(SYS_futex, &shared->serving, FUTEX_WAIT_BITSET, called, NULL, NULL,
		    bits ? 1u << mine : FUTEX_BITSET_MATCH_ANY);
		shared->woken++;
	}
}

static void
call(unsigned number, bool bits)
{
	shared->serving = number;
	syscall(SYS_futex, &shared->serving, FUTEX_WAKE_BITSET, INT_MAX, NULL, NULL,
	    bits ? 1u << number : FUTEX_BITSET_MATCH_ANY);
}

/* Until it sleeps: the kernel says so in /proc. */
static void
await_sleep(pid_t pid)
{
	char path[32], state = 'R';

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	while (state != 'S') {
		FILE *file = fopen(path, "re");
		if (!file || fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
			err(1, "%s", path);
		fclose(file);
	}
}

static void
run(const char *title, bool bits)
{
	shared->serving = 0;
	shared->woken = 0;
	for (unsigned i = 1; i <= SLEEPERS; i++) {
		pid_t pid = fork();
		if (pid < 0)
			err(1, "fork");
		if (pid == 0) {
			sleep_until(i, bits);
			if (i < SLEEPERS)
				call(i + 1, bits);
			_exit(0);
		}
		await_sleep(pid);
	}
	call(1, bits);
	while (wait(NULL) > 0)
		;
	printf("%-28s %d sleepers were woken %d times\n", title, SLEEPERS, shared->woken);
	fflush(stdout);
}

int
main(void)
{
	shared =
	    mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		err(1, "mmap");
	run("a wake for all:", false);
	run("a wake for one bit:", true);
	return 0;
}
