/* SPDX-License-Identifier: MIT */
/* A pidfd means one process and no other, for as long as the descriptor is open. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mp/deadline.h>

static int pidfd;

static void
look(const char *when)
{
	struct pollfd fd = {.fd = pidfd, .events = POLLIN};
	int ready = mp_poll(&fd, 1, mp_deadline(0));
	int refused = pidfd_send_signal(pidfd, 0, NULL, 0);

	printf("%-8s readable: %d, a signal: %s\n", when, ready,
	    refused ? strerrorname_np(errno) : "accepted");
}

int
main(void)
{
	siginfo_t info;
	pid_t pid = fork();

	if (pid == 0)
		for (;;)
			pause();
	pidfd = pidfd_open(pid, 0);
	look("running");
	pidfd_send_signal(pidfd, SIGKILL, NULL, 0);
	waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED | WNOWAIT);
	look("zombie");
	waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED);
	look("reaped");
	return 0;
}
