/* SPDX-License-Identifier: MIT */
/*
 * The ticket office: five buyers look, there is one ticket, and it lies in a JSON file.
 *
 * Without a lock two of them get it. Not sometimes: every time, because the demonstration
 * lets the second look while the first is between looking and writing; the others come when
 * both are done. With a lock the second cannot look then, and one buyer gets it. At last a
 * buyer is killed in the office, and nobody comes in any more.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The first lock of stage 06: two counters. */
static struct {
	_Atomic unsigned next, serving;
	_Atomic int looked; /* buyers that have read the file */
} * office;

static char file[] = "/tmp/tickets-XXXXXX";

static void
write_tickets(int n)
{
	char text[32];
	int fd = open(file, O_WRONLY | O_TRUNC | O_CLOEXEC);

	snprintf(text, sizeof(text), "{\"tickets\": %d}", n);
	if (write(fd, text, strlen(text)) < 0)
		err(1, "write");
	close(fd);
}

static int
read_tickets(void)
{
	char text[32] = "";
	int n = -1, fd = open(file, O_RDONLY | O_CLOEXEC);

	if (read(fd, text, sizeof(text) - 1) < 0)
		err(1, "read");
	close(fd);
	sscanf(text, "{\"tickets\": %d}", &n);
	return n;
}

static void
acquire(void)
{
	unsigned mine = atomic_fetch_add(&office->next, 1);

	while (office->serving != mine)
		sched_yield();
}

static void
release(void)
{
	office->serving++;
}

/* With two at the counter: the second looks before the first writes. */
static void
let_the_second_look(int buyer)
{
	if (buyer == 1)
		while (office->looked < 2)
			sched_yield();
}

static void
buy(int buyer, bool lock, bool dies)
{
	if (lock)
		acquire();
	int tickets = read_tickets();
	office->looked++;
	if (dies)
		kill(getpid(), SIGKILL);
	printf("    buyer %d sees %d ticket%s\n", buyer, tickets, tickets == 1 ? "" : "s");
	fflush(stdout);
	if (!lock)
		let_the_second_look(buyer);
	if (tickets > 0) {
		write_tickets(tickets - 1);
		printf("    buyer %d has bought one\n", buyer);
		fflush(stdout);
	}
	if (lock)
		release();
	_exit(tickets > 0);
}

static pid_t
start(int buyer, bool lock, bool dies)
{
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (pid == 0)
		buy(buyer, lock, dies);
	return pid;
}

static void
open_office(const char *title, bool lock)
{
	int bought = 0, status;
	pid_t pid[6];

	printf("%s\n", title);
	fflush(stdout);
	write_tickets(1);
	office->looked = 0;
	pid[1] = start(1, lock, false);
	while (office->looked < 1)
		sched_yield();
	pid[2] = start(2, lock, false);
	for (int i = 1; i <= 5; i++) {
		if (i > 2)
			pid[i] = start(i, lock, false);
		waitpid(pid[i], &status, 0);
		bought += WEXITSTATUS(status);
	}
	printf("    1 ticket, %d sold\n\n", bought);
}

static void
kill_a_buyer(void)
{
	printf("with the lock, and a buyer is killed in the office\n");
	write_tickets(1);
	waitpid(start(6, true, true), NULL, 0);
	fflush(stdout);
	pid_t next = start(7, true, false);
	int64_t until = time(NULL) + 2;
	while (time(NULL) < until && waitpid(next, NULL, WNOHANG) == 0)
		sched_yield();
	printf("    buyer 7 has drawn ticket %u; called is %u, for more than a second now\n",
	    office->next - 1, office->serving);
	printf("    whoever could call the next number is dead: that is what lock.4 is for\n");
	kill(next, SIGKILL);
	waitpid(next, NULL, 0);
}

int
main(void)
{
	int fd = mkstemp(file);

	if (fd < 0)
		err(1, "%s", file);
	close(fd);
	office =
	    mmap(NULL, sizeof(*office), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (office == MAP_FAILED)
		err(1, "mmap");
	open_office("without a lock", false);
	open_office("with a ticket lock", true);
	kill_a_buyer();
	unlink(file);
	return 0;
}
